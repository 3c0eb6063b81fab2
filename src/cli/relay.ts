import type { Command } from 'commander'
import { ConfigError, readConfig } from '../config.ts'
import { addSettings } from './settings-flags.ts'

/** `sallyport relay …` */
export function addRelayCommands(program: Command): void {
  const relay = program.command('relay').description('look after what is passed on to real managers')
  addSettings(
    relay
      .command('test [METHOD] [PATH]')
      .description(
        'of a call, print whether it would be relayed, and by which rule, and send nothing; without one, sign in at every upstream and print whether it answers; exit 1 where a call is denied or an upstream does not answer',
      )
      .option('--as <USER>', 'who would call')
      .option('--body <FILE>', 'the JSON body that would be sent'),
  ).action(async (method, path, { as: user, body: bodyFile, ...flags }) => {
    const config = readConfig(flags, process.env)
    const { testRelay, testUpstreams } = await import('./relay-test.ts')
    if (method === undefined) {
      if (!(await testUpstreams(config))) process.exitCode = 1
      return
    }
    if (path === undefined || user === undefined) {
      throw new ConfigError('relay test: a call is METHOD PATH --as USER; without METHOD the upstreams are tried')
    }
    if (!(await testRelay(config, { method, path, user, bodyFile }))) process.exitCode = 1
  })
}
