import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('look after the audit journal')
  addSettings(
    audit
      .command('verify')
      .description('walk the chain of audit records; exit 1 and name the first record that does not follow'),
  ).action(async (flags) => {
    const config = readConfig(flags, process.env)
    const { verifyAudit } = await import('./audit-verify.ts')
    if (!(await verifyAudit(config))) process.exitCode = 1
  })
}
