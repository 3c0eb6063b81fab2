import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
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

/**
 * The journal as text: `nsx-audit.log` has a line for every record of NSX Manager's, `nsx-audit-write.log` for those that
 * change something, `vcenter-audit.log` for all of vCenter's, and `nsxv-audit.log` for all of NSX-v's.
 *
 * The files follow the journal: what is missing at the start is written then, and what could not be
 * written (a full disk) is written as soon as it can be. The journal never waits for them.
 */
export async function openLogFiles(settings: LogFileSettings, records: AuditRecordStore, journal: number) {
  const logs = [
    await openLog('nsx-audit.log', isNsxRecord, syslogLine),
    await openLog('nsx-audit-write.log', (record) => isNsxRecord(record) && record.write === true, syslogLine),
    await openLog('vcenter-audit.log', (record) => record.surface === 'vcenter', vcenterLine),
    await openLog('nsxv-audit.log', (record) => record.surface === 'nsxv', nsxvLine),
  ]
  let unsaved = 0

  async function openLog(
    name: string,
    wants: (record: AuditRecord) => boolean,
    lineOf: (record: AuditRecord) => string,
  ) {
    const path = join(settings.dir, name)
    let fd = openSync(path, 'a', 0o600)
    let bytes = fstatSync(fd).size
    const position = await records.findExport(journal, name)
    let seq = position?.seq ?? 0
    if (position && bytes > position.bytes) {
      ftruncateSync(fd, position.bytes)
      bytes = position.bytes
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
      fd = openSync(path, 'a', 0o600)
      bytes = 0
    }

    return {
      get seq() {
        return seq
      },
      linesOf(batch: readonly AuditRecord[]): Buffer {
        let text = ''
        for (const record of batch) if (wants(record)) text += `${lineOf(record)}\n`
        return Buffer.from(text)
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
      save: () => records.putExport({ journal, file: name, seq, bytes }),
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
