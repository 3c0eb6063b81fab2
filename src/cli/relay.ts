import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport relay …` */
export function addRelayCommands(program: Command): void {
  const relay = program.command('relay').description('look after what is passed on to real managers')
  addSettings(
    relay
      .command('test <METHOD> <PATH>')
      .description(
        'print whether a call would be relayed, and by which rule, and send nothing; exit 1 where it is denied',
      )
      .requiredOption('--as <USER>', 'who would call')
      .option('--body <FILE>', 'the JSON body that would be sent'),
  ).action(async (method, path, { as: user, body: bodyFile, ...flags }) => {
    const config = readConfig(flags, process.env)
    const { testRelay } = await import('./relay-test.ts')
    if (!(await testRelay(config, { method, path, user, bodyFile }))) process.exitCode = 1
  })
}
