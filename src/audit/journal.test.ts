import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { record } from '../../test/audit-record.ts'
import { openDatabase } from '../store/database.ts'
import { openJournal } from './journal.ts'

/** A journal whose timers stand still until they are moved. */
async function openStill() {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-journal-'))
  const database = await openDatabase({ kind: 'sqlite', dataDir: dir })
  const journal = await openJournal(database, 'a', { dir, maxBytes: 1e9, keep: 1 }, pino({ level: 'silent' }))
  mock.timers.enable({ apis: ['setTimeout'] })
  let told = 0
  return {
    /** So many at once. @returns when all of them are on disk. */
    append: (count: number) =>
      Promise.all(
        Array.from(
          { length: count },
          () =>
            new Promise<void>((resolve, reject) => {
              journal.append(record, (error) => {
                told++
                if (error) reject(error)
                else resolve()
              })
            }),
        ),
      ),
    told: () => told,
    /** What happens with one call, in order. */
    async follow(): Promise<string[]> {
      const seen: string[] = []
      const say = (what: string) => () => void seen.push(what)
      await new Promise<void>((resolve) => {
        journal.append(record, (error) => resolve(say(error ? 'refused' : 'done')()), say('meanwhile'))
      })
      return seen
    },
    /** Something is changed. */
    change: () =>
      journal.change(
        ({ stores }) => stores.properties.insert('a', 'b'),
        () => record,
      ),
    /** What the log file has. */
    lines: () => readFileSync(join(dir, 'nsx-audit.log'), 'utf8').split('\n').length - 1,
    /** How many records each group has. */
    async groups(): Promise<number[]> {
      const groups = await database.read
        .selectFrom('auditGroup')
        .select(['firstSeq', 'lastSeq'])
        .orderBy('lastSeq')
        .execute()
      return groups.map(({ firstSeq, lastSeq }) => lastSeq - firstSeq + 1)
    },
    async [Symbol.asyncDispose]() {
      // The last group waits for more.
      mock.timers.runAll()
      mock.timers.reset()
      await journal.close()
      await database.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Whatever could run without a timer has run. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate()
}

test('whoever comes alone is committed alone, and at once', async () => {
  await using journal = await openStill()
  for (let n = 0; n < 3; n++) await journal.append(1)
  assert.deepEqual(await journal.groups(), [1, 1, 1])
})

test('under load a group waits until as many are there as came before', async () => {
  await using journal = await openStill()
  await journal.append(16)
  const first = journal.append(10)
  await turns()
  assert.equal(journal.told(), 16)
  await Promise.all([first, journal.append(6)])
  assert.deepEqual(await journal.groups(), [16, 16])
})

test('a group waits four milliseconds for the others and no longer', async () => {
  await using journal = await openStill()
  await journal.append(16)
  const few = journal.append(3)
  await turns()
  mock.timers.tick(3)
  await turns()
  assert.equal(journal.told(), 16)
  mock.timers.tick(1)
  await few
  await journal.append(1)
  assert.deepEqual(await journal.groups(), [16, 3, 1])
})

test('what needs no result is done once, before the answer, whoever else is in the group', async () => {
  await using journal = await openStill()
  assert.deepEqual(await journal.follow(), ['meanwhile', 'done'])
  const [seen] = await Promise.all([journal.follow(), journal.change()])
  assert.deepEqual(seen, ['meanwhile', 'done'])
  assert.deepEqual(await journal.groups(), [1, 2])
  assert.equal(journal.lines(), 3)
})
