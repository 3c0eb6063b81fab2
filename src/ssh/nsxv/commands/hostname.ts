import { isHostname } from '../../../access/nsxv/configuration.ts'
import { configuring, given, type NsxvCommand } from '../session.ts'

export const hostname: NsxvCommand = {
  syntax: 'hostname <name>',
  modes: configuring,
  summary: 'Set the host name, with which prompts begin',
  arguments: {
    name: {
      help: 'Host name',
      shown: 'NAME',
      check: (value) => (isHostname(value) ? undefined : 'not a host name'),
    },
  },
  example: 'hostname nsxmgr',
  async run(session, values) {
    await session.nsxv.configuration.change(session.change, (now) => ({ ...now, hostname: given(values.name) }))
  },
}
