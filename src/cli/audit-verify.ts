import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readHeadFile, readHeadKey } from '../audit/head.ts'
import { fileBeyondJournal } from '../audit/log-files.ts'
import { type KeptHead, type Verdict, verifyJournals } from '../audit/verify.ts'
import type { Config } from '../config.ts'
import { type AuditRecordStore, createAuditRecordStore } from '../store/audit-records.ts'
import { openExistingDatabase } from '../store/database.ts'
import { compareExport } from './audit-export.ts'

type Journal = { id: number; name: string } | undefined

/**
 * Walks the audit chain of a store, which may be in use, and says what it found.
 *
 * @param exported A file with an export of the journal.
 * @returns whether it is intact.
 * @throws {ConfigError} when the export or the key it is proven with cannot be read.
 */
export async function verifyAudit(config: Config, exported: string | undefined): Promise<boolean> {
  const db = await openExistingDatabase(config.database)
  try {
    const records = createAuditRecordStore(db)
    const wrong = await wrongWithJournals(config, records)
    const found = exported === undefined ? undefined : await compareExport(exported, config.auditHead.keyFile, records)
    if (wrong) process.stdout.write(`The audit chain is ${wrong}\n`)
    if (found) process.stdout.write(`${found.text}\n`)
    return !wrong && found?.differs !== true
  } finally {
    await db.destroy()
  }
}

/** Prints how many records there are where nothing is wrong with them. @returns what is. */
async function wrongWithJournals(config: Config, records: AuditRecordStore): Promise<string | undefined> {
  const journal = await journalOf(config, records)
  // Read before the records, which only become more meanwhile.
  const head = headOf(config)
  const verdict = await verifyJournals(records, undefined, typeof head === 'string' ? undefined : head)
  if (!verdict.intact) return wordsOf(verdict)
  const intact = `(its ${verdict.records} records are intact)`
  if (typeof head === 'string' && verdict.records > 0) return `not proven: ${head} ${intact}`
  const file = await fileBeyondJournal(config.dataDir, records, journal?.id)
  if (file) return `cut: log file ${file} has lines that the journal has not ${intact}`
  process.stdout.write(`The audit chain is intact: ${verdict.records} records\n`)
  return undefined
}

function wordsOf({ seq, journal, reason, records }: Exclude<Verdict, { intact: true }>): string {
  return `broken: record ${seq} of journal ${journal}: ${reason} (${records} records before it are intact)`
}

/** What the head file says; a text: what is wrong with the file. A store from before there were heads has none. */
function headOf({ auditHead }: Config): KeptHead | string | undefined {
  const { file, keyFile } = auditHead
  const said = readHeadFile(auditHead)
  if (said === 'forged') return `head file ${file} was changed by somebody without its key`
  if (said) return { ...said, file }
  return readHeadKey(keyFile) && `head file ${file} was removed`
}

/** The journal that the data directory writes; undefined where the database has none. */
async function journalOf({ dataDir }: Config, records: AuditRecordStore): Promise<Journal> {
  const file = join(dataDir, 'instance')
  const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  return (await records.journals()).find((journal) => journal.name === name)
}
