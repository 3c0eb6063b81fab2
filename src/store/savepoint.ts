import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Does a part of a transaction: what it throws undoes that part alone. One at a time. */
export async function inSavepoint<T>(transaction: Database, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(transaction)
  try {
    return await work()
  } catch (error) {
    await sql`rollback to savepoint part`.execute(transaction)
    throw error
  } finally {
    await sql`release savepoint part`.execute(transaction)
  }
}
