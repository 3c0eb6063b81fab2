import type { AuditRecordStore } from '../store/audit-records.ts'
import { chainHash, chainStart } from './chain.ts'

export type Verdict =
  | { intact: true; records: number }
  | { intact: false; records: number; journal: string; seq: number; reason: string }

const readAtOnce = 5000

/** Walks every journal's chain and names the first record that does not follow from the one before it. */
export async function verifyJournals(store: AuditRecordStore): Promise<Verdict> {
  let records = 0
  for (const journal of await store.journals()) {
    let seq = 0
    let hash = chainStart
    for (;;) {
      const rows = await store.after(journal.id, seq, readAtOnce)
      if (rows.length === 0) break
      for (const row of rows) {
        const broken = (reason: string): Verdict => ({
          intact: false,
          records,
          journal: journal.name,
          seq: seq + 1,
          reason,
        })
        if (row.seq !== seq + 1) return broken('it is missing')
        if (chainHash(hash, row.record) !== row.hash) return broken('its text or its hash was changed')
        seq = row.seq
        hash = row.hash
        records += 1
      }
    }
  }
  return { intact: true, records }
}
