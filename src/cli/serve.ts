import type { Command } from 'commander'
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import { startSqliteWriter } from '../store/sqlite-writer.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport serve` */
export function addServeCommand(program: Command): void {
  const serve = program
    .command('serve')
    .description('open the store and the listeners, and serve until SIGTERM')
    .option(
      '--lab',
      'open the ready-made lab: two managers, two edges, a vCenter, an NSX-v Manager, and their well-known accounts',
    )
  addSettings(serve).action(async (flags) => {
    const config = readConfig(flags, process.env)
    const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }))
    if (config.database.kind === 'sqlite') startSqliteWriter()
    const { serve } = await import('../serve.ts')
    await serve(config, log)
  })
}
