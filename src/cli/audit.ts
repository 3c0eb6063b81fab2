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
        'walk the chain of audit records and compare its end with the head file, the log files and the syslog exporters; exit 0: intact, 1: a record was changed or is missing, which is named, 2: the store cannot be read',
      )
      .option(
        '--against <EXPORT>',
        'also compare with a file that /sallyport/v1/audit/export gave as NDJSON or CSV: each record in it must still be there',
      ),
  ).action(async (flags) => {
    const config = readConfig(flags, process.env)
    const { verifyAudit } = await import('./audit-verify.ts')
    if (!(await verifyAudit(config, flags.against))) process.exitCode = 1
  })
  addSettings(
    audit
      .command('accept-loss')
      .description(
        'take the journal of a stopped server as it is, once what verify says of the head file has been looked into; that is recorded',
      ),
  ).action(async (flags) => {
    const { acceptLoss } = await import('./audit-accept-loss.ts')
    await acceptLoss(readConfig(flags, process.env))
  })
}
