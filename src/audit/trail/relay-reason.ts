import type { AuditRecord } from '../record.ts'

/**
 * A record for those who may read the log and are no Enterprise Admins. Why the upstream of a relayed call gave no
 * answer names its address and its certificate, which the call's own answer does not tell them either.
 */
export function withoutRelayReason(record: AuditRecord): AuditRecord {
  if (record.module !== 'Relay' || record.error === undefined) return record
  const { error: _, ...rest } = record
  return rest
}
