import { randomUUID } from 'node:crypto'
import { chainHash, chainStart } from '../../src/audit/chain.ts'
import type { AuditRecord } from '../../src/audit/record.ts'
import type { Database } from '../../src/store/database.ts'
import { createStores } from '../../src/store/stores.ts'

const hour = 3_600_000

/** A record of a busy month; the same number is always the same record, but for its request id. */
export function madeRecord(n: number, at: number): AuditRecord {
  const write = n % 10 === 0
  return {
    at,
    host: 'nsxmgr-a',
    pid: 11,
    kind: n % 200 === 0 ? 'sign-in' : 'call',
    user: `user-${n % 40}@corp.example`,
    source: `10.0.${n % 7}.${n % 90}`,
    requestId: randomUUID(),
    method: 'GET',
    url: `/policy/api/v1/infra/segments/seg-${n % 3000}`,
    status: n % 50 === 0 ? 403 : 200,
    bytes: 512,
    agent: 'terraform-provider-nsxt',
    micros: 812,
    module: 'Policy',
    operation: ['GetSegment', 'UpdateRoleBinding', 'ListUsers', 'LOGIN'][n % 4] ?? '',
    ...(write
      ? { write, entity: `seg-${n}`, before: { display_name: `old ${n}` }, after: { display_name: `new ${n}` } }
      : {}),
  }
}

/**
 * Writes a journal of so many records straight into an empty store, the oldest first.
 *
 * @param perGroup Records in a group.
 * @param hours Over how many hours they are spread.
 */
export async function writeRecords(
  db: Database,
  name: string,
  count: number,
  { perGroup = 50, hours = 720, end = Date.UTC(2026, 10, 22, 12), make = madeRecord } = {},
): Promise<number> {
  const journal = await createStores(db).auditRecords.openJournal(name)
  let hash = chainStart
  for (let seq = 0; seq < count; ) {
    const transaction = await db.startTransaction().execute()
    const { auditRecords } = createStores(transaction)
    for (let groups = 0; groups < 200 && seq < count; groups++) {
      const firstSeq = seq + 1
      let at = 0
      const lines: string[] = []
      for (; lines.length < perGroup && seq < count; seq++) {
        at = end - Math.round(((count - 1 - seq) / count) * hours * hour)
        const text = JSON.stringify(make(seq, at))
        hash = chainHash(hash, text)
        lines.push(`${hash} ${text}`)
      }
      await transaction.executeQuery(
        auditRecords.insertionOf({ journal, firstSeq, lastSeq: seq, at, records: lines.join('\n') }),
      )
    }
    await transaction.commit().execute()
  }
  return journal
}
