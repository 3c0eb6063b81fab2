import { isIP } from 'node:net'
import { isHostname } from '../../../access/nsxv/configuration.ts'
import type { Argument } from '../../console/command.ts'
import { given, type NsxvCommand, type NsxvSession, viewing } from '../session.ts'
import { runTool } from '../tool.ts'

/** A name or an address begins with no hyphen, so it is no option of the program. */
const host: Argument<NsxvSession> = {
  help: 'Host name or IP address',
  shown: 'WORD',
  check: (value) => (isIP(value) > 0 || isHostname(value) ? undefined : 'neither a host name nor an IP address'),
}

const fromHere = 'Sallyport asks with the program of the machine that it runs on'

export const ping: NsxvCommand = {
  syntax: 'ping <host>',
  modes: viewing,
  summary: `Ask a host for an echo, five times; ${fromHere}`,
  arguments: { host },
  example: 'ping 192.0.2.1',
  streams: true,
  run: (session, values) => runTool(session, 'ping', ['-n', '-c', '5', given(values.host)], 15_000),
}

export const traceroute: NsxvCommand = {
  syntax: 'traceroute <host>',
  modes: viewing,
  summary: `Show the way to a host, 16 steps at most; ${fromHere}`,
  arguments: { host },
  example: 'traceroute 192.0.2.1',
  streams: true,
  run: (session, values) =>
    runTool(session, 'traceroute', ['-n', '-q', '1', '-w', '2', '-m', '16', given(values.host)], 40_000),
}
