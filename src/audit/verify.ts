import { setImmediate } from 'node:timers/promises'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { chainHash, chainStart } from './chain.ts'
import { type HeadFile, lossOf } from './head.ts'

export type Verdict =
  | { intact: true; records: number }
  | { intact: false; records: number; journal: string; seq: number; reason: string }

/** The last record of a journal up to which each follows from the one before it. */
export interface ProvenUpTo {
  seq: number
  hash: string
}

const readAtOnce = 1000

/** What a head file says, and its name. */
export interface KeptHead extends HeadFile {
  file: string
}

/**
 * Walks every journal's chain and names the first record that does not follow from the one before it, or that a log file,
 * a syslog exporter or the head file has had and the journal no longer has.
 *
 * @param proven Where to go on, by the journal's number; it is kept up to date.
 */
export async function verifyJournals(
  store: AuditRecordStore,
  proven = new Map<number, ProvenUpTo>(),
  kept?: KeptHead,
): Promise<Verdict> {
  // Read before the records, so that one that is written meanwhile is no longer missing when its turn comes.
  const positions = await store.exports()
  for (const journal of await store.journals()) {
    for (;;) {
      let { seq, hash } = proven.get(journal.id) ?? { seq: 0, hash: chainStart }
      const rows = await store.after(journal.id, seq, readAtOnce)
      if (rows.length === 0) break
      for (const row of rows) {
        const broken = (reason: string): Verdict => {
          proven.set(journal.id, { seq, hash })
          return { intact: false, records: sum(proven), journal: journal.name, seq: seq + 1, reason }
        }
        if (row.seq !== seq + 1) return broken('it is missing')
        if (chainHash(hash, row.record) !== row.hash) return broken('its text or its hash was changed')
        if (row.endsGroup && JSON.parse(row.record).at !== row.at) return broken('the time it is found by was changed')
        seq = row.seq
        hash = row.hash
      }
      proven.set(journal.id, { seq, hash })
      // Other work goes on while a long journal is read.
      await setImmediate()
    }
    const seen = proven.get(journal.id)?.seq ?? 0
    const end = (await store.last(journal.id))?.seq ?? 0
    const claims = [
      { what: 'this process has verified', seq: seen },
      ...positions.filter((position) => position.journal === journal.id).map(claimOf),
    ]
    const beyond = claims.find((claim) => claim.seq > end)
    if (beyond) {
      const reason = `${beyond.what} record ${beyond.seq}, the journal ends with ${end}`
      return { intact: false, records: sum(proven), journal: journal.name, seq: end + 1, reason }
    }
  }
  const loss = kept && (kept.losses[0] ?? (await lossNow(kept, store)))
  if (!loss) return { intact: true, records: sum(proven) }
  const { seq, reason } = loss
  return {
    intact: false,
    records: sum(proven),
    journal: kept.head.journal,
    seq,
    reason: `head file ${kept.file} ${reason}`,
  }
}

async function lossNow({ head }: HeadFile, store: AuditRecordStore) {
  const loss = await lossOf(head, store)
  return loss && { ...loss, reason: `has ${loss.reason}` }
}

function claimOf({ file, seq }: { file: string; seq: number }) {
  const exporter = /^syslog:(.*)$/s.exec(file)?.[1]
  return { what: exporter === undefined ? `log file ${file} has` : `syslog exporter ${exporter} has sent`, seq }
}

const sum = (proven: ReadonlyMap<number, ProvenUpTo>) => [...proven.values()].reduce((all, { seq }) => all + seq, 0)
