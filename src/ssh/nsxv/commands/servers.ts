import type { NsxvConfiguration } from '../../../access/nsxv/configuration.ts'
import type { Argument } from '../../console/command.ts'
import { address, host } from '../addresses.ts'
import { configuring, given, type NsxvCommand, type NsxvSession } from '../session.ts'
import { withOne, without } from '../settings.ts'

/** `ip name server` and `ntp server`, and the commands that undo them. */
function serverCommands(
  words: string,
  what: string,
  server: Argument<NsxvSession>,
  example: string,
  member: 'nameServers' | 'ntpServers',
): [NsxvCommand, NsxvCommand] {
  const change =
    (next: typeof withOne<string>): NsxvCommand['run'] =>
    async (session, values) => {
      await session.nsxv.configuration.change(
        session.change,
        (now): NsxvConfiguration => ({ ...now, [member]: next(now[member], given(values.server)) }),
      )
    }
  const common = { modes: configuring, arguments: { server } }
  return [
    { ...common, syntax: `${words} <server>`, summary: `Add ${what}`, example, run: change(withOne) },
    {
      ...common,
      syntax: `no ${words} <server>`,
      summary: `Remove ${what}`,
      example: `no ${example}`,
      run: change(without),
    },
  ]
}

export const [ipNameServer, noIpNameServer] = serverCommands(
  'ip name server',
  'a name server',
  address,
  'ip name server 192.0.2.11',
  'nameServers',
)

export const [ntpServer, noNtpServer] = serverCommands(
  'ntp server',
  'a time server',
  host,
  'ntp server 192.0.2.10',
  'ntpServers',
)
