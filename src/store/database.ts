import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CamelCasePlugin, type CompiledQuery, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type pg from 'pg'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'
import { createSqliteWriter } from './sqlite-writer.ts'

export type DatabaseSettings = { kind: 'sqlite'; dataDir: string } | { kind: 'postgres'; url: string; poolSize: number }

export type Database = Kysely<Schema>

/** A store's database as its two users see it. */
export interface Databases {
  /** What is committed. */
  read: Database
  /** Where the journal makes changes; on PostgreSQL the same as `read`. */
  write: Database
  /** Commits one statement, in a transaction of its own. @param meanwhile Runs while the disk is waited for. */
  commit(statement: CompiledQuery, meanwhile: () => void): Promise<void>
  close(): Promise<void>
}

/** The store cannot be used as it is; the message says why and what to do. */
export class StoreError extends Error {
  override name = 'StoreError'
}

/**
 * Opens the database and brings its schema up to this program's.
 *
 * @throws {StoreError} when the schema is newer than this program, when another process has the
 *   database, when it cannot be reached, or when SQLite does not promise to flush every commit.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Databases> {
  const databases = settings.kind === 'sqlite' ? await openSqlite(settings.dataDir) : await openPostgres(settings)
  try {
    await migrate(databases.write)
    return databases
  } catch (error) {
    await databases.close()
    throw error
  }
}

/**
 * Opens a database that is there already, to read it, beside the process that serves it.
 *
 * @throws {StoreError} when there is none, or its schema is not this program's.
 */
export async function openExistingDatabase(settings: DatabaseSettings): Promise<Database> {
  let db: Database | undefined
  try {
    db = settings.kind === 'sqlite' ? sqliteReader(sqliteFile(settings.dataDir)) : await openPool(settings)
    const applied = await appliedMigrations(db.withoutPlugins())
    if (applied.length === Object.keys(migrations).length) return db
    throw new StoreError('it is not at the schema of this program; start the server on it first')
  } catch (error) {
    await db?.destroy()
    throw new StoreError(`Cannot read the database: ${(error as Error).message}`, { cause: error })
  }
}

const plugins = [new CamelCasePlugin()]
const sqliteFile = (dataDir: string) => join(dataDir, 'sallyport.db')

async function openSqlite(dataDir: string): Promise<Databases> {
  const file = sqliteFile(dataDir)
  const { dialect, commit } = createSqliteWriter(file)
  const write = new Kysely<Schema>({ dialect, plugins })
  try {
    const [mode] = (await sql<{ journalMode: string }>`pragma journal_mode`.execute(write)).rows
    const [flush] = (await sql<{ synchronous: number }>`pragma synchronous`.execute(write)).rows
    if (mode?.journalMode !== 'wal' || flush?.synchronous !== 2) {
      throw new Error(
        `it must run with journal_mode wal and synchronous 2 (FULL), but has ${mode?.journalMode} and ${flush?.synchronous}`,
      )
    }
    const read = sqliteReader(file)
    return { read, write, commit, close: async () => void (await Promise.all([read.destroy(), write.destroy()])) }
  } catch (error) {
    await write.destroy()
    throw new StoreError(`Cannot open ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** Reads what is committed and sees nothing of a transaction that is under way. */
function sqliteReader(file: string): Database {
  const database = new Sqlite(file, { readonly: true, fileMustExist: true })
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }), plugins })
}

/** PostgreSQL's client is loaded where there is one, and only there. */
async function loadPg() {
  const { default: client } = await import('pg')
  // 64-bit integers arrive as text; ours are times and counters that fit a double exactly.
  const getTypeParser = ((oid: number, format: 'text' | 'binary') =>
    oid === client.types.builtins.INT8
      ? Number
      : client.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser
  return { client, types: { getTypeParser } }
}

async function openPostgres({ url, poolSize }: { url: string; poolSize: number }): Promise<Databases> {
  const { client, types } = await loadPg()
  const keeper = new client.Client({ connectionString: url, types })
  try {
    await keeper.connect()
  } catch (error) {
    throw new StoreError(`Cannot reach the PostgreSQL database: ${(error as Error).message}`, { cause: error })
  }
  keeper.on('error', () => {}) // A broken link shows itself at the next query of the pool.
  const { rows } = await keeper.query("select pg_try_advisory_lock(hashtext('sallyport')) as mine")
  if (!rows[0].mine) {
    await keeper.end()
    throw new StoreError('Another Sallyport process has this PostgreSQL database open')
  }
  const db = await openPool({ url, poolSize })
  return {
    read: db,
    write: db,
    async commit(statement, meanwhile) {
      const committed = db.executeQuery(statement)
      meanwhile()
      await committed
    },
    async close() {
      await db.destroy()
      await keeper.end()
    },
  }
}

async function openPool({ url, poolSize }: { url: string; poolSize: number }): Promise<Database> {
  const { client, types } = await loadPg()
  const pool = new client.Pool({ connectionString: url, max: poolSize, types })
  pool.on('error', () => {})
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins })
}

async function appliedMigrations(plain: Database): Promise<string[]> {
  const tables = await plain.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(plain)
  return rows.map(({ name }) => name)
}

async function migrate(db: Database): Promise<void> {
  // The migrator's own tables keep their own spelling.
  const plain = db.withoutPlugins()
  const migrator = new Migrator({
    db: plain,
    provider: { getMigrations: async () => migrations },
    // One that was made beside a later one may come behind it: they touch nothing of each other's.
    allowUnorderedMigrations: true,
  })
  const unknown = (await appliedMigrations(plain)).find((name) => !(name in migrations))
  if (unknown) {
    throw new StoreError(
      `The database has schema ${unknown}, this program knows schemas up to ${Object.keys(migrations).at(-1)}: use a newer Sallyport`,
    )
  }
  const { error } = await migrator.migrateToLatest()
  if (error) throw new StoreError(`Migrating the database failed: ${(error as Error).message}`, { cause: error })
}
