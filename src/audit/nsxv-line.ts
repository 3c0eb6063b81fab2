import { escapeControl } from './escape.ts'
import type { AuditRecord } from './record.ts'
import { nobody, parameter, timestampOf } from './syslog-line.ts'

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

/** What the audit log calls a sign-in or a change, refused ones included; undefined for what it leaves out. */
export function loggedAs(record: AuditRecord): { module: string; operation: string } | undefined {
  const { kind, write, module, operation } = record
  if (kind === 'console-command') return write ? commandAs(record) : undefined
  if (module === undefined || operation === undefined) return undefined
  return kind === 'sign-in' || write ? { module, operation } : undefined
}

/** Commands of the console, by how they begin. The first that matches counts. [inferred] */
const commands: [beginning: RegExp, module: string, operation?: string][] = [
  [/^(reboot|reload)/, 'SYSTEM', 'REBOOT'],
  [/^write erase/, 'SYSTEM', 'ERASE'],
  [/^(write|copy)/, 'SYSTEM', 'SAVE'],
  [/^(cli|enable) password|^passwd/, 'PASSWORD_CHANGE', 'UPDATE'],
  [/^(no )?user/, 'ACCESS_CONTROL'],
]

function commandAs({ url, before, after }: AuditRecord): { module: string; operation: string } {
  const [, module, operation] = commands.find(([beginning]) => beginning.test(url)) ?? [undefined, 'SYSTEM']
  if (operation !== undefined) return { module, operation }
  if (before === undefined && after !== undefined) return { module, operation: 'CREATE' }
  return { module, operation: before !== undefined && after === undefined ? 'DELETE' : 'UPDATE' }
}

/** What happened, as the manager's log has it. */
export function nsxvMessage(record: AuditRecord): string {
  const { method, url, status } = record
  const user = record.user || nobody
  const outcome = status < 400 ? 'SUCCESS' : 'FAILURE'
  const logged = loggedAs(record)
  if (!logged) {
    const why = record.error === undefined ? '' : `, Operation:'${record.operation}', Reason:'${quoted(record.error)}'`
    const times = record.count === undefined ? '' : `, Count:'${record.count}'`
    return `[Call] UserName:'${quoted(user)}', Request:'${quoted(`${method} ${url}`)}', Status:'${status}'${why}${times}`
  }
  const resource = record.kind === 'sign-in' ? user : resourceOf(record)
  return [
    `[AuditLog] UserName:'${quoted(record.kind === 'sign-in' ? 'System' : user)}'`,
    `ModuleName:'${logged.module}'`,
    `Operation:'${logged.operation}'`,
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

/** A record as the manager's own log has it: date, level, component, text. */
export function nsxvManagerLine(record: AuditRecord): string {
  const [date, time = ''] = new Date(record.at).toISOString().split('T')
  const level = record.status < 400 ? 'INFO ' : 'WARN '
  return `${date} ${time.slice(0, 12).replace('.', ',')} ${level} [${record.kind}] AuditingServiceImpl - ${nsxvMessage(record)}`
}
