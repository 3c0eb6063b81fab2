import { nsxvLine } from './nsxv-line.ts'
import type { AuditRecord } from './record.ts'
import { syslogLine } from './syslog-line.ts'
import { vcenterLine } from './vcenter-line.ts'

/** A record as its own appliance logs it, in a line of RFC 5424. */
export function logLine(record: AuditRecord): string {
  if (record.surface === 'vcenter') return vcenterLine(record)
  return record.surface === 'nsxv' ? nsxvLine(record) : syslogLine(record)
}
