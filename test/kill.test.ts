import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AuditRecord } from '../src/audit/record.ts'
import { syslogLine } from '../src/audit/syslog-line.ts'
import { verifyJournals } from '../src/audit/verify.ts'
import { labPassword } from '../src/lab.ts'
import { createAuditRecordStore } from '../src/store/audit-records.ts'
import { openExistingDatabase } from '../src/store/database.ts'
import { type Answer, Client } from './client.ts'
import { databases, emptyPostgres } from './database.ts'

const command = fileURLToPath(new URL('../bin/sallyport.js', import.meta.url))
const rounds = { sqlite: 50, postgres: 10 }

/** Something that one writer changes again and again. */
interface Thing {
  /** Its value when a change was last acknowledged. */
  acknowledged: string
  /** The change that was asked for last, under the mark that its audit record carries. */
  tried: { mark: string; value: string }
  read(client: Client): Promise<string>
  /** Asks for the next change of it. */
  next(): { value: string; change: (client: Client) => Promise<Answer> }
}

function segment(id: string): Thing {
  const path = `/policy/api/v1/infra/segments/${id}`
  return {
    acknowledged: '',
    tried: { mark: '', value: '' },
    read: async (client) => (await client.get(path)).json.description ?? '',
    next() {
      const description = randomUUID()
      return { value: description, change: (client) => client.patch(path, { description }) }
    },
  }
}

function fullName(userid: number, acknowledged: string): Thing {
  const path = `/api/v1/node/users/${userid}`
  return {
    acknowledged,
    tried: { mark: '', value: acknowledged },
    read: async (client) => (await client.get(path)).json.full_name,
    next() {
      const full_name = randomUUID()
      return { value: full_name, change: (client) => client.put(path, { full_name }) }
    },
  }
}

/** A guest that is created and deleted in turn; its value is its name, empty when there is none. */
function guest(): Thing {
  const users = '/api/v1/node/users'
  const find = async (client: Client) =>
    (await client.get(users)).json.results.find((user: { username: string }) => user.username.startsWith('made-'))
  return {
    acknowledged: '',
    tried: { mark: '', value: '' },
    read: async (client) => (await find(client))?.username ?? '',
    next() {
      if (this.acknowledged !== '') {
        return { value: '', change: async (client) => client.delete(`${users}/${(await find(client)).userid}`) }
      }
      const username = `made-${randomUUID().slice(0, 8)}`
      return { value: username, change: (client) => client.post(`${users}?action=create_user`, { username }) }
    },
  }
}

async function start(dataDir: string, databaseUrl: string) {
  const args = [command, 'serve', '--lab', '--https-port', '0', '--ssh-port', '0', '--data-dir', dataDir]
  const env = { ...process.env, SALLYPORT_DATABASE_URL: databaseUrl }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = text(child.stderr)
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(async () => assert.fail(`it did not start: ${await said}`)),
  ])
  const { managers, ca } = JSON.parse(line)
  return {
    client: new Client(managers[0].https, readFileSync(ca, 'utf8')),
    async end(signal: 'SIGKILL' | 'SIGTERM') {
      const exited = once(child, 'exit')
      if (child.kill(signal)) await exited
    },
  }
}

for (const database of databases) {
  const times = rounds[database.kind]
  test(
    `${database.kind}: what was acknowledged outlives ${times} kills, each change with its record or not at all`,
    database,
    async () => {
      await using postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
      const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-kill-'))
      const settings = postgres
        ? { kind: 'postgres' as const, url: postgres.url, poolSize: 1 }
        : { kind: 'sqlite' as const, dataDir }
      const things = [
        ...Array.from({ length: 8 }, (_, n) => segment(`written-${n}`)),
        fullName(10_003, 'Guest User1'),
        fullName(10_004, 'Guest User2'),
        guest(),
      ]
      let server = await start(dataDir, postgres?.url ?? '')
      try {
        const { client: signedIn, answer } = await server.client.signIn('admin', labPassword)
        assert.equal(answer.status, 200)
        const { json: limits } = await signedIn.get('/api/v1/cluster/api-service')
        const unlimited = { ...limits, client_api_rate_limit: 0 }
        assert.equal((await signedIn.put('/api/v1/cluster/api-service', unlimited)).status, 200)
        const session = {
          cookie: answer.headers['set-cookie']?.[0] ?? '',
          'x-xsrf-token': String(answer.headers['x-xsrf-token']),
        }
        let client = signedIn
        let verified = 0
        for (let round = 0; round < times; round++) {
          const acknowledged: string[] = []
          const enough = Promise.withResolvers<void>()
          const wanted = randomInt(1, 80)
          let killed = false
          const writers = things.map(async (thing) => {
            for (;;) {
              const { value, change } = thing.next()
              const mark = randomUUID()
              thing.tried = { mark, value }
              const done = await change(client.with({ headers: { 'x-nsx-ereqid': mark } })).catch((error) => {
                assert(killed, error)
              })
              if (!done) return
              assert(done.status < 300, done.text)
              thing.acknowledged = value
              if (acknowledged.push(mark) === wanted) enough.resolve()
            }
          })
          await Promise.race([enough.promise, Promise.all(writers)])
          await setTimeout(Math.random() * 10)
          killed = true
          await server.end('SIGKILL')
          await Promise.all(writers)
          client.close()

          server = await start(dataDir, postgres?.url ?? '')
          client = server.client.with({ headers: session })
          const db = await openExistingDatabase(settings)
          try {
            const store = createAuditRecordStore(db)
            assert((await verifyJournals(store)).intact)
            const rows = await store.after(1, verified, 1_000_000)
            verified = rows.at(-1)?.seq ?? verified
            const records = rows.map(({ record }): AuditRecord => JSON.parse(record))
            const recorded = new Set(records.filter(({ write }) => write).map((record) => record.externalRequestId))
            for (const mark of acknowledged) assert(recorded.has(mark), `round ${round}: no record of ${mark}`)
            for (const thing of things) {
              const { mark, value } = thing.tried
              if (recorded.has(mark)) thing.acknowledged = value
              assert.equal(await thing.read(client), thing.acknowledged, `round ${round}`)
            }
          } finally {
            await db.destroy()
          }
        }
        client.close()
        await server.end('SIGTERM')

        const db = await openExistingDatabase(settings)
        const rows = await createAuditRecordStore(db).after(1, 0, 1_000_000)
        await db.destroy()
        // A line names the process that wrote it, and so many have.
        const anyProcess = (text: string) => text.replace(/ NSX \d+ /g, ' NSX - ')
        const lines = (records: AuditRecord[]) => anyProcess(records.map((one) => `${syslogLine(one)}\n`).join(''))
        const records = rows.map(({ record }): AuditRecord => JSON.parse(record))
        const log = (name: string) => anyProcess(readFileSync(join(dataDir, name), 'utf8'))
        assert(log('nsx-audit.log') === lines(records), 'nsx-audit.log is not the journal, line by line')
        assert(log('nsx-audit-write.log') === lines(records.filter(({ write }) => write)))
      } finally {
        await server.end('SIGKILL')
        rmSync(dataDir, { recursive: true, force: true })
      }
    },
  )
}
