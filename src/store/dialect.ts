import { type Kysely, SqliteAdapter } from 'kysely'

/** True for SQLite, false for PostgreSQL: the few statements that cannot be the same on both ask here. */
export function isSqlite(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}
