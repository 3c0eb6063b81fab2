import { readProviders } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

const shown = (value: boolean) => (value ? 'True' : 'False')

export const getAuthPolicyVidm: NsxCommand = {
  syntax: 'get auth-policy vidm',
  summary: 'Show the vIDM provider',
  requires: readProviders.requires,
  on: 'manager',
  example: 'get auth-policy vidm',
  run(session) {
    const settings = session.services.vidm.read(session.appliance.realmId)
    const line = (name: string, value: string) => `${name}: ${value}`.trimEnd()
    session.answer(
      line('LB Enabled', shown(settings.loadBalancer)),
      line('Enabled', shown(settings.enabled)),
      line('Hostname', settings.hostName),
      line('Thumbprint', settings.thumbprint),
      line('Client Id', settings.clientId),
      line('Node Hostname', settings.nodeHostName),
    )
  },
}
