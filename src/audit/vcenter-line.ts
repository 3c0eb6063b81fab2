import { escapeControl } from './escape.ts'
import type { AuditRecord } from './record.ts'
import { nobody, parameter, timestampOf } from './syslog-line.ts'

/** local4 * 8 + severity */
const info = 20 * 8 + 6
const warning = 20 * 8 + 4

/**
 * An audit record of vCenter as an RFC 5424 line.
 *
 * vCenter has no published layout of its own for this; the structured data follows ESXi's audit records. [inferred]
 */
export function vcenterLine(record: AuditRecord): string {
  const { at, host, pid, kind, user, source, face, status, error, requestId } = record
  const event = record.operation ?? `${record.method} ${record.url}`
  const data = [
    parameter('event', event),
    parameter('subject', user || nobody),
    parameter('otherSubject', record.otherUser),
    parameter('object', record.entity),
    parameter('result', error ?? (status < 400 ? 'success' : 'failure')),
    parameter('status', String(status)),
    parameter('face', face),
    parameter('source', source),
    parameter('agent', record.agent),
    parameter('opID', record.opId),
    parameter('reqId', requestId),
    record.write ? ' update="true"' : '',
  ].join('')
  const priority = status < 400 ? info : warning
  return `<${priority}>1 ${timestampOf(at)} ${host} vpxd ${pid} ${kind} [audit@6876${data}]${message(record)}`
}

function message({ before, after, parameters }: AuditRecord): string {
  const parts = [
    before === undefined ? [] : `Old value=[${json(before)}]`,
    after === undefined ? [] : `New value=[${json(after)}]`,
    parameters === undefined ? [] : `Input=[${parameters.map(json).join(' ')}]`,
  ].flat()
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`
}

// JSON escapes the control characters of ASCII, and no others.
const json = (value: unknown) => escapeControl(JSON.stringify(value))
