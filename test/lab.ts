import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { PasswordHashing } from '../src/access/passwords/hashing.ts'
import { readConfig } from '../src/config.ts'
import { labPassword } from '../src/lab.ts'
import { openServer, type Server } from '../src/serve.ts'
import type { World } from '../src/world.ts'
import { Client, type Exchange } from './client.ts'
import { emptyPostgres, type TestDatabase } from './database.ts'
import { type Description, readDescription } from './description.ts'
import { cheapHashing, layStore } from './laid-store.ts'

export { databases, type TestDatabase } from './database.ts'
export { labPassword }

/** Time that stands still until a test moves it. */
export class TestClock {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 10, 22, 12)
  #stepped = 0

  /** What has passed, however the wall clock was set. */
  get steady(): number {
    return this.now - this.#stepped
  }

  /** Sets the wall clock, while no time passes. @param ms How far forward; negative: back. */
  step(ms: number): void {
    this.now += ms
    this.#stepped += ms
  }

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
  /** Stops the server and starts it again on the same store, with some settings changed. */
  restart(changed?: Record<string, string>): Promise<void>
}

/** Where time stands still, all the calls of a test fall into one second. */
export const withoutLimits: Partial<World> = {
  apiService: { clientApiRateLimit: 0, clientApiConcurrencyLimit: 0, globalApiConcurrencyLimit: 0 },
}

const hour = 3_600_000

/** The CA and the certificate that the first lab made, by the names of their files. The others begin with them. */
let tlsFiles: Map<string, Buffer> | undefined

function readTls(dataDir: string): typeof tlsFiles {
  const dir = join(dataDir, 'tls')
  return existsSync(dir) ? new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))])) : undefined
}

function writeTls(dataDir: string, files: Map<string, Buffer>): void {
  const dir = join(dataDir, 'tls')
  mkdirSync(dir, { mode: 0o700 })
  for (const [name, content] of files) writeFileSync(join(dir, name), content, { mode: 0o600 })
}

/** Every lab describes itself alike: reading it once, and compiling its schemas once, is enough. */
let descriptions: Description[] | undefined

/** The vendors' SDKs read the body of every answer that has a content type, and fail if it is empty and not JSON. */
function requireNoTypeWithoutBody({ method, path, answer: { text, headers, status } }: Exchange): void {
  if (text !== '' || method === 'HEAD' || headers['content-type'] === undefined) return
  assert.fail(`${method} ${path} answered ${status} with the content type ${headers['content-type']} and no body`)
}

/**
 * Opens a lab on a database of its own.
 *
 * @param settings By the keys of the settings, over the lab's own.
 * @param world Over the lab's own; `{}` for the limits that the product begins with.
 * @param now Where others' clocks matter: the time to begin with, in milliseconds since 1970.
 * @param hashing Where it matters what a guess costs.
 * @param logged Takes every line of the log.
 */
export async function openLab(
  database: TestDatabase,
  settings: Record<string, string> = {},
  world: Partial<World> = withoutLimits,
  now?: number,
  hashing?: PasswordHashing,
  logged?: (line: string) => void,
): Promise<Lab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const clock = new TestClock()
  if (now !== undefined) clock.now = now
  // Time that goes on would make every first start another one.
  const laidAt = now === undefined ? clock.now : now - (now % hour)
  // These settings say what a first start lays; the others leave it as it is.
  const laysItsOwn = hashing !== undefined || Object.keys(settings).some((key) => /^(vsphere|nsx|admin|node)/.test(key))
  const postgres = laysItsOwn
    ? database.kind === 'postgres' && (await emptyPostgres())
    : await layStore(database, dataDir, world, laidAt)
  const log = logged ? pino({ level: 'trace' }, { write: logged }) : pino({ level: 'silent' })
  const flags = {
    lab: true,
    dataDir,
    httpsPort: '0',
    sshPort: '0',
    ...(postgres ? { databaseUrl: postgres.url } : {}),
    ...settings,
  }
  const open = () =>
    openServer(
      readConfig(flags, {}),
      log,
      () => clock.now,
      world,
      hashing ?? cheapHashing(),
      () => clock.steady,
    )

  const lab = { clock, dataDir } as Lab
  async function start(): Promise<void> {
    const server = await open()
    const { managers, edges, ca } = server.ready
    const [first, second] = managers as [(typeof managers)[0], (typeof managers)[0]]
    const trusted = readFileSync(ca, 'utf8')
    const client = (url: string) =>
      new Client(url, trusted, {
        check(exchange) {
          requireNoTypeWithoutBody(exchange)
          descriptions?.forEach(({ check }) => void check(exchange))
        },
      })
    lab.server = server
    lab.a = client(first.https)
    lab.b = client(second.https)
    lab.managerIds = [first.id, second.id]
    lab.edgeIds = edges.map(({ id }) => id) as [string, string]
    lab.admin = lab.a.as('admin', labPassword)
    descriptions ??= [
      await readDescription(lab.a),
      await readDescription(lab.a, '/api/vcenter/openapi.json', '/api'),
      await readDescription(lab.a, '/sallyport/v1/openapi.json'),
    ]
  }
  async function stop(): Promise<void> {
    lab.a.close()
    lab.b.close()
    await lab.server[Symbol.asyncDispose]()
  }

  async function removeStore(): Promise<void> {
    if (postgres) await postgres[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true, force: true })
  }

  if (tlsFiles) writeTls(dataDir, tlsFiles)
  await start().catch(async (error) => {
    await removeStore()
    throw error
  })
  tlsFiles ??= readTls(dataDir)
  return Object.assign(lab, {
    async restart(changed: Record<string, string> = {}) {
      await stop()
      Object.assign(flags, changed)
      await start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await removeStore()
    },
  })
}
