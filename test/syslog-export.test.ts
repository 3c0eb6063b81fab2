import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { type Journal, openJournal } from '../src/audit/journal.ts'
import type { AuditRecord } from '../src/audit/record.ts'
import type { SyslogExporterWithKey } from '../src/audit/syslog-export/exporter.ts'
import { exportTiming } from '../src/audit/syslog-export/exports.ts'
import { type ExportTiming, type Follower, follow } from '../src/audit/syslog-export/follower.ts'
import type { Positions } from '../src/audit/syslog-export/window.ts'
import { syslogLine } from '../src/audit/syslog-line.ts'
import { type Databases, openDatabase } from '../src/store/database.ts'
import { createStores } from '../src/store/stores.ts'
import { emptyPostgres, type TestDatabase } from './database.ts'
import { databases } from './lab.ts'

const log = pino({ level: 'silent' })
const host = 'nsxmgr-a'

async function until(what: string, happened: () => boolean): Promise<void> {
  for (let attempt = 0; !happened(); attempt++) {
    assert(attempt < 2000, `waited in vain: ${what}`)
    await setTimeout(5)
  }
}

/** A TCP collector whose manners a test decides. */
class Peer implements AsyncDisposable {
  readonly connections: Socket[] = []
  /** Messages of each connection, by its frames. */
  readonly received: string[][] = []
  readonly #server: Server

  private constructor(manners: (socket: Socket, number: number) => void) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const number = this.connections.push(socket)
      const messages: string[] = []
      this.received.push(messages)
      let rest = Buffer.alloc(0)
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        rest = Buffer.concat([rest, chunk])
        for (;;) {
          const space = rest.indexOf(' ')
          const length = Number(rest.subarray(0, space))
          if (space < 0 || rest.length < space + 1 + length) return
          messages.push(rest.subarray(space + 1, space + 1 + length).toString())
          rest = rest.subarray(space + 1 + length)
        }
      })
      manners(socket, number)
    })
  }

  static async open(manners: (socket: Socket, number: number) => void): Promise<Peer> {
    const peer = new Peer(manners)
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve))
    return peer
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get all(): string[] {
    return this.received.flat()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.connections) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Closes what the other side has ended, as every collector should. */
const polite = (socket: Socket) => void socket.on('end', () => socket.end())

/** A journal, and exporters that follow it. */
class Bench implements AsyncDisposable {
  databases!: Databases
  journal!: Journal
  readonly expected: string[] = []
  saved = new Map<number, number>()
  readonly #dir = mkdtempSync(join(tmpdir(), 'sallyport-export-'))
  readonly #followers: Follower[] = []
  #postgres: (AsyncDisposable & { url: string }) | undefined
  #count = 0

  static async open(database: TestDatabase): Promise<Bench> {
    const bench = new Bench()
    bench.#postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
    bench.databases = await openDatabase(
      bench.#postgres
        ? { kind: 'postgres', url: bench.#postgres.url, poolSize: 4 }
        : { kind: 'sqlite', dataDir: bench.#dir },
    )
    await bench.openJournal('one')
    return bench
  }

  async openJournal(name: string): Promise<void> {
    await this.journal?.close()
    const dir = mkdtempSync(join(this.#dir, name))
    this.journal = await openJournal(this.databases, name, { dir, maxBytes: 1e12, keep: 1 }, log)
  }

  async append(count: number, agent = 'test'): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, () => {
        const record: AuditRecord = {
          at: 1_700_000_000_000,
          host,
          pid: 1,
          kind: 'node-call',
          user: 'admin',
          source: '127.0.0.1',
          requestId: '',
          method: 'GET',
          url: `/${++this.#count}`,
          status: 200,
          bytes: 0,
          agent,
          micros: 0,
        }
        this.expected.push(syslogLine(record))
        return new Promise<void>((resolve, reject) =>
          this.journal.append(record, (error) => (error ? reject(error) : resolve())),
        )
      }),
    )
  }

  async follow(port: number, timing: Partial<ExportTiming> = {}, start: Positions = new Map()): Promise<Follower> {
    const exporter: SyslogExporterWithKey = {
      id: 'x',
      applianceId: 'x',
      name: 'x',
      level: 'INFO',
      facilities: [],
      msgids: [],
      structuredData: [],
      protocol: 'TCP',
      server: '127.0.0.1',
      port,
    }
    const { auditRecords: records } = createStores(this.databases.read)
    const journals = { all: (await records.journals()).map(({ id }) => id), current: this.journal.id, records }
    const save = async (positions: Positions) => {
      this.saved = new Map([...this.saved, ...positions])
    }
    const follower = follow(exporter, host, journals, start, save, { ...exportTiming, save: 0, ...timing }, log)
    this.journal.onRecords(follower.wake)
    this.#followers.push(follower)
    return follower
  }

  /** How many of the journal's records are known to be delivered. */
  get delivered(): number {
    return this.saved.get(this.journal.id) ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const follower of this.#followers) follower.abandon()
    await this.journal.close()
    await this.databases.close()
    await this.#postgres?.[Symbol.asyncDispose]()
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

for (const database of databases) {
  test(
    `${database.kind}: a collector that closes an ended connection has read it: nothing is sent twice`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      await using peer = await Peer.open(polite)
      await bench.follow(peer.port, { checkpoint: 50 })
      for (let round = 1; round <= 3; round++) {
        await bench.append(10)
        await until('the acknowledgement', () => bench.delivered === round * 10)
      }
      assert.deepEqual(peer.all, bench.expected)
      assert.ok(peer.connections.length > 3)
    },
  )

  test(
    `${database.kind}: what is not acknowledged when a connection breaks is sent again, in order`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      // Four collectors crash with what they have read.
      await using peer = await Peer.open((socket, number) => {
        if (number > 4) return polite(socket)
        socket.once('data', () => setImmediate(() => (number % 2 ? socket.resetAndDestroy() : socket.end())))
      })
      await bench.follow(peer.port, { checkpoint: 50 })
      await bench.append(20)
      await bench.append(20)
      await until('the acknowledgement', () => bench.delivered === 40)
      assert.deepEqual(peer.received.slice(4).flat(), bench.expected)
    },
  )

  test(
    `${database.kind}: a collector that leaves ended connections open gets lines twice once, not for ever`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      await using peer = await Peer.open(() => {})
      await bench.follow(peer.port, { checkpoint: 50, end: 50 })
      await bench.append(10)
      await until('the second connection', () => peer.received[1]?.length === 10)
      assert.deepEqual(peer.received[1], bench.expected)
      assert.equal(bench.delivered, 0)
      // Several times as long as it took to doubt the first connection.
      await setTimeout(400)
      await bench.append(1)
      await until('the next line', () => peer.received[1]?.length === 11)
      assert.equal(peer.connections.length, 2)
    },
  )

  test(`${database.kind}: lines handed over long ago on a standing connection have arrived`, database, async () => {
    await using bench = await Bench.open(database)
    await using peer = await Peer.open(() => {})
    await bench.follow(peer.port, { checkpoint: 1e9, tcpSettles: 100 })
    await bench.append(10)
    await until('the end of doubt', () => bench.delivered === 10)
    assert.equal(peer.connections.length, 1)
  })

  test(
    `${database.kind}: a collector that hangs is noticed, costs no memory, and gets everything later`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      let hangs = true
      await using peer = await Peer.open((socket) => {
        if (hangs) socket.pause()
        polite(socket)
      })
      // What fills the buffers must have stalled before it is to be acknowledged, however busy the machine is.
      const follower = await bench.follow(peer.port, { stall: 500, checkpoint: 2000, end: 5000 })
      // More than the buffers between two sockets of one machine hold.
      for (let n = 0; n < 30; n++) await bench.append(100, 'y'.repeat(7000))
      await until('the complaint', () => /does not read/.test(follower.state().problem ?? ''))
      assert.equal(bench.delivered, 0)
      hangs = false
      follower.retry()
      await until('the acknowledgement', () => bench.delivered === 3000)
      assert.deepEqual(new Set(peer.all), new Set(bench.expected))
      assert.equal(follower.state().problem, undefined)
    },
  )

  test(
    `${database.kind}: stopping sends what is left and stores that it arrived; the next one goes on from there`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      await using peer = await Peer.open(polite)
      const first = await bench.follow(peer.port)
      await until('the connection', () => first.state().connected)
      await bench.append(50)
      await first.stop()
      assert.equal(bench.delivered, 50)
      await bench.append(50)
      await bench.follow(peer.port, {}, bench.saved)
      await until('the rest', () => peer.all.length === 100)
      assert.deepEqual(peer.all, bench.expected)
    },
  )

  test(`${database.kind}: after a crash nothing is missing that was not acknowledged before it`, database, async () => {
    await using bench = await Bench.open(database)
    await using peer = await Peer.open(polite)
    const first = await bench.follow(peer.port, { checkpoint: 50 })
    await bench.append(10)
    await until('the acknowledgement', () => bench.delivered === 10)
    const second = await bench.follow(peer.port, { checkpoint: 1e9 }, bench.saved)
    first.abandon()
    await bench.append(10)
    await until('what is not acknowledged', () => peer.all.length >= 20)
    second.abandon()
    assert.equal(bench.delivered, 10)
    const before = peer.connections.length
    await bench.follow(peer.port, {}, bench.saved)
    const again = () => peer.received.slice(before).flat()
    await until('all again', () => again().length >= 10)
    assert.deepEqual(again(), bench.expected.slice(10))
  })

  test(`${database.kind}: stopping does not wait for a collector that is dead or hangs`, database, async () => {
    await using bench = await Bench.open(database)
    const gone = await Peer.open(polite)
    const { port } = gone
    await gone[Symbol.asyncDispose]()
    const dead = await bench.follow(port)
    await until('the complaint', () => /ECONNREFUSED/.test(dead.state().problem ?? ''))
    await dead.stop()

    await using peer = await Peer.open((socket) => void socket.pause())
    const hanging = await bench.follow(peer.port, { stop: 100, end: 100, stall: 1e6 })
    for (let n = 0; n < 30; n++) await bench.append(100, 'y'.repeat(7000))
    await hanging.stop()
    assert.equal(bench.delivered, 0)
  })

  test(
    `${database.kind}: what an earlier data directory left unsent goes out before the new one's records`,
    database,
    async () => {
      await using bench = await Bench.open(database)
      await using peer = await Peer.open(polite)
      await bench.append(30)
      const first = bench.journal.id
      await bench.openJournal('two')
      await bench.append(30)
      const follower = await bench.follow(peer.port, {}, new Map([[first, 10]]))
      await until('all', () => peer.all.length === 50)
      await follower.stop()
      assert.deepEqual(peer.all, bench.expected.slice(10))
      assert.deepEqual(
        [...bench.saved],
        [
          [first, 30],
          [bench.journal.id, 30],
        ],
      )
    },
  )
}
