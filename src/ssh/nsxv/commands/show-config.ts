import type { NsxvConfiguration } from '../../../access/nsxv/configuration.ts'
import { type NsxvCommand, type NsxvSession, saving } from '../session.ts'

/**
 * A configuration as the console prints it: a block for each subject, and no word of passwords or privileges.
 * admin is not listed.
 *
 * @see nsxv-api.md 5.4
 */
export function configurationLines(configuration: NsxvConfiguration, users: readonly string[]): string[] {
  const { hostname, ntpServers, nameServers, address, routes, webManager } = configuration
  const blocks = [
    users.filter((user) => user !== 'admin').map((user) => `user ${user}`),
    ntpServers.map((server) => `ntp server ${server}`),
    // The blank at the end is the product's.
    nameServers.map((server) => `ip name server ${server} `),
    [`hostname ${hostname}`],
    address === null ? [] : ['interface mgmt', ` ip address ${address}`],
    routes.map(({ network, gateway }) => `ip route ${network} ${gateway}`),
    webManager ? ['web-manager'] : [],
  ]
  return blocks.filter((lines) => lines.length > 0).flatMap((lines) => ['!', ...lines])
}

export async function runningLines({ nsxv }: NsxvSession): Promise<string[]> {
  const users = await nsxv.cliAccounts.list()
  return configurationLines(
    nsxv.configuration.read(),
    users.map(({ username }) => username),
  )
}

export const showRunningConfig: NsxvCommand = {
  syntax: 'show running-config',
  modes: saving,
  summary: 'Show the configuration in force',
  example: 'show running-config',
  async run(session) {
    session.print('Building configuration...', '', 'Current configuration:', ...(await runningLines(session)))
  },
}

export const showStartupConfig: NsxvCommand = {
  syntax: 'show startup-config',
  modes: saving,
  summary: 'Show the configuration that a reboot goes back to',
  example: 'show startup-config',
  async run(session) {
    const { configuration, accounts } = await session.nsxv.startup.read()
    session.print(
      ...configurationLines(
        configuration,
        accounts.map(({ username }) => username),
      ),
    )
  },
}
