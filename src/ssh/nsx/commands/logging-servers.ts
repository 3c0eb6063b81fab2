import { levels } from '../../../audit/syslog-export/exporter.ts'
import { inferred as nsx } from '../../../http/nsx/inferred.ts'
import { syslogServer } from '../../../http/nsx/node/services/syslog.ts'
import { changeLogs, readLogs } from '../../../http/nsx/permissions.ts'
import { type Argument, oneOf } from '../../console/command.ts'
import { given, type NsxCommand, type NsxSession } from '../session.ts'

const serverAndPort = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/

function readServer(text: string): { server: string; port: number } | undefined {
  const [, host = '', port] = serverAndPort.exec(text) ?? []
  const server = host.replace(/^\[|\]$/g, '')
  const number = port === undefined ? nsx.syslogPort : Number(port)
  return new RegExp(syslogServer).test(server) && number > 0 && number < 65_536 ? { server, port: number } : undefined
}

const server: Argument<NsxSession> = {
  help: 'Host or address, and port where it is not 514',
  check: (value) => (value.length <= 255 && readServer(value) ? undefined : 'not a host and port'),
}

const words: Record<string, string> = {
  proto: 'Protocol',
  level: 'The least severe level that is sent',
  messageid: 'Message ids that are sent, with commas between them; all unless said otherwise',
}

/** The same exporters as the API's, each named after its server. @see nsx-api.md 10.3 */
export const setLoggingServer: NsxCommand = {
  syntax: 'set logging-server <server> proto <protocol> level <level> [messageid <messageids>]',
  summary: 'Send the log of this appliance to a syslog server',
  requires: changeLogs.requires,
  arguments: {
    server,
    protocol: oneOf('Protocol', 'udp', 'tcp'),
    level: oneOf('Level', ...levels.map((level) => level.toLowerCase())),
    messageids: { help: 'Message ids' },
  },
  words,
  example: 'set logging-server 192.0.2.10 proto udp level info',
  async run(session, values) {
    const name = given(values.server)
    const place = readServer(name)
    if (!place) throw new Error('the syntax lets through what is no server')
    await session.services.syslogExporters.add(session.call, {
      applianceId: session.appliance.id,
      name,
      ...place,
      level: given(values.level).toUpperCase() as (typeof levels)[number],
      protocol: given(values.protocol).toUpperCase() as 'TCP' | 'UDP',
      facilities: [],
      msgids: values.messageids?.split(',').filter((id) => id !== '') ?? [],
      structuredData: [],
    })
  },
}

export const getLoggingServers: NsxCommand = {
  syntax: 'get logging-servers',
  summary: 'Show where the log of this appliance is sent',
  requires: readLogs.requires,
  example: 'get logging-servers',
  async run(session) {
    const exporters = await session.services.syslogExporters.list(session.appliance.id)
    session.answer(
      ...exporters.map(
        ({ name, server, port, protocol, level, msgids }) =>
          `${server}:${port} proto ${protocol.toLowerCase()} level ${level.toLowerCase()}${msgids.length > 0 ? ` messageid ${msgids.join(',')}` : ''} exporter_name ${name}`,
      ),
    )
  },
}

export const delLoggingServer: NsxCommand = {
  syntax: 'del logging-server <name>',
  summary: 'Send the log of this appliance to a syslog server no more',
  requires: changeLogs.requires,
  arguments: {
    name: {
      help: 'Server as it was set, or name of the exporter',
      async values({ services, appliance }) {
        return (await services.syslogExporters.list(appliance.id)).map(({ name }) => name)
      },
    },
  },
  example: 'del logging-server 192.0.2.10',
  run: (session, { name }) => session.services.syslogExporters.remove(session.call, session.appliance.id, given(name)),
}
