import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport accounts …` and `sallyport secrets …`: on the data of a server that is stopped. */
export function addAccountCommands(program: Command): void {
  const accounts = program.command('accounts').description('look after accounts on the data of a stopped server')
  addSettings(
    accounts
      .command('reset <NAME>')
      .description('give an account another password, let it in again, and record that')
      .option('--appliance <NAME>', 'the manager, edge or NSX-v Manager whose account it is (default: the managers)')
      .option(
        '--new-password-file <FILE>',
        'holds the password; - is standard input (default: one that is printed once)',
      )
      .addHelpText(
        'after',
        `
The server must be stopped. A password that is made up must be changed at the first sign-in.

Examples:
  sallyport accounts reset admin --data-dir data
  sallyport accounts reset administrator@vsphere.local --new-password-file password.txt
  sallyport accounts reset admin --appliance nsxmgr`,
      ),
  ).action(async (name, flags) => {
    const { resetAccount } = await import('./accounts-reset.ts')
    if (!(await resetAccount(readConfig(flags, process.env), name, flags))) process.exitCode = 1
  })

  const secrets = program
    .command('secrets')
    .description('look after the key that secrets in the database are sealed with')
  addSettings(
    secrets
      .command('replace-key')
      .description('make another key where secrets.key is lost; what was sealed with it must be given anew'),
  ).action(async (flags) => {
    const { replaceSecretsKey } = await import('./secrets-replace-key.ts')
    await replaceSecretsKey(readConfig(flags, process.env))
  })
}
