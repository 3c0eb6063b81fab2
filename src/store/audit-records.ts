import { sql } from 'kysely'
import type { Database } from './database.ts'
import { isSqlite } from './dialect.ts'
import type { AuditExportTable, AuditRecordTable } from './schema.ts'

export type AuditRecordStore = ReturnType<typeof createAuditRecordStore>
export type AuditRow = [journal: number, seq: number, at: number, record: string, hash: string]

export function createAuditRecordStore(db: Database) {
  const sqlite = isSqlite(db as never)

  return {
    /** The number of the journal of that name, made where there is none. */
    async openJournal(name: string): Promise<number> {
      await db
        .insertInto('auditJournal')
        .values((eb) => ({
          id: eb.selectFrom('auditJournal').select((s) => sql<number>`coalesce(${s.fn.max('id')}, 0) + 1`.as('id')),
          name,
        }))
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute()
      const { id } = await db.selectFrom('auditJournal').select('id').where('name', '=', name).executeTakeFirstOrThrow()
      return id
    },

    journals(): Promise<{ id: number; name: string }[]> {
      return db.selectFrom('auditJournal').selectAll().orderBy('id').execute()
    },

    /** Stores a group of records in one statement. */
    async append(rows: readonly AuditRow[]): Promise<void> {
      const json = JSON.stringify(rows)
      const source = sqlite
        ? sql`select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(${json})`
        : sql`select (r ->> 0)::integer, (r ->> 1)::bigint, (r ->> 2)::bigint, r ->> 3, r ->> 4 from json_array_elements(${json}::json) r`
      await sql`insert into audit_record (journal, seq, at, record, hash) ${source}`.execute(db)
    },

    last(journal: number): Promise<AuditRecordTable | undefined> {
      return db
        .selectFrom('auditRecord')
        .selectAll()
        .where('journal', '=', journal)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
    },

    /** Records behind `seq`, oldest first. */
    after(journal: number, seq: number, limit: number): Promise<AuditRecordTable[]> {
      return db
        .selectFrom('auditRecord')
        .selectAll()
        .where('journal', '=', journal)
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute()
    },

    findExport(journal: number, file: string): Promise<AuditExportTable | undefined> {
      return db
        .selectFrom('auditExport')
        .selectAll()
        .where('journal', '=', journal)
        .where('file', '=', file)
        .executeTakeFirst()
    },

    async putExport(position: AuditExportTable): Promise<void> {
      const { seq, bytes } = position
      await db
        .insertInto('auditExport')
        .values(position)
        .onConflict((conflict) => conflict.columns(['journal', 'file']).doUpdateSet({ seq, bytes }))
        .execute()
    },
  }
}
