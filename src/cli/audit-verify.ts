import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileBeyondJournal } from '../audit/log-files.ts'
import { verifyJournals } from '../audit/verify.ts'
import type { Config } from '../config.ts'
import { type AuditRecordStore, createAuditRecordStore } from '../store/audit-records.ts'
import { openExistingDatabase } from '../store/database.ts'

/** Walks the audit chain of a store, which may be in use, and says what it found. @returns whether it is intact. */
export async function verifyAudit(config: Config): Promise<boolean> {
  const db = await openExistingDatabase(config.database)
  try {
    const records = createAuditRecordStore(db)
    const verdict = await verifyJournals(records)
    const file = verdict.intact && (await fileBeyondJournal(config.dataDir, records, await journalOf(config, records)))
    if (file) {
      process.stdout.write(
        `The audit chain is cut: log file ${file} has lines that the journal has not (its ${verdict.records} records are intact)\n`,
      )
      return false
    }
    process.stdout.write(
      verdict.intact
        ? `The audit chain is intact: ${verdict.records} records\n`
        : `The audit chain is broken: record ${verdict.seq} of journal ${verdict.journal}: ${verdict.reason} (${verdict.records} records before it are intact)\n`,
    )
    return verdict.intact
  } finally {
    await db.destroy()
  }
}

/** The number of the journal that the data directory's log files follow; undefined where the database has none. */
async function journalOf({ dataDir }: Config, records: AuditRecordStore): Promise<number | undefined> {
  const file = join(dataDir, 'instance')
  const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  return (await records.journals()).find((journal) => journal.name === name)?.id
}
