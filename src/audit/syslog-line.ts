import type { AuditRecord } from './record.ts'

const facility = 'local6'
/** local6 * 8 + severity */
const priority = { INFO: 22 * 8 + 6, ERROR: 22 * 8 + 3 }

/** The parts of an RFC 5424 line, as `POST /administration/audit-logs` lists them. */
export interface SyslogParts {
  facility: string
  priority: number
  timestamp: string
  hostname: string
  appname: string
  procid: string
  msgid: string
  /** Structured data in the order in which the line shows it. */
  data: [name: string, value: string][]
  message: string
}

/**
 * An audit record as NSX Manager logs it.
 *
 * Calls of the node API and of managed resources differ in their structured data and message.
 * @see nsx-api.md 9.1, 9.2 and the samples of 9.3
 */
export function syslogParts(record: AuditRecord): SyslogParts {
  const level = record.kind === 'unauthenticated' ? 'ERROR' : 'INFO'
  return {
    facility,
    priority: priority[level],
    timestamp: new Date(record.at).toISOString(),
    hostname: record.host,
    appname: 'NSX',
    procid: String(process.pid),
    msgid: record.kind === 'sign-in' || record.kind === 'sign-out' ? 'SYSTEM' : '-',
    data: structuredData(record, level),
    message: message(record),
  }
}

export function syslogLine(record: AuditRecord): string {
  const { priority, timestamp, hostname, appname, procid, msgid, data, message } = syslogParts(record)
  let structured = '[nsx@6876'
  for (const [name, value] of data) structured += ` ${name}="${escapeParameter(value)}"`
  return `<${priority}>1 ${timestamp} ${hostname} ${appname} ${procid} ${msgid} ${structured}] ${message}`
}

function structuredData(record: AuditRecord, level: string): [string, string][] {
  const comp: [string, string] = ['comp', 'nsx-manager']
  switch (record.kind) {
    case 'sign-in':
    case 'sign-out':
      return [['audit', 'true'], comp, ['level', level], ['subcomp', 'http']]
    case 'unauthenticated':
      return [['audit', 'true'], comp, ['errorCode', 'MP403'], ['level', level], ['subcomp', 'http']]
    case 'node-call': {
      const data: [string, string][] = [
        comp,
        ['subcomp', 'node-mgmt'],
        ['username', record.user],
        ['level', level],
        ['audit', 'true'],
      ]
      if (record.write) data.push(['update', 'true'])
      return data
    }
    case 'call': {
      const data: [string, string][] = [['audit', 'true'], comp]
      if (record.entity !== undefined) data.push(['entId', record.entity])
      if (record.externalRequestId !== undefined) data.push(['ereqId', record.externalRequestId])
      if (record.externalUser !== undefined) data.push(['euser', record.externalUser])
      data.push(['level', level], ['reqId', record.requestId])
      data.push(['subcomp', record.url.startsWith('/policy/') ? 'policy' : 'manager'])
      if (record.write) data.push(['update', 'true'])
      data.push(['username', record.user])
      return data
    }
  }
}

function message(record: AuditRecord): string {
  const outcome = record.status < 400 ? 'success' : 'failure'
  switch (record.kind) {
    case 'sign-in':
    case 'sign-out':
      return `UserName="${escapeMessage(record.user)}", ModuleName="${record.module}", Operation="${record.operation}", Operation status="${outcome}"`
    case 'unauthenticated':
      return 'Not authenticated Full authentication is required to access this resource'
    case 'node-call':
      return `${escapeMessage(record.user)} '${record.method} ${escapeMessage(record.url)}' ${record.status} ${record.bytes} "" "${escapeMessage(record.agent)}" ${(record.micros / 1e6).toFixed(6)}`
    case 'call': {
      const before = record.before === undefined ? '' : `, Old value=[${json(record.before)}]`
      const given = record.parameters?.map(json).join(' ')
      const after = given ? `, New value=[${given}]` : ''
      return `UserName="${escapeMessage(record.user)}", Src="${record.source}", ModuleName="${record.module}", Operation="${record.operation}", Operation status="${outcome}"${before}${after}`
    }
  }
}

const unsafe = /[\p{Cc}\u2028\u2029"\\\]]/u
const control = /[\p{Cc}\u2028\u2029]/gu

// A name or an agent must not be able to end a line, close a quote or forge a second record.
function escapeControl(text: string): string {
  return text.replace(control, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

// JSON escapes the control characters of ASCII, and no others.
function json(value: unknown): string {
  return escapeControl(JSON.stringify(value))
}

function escapeMessage(text: string): string {
  return unsafe.test(text) ? escapeControl(text.replace(/["\\]/g, '\\$&')) : text
}

/** RFC 5424, 6.3.3: `"`, `\` and `]` in a parameter's value are escaped. */
function escapeParameter(text: string): string {
  return unsafe.test(text) ? escapeControl(text.replace(/["\\\]]/g, '\\$&')) : text
}
