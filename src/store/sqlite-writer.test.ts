import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import { createSqliteWriter } from './sqlite-writer.ts'

test('a statement that nobody waited for fails all behind it, up to the rollback', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-writer-'))
  const db = new Kysely<{ kept: { name: string } }>({ dialect: createSqliteWriter(join(dir, 'a.db')).dialect })
  const keep = (on: typeof db, name: string) => on.insertInto('kept').values({ name }).execute()
  try {
    await sql`create table kept (name text)`.execute(db)
    const transaction = await db.startTransaction().execute()
    await keep(transaction, 'before')
    await sql`release savepoint nobodys`.execute(transaction)
    await assert.rejects(keep(transaction, 'behind'), /no such savepoint: nobodys/)
    await assert.rejects(transaction.commit().execute(), /no such savepoint: nobodys/)
    await transaction.rollback().execute()
    await keep(db, 'later')
    assert.deepEqual(await db.selectFrom('kept').select('name').execute(), [{ name: 'later' }])
  } finally {
    await db.destroy()
    rmSync(dir, { recursive: true, force: true })
  }
})
