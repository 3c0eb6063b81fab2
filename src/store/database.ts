import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'

export type DatabaseSettings = { kind: 'sqlite'; dataDir: string } | { kind: 'postgres'; url: string; poolSize: number }

export type Database = Kysely<Schema>

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
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const db = settings.kind === 'sqlite' ? openSqlite(settings.dataDir) : await openPostgres(settings)
  try {
    await migrate(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/**
 * Opens a database that is there already, to read it, beside the process that serves it.
 *
 * @throws {StoreError} when there is none, or its schema is not this program's.
 */
export async function openExistingDatabase(settings: DatabaseSettings): Promise<Database> {
  const db = settings.kind === 'sqlite' ? openSqlite(settings.dataDir, true) : openPool(settings)
  try {
    const applied = await appliedMigrations(db.withoutPlugins())
    if (applied.length !== Object.keys(migrations).length) {
      throw new StoreError('The database is not at the schema of this program; start the server on it first')
    }
    return db
  } catch (error) {
    await db.destroy()
    if (error instanceof StoreError) throw error
    throw new StoreError(`Cannot read the database: ${(error as Error).message}`, { cause: error })
  }
}

function openSqlite(dataDir: string, readonly = false): Database {
  const file = join(dataDir, 'sallyport.db')
  let database: Sqlite.Database
  try {
    database = new Sqlite(file, { readonly, fileMustExist: readonly })
    if (readonly) return sqliteDatabase(database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('wal_autocheckpoint = 4000')
  } catch (error) {
    throw new StoreError(`Cannot open ${file}: ${(error as Error).message}`, { cause: error })
  }
  const mode = database.pragma('journal_mode', { simple: true })
  const flush = database.pragma('synchronous', { simple: true })
  if (mode !== 'wal' || flush !== 2) {
    throw new StoreError(`SQLite must run with journal_mode=wal and synchronous=2 (FULL), but has ${mode} and ${flush}`)
  }
  return sqliteDatabase(database)
}

function sqliteDatabase(database: Sqlite.Database): Database {
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }), plugins: [new CamelCasePlugin()] })
}

// 64-bit integers arrive as text; ours are times and counters that fit a double exactly.
const types = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

async function openPostgres({ url, poolSize }: { url: string; poolSize: number }): Promise<Database> {
  const keeper = new pg.Client({ connectionString: url, types })
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
  return openPool({ url, poolSize }, keeper)
}

/** @param keeper A connection that holds the lock on the database and is closed with the pool. */
function openPool({ url, poolSize }: { url: string; poolSize: number }, keeper?: pg.Client): Database {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, types })
  pool.on('error', () => {})
  const end = pool.end.bind(pool)
  pool.end = async () => {
    await end()
    await keeper?.end()
  }
  const dialect = new PostgresDialect({ pool })
  return new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] })
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
  const migrator = new Migrator({ db: plain, provider: { getMigrations: async () => migrations } })
  const unknown = (await appliedMigrations(plain)).find((name) => !(name in migrations))
  if (unknown) {
    throw new StoreError(
      `The database has schema ${unknown}, this program knows schemas up to ${Object.keys(migrations).at(-1)}: use a newer Sallyport`,
    )
  }
  const { error } = await migrator.migrateToLatest()
  if (error) throw new StoreError(`Migrating the database failed: ${(error as Error).message}`, { cause: error })
}
