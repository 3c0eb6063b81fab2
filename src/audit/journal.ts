import type { Logger } from 'pino'
import type { Databases } from '../store/database.ts'
import { inSavepoint } from '../store/savepoint.ts'
import { createStores, type Stores } from '../store/stores.ts'
import { chainHash, chainStart } from './chain.ts'
import { type LogFileSettings, openLogFiles } from './log-files.ts'
import type { AuditRecord } from './record.ts'

/** The journal could not be written: nothing of the call may be told as done. */
export class JournalError extends Error {
  override name = 'JournalError'
}

/** A change in the making: all of it becomes durable together with its audit record, or none of it happens. */
export interface Change {
  /** The tables, inside the transaction. */
  readonly stores: Stores
  /** What the audit record shows as the object changed, its old and its new value. Secrets are left out by the caller. */
  values(entity: string, before: unknown, after?: unknown): void
  /** Runs once the change is durable and before anyone is answered: the in-memory views are told here. */
  onCommit(tell: () => void): void
}

export interface ChangedValues {
  entity?: string
  before?: unknown
  after?: unknown
}

export type Journal = Awaited<ReturnType<typeof openJournal>>

interface Unit {
  /** The record of a call that changed nothing, or how to make the change and then its record. */
  work: AuditRecord | ((stores: Stores) => Promise<{ record: AuditRecord | undefined; told: (() => void)[] }>)
  /** What can be done before it is known how the commit ends. */
  meanwhile?: (() => void) | undefined
  done: (error?: Error) => void
}

/** Units taken into one transaction at most, so that one group never keeps the next waiting for long. */
const groupLimit = 2000

/** A group of this size is load; what follows a smaller one is committed at once. */
const busyGroup = 8

/**
 * Under load a group waits for so many milliseconds, at most, until as many are there as were with the last one: a
 * commit costs the same for one unit as for fifty.
 */
const longestGathering = 4

/**
 * The one writer of the store: calls and changes queue here and are committed in groups.
 *
 * Whoever waits for a record waits for its group to be on disk. Changes run one after another, so a rule checked
 * inside a change still holds when it is committed.
 *
 * @param name Of the chain of records: one data directory keeps one.
 */
export async function openJournal(
  { write, commit: commitAlone }: Databases,
  name: string,
  files: LogFileSettings,
  log: Logger,
) {
  const stores = createStores(write)
  const id = await stores.auditRecords.openJournal(name)
  const last = await stores.auditRecords.last(id)
  const head = { seq: last?.seq ?? 0, hash: last?.hash ?? chainStart }
  const logFiles = await openLogFiles(files, stores.auditRecords, id, head.seq, log)

  const listeners = new Set<() => void>()
  let queue: Unit[] = []
  let running: Promise<void> | undefined
  /** Units that a group waits for; 0: it is committed at once. */
  let expected = 0
  let gathered: (() => void) | undefined

  function enqueue(unit: Unit): void {
    queue.push(unit)
    if (queue.length >= expected) gathered?.()
    // The group gathers whatever arrives in the same turn of the event loop.
    running ??= new Promise((resolve) => setImmediate(resolve)).then(drain)
  }

  async function drain(): Promise<void> {
    for (;;) {
      if (queue.length < expected) await gather()
      if (queue.length === 0) break
      const group = queue.length > groupLimit ? queue.slice(0, groupLimit) : queue
      queue = queue.length > groupLimit ? queue.slice(groupLimit) : []
      await commit(group)
    }
    expected = 0
    running = undefined
  }

  function gather(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, longestGathering)
      function end(): void {
        clearTimeout(timer)
        gathered = undefined
        resolve()
      }
      gathered = end
    })
  }

  async function commit(group: readonly Unit[]): Promise<void> {
    const failed = new Map<Unit, Error>()
    const told: (() => void)[] = []
    const first = head.seq + 1
    let records: AuditRecord[] = []
    let lines: readonly Buffer[] | undefined
    // What takes time and needs no result is done while the disk is waited for.
    function meanwhile(): void {
      for (const unit of group) guarded(() => unit.meanwhile?.())
      guarded(() => {
        lines = logFiles.linesOf(records)
      })
    }
    try {
      if (group.some((unit) => typeof unit.work === 'function')) {
        records = await commitChanges(group, failed, told)
        meanwhile()
      } else {
        records = group.map((unit) => unit.work as AuditRecord)
        await commitRecords(records, meanwhile)
      }
    } catch (error) {
      log.error(error, 'the audit journal cannot be written')
      const refusal = new JournalError('The audit journal cannot be written', { cause: error })
      for (const unit of group) finish(unit, failed.get(unit) ?? refusal)
      return
    }
    // Those who have their answer now come again, beside those who came meanwhile.
    expected = group.length < busyGroup ? 0 : group.length + queue.length
    for (const tell of told) tell()
    for (const unit of group) finish(unit, failed.get(unit))
    if (records.length === 0) return
    for (const listen of listeners) listen()
    try {
      await logFiles.follow(lines ?? logFiles.linesOf(records), first, head.seq)
    } catch (error) {
      log.error(error, 'the audit log files cannot be written; they will be brought up to date from the journal')
    }
  }

  const finish = (unit: Unit, error: Error | undefined) => guarded(() => unit.done(error))

  // One caller that stumbles over its answer must not stop the others' group, nor the groups after it.
  function guarded(call: () => void): void {
    try {
      call()
    } catch (thrown) {
      log.error(thrown, 'a call could not be answered')
    }
  }

  async function commitRecords(records: readonly AuditRecord[], meanwhile: () => void): Promise<void> {
    const { group, end } = chain(records)
    await commitAlone(stores.auditRecords.insertionOf(group), meanwhile)
    Object.assign(head, end)
  }

  /** Records as the next group of the journal, and where that ends. */
  function chain(records: readonly AuditRecord[]) {
    let { hash } = head
    let lines = ''
    for (const record of records) {
      const text = JSON.stringify(record)
      hash = chainHash(hash, text)
      lines += `${lines && '\n'}${hash} ${text}`
    }
    const end = { seq: head.seq + records.length, hash }
    const at = records.at(-1)?.at ?? 0
    return { group: { journal: id, firstSeq: head.seq + 1, lastSeq: end.seq, at, records: lines }, end }
  }

  async function commitChanges(
    group: readonly Unit[],
    failed: Map<Unit, Error>,
    told: (() => void)[],
  ): Promise<AuditRecord[]> {
    const transaction = await write.startTransaction().execute()
    try {
      const inside = createStores(transaction)
      const records: AuditRecord[] = []
      for (const unit of group) {
        const { work } = unit
        if (typeof work !== 'function') {
          records.push(work)
          continue
        }
        try {
          const made = await inSavepoint(transaction, () => work(inside))
          if (made.record) records.push(made.record)
          told.push(...made.told)
        } catch (error) {
          failed.set(unit, error as Error)
        }
      }
      const { group: chained, end } = chain(records)
      if (records.length > 0) await transaction.executeQuery(inside.auditRecords.insertionOf(chained))
      await transaction.commit().execute()
      Object.assign(head, end)
      return records
    } catch (error) {
      told.length = 0
      if (!transaction.isCommitted && !transaction.isRolledBack) await transaction.rollback().execute()
      throw error
    }
  }

  /** Waits for everything that is queued. */
  async function settled(): Promise<void> {
    while (running) await running
  }

  return {
    /** The number of the chain that is written. */
    id,

    name,

    /** Its last record: number, and hash in the chain; number 0: it has none. */
    end: () => ({ ...head }),

    /** Calls back after every group of records that was committed. @returns what ends that. */
    onRecords(listen: () => void): () => void {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },

    /**
     * Calls back once the record is on disk, or with a {@link JournalError}.
     *
     * @param meanwhile What there is to do before that and needs no result: it runs while the disk is waited for, unless
     *   the commit has failed by then.
     */
    append(record: AuditRecord, done: (error?: Error) => void, meanwhile?: () => void): void {
      enqueue({ work: record, done, meanwhile })
    },

    /**
     * Makes a change and journals it, in one transaction.
     *
     * @param work Makes the change; what it throws undoes it and comes out of here.
     * @param describe The audit record of the change, from its result; `undefined` for housekeeping nobody asked for.
     */
    change<T>(
      work: (change: Change) => Promise<T>,
      describe: (result: T, values: ChangedValues) => AuditRecord | undefined,
    ): Promise<T> {
      return new Promise((resolve, reject) => {
        let result: T
        enqueue({
          async work(inside) {
            const told: (() => void)[] = []
            const values: ChangedValues = {}
            result = await work({
              stores: inside,
              values: (entity, before, after) => Object.assign(values, { entity, before, after }),
              onCommit: (tell) => told.push(tell),
            })
            return { record: describe(result, values), told }
          },
          done: (error) => (error ? reject(error) : resolve(result)),
        })
      })
    },

    settled,

    /** Waits for everything that is queued, then closes the files. */
    async close(): Promise<void> {
      await settled()
      await logFiles.close()
    },
  }
}
