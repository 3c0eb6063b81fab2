import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config-error.ts'
import { StoreError } from '../store/database.ts'
import { addAccountCommands } from './accounts.ts'
import { addAuditCommands } from './audit.ts'
import { addRelayCommands } from './relay.ts'
import { addServeCommand } from './serve.ts'
import { addSsoCommands } from './sso.ts'
import { systemErrorSentence } from './system-error.ts'

/** The command line. @returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const program = new Command('sallyport')
    .description("An access-control server that speaks VMware's own access-control APIs")
    .version('0.1.0')
    .exitOverride()
  addServeCommand(program)
  addAccountCommands(program)
  addAuditCommands(program)
  addRelayCommands(program)
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
    const sentence = systemErrorSentence(error)
    if (sentence === undefined) throw error
    process.stderr.write(`sallyport: ${sentence}\n`)
    return 2
  }
}
