import { verifyJournals } from '../audit/verify.ts'
import type { Config } from '../config.ts'
import { createAuditRecordStore } from '../store/audit-records.ts'
import { openExistingDatabase } from '../store/database.ts'

/** Walks the audit chain of a store, which may be in use, and says what it found. @returns whether it is intact. */
export async function verifyAudit(config: Config): Promise<boolean> {
  const db = await openExistingDatabase(config.database)
  try {
    const verdict = await verifyJournals(createAuditRecordStore(db))
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
