import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { AuditChunk } from '../../store/audit-chunks.ts'
import type { Stores } from '../../store/stores.ts'
import type { Journal } from '../journal.ts'
import type { AuditRecord } from '../record.ts'
import { beginChunk, type Chunk, type GrowingChunk, type Names } from './chunk.ts'

/** A record's place: the number of its journal, and its own in that. Later journals come after earlier ones. */
export interface Position {
  journal: number
  seq: number
}

export interface ChunkQuery {
  /** Where to begin, that record not included; undefined: with the newest or the oldest. */
  from?: Position | undefined
  order: 'asc' | 'desc'
  /** Chunks that hold nothing of these times are left out, both included. */
  times: { from: number; to: number }
  signatures: boolean
  /** Whether the entries of a chunk with these names are needed. */
  entriesOf(names: Names): boolean
}

/** A chunk, and which of its records are on the way. */
export interface ChunkPart {
  chunk: Chunk
  first: number
  last: number
}

export type AuditIndex = ReturnType<typeof createAuditIndex>

const readAtOnce = 250
const chunksAtOnce = 64
/** Records of a chunk that is made on the spot, of what is not indexed yet. */
const window = 1000
/** Against reading a record: making its part of a chunk, and looking at a chunk that is there. */
const makingCost = 4
const lookingCost = 1 / 8
/** How long a query waits for the index, in milliseconds. */
const usualPatience = 30
/** Records that are indexed in one go where nobody asks for them. */
const unasked = 50_000
/** A server that is busier than this is left alone. */
const busy = 0.5

/**
 * Says of each stretch of the journals what is in it. It follows the journal at its own pace and never holds it up: the
 * part that it has not come to is looked into directly.
 *
 * @see docs/decisions/026-audit-trail.md
 */
export function createAuditIndex(
  { auditRecords, auditChunks }: Pick<Stores, 'auditRecords' | 'auditChunks'>,
  journal: Pick<Journal, 'id' | 'change'>,
  log: Logger,
) {
  /** Chunks in the making, by journal. */
  const growing = new Map<number, GrowingChunk>()
  /** Number of the last record that is in a chunk, by journal. */
  const indexed = new Map<number, number>()
  /** Journals that do not grow any more, and are indexed to their end. */
  const finished = new Set<number>()
  let running: Promise<void> | undefined
  let closing = false
  let utilization = performance.eventLoopUtilization()

  async function indexedOf(id: number): Promise<number> {
    if (!indexed.has(id)) {
      const stored = await auditChunks.lastSeq(id)
      if (!indexed.has(id)) indexed.set(id, stored)
    }
    return indexed.get(id)!
  }

  async function seal(id: number): Promise<void> {
    const chunk = growing.get(id)
    if (!chunk) return
    const row = chunk.stored()
    await journal.change(
      ({ stores }) => stores.auditChunks.insert(row),
      () => undefined,
    )
    growing.delete(id)
  }

  async function add(id: number, seq: number, text: string): Promise<void> {
    const record: AuditRecord = JSON.parse(text)
    if (growing.get(id)?.takes(seq) === false) await seal(id)
    const chunk = growing.get(id) ?? beginChunk(id, seq, true)
    growing.set(id, chunk)
    chunk.add(record, text)
    indexed.set(id, seq)
  }

  /** @param most Records at most; Infinity where somebody asked for it. */
  async function run(most: number): Promise<void> {
    let added = 0
    for (const { id } of await auditRecords.journals()) {
      if (finished.has(id)) continue
      const newest = await auditRecords.newest(id)
      for (let seen = await indexedOf(id); seen < newest; ) {
        const rows = await auditRecords.around(id, seen + 1, Math.min(newest, seen + readAtOnce))
        const fresh = rows.filter(({ seq }) => seq > seen)
        for (let done = 0; done < fresh.length; done += readAtOnce) {
          const began = performance.now()
          for (const { seq, record } of fresh.slice(done, done + readAtOnce)) await add(id, seq, record)
          if (closing) return
          // Half of the time is for others; where they take it, this can wait.
          const before = performance.eventLoopUtilization()
          await setTimeout(performance.now() - began)
          const { utilization } = performance.eventLoopUtilization(performance.eventLoopUtilization(), before)
          if (utilization > busy && most !== Number.POSITIVE_INFINITY) return
        }
        // Where there are none, somebody has taken them away.
        seen = fresh.at(-1)?.seq ?? seen + readAtOnce
        indexed.set(id, seen)
        added += fresh.length
        if (added >= most) return
      }
      if (id === journal.id) continue
      await seal(id)
      finished.add(id)
    }
  }

  function start(most: number): Promise<void> {
    running ??= run(most)
      .catch((error) => log.error(error, 'the index of the audit journal cannot be brought up to date'))
      .finally(() => {
        running = undefined
      })
    return running
  }

  async function* chunksOf(id: number, low: number, high: number, query: ChunkQuery): AsyncGenerator<ChunkPart> {
    const known = await indexedOf(id)
    const open = growing.get(id)?.snapshot(0)
    const sealed = (open?.firstSeq ?? known + 1) - 1
    const part = (chunk: Chunk): ChunkPart => ({
      chunk,
      first: Math.max(low, chunk.firstSeq),
      last: Math.min(high, chunk.lastSeq),
    })

    async function* stored(): AsyncGenerator<ChunkPart> {
      let [first, last] = [low, Math.min(high, sealed)]
      while (first <= last) {
        const range = { journal: id, first, last, ...query.times }
        const rows = await auditChunks.list(range, query.order, chunksAtOnce, query.signatures)
        const named = rows.map((row) => ({ row, names: JSON.parse(row.names) as Names }))
        const needed = named.filter(({ names }) => query.entriesOf(names)).map(({ row }) => row.lastSeq)
        const entries = await auditChunks.entries(id, needed)
        for (const { row, names } of named) yield part(chunkOf(row, names, entries.get(row.lastSeq) ?? '[]'))
        // Other requests go on while a long journal is looked through.
        await setImmediate()
        const end = rows.at(-1)
        if (!end || rows.length < chunksAtOnce) return
        if (query.order === 'asc') first = end.lastSeq + 1
        else last = end.firstSeq - 1
      }
    }

    async function* unindexed(): AsyncGenerator<ChunkPart> {
      const [first, last] = [Math.max(low, known + 1), high]
      for (let done = 0; done <= last - first; done += window) {
        const begin = query.order === 'asc' ? first + done : Math.max(first, last - done - window + 1)
        const end = query.order === 'asc' ? Math.min(last, begin + window - 1) : last - done
        const made = await madeChunks(id, begin, end)
        for (const chunk of query.order === 'asc' ? made : made.reverse()) yield part(chunk)
        await setImmediate()
      }
    }

    const reach = open && open.firstSeq <= high && open.lastSeq >= low ? [part(open)] : []
    if (query.order === 'asc') {
      yield* stored()
      yield* reach
      yield* unindexed()
    } else {
      yield* unindexed()
      yield* reach
      yield* stored()
    }
  }

  async function madeChunks(id: number, first: number, last: number): Promise<Chunk[]> {
    const made: GrowingChunk[] = []
    for (const { seq, record } of await auditRecords.around(id, first, last)) {
      if (seq < first || seq > last) continue
      if (!made.at(-1)?.takes(seq)) made.push(beginChunk(id, seq, false))
      made.at(-1)?.add(JSON.parse(record), record)
    }
    return made.map((chunk) => chunk.snapshot(makingCost))
  }

  function chunkOf({ signature, ...row }: AuditChunk, names: Names, entries: string): Chunk {
    return {
      ...row,
      names,
      entries: () => JSON.parse(entries),
      places: async () => JSON.parse(await auditChunks.places(row.journal, row.lastSeq)),
      signature: signature ? Buffer.from(signature, 'base64') : undefined,
      cost: (row.names.length + entries.length + (signature?.length ?? 0)) * lookingCost,
    }
  }

  return {
    /** Brings the index up to date; what takes longer than so many milliseconds goes on behind. */
    async catchUp(patience = usualPatience): Promise<void> {
      const waited = new AbortController()
      await Promise.race([
        start(Number.POSITIVE_INFINITY),
        setTimeout(patience, undefined, { signal: waited.signal }).catch(() => {}),
      ])
      waited.abort()
    },

    /** Called now and then: brings the index nearer to the journal, unless the server has better things to do. */
    keepHouse(): void {
      if (closing) return
      const last = utilization
      utilization = performance.eventLoopUtilization()
      if (performance.eventLoopUtilization(utilization, last).utilization < busy) void start(unasked)
    },

    /** The newest position there is. */
    async newest(): Promise<Position> {
      return { journal: journal.id, seq: await auditRecords.newest(journal.id) }
    },

    /** The chunks, one after another, up to the newest record there is when it begins. */
    async *chunks(query: ChunkQuery): AsyncGenerator<ChunkPart> {
      const { from, order } = query
      const journals = await auditRecords.journals()
      if (order === 'desc') journals.reverse()
      for (const { id } of journals) {
        const newest = await auditRecords.newest(id)
        if (order === 'asc') {
          if (from && id < from.journal) continue
          yield* chunksOf(id, id === from?.journal ? from.seq + 1 : 1, newest, query)
        } else {
          if (from && id > from.journal) continue
          yield* chunksOf(id, 1, id === from?.journal ? Math.min(newest, from.seq - 1) : newest, query)
        }
      }
    },

    /** Lets what is under way come to a place where it can stop. */
    async close(): Promise<void> {
      closing = true
      await running
    },
  }
}
