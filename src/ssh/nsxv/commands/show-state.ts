import { type NsxvCommand, viewing } from '../session.ts'

const version = '6.4.14-20609341'
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `Fri Jan 22 03:05:01 UTC 2016`, as `date` has it. */
function dateOf(now: number): string {
  const time = new Date(now)
  const day = String(time.getUTCDate()).padStart(2)
  return `${days[time.getUTCDay()]} ${months[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)} UTC ${time.getUTCFullYear()}`
}

export const showClock: NsxvCommand = {
  syntax: 'show clock',
  modes: viewing,
  summary: 'Show the time',
  example: 'show clock',
  run: (session) => session.print(dateOf(session.services.clock())),
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
  run: (session) => session.print('Name:     NSX Manager for vSphere, served by Sallyport', `Version:  ${version}`),
}
