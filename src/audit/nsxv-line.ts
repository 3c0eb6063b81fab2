import type { AuditRecord } from './record.ts'
import { escapeControl, parameter, timestampOf } from './syslog-line.ts'

/** local7 * 8 + severity */
const info = 23 * 8 + 6
const warning = 23 * 8 + 4

/**
 * An audit record of NSX Manager for vSphere as an RFC 5424 line, whose message is like that of its own log. [inferred]
 */
export function nsxvLine(record: AuditRecord): string {
  const { at, host, pid, kind, source, status, requestId, write } = record
  const data = [
    parameter('source', source),
    parameter('status', String(status)),
    parameter('agent', record.agent),
    parameter('reqId', requestId),
    write ? ' update="true"' : '',
  ].join('')
  const priority = status < 400 ? info : warning
  return `<${priority}>1 ${timestampOf(at)} ${host} vsm ${pid} ${kind} [audit@6876${data}] ${nsxvMessage(record)}`
}

/** What happened, as the manager's log has it. */
export function nsxvMessage(record: AuditRecord): string {
  const { user, module, operation, method, url, status } = record
  const outcome = status < 400 ? 'SUCCESS' : 'FAILURE'
  if (module === undefined) {
    return `[Call] UserName:'${quoted(user)}', Request:'${quoted(`${method} ${url}`)}', Status:'${status}'`
  }
  const resource = record.kind === 'sign-in' ? user : resourceOf(record)
  return [
    `[AuditLog] UserName:'${quoted(record.kind === 'sign-in' ? 'System' : user)}'`,
    `ModuleName:'${module}'`,
    `Operation:'${operation}'`,
    `Resource:'${quoted(resource)}'`,
    `Status:'${outcome}'`,
    ...(record.before === undefined ? [] : [`OldValue:'${quoted(JSON.stringify(record.before))}'`]),
    ...(record.after === undefined ? [] : [`NewValue:'${quoted(JSON.stringify(record.after))}'`]),
  ].join(', ')
}

/** Name of what was changed or was to be; its identifier where it has no name. */
export function resourceOf({ before, after, entity, parameters }: AuditRecord): string {
  for (const state of [after, before]) {
    const { name } = (state ?? {}) as { name?: unknown }
    if (typeof name === 'string') return name
  }
  const [first] = parameters ?? []
  return entity ?? (typeof first === 'string' ? first : '')
}

/** Nobody's name may end a line, or a quote. */
const quoted = (text: string) => escapeControl(text.replace(/['\\]/g, '\\$&'))
