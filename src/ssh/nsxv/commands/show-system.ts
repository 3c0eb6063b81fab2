import { freemem, loadavg, totalmem, uptime } from 'node:os'
import { type NsxvCommand, privileged } from '../session.ts'

const kibibytes = (bytes: number) => `${Math.round(bytes / 1024)} kB`

/** Of the machine that Sallyport runs on. */
const states: Record<string, () => string[]> = {
  load: () => [
    loadavg()
      .map((load) => load.toFixed(2))
      .join(' '),
  ],
  memory: () => [`MemTotal: ${kibibytes(totalmem())}`, `MemFree:  ${kibibytes(freemem())}`],
  uptime: () => {
    const minutes = Math.floor(uptime() / 60)
    return [`up ${Math.floor(minutes / 1440)} days, ${Math.floor(minutes / 60) % 24} hours, ${minutes % 60} minutes`]
  },
}

/** All of it, for a support bundle. */
export const systemLines = (): string[] =>
  Object.entries(states).flatMap(([state, lines]) => lines().map((line) => `${state}: ${line}`))

export const showSystem: NsxvCommand = {
  syntax: 'show system (load | memory | uptime)',
  modes: privileged,
  summary: 'Show load, memory or uptime of the machine that Sallyport runs on',
  example: 'show system memory',
  run(session, _values, words) {
    const state = Object.keys(states).find((one) => words.has(one)) as string
    session.print(...(states[state]?.() ?? []))
  },
}
