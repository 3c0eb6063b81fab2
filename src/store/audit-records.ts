import { CompiledQuery, SqliteAdapter, sql } from 'kysely'
import type { Database } from './database.ts'
import type { AuditExportTable, AuditGroupTable } from './schema.ts'

/** One record of a journal: its number, its JSON and the hash that chains it. */
export interface ChainedRecord {
  seq: number
  at: number
  record: string
  hash: string
  /** Of the last record of its group, whose time is the group's. */
  endsGroup?: true
}

export type AuditRecordStore = ReturnType<typeof createAuditRecordStore>

const hashLength = 64
const isSqlite = (db: Database) => db.getExecutor().adapter instanceof SqliteAdapter

export function createAuditRecordStore(db: Database) {
  function groups(journal: number) {
    return db.selectFrom('auditGroup').select(['firstSeq', 'lastSeq', 'at', 'records']).where('journal', '=', journal)
  }

  const placeholders = isSqlite(db) ? '?, ?, ?, ?, ?' : '$1, $2, $3, $4, $5'
  const insertGroup = `insert into audit_group (journal, first_seq, last_seq, at, records) values (${placeholders})`

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

    /** The statement that appends a group. Written out, for it is what a busy server does most. */
    insertionOf({ journal, firstSeq, lastSeq, at, records }: AuditGroupTable): CompiledQuery {
      return CompiledQuery.raw(insertGroup, [journal, firstSeq, lastSeq, at, records])
    },

    async last(journal: number): Promise<ChainedRecord | undefined> {
      const group = await groups(journal).orderBy('lastSeq', 'desc').limit(1).executeTakeFirst()
      return group && recordsOf(group).at(-1)
    },

    /**
     * Records of the groups that end behind `seq`, oldest first: `atLeast` so many, unless there are fewer. A reader that
     * goes on from the last record it got sees each of them once.
     *
     * @param since Leaves out groups that were finished before, in milliseconds since 1970.
     * @param groupsAtOnce Groups read with one query; what is returned holds less than that many too much.
     */
    async after(
      journal: number,
      seq: number,
      atLeast: number,
      since = 0,
      groupsAtOnce = usualGroupsAtOnce,
    ): Promise<ChainedRecord[]> {
      const found: ChainedRecord[] = []
      for (let next = seq; found.length < atLeast; ) {
        const page = await groups(journal)
          .where('lastSeq', '>', next)
          .where('at', '>=', since)
          .orderBy('lastSeq')
          .limit(groupsAtOnce)
          .execute()
        for (const group of page) found.push(...recordsOf(group))
        const last = page.at(-1)
        if (!last || page.length < groupsAtOnce) break
        next = last.lastSeq
      }
      return found
    },

    /** Records that come before `seq`, newest first: those of the groups that a single query reads. */
    async before(journal: number, seq: number): Promise<ChainedRecord[]> {
      const page = await groups(journal)
        .where('firstSeq', '<', seq)
        .orderBy('lastSeq', 'desc')
        .limit(usualGroupsAtOnce)
        .execute()
      return page.flatMap((group) => recordsOf(group).reverse()).filter((record) => record.seq < seq)
    },

    async newest(journal: number): Promise<number> {
      const { seq } = await db
        .selectFrom('auditGroup')
        .select((eb) => eb.fn.max('lastSeq').as('seq'))
        .where('journal', '=', journal)
        .executeTakeFirstOrThrow()
      return seq ?? 0
    },

    /** All records of the groups that hold those from `first` to `last`, oldest first. */
    async around(journal: number, first: number, last: number): Promise<ChainedRecord[]> {
      const page = await groups(journal)
        .where('lastSeq', '>=', first)
        // The group that `last` is in; the key finds it.
        .where('lastSeq', '<=', (eb) =>
          eb
            .selectFrom('auditGroup as end')
            .select((end) => end.fn.coalesce(end.fn.min('end.lastSeq'), sql<number>`${last}`).as('seq'))
            .where('end.journal', '=', journal)
            .where('end.lastSeq', '>=', last),
        )
        .orderBy('lastSeq')
        .execute()
      return page.flatMap(recordsOf)
    },

    findExport(journal: number, file: string): Promise<AuditExportTable | undefined> {
      return db
        .selectFrom('auditExport')
        .selectAll()
        .where('journal', '=', journal)
        .where('file', '=', file)
        .executeTakeFirst()
    },

    /** How far every journal has been written, to every place. */
    exports(): Promise<AuditExportTable[]> {
      return db.selectFrom('auditExport').selectAll().orderBy('journal').orderBy('file').execute()
    },

    /** How far every journal has been written to a place. */
    exportsTo(file: string): Promise<AuditExportTable[]> {
      return db.selectFrom('auditExport').selectAll().where('file', '=', file).orderBy('journal').execute()
    },

    async removeExportsTo(file: string): Promise<void> {
      await db.deleteFrom('auditExport').where('file', '=', file).execute()
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

/** Groups read with one query; a busy server's have some fifty records each, an idle one's have one. */
const usualGroupsAtOnce = 100

function recordsOf(group: { firstSeq: number; at: number; records: string }): ChainedRecord[] {
  return group.records.split('\n').map((line, index, { length }) => ({
    seq: group.firstSeq + index,
    at: group.at,
    hash: line.slice(0, hashLength),
    record: line.slice(hashLength + 1),
    ...(index === length - 1 && { endsGroup: true as const }),
  }))
}
