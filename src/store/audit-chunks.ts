import type { Database } from './database.ts'
import type { AuditChunkTable } from './schema.ts'

const columns = ['journal', 'firstSeq', 'lastSeq', 'fromAt', 'toAt', 'names'] as const

export type AuditChunk = Pick<AuditChunkTable, (typeof columns)[number]> & Partial<Pick<AuditChunkTable, 'signature'>>

/** Which chunks are wanted, all of one journal. */
export interface ChunkRange {
  journal: number
  /** Chunks that hold records of these numbers, or some of them. */
  first: number
  last: number
  /** Chunks that hold records of these times, or may. */
  from: number
  to: number
}

export type AuditChunkStore = ReturnType<typeof createAuditChunkStore>

export function createAuditChunkStore(db: Database) {
  return {
    async insert(chunk: AuditChunkTable): Promise<void> {
      await db
        .insertInto('auditChunk')
        .values(chunk)
        .onConflict((conflict) => conflict.columns(['journal', 'lastSeq']).doNothing())
        .execute()
    },

    /** Number of the last record that is in a chunk; 0: none is. */
    async lastSeq(journal: number): Promise<number> {
      const { seq } = await db
        .selectFrom('auditChunk')
        .select((eb) => eb.fn.max('lastSeq').as('seq'))
        .where('journal', '=', journal)
        .executeTakeFirstOrThrow()
      return seq ?? 0
    },

    /** @param order Of their records. */
    list(
      { journal, first, last, from, to }: ChunkRange,
      order: 'asc' | 'desc',
      most: number,
      withSignature: boolean,
    ): Promise<AuditChunk[]> {
      return db
        .selectFrom('auditChunk')
        .select([...columns, ...(withSignature ? (['signature'] as const) : [])])
        .where('journal', '=', journal)
        .where('lastSeq', '>=', first)
        .where('firstSeq', '<=', last)
        .where('toAt', '>=', from)
        .where('fromAt', '<=', to)
        .orderBy('lastSeq', order)
        .limit(most)
        .execute()
    },

    /** Of chunks by the numbers of their last records. */
    async entries(journal: number, lastSeqs: readonly number[]): Promise<Map<number, string>> {
      if (lastSeqs.length === 0) return new Map()
      const rows = await db
        .selectFrom('auditChunk')
        .select(['lastSeq', 'entries'])
        .where('journal', '=', journal)
        .where('lastSeq', 'in', lastSeqs)
        .execute()
      return new Map(rows.map(({ lastSeq, entries }) => [lastSeq, entries]))
    },

    async places(journal: number, lastSeq: number): Promise<string> {
      const { places } = await db
        .selectFrom('auditChunk')
        .select('places')
        .where('journal', '=', journal)
        .where('lastSeq', '=', lastSeq)
        .executeTakeFirstOrThrow()
      return places
    },
  }
}
