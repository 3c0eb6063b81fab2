import type { Logger } from 'pino'
import type { SshPort } from '../access/nodes/ssh-services.ts'
import { ConfigError } from '../config-error.ts'
import type { Appliance } from '../inventory/appliances.ts'
import type { Services } from '../services.ts'
import type { Console } from './console/console.ts'
import { readableHostKeys } from './host-keys.ts'
import { sshLimits } from './limits.ts'
import { openSshListener, type SshListener } from './listener.ts'
import { makeRsaHostKey } from './rsa-host-key.ts'
import type { SshServer } from './server.ts'

/** The consoles that there are. They are loaded once somebody connects. */
const consoles: Partial<Record<Appliance['kind'], (services: Services, appliance: Appliance) => Promise<Console>>> = {
  manager: nsxcli,
  edge: nsxcli,
  nsxv: nsxvCli,
}

async function nsxcli(services: Services, appliance: Appliance): Promise<Console> {
  const [{ createConsole }, { nsxConsole }] = await Promise.all([
    import('./console/console.ts'),
    import('./nsx/console.ts'),
  ])
  return createConsole(nsxConsole(services, appliance))
}

async function nsxvCli(services: Services): Promise<Console> {
  const [{ createConsole }, { nsxvConsole }] = await Promise.all([
    import('./console/console.ts'),
    import('./nsxv/console.ts'),
  ])
  return createConsole(nsxvConsole(services))
}

async function serverOf(
  services: Services,
  appliance: Appliance,
  consoleOf: (services: Services, appliance: Appliance) => Promise<Console>,
): Promise<SshServer> {
  const [{ createSshServer }, console] = await Promise.all([import('./server.ts'), consoleOf(services, appliance)])
  return createSshServer(services, appliance, console, sshLimits)
}

function setOpen(port: SshPort, open: boolean, log: Logger): void {
  if (open) port.open().catch((error) => log.error(error, 'an SSH port cannot be opened'))
  else port.close()
}

/**
 * Opens the SSH port of every appliance that has a console.
 *
 * @throws {ConfigError} when one cannot be opened.
 */
export async function openSshListeners(services: Services): Promise<SshListener[]> {
  const { config, appliances, log } = services
  const { host, sshPort } = config
  const { managers, edges, nsxv } = appliances
  const withConsole = [...managers, ...edges, ...(nsxv ? [nsxv] : [])].flatMap((appliance) => {
    const consoleOf = consoles[appliance.kind]
    return consoleOf ? [{ appliance, consoleOf }] : []
  })
  const wanted = withConsole.map((one, index) => {
    const port = sshPort === 0 ? 0 : sshPort + index
    if (port > 65_535) throw new ConfigError(`sshPort: there is no port ${port} for ${one.appliance.name}`)
    return { ...one, port }
  })
  const listeners: SshListener[] = []
  try {
    for (const { appliance, consoleOf, port } of wanted) {
      const opening = openSshListener({
        appliance,
        host,
        port,
        log,
        load: () => serverOf(services, appliance, consoleOf),
        makeKey: () => makeRsaHostKey(config.dataDir, appliance.id),
        hostKeys: () => readableHostKeys(config.dataDir, appliance.id),
        startsOpen:
          appliance.kind === 'nsxv'
            ? services.nsxv?.configuration.read().ssh !== false
            : services.nodeSettings.read(appliance.id).sshStartOnBoot,
      })
      listeners.push(
        await opening.catch((error) => {
          throw new ConfigError(`sshPort: cannot listen on ${host} port ${port}: ${error.message}`, { cause: error })
        }),
      )
    }
    for (const { appliance, port } of listeners) {
      services.sshServices.servedBy(appliance.id, port)
      if (appliance.kind === 'nsxv') services.nsxv?.configuration.followedBy(({ ssh }) => setOpen(port, ssh, log))
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close('')))
    throw error
  }
  return listeners
}
