import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { nsxvLine } from './nsxv-line.ts'
import { type AuditRecord, isNsxRecord } from './record.ts'
import { syslogLine } from './syslog-line.ts'
import { vcenterLine } from './vcenter-line.ts'

export interface LogFileSettings {
  dir: string
  /** A file that has grown beyond this many bytes is renamed to `.1` and a new one begun. */
  maxBytes: number
  /** Rotated files that are kept of each log. */
  keep: number
}

/** Records after which the files' positions are stored, so that a restart after a crash has little to redo. */
const recordsBetweenPositions = 5000
const readAtOnce = 1000

interface LogKind {
  name: string
  wants(record: AuditRecord): boolean
  lineOf(record: AuditRecord): string
}

const kinds: readonly LogKind[] = [
  { name: 'nsx-audit.log', wants: isNsxRecord, lineOf: syslogLine },
  {
    name: 'nsx-audit-write.log',
    wants: (record) => isNsxRecord(record) && record.write === true,
    lineOf: syslogLine,
  },
  { name: 'vcenter-audit.log', wants: (record) => record.surface === 'vcenter', lineOf: vcenterLine },
  { name: 'nsxv-audit.log', wants: (record) => record.surface === 'nsxv', lineOf: nsxvLine },
]

/** Under which the number of the last record before a log file's first line is stored. */
const beginOf = (name: string) => `${name}:begin`

function linesOf({ wants, lineOf }: LogKind, batch: readonly AuditRecord[]): Buffer {
  let text = ''
  for (const record of batch) if (wants(record)) text += `${lineOf(record)}\n`
  return Buffer.from(text)
}

/** Whether the whole lines of a text are those that the journal has for a log, from the record after `seq` on. */
async function isOfJournal(text: Buffer, kind: LogKind, records: AuditRecordStore, journal: number, seq: number) {
  let rest = text.subarray(0, text.lastIndexOf('\n') + 1)
  let at = seq
  while (rest.length > 0) {
    const rows = await records.after(journal, at, readAtOnce)
    const last = rows.at(-1)
    if (!last) return false
    const lines = linesOf(
      kind,
      rows.map((row) => JSON.parse(row.record)),
    )
    const common = Math.min(lines.length, rest.length)
    if (!lines.subarray(0, common).equals(rest.subarray(0, common))) return false
    rest = rest.subarray(common)
    at = last.seq
  }
  return true
}

/**
 * A log file of a directory with lines behind its stored position which the journal does not have.
 *
 * @param journal Undefined: there is none, and whatever stands in a file is missing.
 * @returns its name.
 */
export async function fileBeyondJournal(
  dir: string,
  records: AuditRecordStore,
  journal: number | undefined,
): Promise<string | undefined> {
  for (const kind of kinds) {
    const path = join(dir, kind.name)
    const holds = async () => {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return true
      const position = journal === undefined ? undefined : await records.findExport(journal, kind.name)
      const text = readFileSync(path).subarray(position?.bytes ?? 0)
      return journal === undefined
        ? text.length === 0
        : await isOfJournal(text, kind, records, journal, position?.seq ?? 0)
    }
    // A file that was rotated between the two readings is right at the second look.
    if (!(await holds()) && !(await holds())) return kind.name
  }
  return undefined
}

/**
 * The journal as text: `nsx-audit.log` has a line for every record of NSX Manager's, `nsx-audit-write.log` for those that
 * change something, `vcenter-audit.log` for all of vCenter's, and `nsxv-audit.log` for all of NSX-v's.
 *
 * The files follow the journal: what is missing at the start is written then, and what could not be
 * written (a full disk) is written as soon as it can be. The journal never waits for them. A file that was removed or
 * shortened is written anew. Lines of records that the journal has lost stay, and the next ones come behind them.
 *
 * @param head Number of the journal's last record.
 */
export async function openLogFiles(
  settings: LogFileSettings,
  records: AuditRecordStore,
  journal: number,
  head: number,
  told: Logger,
) {
  const logs = await Promise.all(kinds.map(openLog))
  let unsaved = 0

  async function openLog(kind: LogKind) {
    const { name } = kind
    const path = join(settings.dir, name)
    let fd = openSync(path, 'a', 0o600)
    let { size: bytes, ino } = fstatSync(fd)
    const position = await records.findExport(journal, name)
    let seq = position?.seq ?? 0
    let begin = Math.min((await records.findExport(journal, beginOf(name)))?.seq ?? 0, head)
    if (seq > head) {
      setBack()
    } else if (position && bytes > position.bytes) {
      // After a crash these are lines that are about to be written again; after a restored backup nobody else has them.
      const behind = readFileSync(path).subarray(position.bytes)
      if (await isOfJournal(behind, kind, records, journal, seq)) {
        ftruncateSync(fd, position.bytes)
        bytes = position.bytes
      } else {
        setBack()
      }
    } else if (position && bytes < position.bytes) {
      refill()
    }

    function setBack(): void {
      told.warn({ file: name, record: seq, head }, `the journal was set back: ${name} has records that it has not`)
      seq = Math.min(seq, head)
      if (bytes > 0 && readFileSync(path).at(-1) !== 10) bytes += writeSync(fd, '\n')
    }

    function refill(): void {
      told.warn(
        { file: name, from: begin + 1 },
        `${name} was removed or shortened; it is written from the journal again`,
      )
      closeSync(fd)
      open()
      ftruncateSync(fd, 0)
      bytes = 0
      seq = begin
    }

    function open(): void {
      fd = openSync(path, 'a', 0o600)
      ino = fstatSync(fd).ino
    }

    function rotate(): void {
      closeSync(fd)
      rmSync(`${path}.${settings.keep}`, { force: true })
      for (let n = settings.keep - 1; n >= 0; n--) {
        const from = n === 0 ? path : `${path}.${n}`
        try {
          renameSync(from, `${path}.${n + 1}`)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        }
      }
      open()
      bytes = 0
      begin = seq
    }

    return {
      get seq() {
        return seq
      },
      linesOf: (batch: readonly AuditRecord[]) => linesOf(kind, batch),
      /** Begins the file anew where it was removed or shortened behind our back. */
      restore(): void {
        const found = statSync(path, { throwIfNoEntry: false })
        if (found === undefined || found.ino !== ino || found.size < bytes) refill()
      },
      /** @returns whether the file was rotated. */
      write(lines: Buffer, last: number): boolean {
        if (lines.length > 0) {
          let written = 0
          try {
            // A disk that fills up takes a part, and says why only to the next write.
            while (written < lines.length) written += writeSync(fd, lines, written)
          } catch (error) {
            if (written > 0) ftruncateSync(fd, bytes)
            throw error
          }
          bytes += lines.length
        }
        seq = last
        if (bytes <= settings.maxBytes) return false
        rotate()
        return true
      },
      async save(): Promise<void> {
        await records.putExport({ journal, file: beginOf(name), seq: begin, bytes: 0 })
        await records.putExport({ journal, file: name, seq, bytes })
      },
      close: () => closeSync(fd),
    }
  }

  async function save(): Promise<void> {
    unsaved = 0
    for (const log of logs) await log.save()
  }

  /** Writes what the journal has and the files have not. */
  async function catchUp(): Promise<void> {
    for (const log of logs) {
      for (;;) {
        const rows = await records.after(journal, log.seq, readAtOnce)
        const last = rows.at(-1)
        if (!last) break
        log.write(log.linesOf(rows.map((row) => JSON.parse(row.record))), last.seq)
      }
    }
    await save()
  }

  await catchUp()

  return {
    /** What {@link follow} writes of records; it can be made before they are journaled. */
    linesOf(batch: readonly AuditRecord[]): readonly Buffer[] {
      return logs.map((log) => log.linesOf(batch))
    },

    /** Writes the lines of records just journaled, which have the numbers from `first` to `last`. */
    async follow(lines: readonly Buffer[], first: number, last: number): Promise<void> {
      for (const log of logs) log.restore()
      if (logs.some((log) => log.seq !== first - 1)) return catchUp()
      const rotated = logs.map((log, n) => log.write(lines[n] as Buffer, last))
      unsaved += last - first + 1
      if (rotated.includes(true) || unsaved >= recordsBetweenPositions) await save()
    },

    async close(): Promise<void> {
      await save()
      for (const log of logs) log.close()
    },
  }
}
