import type { VidmSettings } from '../../../access/identity-sources/vidm/vidm-settings.ts'
import { changeProviders } from '../../../http/nsx/permissions.ts'
import { oneOf } from '../../console/command.ts'
import { given, type NsxCommand, type NsxSession } from '../session.ts'

const enabled = oneOf<NsxSession>('Whether it is', 'true', 'false')

async function change(session: NsxSession, changes: Partial<VidmSettings>, secret?: string): Promise<void> {
  const { vidm, vidmSettings } = session.services
  const { realmId } = session.appliance
  await vidmSettings.update(session.call, realmId, { ...vidm.read(realmId), ...changes }, secret)
}

export const setAuthPolicyVidm: NsxCommand[] = [
  {
    syntax: 'set auth-policy vidm enabled <enabled>',
    summary: 'Switch signing in through the vIDM provider on or off',
    requires: changeProviders.requires,
    on: 'manager',
    arguments: { enabled },
    example: 'set auth-policy vidm enabled true',
    run: (session, { enabled }) => change(session, { enabled: enabled === 'true' }),
  },
  {
    syntax:
      'set auth-policy vidm hostname <hostname> thumbprint <thumbprint> client-id <client-id> client-secret <client-secret> node-hostname <node-hostname>',
    summary: 'Set the vIDM provider',
    requires: changeProviders.requires,
    on: 'manager',
    arguments: {
      hostname: { help: 'Host of the provider, and port where it is not 443' },
      thumbprint: { help: "SHA-256 of the provider's certificate" },
      'client-id': { help: 'Name of the OAuth client' },
      'client-secret': { help: 'Its secret', secret: true },
      'node-hostname': { help: 'Host to which the provider sends people back' },
    },
    example:
      'set auth-policy vidm hostname vidm.example thumbprint 2a:3b client-id nsx client-secret Example-1 node-hostname nsx.example',
    run: (session, values) =>
      change(
        session,
        {
          hostName: given(values.hostname),
          thumbprint: given(values.thumbprint),
          clientId: given(values['client-id']),
          nodeHostName: given(values['node-hostname']),
        },
        given(values['client-secret']),
      ),
  },
  {
    syntax: 'set auth-policy vidm lb-extern enabled <enabled>',
    summary: 'Say whether the nodes are behind a load balancer',
    requires: changeProviders.requires,
    on: 'manager',
    arguments: { enabled },
    example: 'set auth-policy vidm lb-extern enabled false',
    run: (session, { enabled }) => change(session, { loadBalancer: enabled === 'true' }),
  },
]
