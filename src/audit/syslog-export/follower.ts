import { setTimeout as pause, setImmediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { AuditRecordStore, ChainedRecord } from '../../store/audit-records.ts'
import { nsxvLine } from '../nsxv-line.ts'
import { type AuditRecord, isNsxRecord } from '../record.ts'
import { syslogLine } from '../syslog-line.ts'
import { createAlarm } from './alarm.ts'
import { backOff } from './back-off.ts'
import type { SyslogExporterWithKey } from './exporter.ts'
import { lineFilter } from './filter.ts'
import { splitLine } from './framing.ts'
import { type Link, type LinkTiming, openLink } from './link.ts'
import { createWindow, type Positions } from './window.ts'

/** Milliseconds. */
export interface ExportTiming extends LinkTiming {
  /** Records that come one by one are read together. */
  gather: number
  /** How often the position is stored at most. */
  save: number
  /** How long a line may be handed over before the collector is made to say that it has read it. */
  checkpoint: number
  /** A link that has lasted so long was a good one: the next attempt after it does not wait. */
  lasting: number
  /** For sending what is left when stopping, and again for the collector to close. */
  stop: number
}

export interface Journals {
  /** Numbers of all journals, in the order in which they were begun. */
  all: readonly number[]
  /** The one that grows. */
  current: number
  records: AuditRecordStore
}

export interface FollowerState {
  connected: boolean
  /** Why lines do not get through; undefined while they do. */
  problem: string | undefined
}

export interface Follower {
  state(): FollowerState
  /** There are new records. */
  wake(): void
  /** Does not wait any longer with the next attempt. */
  retry(): void
  /** Ends the connection and begins anew. */
  reconnect(): void
  /** Sends what is left, if the collector takes it at once, and stores how far it came. */
  stop(): Promise<void>
  /** Stops at once and stores nothing. */
  abandon(): void
}

/** Groups of records read at once: what is held in memory. */
const groupsAtOnce = 8

/**
 * One exporter at work: reads the journal, sends its appliance's lines, and never forgets how far they got.
 *
 * The journal is the queue: nothing is held here but what is being sent.
 *
 * @param host Name of the appliance whose records these are.
 * @param save Stores how far the journals have been delivered.
 */
export function follow(
  exporter: SyslogExporterWithKey,
  host: string,
  journals: Journals,
  start: Positions,
  save: (positions: Positions) => Promise<void>,
  timing: ExportTiming,
  log: Logger,
): Follower {
  const window = createWindow(start)
  const wants = lineFilter(exporter)
  const alarm = createAlarm()
  const abort = new AbortController()
  /** While stopping: until when sending may go on, as `performance.now()`. */
  let deadline: number | undefined
  let link: Link | undefined
  let problem: string | undefined
  let hurried = false
  let failures = 0
  /** Until the collector is seen to leave a connection open that we have ended. */
  let closesInTurn = true
  let abandoned = false
  /** Journals that do not grow any more and have been read to their end. */
  let finished = new Set<number>()
  let saved: Positions = new Map(start)
  let savedAt = Number.NEGATIVE_INFINITY

  const stopping = () => deadline !== undefined || abort.signal.aborted

  function failed(error: unknown): void {
    const text = reasonOf(error)
    if (text !== problem) log.warn({ exporter: exporter.name, host }, `syslog export: ${text}`)
    problem = text
  }

  function worked(): void {
    if (problem !== undefined) log.info({ exporter: exporter.name, host }, 'syslog export goes on')
    problem = undefined
  }

  /** Records to send, and the journal they are of; none when all journals have been read to their end. */
  async function read(): Promise<{ journal: number; rows: ChainedRecord[] } | undefined> {
    const { all, current, records } = journals
    for (const journal of [...all.filter((id) => id !== current && !finished.has(id)), current]) {
      const rows = await records.after(journal, window.sent(journal), 1, 0, groupsAtOnce)
      if (rows.length > 0) return { journal, rows }
      finished.add(journal)
    }
    return undefined
  }

  function messagesOf(journal: number, rows: readonly ChainedRecord[], longest: number): Buffer[] {
    const messages: Buffer[] = []
    const sent = window.sent(journal)
    for (const { seq, record: text } of rows) {
      // Groups are read whole.
      if (seq <= sent) continue
      const record: AuditRecord = JSON.parse(text)
      const line = record.host === host ? lineOf(record) : undefined
      if (line !== undefined && wants(line)) messages.push(...splitLine(line, longest, `${journal}-${seq}`))
    }
    return messages
  }

  async function savePositions(): Promise<void> {
    savedAt = performance.now()
    const positions = new Map(window.delivered())
    const changed = new Map([...positions].filter(([journal, seq]) => saved.get(journal) !== seq))
    if (changed.size === 0) return
    try {
      await save(changed)
      saved = positions
    } catch (error) {
      log.error(error, 'the position of a syslog exporter cannot be stored; lines may be sent again after a restart')
    }
  }

  const isSaved = () => [...window.delivered()].every(([journal, seq]) => saved.get(journal) === seq)

  /** Sends until the link breaks, all is to stop, or the collector is to acknowledge. */
  async function sendOver(open: Link): Promise<void> {
    while (!open.broken() && !abort.signal.aborted) {
      const batch = await read()
      if (batch) {
        const messages = messagesOf(batch.journal, batch.rows, open.longest)
        if (messages.length > 0) await open.send(messages)
        const last = batch.rows.at(-1)?.seq ?? 0
        window.handOver(batch.journal, last, messages.length, performance.now())
        // Others have their turn while a long journal is read.
        await setImmediate()
      }
      const now = performance.now()
      const settled = window.settle(now - open.settlesAfter)
      // Nobody answers a datagram: silence is all the success there is.
      if (settled && !open.acknowledges) worked()
      if (!isSaved() && now - savedAt >= timing.save) await savePositions()
      if (deadline !== undefined && (!batch || now >= deadline)) return
      const oldest = window.oldest()
      const checkpoint = open.acknowledges && closesInTurn ? timing.checkpoint : Number.POSITIVE_INFINITY
      if (oldest !== undefined && now - oldest >= checkpoint) return
      if (batch) continue
      const due = [isSaved() ? Number.POSITIVE_INFINITY : savedAt + timing.save]
      if (oldest !== undefined) due.push(oldest + Math.min(checkpoint, open.settlesAfter + 1))
      await alarm.wait(Math.min(...due) - now)
      if (!stopping() && !open.broken()) await pause(timing.gather)
    }
  }

  /** One connection from its beginning to its end. @returns whether the next one may begin at once. */
  async function connection(): Promise<boolean> {
    const open = await openLink(exporter, timing, abort.signal, alarm.ring)
    link = open
    const began = performance.now()
    if (open.acknowledges) worked()
    try {
      await sendOver(open)
      if (open.broken()) throw open.broken()
      if (abort.signal.aborted) return false
      if (await open.end()) window.acknowledge()
      else if (open.acknowledges && !stopping()) {
        closesInTurn = false
        log.info({ exporter: exporter.name, host }, 'syslog export: the collector does not close ended connections')
      }
      return true
    } finally {
      if (performance.now() - began >= timing.lasting) failures = 0
      link = undefined
      open.cut()
      window.rewind()
      finished = new Set()
    }
  }

  async function run(): Promise<void> {
    while (!stopping()) {
      try {
        if (await connection()) continue
      } catch (error) {
        if (stopping()) break
        failed(error)
      }
      const until = performance.now() + backOff(++failures, Math.random())
      hurried = false
      // New records ring too; only a hurry ends the wait.
      for (let now = performance.now(); now < until && !hurried && !stopping(); now = performance.now()) {
        await alarm.wait(until - now)
      }
    }
    if (!abandoned) await savePositions()
  }

  const running = run().catch((error) => log.error(error, 'a syslog exporter has ended'))

  return {
    state: () => ({ connected: link !== undefined && !link.broken(), problem }),
    wake: alarm.ring,
    retry() {
      hurried = true
      alarm.ring()
    },
    reconnect() {
      link?.cut()
      hurried = true
      failures = 0
      alarm.ring()
    },
    async stop() {
      deadline = performance.now() + timing.stop
      // What cannot connect, or hangs, has no more time than that.
      const late = setTimeout(() => {
        abort.abort()
        link?.cut()
      }, 2 * timing.stop)
      if (!link) abort.abort()
      alarm.ring()
      await running
      clearTimeout(late)
    },
    abandon() {
      abandoned = true
      abort.abort()
      link?.cut()
      alarm.ring()
    },
  }
}

const longestReason = 500

/** What went wrong, in one line; of several addresses that were tried in turn, the first's. */
function reasonOf(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? error.errors : []
  const { message, code } = first as NodeJS.ErrnoException
  return (message || code || 'unknown').replace(/\s+/g, ' ').slice(0, longestReason)
}

/** What goes out of an appliance: NSX Manager's lines, or those of NSX Manager for vSphere. */
function lineOf(record: AuditRecord): string | undefined {
  if (isNsxRecord(record)) return syslogLine(record)
  return record.surface === 'nsxv' ? nsxvLine(record) : undefined
}
