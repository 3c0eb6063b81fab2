import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { isProofOfRecord, readHeadKey } from '../audit/head.ts'
import { ConfigError } from '../config-error.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'

interface Proven {
  journal: number
  seq: number
  proof: string
}

/** Records that are looked up at once, which an export has in their order, and how many it leaves out between two of them. */
const atOnce = 1000
const widestGap = 64

/**
 * Whether the journals still have every record that is in an export, NDJSON or CSV, and have it as it was.
 *
 * @throws {ConfigError} when the file is no such export, or it or the key cannot be read.
 */
export async function compareExport(
  file: string,
  keyFile: string,
  records: AuditRecordStore,
): Promise<{ differs: boolean; text: string }> {
  const key = readHeadKey(keyFile)
  if (!key) throw new ConfigError(`auditHeadKey: there is no ${keyFile}, which exports are proven with`)
  let count = 0
  for await (const batch of batches(file)) {
    const [first, last] = [batch[0]!, batch.at(-1)!]
    const rows = await records.around(first.journal, first.seq, last.seq)
    const hashes = new Map(rows.map(({ seq, hash }) => [seq, hash]))
    for (const { journal, seq, proof } of batch) {
      const id = `${journal}-${seq}`
      const hash = hashes.get(seq)
      if (hash !== undefined && isProofOfRecord(proof, id, hash, key)) continue
      const text =
        hash === undefined
          ? `The export ${file} has record ${id}, which the journal has not: it ends with ${await records.newest(journal)}`
          : `The export ${file} has another record ${id} than the journal, or was proven with another key than ${keyFile}`
      return { differs: true, text }
    }
    count += batch.length
  }
  return { differs: false, text: `The journal has all ${count} records of the export ${file}` }
}

async function* batches(file: string): AsyncGenerator<Proven[]> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  let batch: Proven[] = []
  let number = 0
  try {
    for await (const line of lines) {
      number++
      if (number === 1 && line.startsWith('id,')) continue
      const proven = provenOf(line)
      if (!proven) {
        throw new ConfigError(`against: line ${number} of ${file} is none of an export as NDJSON or CSV with its proof`)
      }
      const last = batch.at(-1)
      const goesOn = !last || (last.journal === proven.journal && proven.seq - last.seq <= widestGap)
      if (batch.length >= atOnce || !goesOn) {
        yield batch
        batch = []
      }
      batch.push(proven)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new ConfigError(`against: ${file} cannot be read (${code})`, { cause: error })
  }
  if (batch.length > 0) yield batch
}

function provenOf(line: string): Proven | undefined {
  // Of both formats the identifier is the first field, and the proof the last.
  const [, journal, seq, proof] = /^(?:\{"id":")?(\d{1,9})-(\d{1,15})[",].*[",]([0-9a-f]{64})(?:"\})?$/.exec(line) ?? []
  return proof === undefined ? undefined : { journal: Number(journal), seq: Number(seq), proof }
}
