import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { createTurns } from '../../src/access/turns/turns.ts'
import { openJournal } from '../../src/audit/journal.ts'
import type { AuditRecord } from '../../src/audit/record.ts'
import { createAuditIndex } from '../../src/audit/trail/audit-index.ts'
import { surfaces } from '../../src/audit/trail/facets.ts'
import type { AuditFilter } from '../../src/audit/trail/filter.ts'
import { createTrailSearch, type TrailQuery } from '../../src/audit/trail/search.ts'
import { refusedSignIns } from '../../src/audit/trail/sign-ins.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createStores } from '../../src/store/stores.ts'
import { databases, emptyPostgres, type TestDatabase } from '../database.ts'
import { madeRecord, writeRecords } from './audit-records.ts'

const log = pino({ level: 'silent' })
const end = Date.UTC(2026, 10, 22, 12)

/** A store with a journal of so many records, and how it is searched. */
async function openTrail(
  database: TestDatabase,
  count: number,
  options: Parameters<typeof writeRecords>[3] = {},
  earlier = 0,
) {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-trail-'))
  const postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
  const opened = await openDatabase(
    postgres ? { kind: 'postgres', url: postgres.url, poolSize: 2 } : { kind: 'sqlite', dataDir: dir },
  )
  if (earlier > 0) await writeRecords(opened.write, 'earlier', earlier, options)
  await writeRecords(opened.write, 'it', count, options)
  const journal = await openJournal(opened, 'it', { dir, maxBytes: 1e9, keep: 1 }, log)
  const stores = createStores(opened.read)
  const reads = { queries: 0, records: 0 }
  const auditRecords: typeof stores.auditRecords = {
    ...stores.auditRecords,
    async around(...range) {
      const rows = await stores.auditRecords.around(...range)
      reads.queries++
      reads.records += rows.length
      return rows
    },
  }
  const open = () => createAuditIndex({ ...stores, auditRecords }, journal, log)
  const index = open()
  const search = createTrailSearch(index, auditRecords)
  return {
    journal,
    index,
    stores,
    search,
    reads,
    /** An index that knows nothing yet but what is stored. */
    openAnother: open,
    async page(filter: Partial<AuditFilter> = {}, query: Partial<TrailQuery> = {}) {
      reads.queries = 0
      reads.records = 0
      const page = await search.page({ limit: 50, ...query, filter: { surfaces, ...filter } }, createTurns().begin('a'))
      return { ...page, seqs: page.records.map(({ position }) => position.seq) }
    },
    async [Symbol.asyncDispose]() {
      await index.close()
      await journal.close()
      await opened.close()
      await postgres?.[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** What a filter must find, by looking at every record. */
function expected(count: number, wants: (record: AuditRecord, n: number) => boolean, hours = 720): number[] {
  const found: number[] = []
  for (let n = count - 1; n >= 0; n--) {
    const at = end - Math.round(((count - 1 - n) / count) * hours * 3_600_000)
    if (wants(madeRecord(n, at), n)) found.push(n + 1)
  }
  return found
}

const filters: [name: string, filter: Partial<AuditFilter>, wants: (record: AuditRecord, n: number) => boolean][] = [
  ['all', {}, () => true],
  ['a user', { user: 'user-3@corp.example' }, (r) => r.user === 'user-3@corp.example'],
  ['users by a pattern', { user: 'USER-1*' }, (r) => r.user.startsWith('user-1')],
  ['an operation that was denied', { operation: 'listusers', outcomes: ['denied'] }, (_, n) => n % 100 === 50],
  ['changes', { write: true }, (r) => r.write === true],
  ['a source', { source: '10.0.3.*' }, (r) => r.source.startsWith('10.0.3.')],
  ['sign-ins', { kinds: ['sign-in'] }, (r) => r.kind === 'sign-in'],
  [
    'times',
    { from: end - 99 * 3_600_000, to: end - 7 * 3_600_000 },
    (r) => r.at >= end - 99 * 3_600_000 && r.at < end - 7 * 3_600_000,
  ],
  [
    'a user of these times',
    { user: 'user-7@*', to: end - 1e8 },
    (r) => r.user === 'user-7@corp.example' && r.at < end - 1e8,
  ],
  ['nobody', { user: 'nobody' }, () => false],
  ['another surface', { surfaces: ['vcenter'] }, () => false],
]

for (const database of databases) {
  const { kind } = database

  test(
    `${kind}: every filter finds its records, page after page, both ways, and says how many there are`,
    database,
    async () => {
      const count = 3000
      await using trail = await openTrail(database, count, { perGroup: 7 })
      for (const state of ['not indexed', 'indexed']) {
        if (state === 'indexed') await trail.index.catchUp(60_000)
        for (const [name, filter, wants] of filters) {
          const all = expected(count, wants)
          const first = await trail.page(filter, { limit: 40 })
          assert.deepEqual(first.seqs, all.slice(0, 40), `${state}: ${name}`)
          assert.equal(first.more, all.length > 40, `${state}: ${name}`)
          if (state === 'indexed') assert.equal(first.total, all.length, name)
          // To the past in large steps, and back to where it began.
          let page = first
          const met = [...page.seqs]
          while (page.older) {
            page = await trail.page(filter, { before: page.older, limit: 500 })
            met.push(...page.seqs)
          }
          assert.deepEqual(met, all, `${state}: ${name}`)
          const back: number[] = []
          for (let after = { journal: 1, seq: 0 }; ; after = page.newer) {
            page = await trail.page(filter, { after, limit: 500 })
            back.unshift(...page.seqs)
            if (!page.more) break
          }
          assert.deepEqual(back, all, `${state}: ${name}`)
          assert.deepEqual((await trail.page(filter, { after: page.newer })).seqs, [])
        }
      }
    },
  )

  test(
    `${kind}: a page reads its own records and few others, wherever it is and whatever it asks`,
    database,
    async () => {
      const count = 30_000
      await using trail = await openTrail(database, count)
      await trail.index.catchUp(60_000)
      const [row] = await trail.stores.auditRecords.around(1, 11_000, 11_000)
      const { requestId }: AuditRecord = JSON.parse(row?.record ?? '')
      for (const [name, filter, query, mostQueries, mostRecords] of [
        ['the first', {}, {}, 2, 150],
        ['the middle', {}, { before: { journal: 1, seq: 15_000 } }, 2, 150],
        ['one user of forty', { user: 'user-3@*' }, {}, 3, 2300],
        ['one in a hundred', { operation: 'ListUsers', outcomes: ['denied'] }, {}, 51, 51 * 50],
        ['nobody', { user: 'nobody' }, {}, 0, 0],
        ['a text that nothing has', { text: 'nothing-has-this' }, {}, 1, 200],
        ['a text that one record has', { text: requestId }, {}, 20, 4000],
      ] as [string, Partial<AuditFilter>, Partial<TrailQuery>, number, number][]) {
        await trail.page(filter, query)
        const { queries, records } = trail.reads
        assert.ok(queries <= mostQueries && records <= mostRecords, `${name}: ${queries} queries, ${records} records`)
      }
    },
  )

  test(
    `${kind}: a search that would read too much says how far it came, and goes on from there`,
    database,
    async () => {
      const count = 3000
      const long = 'x'.repeat(6000)
      await using trail = await openTrail(database, count, {
        make: (n, at) => ({ ...madeRecord(n, at), agent: n % 1500 === 7 ? 'zyx' : long }),
      })
      await trail.index.catchUp(60_000)
      const first = await trail.page({ text: 'zyx' })
      assert.ok(first.more && first.records.length < 2 && first.older && first.total === undefined)
      const met = [...first.seqs]
      for (let page = first; page.older; met.push(...page.seqs)) {
        page = await trail.page({ text: 'zyx' }, { before: page.older })
      }
      assert.deepEqual(met, [1508, 8])
      // And the other way round.
      const back: number[] = []
      for (let page = await trail.page({ text: 'zyx' }, { after: { journal: 1, seq: 0 } }); ; ) {
        back.unshift(...page.seqs)
        if (!page.more) break
        page = await trail.page({ text: 'zyx' }, { after: page.newer })
      }
      assert.deepEqual(back, [1508, 8])
    },
  )

  test(`${kind}: records are found as soon as they are written, and none twice after a restart`, database, async () => {
    await using trail = await openTrail(database, 100)
    const write = (user: string) =>
      new Promise<void>((resolve, reject) =>
        trail.journal.append({ ...madeRecord(1, end + 1000), user }, (error) => (error ? reject(error) : resolve())),
      )
    assert.equal((await trail.page()).total, 100)
    for (let n = 1; n <= 20; n++) {
      await write(`new-${n}`)
      const page = await trail.page({ user: `new-${n}` })
      assert.deepEqual([page.seqs, page.total], [[100 + n], 1])
    }
    const another = createTrailSearch(trail.openAnother(), trail.stores.auditRecords)
    assert.equal((await another.page({ filter: { surfaces }, limit: 5 }, createTurns().begin('a'))).total, 120)
    assert.equal((await trail.page()).total, 120)
  })

  test(`${kind}: journals of earlier data directories come before the present one`, database, async () => {
    await using trail = await openTrail(database, 30, {}, 20)
    for (const state of ['not indexed', 'indexed']) {
      if (state === 'indexed') await trail.index.catchUp(60_000)
      const first = await trail.page({}, { limit: 40 })
      assert.equal(first.total, 50)
      const places = first.records.map(({ position: { journal, seq } }) => `${journal}-${seq}`)
      assert.deepEqual([places[0], places[29], places[30], places[39]], ['2-30', '2-1', '1-20', '1-11'])
      const second = await trail.page({}, { before: first.older, limit: 40 })
      assert.deepEqual(second.seqs, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
      const back = await trail.page({}, { after: { journal: 1, seq: 15 } })
      assert.deepEqual([back.seqs.length, back.newer], [35, { journal: 2, seq: 30 }])
    }
  })

  test(`${kind}: refused sign-ins are counted by the hour`, database, async () => {
    const count = 4000
    await using trail = await openTrail(database, count, { hours: 20 })
    for (const state of ['not indexed', 'indexed']) {
      if (state === 'indexed') await trail.index.catchUp(60_000)
      const { hours, complete } = await refusedSignIns(trail.index, 24, end)
      assert.ok(complete)
      assert.equal(hours.length, 24)
      assert.equal(hours.at(-1)?.hour, end)
      const all = expected(count, (r) => r.kind === 'sign-in' && r.status === 403, 20)
      assert.equal(
        hours.reduce((sum, { refused }) => sum + refused.nsx, 0),
        all.length,
        state,
      )
      assert.equal(hours[0]?.refused.nsx, 0)
    }
  })
}
