import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { adminUserid, rootUserid } from './access/accounts/account.ts'
import { type Clock, steadyClock, systemClock } from './access/clock.ts'
import { createPasswordHashing, type PasswordHashing } from './access/passwords/hashing.ts'
import { administratorName } from './access/vcenter/sso/user.ts'
import { type Config, ConfigError, isLoopback } from './config.ts'
import { requireFirstPassword } from './first-password.ts'
import { createApiServer, listenerSettings } from './gateway/api-server.ts'
import { buildApp } from './gateway/app.ts'
import { certificateNames } from './gateway/certificate-names.ts'
import { ownCertificate, readCertificate, type ServerCertificate } from './gateway/certificates.ts'
import { type Listener, openListener } from './gateway/listener.ts'
import { madeInventory } from './inventory/vsphere/made-inventory.ts'
import { readInventoryFile } from './inventory-file.ts'
import { labDomain, labPassword, labSsoPassword, labSsoUsers, labWorld } from './lab.ts'
import { createServices, type Services } from './services.ts'
import type { SshListener } from './ssh/listener.ts'
import { openSshListeners } from './ssh/open.ts'
import { keepShapes, releaseStartupMemory } from './startup-memory.ts'
import { singleManager, type World } from './world.ts'

/** What the ready line tells. @see DESIGN.md 5 */
export interface Ready {
  ready: true
  managers: { id: string; https: string; ssh: string }[]
  edges: { id: string; ssh: string }[]
  /** The NSX Manager for vSphere, which every manager's listener serves; absent where there is none. */
  nsxv?: { id: string; https: string; ssh: string }
  /** File of the certificate to trust. */
  ca: string
}

export interface Server extends AsyncDisposable {
  ready: Ready
  ssh: readonly SshListener[]
  services: Services
  /**
   * Makes the server's certificate anew where it soon ends or lacks a name, or reads it again where it is one's own.
   * New connections see it; those there are go on. What goes wrong is logged, and the one there is stays.
   *
   * @param now Milliseconds since 1970.
   */
  renewCertificate(now: number): Promise<void>
}

/** How long requests in flight may take to finish once the server stops, in milliseconds. */
const grace = 10_000

/** Told to those who have a console open when the server stops. */
const stopping = 'Sallyport is stopping, and this console is closed.'

/**
 * Opens the store and every listener. Disposing of it stops listening, lets requests in flight finish, and closes all.
 *
 * @param changes What an empty store is filled with instead of what the settings say.
 * @throws {ConfigError | StoreError | Error} with a message for the administrator when anything cannot be opened.
 */
export async function openServer(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  changes: Partial<World> = {},
  hashing: PasswordHashing = createPasswordHashing(),
  steady: Clock = clock === systemClock ? steadyClock : clock,
): Promise<Server> {
  const { lab, host, adminPassword } = config
  const exposed = !isLoopback(host)
  const known = lab && config.adminPassword === undefined
  if (exposed && (known || [labPassword, labSsoPassword].includes(config.adminPassword ?? ''))) {
    throw new ConfigError(knownPassword(host))
  }
  await using opened = new AsyncDisposableStack()
  if (config.temporary) opened.defer(() => rmSync(config.dataDir, { recursive: true, force: true }))
  const services = opened.use(
    await createServices(
      {
        config: lab ? { ...config, localDomain: config.localDomain ?? labDomain } : config,
        clock,
        steady,
        log,
        hashing,
      },
      {
        ...worldOf(config),
        ...(adminPassword === undefined ? {} : { check: () => requireFirstPassword(adminPassword) }),
        ...changes,
      },
    ),
  )
  const { nsx, vcenter, nsxv: madeNsxv } = services.firstStarts
  if (adminPassword !== undefined && !nsx && !vcenter && !madeNsxv) {
    log.warn('adminPassword: the accounts were made by an earlier start and keep their passwords; it changes nothing')
  }
  if (exposed && (await hasLabPassword(services))) throw new ConfigError(knownPassword(host))

  // Clients hold certificates against the real time, whatever the clock here says.
  let certificate = await certificateOf(config, Date.now(), log)
  const settings = listenerSettings(services.apiService.read().config, certificate)
  if (!settings) {
    throw new ConfigError(unservable)
  }
  const app = await buildApp(services)
  opened.defer(() => app.close())

  const { clientCertificates } = config
  const asksForCertificate = () =>
    clientCertificates === 'auto' ? services.identities.useCertificates() : clientCertificates === 'on'
  const listeners: Listener[] = []
  opened.defer(() => closeListeners(listeners, services))
  for (const [index, manager] of services.appliances.managers.entries()) {
    const port = config.httpsPort === 0 ? 0 : config.httpsPort + index
    const opening = openListener(
      app,
      manager,
      settings,
      host,
      port,
      asksForCertificate,
      services.strangers,
      services.refusals,
      config.connections,
    )
    const listener = await opening.catch((error) => {
      const setting = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(error.code) ? 'host' : 'httpsPort'
      throw new ConfigError(`${setting}: cannot listen on ${host} port ${port}: ${error.message}`, { cause: error })
    })
    listeners.push(listener)
    const { hostname, port: taken } = new URL(listener.url)
    services.addresses.listening(manager.id, { ipAddress: hostname.replace(/^\[|\]$/g, ''), port: Number(taken) })
  }

  const ssh = await openSshListeners(services)
  opened.defer(() => Promise.all(ssh.map((listener) => listener.close(stopping))).then(() => {}))
  const sshOf = (id: string) => ssh.find(({ appliance }) => appliance.id === id)?.address

  const apiServer = createApiServer(() => certificate, listeners, log)
  services.apiService.servedBy(apiServer)
  async function renewCertificate(now: number): Promise<void> {
    const before = certificate
    try {
      const next = await certificateOf(config, now, log)
      if (isDeepStrictEqual(next, before)) return
      const { config: service } = services.apiService.read()
      if (!listenerSettings(service, next)) throw new ConfigError(unservable)
      certificate = next
      apiServer.apply(service)
      log.info("the server's certificate is another one for new connections")
    } catch (error) {
      log.error(error, "the server's certificate stays the one it was")
    }
  }
  const renewing = setInterval(() => renewCertificate(Date.now()), dayInMs).unref()
  opened.defer(() => clearInterval(renewing))

  const closing = opened.move()
  const { nsxv, edges } = services.appliances
  const [first] = listeners
  return {
    services,
    ssh,
    renewCertificate,
    ready: {
      ready: true,
      managers: listeners.map(({ manager: { id }, url }) => ({ id, https: url, ssh: sshOf(id) ?? '' })),
      edges: edges.map(({ id }) => ({ id, ssh: sshOf(id) ?? '' })),
      ...(nsxv && first ? { nsxv: { id: nsxv.id, https: first.url, ssh: sshOf(nsxv.id) ?? '' } } : {}),
      ca: certificate.caFile,
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const dayInMs = 24 * 60 * 60 * 1000

const unservable =
  'tlsCert: nothing of the protocol_versions and cipher_suites that the API service has enabled can be served with this certificate'

async function certificateOf(config: Config, now: number, log: Logger): Promise<ServerCertificate> {
  if (config.tls) return readCertificate(config.tls)
  return ownCertificate(config.dataDir, certificateNames(config.host, config.tlsNames), now, log)
}

function worldOf({ lab, nodeName, adminPassword, nsxvName, vsphere }: Config): World {
  const world = lab ? labWorld(adminPassword) : singleManager(nodeName, adminPassword, nsxvName)
  if (vsphere?.kind === 'file') return { ...world, vsphere: () => readInventoryFile(vsphere.file) }
  if (vsphere?.kind === 'made') return { ...world, vsphere: () => madeInventory(vsphere.size) }
  return world
}

async function closeListeners(listeners: readonly Listener[], services: Services): Promise<void> {
  for (const { manager } of listeners) services.addresses.closed(manager.id)
  services.privilegeChecks.close()
  services.auditTrail.close()
  const cut = setTimeout(() => {
    for (const listener of listeners) listener.cut()
  }, grace)
  await Promise.all(listeners.map((listener) => listener.close()))
  clearTimeout(cut)
}

function knownPassword(host: string): string {
  return `host: ${host} can be reached from elsewhere, and the lab's password is known to everybody: set adminPassword, or listen on 127.0.0.1`
}

/** Whether an account that the lab opens still has the password that everybody knows. */
async function hasLabPassword(services: Services): Promise<boolean> {
  const { appliances, passwords, ssoDirectory, ssoPasswords, nsxv } = services
  const keepers = [...appliances.managers, ...appliances.edges, ...(appliances.nsxv ? [appliances.nsxv] : [])]
  const realms = new Set(keepers.map(({ realmId }) => realmId))
  for (const realmId of realms) {
    for (const userid of [adminUserid, rootUserid]) {
      if (await passwords.matches({ realmId, userid }, labPassword)) return true
    }
  }
  // A reboot would bring it back.
  if (await nsxv?.startup.hasPassword(adminUserid, labPassword)) return true
  for (const name of [administratorName, ...labSsoUsers]) {
    const user = ssoDirectory.userNamed(name)
    if (user && (await ssoPasswords.matches(user, labSsoPassword))) return true
  }
  return false
}

/** After so many milliseconds starting has ended, and whoever waited for the server has had their first answers. */
const quiet = 500

/** After so many, what only few clients need may be made. */
const leisure = 5000

/** What starting leaves to be done. */
function finishStart(): void {
  releaseStartupMemory()
  // Node does so when the process ends, and it may be killed.
  flushCompileCache()
}

/** Makes the host keys that take a while, one after another. */
async function prepareConsoles({ ssh }: Server, log: Logger): Promise<void> {
  try {
    for (const listener of ssh) await listener.prepare()
  } catch (error) {
    log.warn(error, 'an RSA host key could not be made')
  }
}

/** Runs until the process is told to stop. */
export async function serve(config: Config, log: Logger): Promise<void> {
  keepShapes()
  // Whatever is written is for the eyes of the server's own user.
  process.umask(0o077)
  let renew: () => unknown = () => {}
  // A terminal that goes away takes no server with it: the signal has the certificate read again, as is the custom.
  process.on('SIGHUP', () => renew())
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), leftByNpm()])
  await using server = await openServer(config, log)
  renew = () => server.renewCertificate(Date.now())
  tellPeople(server, config)
  process.stdout.write(`${JSON.stringify(server.ready)}\n`)
  void tryUpstreams(server.services, log)
  setTimeout(finishStart, quiet).unref()
  const preparing = setTimeout(prepareConsoles, leisure, server, log).unref()
  await stopped
  clearTimeout(preparing)
  log.info('stopping')
}

/** Says of every upstream of the relay whether it answers, as soon as it is known: a wrong setting is seen before the first call is. */
export async function tryUpstreams({ relay }: Pick<Services, 'relay'>, log: Logger): Promise<void> {
  await relay?.attempt((upstream, why) => {
    if (why === undefined) log.info({ upstream }, 'the upstream answers')
    else log.warn({ upstream, reason: why }, 'the upstream does not answer')
  })
}

/** How often a server that npm started looks whether it is still npm's, in milliseconds. */
const npmWatch = 250

/**
 * Ends when the shell is gone that npm started this process in. npm hands a signal to that shell only, which does not
 * hand it on: without this, a server outlives the `npm start` that was told to end.
 */
async function leftByNpm(): Promise<void> {
  if (process.env.npm_lifecycle_event === undefined) return new Promise(() => {})
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, npmWatch).unref()
  })
}

/** Addresses and accounts for whoever sits at the terminal; programs read the ready line. */
function tellPeople({ ready, services }: Server, config: Config): void {
  const { firstStarts, appliances } = services
  const lines = [`Sallyport ${config.lab ? 'lab ' : ''}is open`, '']
  for (const [index, { https, ssh }] of ready.managers.entries()) {
    lines.push(`  NSX Manager ${appliances.managers[index]?.name}   ${https}   ssh ${ssh}`)
  }
  lines.push(`  vCenter                ${ready.managers[0]?.https}/api   ${ready.managers[0]?.https}/sdk`)
  if (ready.nsxv) {
    lines.push(`  NSX-v Manager ${appliances.nsxv?.name}   ${ready.nsxv.https}/api/2.0   ssh ${ready.nsxv.ssh}`)
  }
  for (const [index, { name, id }] of appliances.edges.entries()) {
    lines.push(`  Edge        ${name}   transport node ${id}   ssh ${ready.edges[index]?.ssh}`)
  }
  lines.push('', `  Console                ${ready.managers[0]?.https}/`)
  lines.push(`  API description        ${ready.managers[0]?.https}/docs`)
  lines.push(`  CA certificate         ${ready.ca}`)
  lines.push(`  Data                   ${config.dataDir}${config.temporary ? ' (removed when the lab stops)' : ''}`, '')
  if (firstStarts.vcenter?.passwordMustChange) {
    lines.push(
      `  vCenter account        administrator@vsphere.local / ${firstStarts.vcenter.password}`,
      '  This password is shown once and must be changed before anything else:',
      '',
      `    SALLYPORT_SSO_PASSWORD=... SALLYPORT_SSO_NEW_PASSWORD=... sallyport sso user change-password \\`,
      `      --server ${ready.managers[0]?.https} --ca ${ready.ca}`,
      '',
    )
  }
  if (firstStarts.nsxv?.passwordMustChange) {
    const [host, port] = ready.nsxv?.ssh.split(/:(?=\d+$)/) ?? []
    lines.push(
      `  NSX-v account          admin / ${firstStarts.nsxv.password}   (its console's privileged mode likewise)`,
      '  This password is shown once; the console asks for another before anything else:',
      '',
      `    ssh -p ${port} admin@${host?.replace(/^\[|\]$/g, '')}`,
      '',
    )
  }
  if (firstStarts.nsx?.passwordMustChange) {
    lines.push(
      `  Account                admin / ${firstStarts.nsx.password}`,
      '  This password is shown once and must be changed before anything else:',
      '',
      `    curl --cacert ${ready.ca} -u admin -H 'content-type: application/json' \\`,
      `      -d '{"old_password": "...", "password": "..."}' \\`,
      `      '${ready.managers[0]?.https}/api/v1/node/users?action=reset_own_password'`,
      '',
    )
  } else if (config.lab) {
    const known = (password: string) => (config.adminPassword === undefined ? password : 'the password you set')
    lines.push(
      `  Account                admin / ${known(labPassword)}   (root, and NSX-v's admin, likewise; audit and the guests are not activated)`,
      `  vCenter account        administrator@vsphere.local / ${known(labSsoPassword)}   (${labSsoUsers.join(', ')} likewise)`,
      '',
    )
  }
  process.stderr.write(`${lines.join('\n')}\n`)
}
