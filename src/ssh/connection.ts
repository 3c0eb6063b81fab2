import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ClientInfo, Connection, ServerChannel, Session } from 'ssh2'
import type { Call } from '../access/call.ts'
import { AccessError } from '../access/errors.ts'
import type { LocalUser } from '../access/principal.ts'
import type { OpenConsole } from '../access/sessions/consoles.ts'
import { plainAddress } from '../access/sign-in/lockout.ts'
import { maskSecrets, maskText } from '../audit/mask.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Appliance } from '../inventory/appliances.ts'
import type { Services } from '../services.ts'
import { createAuthentication } from './authentication.ts'
import { channelTerminal, type WindowSize } from './channel-terminal.ts'
import type { Console, ConsoleHost, OpenedConsole, RunningCommand } from './console/console.ts'
import type { SshLimits } from './limits.ts'
import type { Guest, Places } from './places.ts'
import { type ConnectionFacts, signInRecord, sshRecord, sshRefusal } from './record.ts'
import { acceptServiceAgain } from './service-request.ts'

export interface ConnectionParts {
  services: Pick<
    Services,
    'consoleDoor' | 'consoles' | 'directory' | 'journal' | 'nodeSettings' | 'refusals' | 'clock' | 'log'
  >
  appliance: Appliance
  console: Console
  limits: SshLimits
  places: Places
  guest: Guest
}

/** An SSH connection whose client has said what it is. */
export interface ServedConnection {
  /** Closes its consoles, then itself. */
  end(why: string): Promise<void>
}

const longestAgent = 256

/** Serves one client: who is it, and then consoles for them, and nothing else that SSH could do. */
export function serveConnection(
  client: Connection,
  { ip, header }: ClientInfo,
  socket: Socket,
  { services, appliance, console, limits, places, guest }: ConnectionParts,
): ServedConnection {
  const { consoles, directory, journal, refusals, clock, log } = services
  const facts: ConnectionFacts = {
    appliance,
    source: plainAddress(ip),
    id: randomUUID(),
    agent: maskText(String(header.versions.software ?? '')).slice(0, longestAgent),
  }
  const open = new Set<{ console: OpenedConsole; done: Promise<void> }>()
  let user: LocalUser | undefined
  let own: OpenConsole | undefined
  let sessions = 0
  // A console of each channel listens to it.
  socket.setMaxListeners(4 * limits.consoles + 20)

  acceptServiceAgain(client, limits.requests)
  client.on('authentication', createAuthentication({ services, limits, facts, admit, end: () => void client.end() }))
  client.on('session', (accept, reject) => {
    if (!user || sessions >= limits.consoles) {
      refuse('refused-session', 'too many consoles')
      return reject()
    }
    sessions++
    serveSession(accept())
  })
  // Nothing but consoles: what else SSH could do is refused, and told.
  client.on('tcpip', (_accept, reject, { destIP, destPort }) => {
    refuse('refused-forwarding', 'direct-tcpip', `${destIP}:${destPort}`)
    reject()
  })
  client.on('openssh.streamlocal', (_accept, reject, { socketPath }) => {
    refuse('refused-forwarding', 'direct-streamlocal', socketPath)
    reject()
  })
  client.on('request', (_accept, reject, name) => {
    if (!name.startsWith('cancel-')) refuse('refused-forwarding', name)
    reject?.()
  })
  client.on('error', (error) => log.debug(error, 'an SSH connection failed'))
  client.on('close', () => {
    if (own) consoles.closed(own)
  })

  function refuse(operation: string, reason: string, what = ''): void {
    refusals.record(sshRefusal(facts, user?.name ?? '', operation, reason, what))
  }

  async function admit(found: LocalUser, how: string): Promise<void> {
    const { realmId, userid } = found.account
    if (!places.signedIn(guest, `${realmId} ${userid}`)) {
      throw new AccessError('busy', 'Too many connections are open')
    }
    const mine: OpenConsole = {
      id: facts.id,
      applianceId: appliance.id,
      realmId,
      userid,
      source: facts.source,
      agent: facts.agent,
      openedAt: clock(),
      end: (why) => void end(why),
    }
    try {
      await journal.change(
        (change) => consoles.open(change, found, mine),
        () => signInRecord(facts, clock(), found.name, how, true),
      )
    } catch (error) {
      // Its place is spent.
      client.end()
      throw error
    }
    user = found
    own = mine
    if (socket.destroyed) consoles.closed(mine)
  }

  function serveSession(session: Session): void {
    let size: WindowSize | undefined
    session.on('pty', (accept, _reject, info) => {
      size = sizeOf(info)
      accept?.()
    })
    session.on('window-change', (accept, _reject, info) => {
      if (size) size = sizeOf(info)
      accept?.()
    })
    session.on('sftp', (_accept, reject) => {
      refuse('refused-subsystem', 'sftp')
      reject?.()
    })
    session.on('subsystem', (_accept, reject, { name }) => {
      refuse('refused-subsystem', 'subsystem', name)
      reject?.()
    })
    session.on('x11', (_accept, reject) => {
      refuse('refused-forwarding', 'x11')
      reject?.()
    })
    session.on('auth-agent', (_accept, reject) => {
      refuse('refused-forwarding', 'auth-agent')
      reject?.()
    })
    session.on('shell', (accept) => start(accept(), undefined))
    session.on('exec', (accept, _reject, { command }) => start(accept(), command))
    session.on('close', () => {
      sessions--
    })

    function start(channel: ServerChannel | undefined, command: string | undefined): void {
      // A second request on one channel gets none.
      if (!channel) return
      channel.on('error', (error: Error) => log.debug(error, 'an SSH channel failed'))
      const terminal = channelTerminal(channel, socket, () => size)
      const opened = console.open(terminal, host())
      const done = run(opened, command)
        .catch((error) => {
          log.error(error, 'a console failed')
          return 1
        })
        .then((status) => {
          channel.exit(status)
          channel.end()
          open.delete(running)
        })
      const running = { console: opened, done }
      open.add(running)
    }
  }

  async function run(opened: OpenedConsole, command: string | undefined): Promise<number> {
    if (command?.trim() === '') await append({ kind: 'console-command', status: 200 })
    if (command !== undefined) return opened.runOne(command)
    await append({ kind: 'console-start', status: 200 })
    try {
      return await opened.run()
    } finally {
      await append({ kind: 'console-stop', status: 200 })
    }
  }

  /** Who signed in, as they are now; without any right once the account is gone. */
  function currentUser(): LocalUser {
    if (!user) throw new Error('nobody has signed in')
    const { realmId, userid } = user.account
    return directory.find(realmId, userid) ?? { ...user, rolesForPaths: [], rights: new Map() }
  }

  function append(what: Pick<AuditRecord, 'kind' | 'status'> & Partial<AuditRecord>): Promise<void> {
    const record = sshRecord(facts, clock(), { user: currentUser().name, ...what })
    return new Promise((resolve, reject) => journal.append(record, (error) => (error ? reject(error) : resolve())))
  }

  function host(): ConsoleHost {
    return {
      appliance,
      source: facts.source,
      user: currentUser,
      begin: beginCommand,
      log: (error) => log.error(error, 'a console command failed'),
    }
  }

  function beginCommand(line: string): RunningCommand {
    const startedAt = performance.now()
    const caller = currentUser()
    let recorded = false
    const record = (status: number, more: Partial<AuditRecord> = {}) => ({
      kind: 'console-command' as const,
      user: caller.name,
      url: maskText(line),
      status,
      micros: Math.round((performance.now() - startedAt) * 1000),
      ...more,
    })
    const call: Call = {
      caller,
      session: undefined,
      ...(own ? { console: own } : {}),
      now: clock(),
      async change(work) {
        const result = await journal.change(work, (_result, { entity, before, after }) =>
          sshRecord(
            facts,
            clock(),
            record(200, {
              write: true,
              ...(entity === undefined ? {} : { entity }),
              ...(before === undefined ? {} : { before: maskSecrets(before) }),
              ...(after === undefined ? {} : { after: maskSecrets(after) }),
            }),
          ),
        )
        recorded = true
        return result
      },
    }
    return {
      call,
      async finish(outcome) {
        if (recorded) return
        recorded = true
        await append(record(outcome === 'executed' ? 200 : 400))
      },
    }
  }

  async function end(why: string): Promise<void> {
    const consolesOpen = open.size > 0
    // A client that does not take what is written is not waited for.
    const cut = setTimeout(() => socket.destroy(), limits.closing)
    const closed = new Promise<void>((resolve) => {
      if (socket.destroyed) resolve()
      else socket.once('close', () => resolve())
    })
    await Promise.all([...open].map(({ console, done }) => Promise.all([console.end(why), done])))
    // Told to disconnect, OpenSSH forgets what it has not yet shown; once its consoles are closed it goes by itself.
    const parting = setTimeout(() => client.end(), consolesOpen ? limits.parting : 0)
    await closed
    clearTimeout(parting)
    clearTimeout(cut)
  }

  return { end }
}

function sizeOf({ cols, rows }: { cols: number; rows: number }): WindowSize {
  const bounded = (value: number, otherwise: number) => (value > 0 && value <= 10_000 ? value : otherwise)
  return { columns: bounded(cols, 80), rows: bounded(rows, 24) }
}
