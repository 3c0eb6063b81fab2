import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { labPassword } from '../src/lab.ts'
import { openServer, type Server } from '../src/serve.ts'
import type { World } from '../src/world.ts'
import { Client } from './client.ts'
import { emptyPostgres, type TestDatabase } from './database.ts'
import { type Description, readDescription } from './description.ts'

export { databases, type TestDatabase } from './database.ts'
export { labPassword }

/** Time that stands still until a test moves it. */
export class TestClock {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 10, 22, 12)

  advance({ days = 0, seconds = 0, ms = 0 }: { days?: number; seconds?: number; ms?: number }): void {
    this.now += days * 86_400_000 + seconds * 1000 + ms
  }
}

/** A running lab: two managers, two edges, real database, real TLS. */
export interface Lab extends AsyncDisposable {
  server: Server
  clock: TestClock
  dataDir: string
  /** A client of the first manager, signed in as nobody. */
  a: Client
  /** The same of the second. */
  b: Client
  managerIds: [string, string]
  edgeIds: [string, string]
  /** The first manager's client with admin's credentials on every call. */
  admin: Client
  /** Stops the server and starts it again on the same store. */
  restart(): Promise<void>
}

/** Where time stands still, all the calls of a test fall into one second. */
export const withoutLimits: Partial<World> = {
  apiService: { clientApiRateLimit: 0, clientApiConcurrencyLimit: 0, globalApiConcurrencyLimit: 0 },
}

/** Every lab describes itself alike: reading it once, and compiling its schemas once, is enough. */
let descriptions: Description[] | undefined

/**
 * Opens a lab on a database of its own.
 *
 * @param settings By the keys of the settings, over the lab's own.
 * @param world Over the lab's own; `{}` for the limits that the product begins with.
 * @param now Where others' clocks matter: the time to begin with, in milliseconds since 1970.
 */
export async function openLab(
  database: TestDatabase,
  settings: Record<string, string> = {},
  world: Partial<World> = withoutLimits,
  now?: number,
): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
  const clock = new TestClock()
  if (now !== undefined) clock.now = now
  const log = pino({ level: 'silent' })
  const flags = {
    lab: true,
    dataDir,
    httpsPort: '0',
    sshPort: '0',
    ...(postgres ? { databaseUrl: postgres.url } : {}),
    ...settings,
  }
  const open = () => openServer(readConfig(flags, {}), log, () => clock.now, world)

  const lab = { clock, dataDir } as Lab
  async function start(): Promise<void> {
    const server = await open()
    const { managers, edges, ca } = server.ready
    const [first, second] = managers as [(typeof managers)[0], (typeof managers)[0]]
    const trusted = readFileSync(ca, 'utf8')
    const client = (url: string) =>
      new Client(url, trusted, { check: (exchange) => descriptions?.forEach(({ check }) => void check(exchange)) })
    lab.server = server
    lab.a = client(first.https)
    lab.b = client(second.https)
    lab.managerIds = [first.id, second.id]
    lab.edgeIds = edges.map(({ id }) => id) as [string, string]
    lab.admin = lab.a.as('admin', labPassword)
    descriptions ??= [await readDescription(lab.a), await readDescription(lab.a, '/api/vcenter/openapi.json', '/api')]
  }
  async function stop(): Promise<void> {
    lab.a.close()
    lab.b.close()
    await lab.server[Symbol.asyncDispose]()
  }

  async function removeStore(): Promise<void> {
    await postgres?.[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true, force: true })
  }

  await start().catch(async (error) => {
    await removeStore()
    throw error
  })
  return Object.assign(lab, {
    async restart() {
      await stop()
      await start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await removeStore()
    },
  })
}
