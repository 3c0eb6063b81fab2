import { spelledDate } from '../../../access/nsxv/wall-time.ts'
import { type NsxvCommand, type NsxvSession, privileged, viewing } from '../session.ts'
import { inferred } from '../texts.ts'

const version = '6.4.14-20609341'

export const clockLines = ({ nsxv: { time } }: NsxvSession): string[] => [spelledDate(time.now(), time.timezone())]

export const versionLines = (): string[] => [
  'Name:     NSX Manager for vSphere, served by Sallyport',
  `Version:  ${version}`,
]

export const showClock: NsxvCommand = {
  syntax: 'show clock',
  modes: viewing,
  summary: 'Show the time',
  example: 'show clock',
  run: (session) => session.print(...clockLines(session)),
}

export const showHostname: NsxvCommand = {
  syntax: 'show hostname',
  modes: viewing,
  summary: 'Show the host name',
  example: 'show hostname',
  run: (session) => session.print(session.nsxv.configuration.read().hostname),
}

export const showVersion: NsxvCommand = {
  syntax: 'show version',
  modes: viewing,
  summary: 'Show the release whose behaviour is served',
  example: 'show version',
  run: (session) => session.print(...versionLines()),
}

/** There is one, and an upgrade would fill another. */
export const showSlots: NsxvCommand = {
  syntax: 'show slots',
  modes: privileged,
  summary: 'Show the boot slots; * is the one in use',
  example: 'show slots',
  run: (session) => session.print(`Slot 1:  * ${version}`, 'Slot 2:    empty'),
}

export const showStackTrace: NsxvCommand = {
  syntax: 'show stacktrace',
  modes: privileged,
  summary: 'Show the stack traces of processes that crashed; Sallyport writes its own to its log, not here',
  example: 'show stacktrace',
  run: (session) => session.print(inferred.noStackTraces),
}

export const serviceLines = ({ nsxv: { configuration } }: NsxvSession): string[] => {
  const { ssh, webManager, ntpServers } = configuration.read()
  const services = { 'web-manager': webManager, ssh, ntp: ntpServers.length > 0 }
  return Object.entries(services).map(([name, runs]) => `${name.padEnd(12)} ${runs ? 'running' : 'stopped'}`)
}

export const showServices: NsxvCommand = {
  syntax: 'show services',
  modes: privileged,
  summary: 'Show which services of the appliance run, as it is configured',
  example: 'show services',
  run: (session) => session.print(...serviceLines(session)),
}
