import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('look after the audit journal')
  addSettings(
    audit
      .command('verify')
      .description(
        'walk the chain of audit records and compare its end with the log files and the syslog exporters; exit 0: intact, 1: a record was changed or is missing, which is named, 2: the store cannot be read',
      ),
  ).action(async (flags) => {
    const config = readConfig(flags, process.env)
    const { verifyAudit } = await import('./audit-verify.ts')
    if (!(await verifyAudit(config))) process.exitCode = 1
  })
}
