import { setTimeout } from 'node:timers/promises'
import { type NsxvCommand, privileged } from '../session.ts'
import { inferred } from '../texts.ts'

/** The one process that serves the appliance. */
export function processLines(): string[] {
  const seconds = Math.floor(process.uptime())
  const { user, system } = process.cpuUsage()
  const columns = [
    String(process.pid),
    `${Math.round(process.memoryUsage.rss() / 1024)}`,
    ((user + system) / 1e6).toFixed(2),
    `${Math.floor(seconds / 86_400)}-${new Date(1000 * (seconds % 86_400)).toISOString().slice(11, 19)}`,
    'sallyport',
  ]
  return [['PID', 'RSS (kB)', 'CPU (s)', 'ELAPSED', 'COMMAND'], columns].map((row) =>
    row
      .map((text) => text.padEnd(12))
      .join('')
      .trimEnd(),
  )
}

export const showProcess: NsxvCommand = {
  syntax: 'show process (list | monitor)',
  modes: privileged,
  summary: "Show Sallyport's own process; monitor: again and again until Ctrl-C",
  example: 'show process list',
  streams: true,
  async run(session, _values, words) {
    const show = () => session.write(`${processLines().join('\n')}\n`)
    await show()
    while (words.has('monitor') && !session.signal.aborted) {
      await setTimeout(1000 * inferred.monitor, undefined, { signal: session.signal }).then(show, () => {})
    }
  },
}
