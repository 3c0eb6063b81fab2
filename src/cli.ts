import { Command, CommanderError, Option } from 'commander'
import { pino } from 'pino'
import { addSsoCommands } from './cli-sso.ts'
import { ConfigError, flagOf, readConfig, settings, variableOf } from './config.ts'
import { StoreError } from './store/database.ts'
import { startSqliteWriter } from './store/sqlite-writer.ts'

/** The command line. @returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const program = new Command('sallyport')
    .description("An access-control server that speaks VMware's own access-control APIs")
    .version('0.1.0')
    .exitOverride()

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
    const { serve } = await import('./serve.ts')
    await serve(config, log)
  })

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

  addSsoCommands(program)

  try {
    await program.parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (error instanceof ConfigError || error instanceof StoreError) {
      process.stderr.write(`sallyport: ${error.message}\n`)
      return 2
    }
    throw error
  }
}

/** Every setting as a flag; what is not given is read from the environment, then from the config file. */
function addSettings(command: Command): Command {
  command.addOption(new Option('--config <FILE>', 'settings as YAML or JSON (environment: SALLYPORT_CONFIG)'))
  for (const { key, argument, description } of settings) {
    command.addOption(new Option(`--${flagOf(key)} <${argument}>`, `${description} (environment: ${variableOf(key)})`))
  }
  return command
}
