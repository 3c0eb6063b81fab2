import type { Logger } from 'pino'
import type { Clock } from '../access/clock.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { StoreError } from '../store/database.ts'
import {
  type Head,
  type HeadFile,
  type HeadSettings,
  headText,
  type Loss,
  lossOf,
  makeHeadKey,
  proofOfRecord,
  readHeadFile,
  readHeadKey,
  replaceFile,
  textOf,
} from './head.ts'
import type { Journal } from './journal.ts'

/** Milliseconds after a record within which the head is written. */
const longestBehind = 1000

export type HeadKeeper = Awaited<ReturnType<typeof openHeadKeeper>>

/**
 * Keeps the journal's end in a file beside the store, under a key of its own, and finds at the start whether the journal
 * still has all that it had. What is missing stays in the file, so that `sallyport audit verify` says it until
 * somebody accepts it.
 *
 * The file is written at the start, at the end, and in between within a second of a record, which nobody waits for: what
 * a killed server leaves lacks its last second.
 *
 * @throws {StoreError} when the file or its key cannot be read or written, the key is missing, or the file is that of
 *   another journal which the store has.
 */
export async function openHeadKeeper(
  settings: HeadSettings,
  journal: Pick<Journal, 'id' | 'name' | 'end' | 'onRecords' | 'append' | 'settled'>,
  store: AuditRecordStore,
  host: string,
  clock: Clock,
  log: Logger,
) {
  const { file, keyFile } = settings
  const before = readHeadFile(settings)
  const found = readHeadKey(keyFile)
  const key = found ?? makeHeadKey(keyFile)
  const losses = await lossesAtStart()
  let written = ''
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let failed = false

  function headNow(): Head {
    return { journal: journal.name, ...journal.end() }
  }

  async function lossesAtStart(): Promise<Loss[]> {
    const { seq } = journal.end()
    if (before === undefined) {
      // A journal from before there were heads has no key either.
      return found && seq > 0 ? [{ at: clock(), seq: seq + 1, reason: 'was removed' }] : []
    }
    if (before === 'forged') return [{ at: clock(), seq: seq + 1, reason: 'was changed by somebody without its key' }]
    const { head } = before
    const loss = await lossOf(head, store)
    if (!loss && head.journal !== journal.name) {
      throw new StoreError(
        `auditHead: ${file} is that of journal ${head.journal}, which another data directory writes: each needs a file of its own`,
      )
    }
    return loss ? [...before.losses, { at: clock(), ...loss, reason: `has ${loss.reason}` }] : before.losses
  }

  /** Tells the server's log and the journal of a loss. */
  function tell({ seq, reason }: Loss): void {
    log.warn({ file, record: seq }, `the audit journal was set back: head file ${file} ${reason}`)
    const error = `head file ${file} ${reason}`
    journal.append({ ...own, at: clock(), operation: 'audit.set_back', status: 500, error }, () => {})
  }

  const own = {
    host,
    pid: process.pid,
    kind: 'call',
    user: 'sallyport',
    source: '',
    requestId: '',
    method: '',
    url: '',
    bytes: 0,
    agent: '',
    micros: 0,
    module: 'sallyport',
  } as const

  async function write(): Promise<void> {
    const text = headText({ head: headNow(), losses } satisfies HeadFile, key)
    if (text === written) return
    if (written && (await textOf(file)) !== written) {
      const loss = { at: clock(), seq: journal.end().seq + 1, reason: 'was removed or changed while the server ran' }
      losses.push(loss)
      tell(loss)
      written = ''
      return write()
    }
    await replaceFile(file, text)
    written = text
    failed = false
  }

  function writeNow(): Promise<void> {
    writing = writing.then(write).catch((error) => {
      if (!failed) log.error(error, `the head of the audit journal cannot be written to ${file}`)
      failed = true
    })
    return writing
  }

  try {
    await write()
  } catch (error) {
    throw new StoreError(`auditHead: ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
  const known = before === undefined || before === 'forged' ? 0 : before.losses.length
  for (const loss of losses.slice(known)) tell(loss)
  const stop = journal.onRecords(() => {
    timer ??= setTimeout(() => {
      timer = undefined
      void writeNow()
    }, longestBehind).unref()
  })

  return {
    /** What the file says, or will within a second. */
    said: (): HeadFile => ({ head: headNow(), losses }),

    /** For an export: what proves that the journal had a record. */
    proofOf: (id: string, hash: string): string => proofOfRecord(id, hash, key),

    /** Forgets what was lost, which the journal keeps. @returns what that was. */
    async acceptLosses(): Promise<Loss[]> {
      const accepted = losses.splice(0)
      if (accepted.length === 0) return accepted
      await new Promise<void>((resolve, reject) => {
        const record = { ...own, at: clock(), operation: 'audit.accept_loss', status: 200, before: accepted }
        journal.append({ ...record, write: true }, (error) => (error ? reject(error) : resolve()))
      })
      await writeNow()
      return accepted
    },

    /** Waits for the journal, and writes its end. */
    async close(): Promise<void> {
      stop()
      clearTimeout(timer)
      await journal.settled()
      await writeNow()
    },
  }
}
