import { type Command, Option } from 'commander'
import type { SsoConnection, SsoRequest } from './sso-client.ts'

/** What every command needs: where the server is and who asks. */
function addConnection(command: Command): Command {
  return command
    .addOption(
      new Option('--server <URL>', 'where the server listens')
        .env('SALLYPORT_SERVER')
        .default('https://127.0.0.1:8443'),
    )
    .addOption(new Option('--user <NAME>', 'who asks').env('SALLYPORT_SSO_USER').default('administrator@vsphere.local'))
    .option('--password-file <FILE>', 'holds the password of --user (environment: SALLYPORT_SSO_PASSWORD)')
    .addOption(
      new Option('--ca <FILE>', 'the CA certificate of the server, as its start prints it').env('SALLYPORT_CA'),
    )
    .option('--json', 'print the answer as the API gives it')
}

/**
 * Adds a command that is one request.
 *
 * @param request Makes it of the first two words behind the command and the flags.
 * @returns the command, to add its own options to.
 */
export function addSsoCommand<Flags extends SsoConnection>(
  parent: Command,
  usage: string,
  description: string,
  request: (first: string, flags: Flags, second: string) => SsoRequest,
  examples = '',
): Command {
  const command = addConnection(parent.command(usage).description(description))
  if (examples) command.addHelpText('after', examples)
  return command.action(async (...given: unknown[]) => {
    const flags = given.at(-2) as Flags
    const [first = '', second = ''] = given.slice(0, -2) as string[]
    const { askSso } = await import('./sso-client.ts')
    if (!(await askSso(flags, request(first, flags, second)))) process.exitCode = 1
  })
}
