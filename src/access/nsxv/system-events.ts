import { loggedAs } from '../../audit/nsxv-line.ts'
import type { AuditRecord } from '../../audit/record.ts'
import type { AuditRecordStore } from '../../store/audit-records.ts'
import { createRecordIndex, type NumberedRecord, type RecordPage } from './record-index.ts'

/** Something that happened to the appliance. @see nsxv-api.md 4, systemevent */
export interface NsxvSystemEvent {
  id: number
  at: number
  severity: 'Informational' | 'High'
  code: string
  source: string
  message: string
  module: string
  /** Where the event came from. */
  address: string
}

export type NsxvSystemEvents = ReturnType<typeof createNsxvSystemEvents>

interface EventFacts {
  severity: NsxvSystemEvent['severity']
  code: string
  message(record: AuditRecord): string
}

/** What of the journal is an event. Codes and texts are inferred. */
function factsOf(record: AuditRecord): EventFacts | undefined {
  const { kind, status, user } = record
  if (kind === 'sign-in') {
    if (status < 400) return undefined
    return { severity: 'High', code: '230001', message: () => `Sign-in of user ${user} failed.` }
  }
  const logged = loggedAs(record)
  if (logged?.module !== 'SYSTEM' || status >= 400) return undefined
  const { operation } = logged
  return {
    severity: operation === 'REBOOT' ? 'High' : 'Informational',
    code: operation === 'REBOOT' ? '230003' : '230002',
    message: () => `${operation} of the appliance by user ${user}.`,
  }
}

/** The system events of an NSX Manager, read from the journal. */
export function createNsxvSystemEvents(store: AuditRecordStore, applianceName: string) {
  const index = createRecordIndex(
    store,
    `"host":${JSON.stringify(applianceName)}`,
    (record) => record.host === applianceName && factsOf(record) !== undefined,
  )

  return {
    async page(page: RecordPage): Promise<{ events: NsxvSystemEvent[]; total: number }> {
      const { records, total } = await index.page(page)
      return { events: records.map(eventOf), total }
    },
  }
}

function eventOf({ id, record }: NumberedRecord): NsxvSystemEvent {
  const { severity, code, message } = factsOf(record) as EventFacts
  const signIn = record.kind === 'sign-in'
  return {
    id,
    at: record.at,
    severity,
    code,
    source: signIn ? 'Security' : 'System',
    message: message(record),
    module: signIn ? 'Security' : 'System',
    address: record.source,
  }
}
