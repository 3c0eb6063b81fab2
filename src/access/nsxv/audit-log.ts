import { loggedAs, resourceOf } from '../../audit/nsxv-line.ts'
import type { AuditRecordStore } from '../../store/audit-records.ts'
import { createRecordIndex, type NumberedRecord, type RecordPage } from './record-index.ts'

/** A line of the NSX Manager's audit log. @see nsxv-api.md 4 */
export interface NsxvAuditEntry {
  id: number
  userName: string
  module: string
  operation: string
  resource: string
  resourceId: string
  succeeded: boolean
  at: number
  /** Undefined for sign-ins, which have none. */
  oldValue: string | undefined
  newValue: string | undefined
}

export type NsxvAuditLog = ReturnType<typeof createNsxvAuditLog>

/** The audit log of an NSX Manager, read from the journal. */
export function createNsxvAuditLog(store: AuditRecordStore, applianceName: string) {
  const index = createRecordIndex(
    store,
    `"host":${JSON.stringify(applianceName)}`,
    (record) => record.host === applianceName && loggedAs(record) !== undefined,
  )

  return {
    async page(page: RecordPage): Promise<{ entries: NsxvAuditEntry[]; total: number }> {
      const { records, total } = await index.page(page)
      return { entries: records.map(entryOf), total }
    },
  }
}

export function entryOf({ id, record }: NumberedRecord): NsxvAuditEntry {
  const { at, status, user, entity, before, after } = record
  const { module, operation } = loggedAs(record) ?? { module: '', operation: '' }
  const common = { id, module, operation, at, succeeded: status < 400, resourceId: entity ?? '' }
  if (record.kind === 'sign-in') {
    return { ...common, userName: 'System', resource: user, oldValue: undefined, newValue: undefined }
  }
  return {
    ...common,
    userName: user,
    resource: resourceOf(record),
    oldValue: shownState(before),
    newValue: shownState(after),
  }
}

/** `role=auditor, scope=globalroot-0, enabled=true`: what a state holds besides its name. */
function shownState(state: unknown): string {
  if (state === null || typeof state !== 'object') return ''
  return Object.entries(state)
    .filter(([name]) => name !== 'name')
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}
