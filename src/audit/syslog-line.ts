import type { AuditRecord } from './record.ts'

const facility = 'local6'
const appname = 'NSX'
const comp = 'nsx-manager'
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
  const data: [string, string][] = []
  visitData(record, (name, value) => data.push([name, value]))
  return {
    facility,
    priority: priority[levelOf(record)],
    timestamp: timestampOf(record.at),
    hostname: record.host,
    appname,
    procid: String(record.pid),
    msgid: msgidOf(record),
    data,
    message: message(record),
  }
}

/** The same as one line. */
export function syslogLine(record: AuditRecord): string {
  let data = ''
  visitData(record, (name, value) => {
    data += ` ${name}="${escapeParameter(value)}"`
  })
  return `<${priority[levelOf(record)]}>1 ${timestampOf(record.at)} ${record.host} ${appname} ${record.pid} ${msgidOf(record)} [nsx@6876${data}] ${message(record)}`
}

const levelOf = (record: AuditRecord) => (record.kind === 'unauthenticated' ? 'ERROR' : 'INFO')
const msgidOf = ({ kind }: AuditRecord) => (kind === 'sign-in' || kind === 'sign-out' ? 'SYSTEM' : '-')

let lastTime = { at: 0, text: '' }

// Records of one group share their milliseconds.
function timestampOf(at: number): string {
  if (lastTime.at !== at) lastTime = { at, text: new Date(at).toISOString() }
  return lastTime.text
}

/** Structured data, in the order in which the line shows it. */
function visitData(record: AuditRecord, add: (name: string, value: string) => void): void {
  if (record.kind === 'node-call') {
    add('comp', comp)
    add('subcomp', 'node-mgmt')
    add('username', record.user)
    add('level', levelOf(record))
    add('audit', 'true')
    if (record.write) add('update', 'true')
    return
  }
  add('audit', 'true')
  add('comp', comp)
  if (record.kind === 'call') {
    if (record.entity !== undefined) add('entId', record.entity)
    if (record.externalRequestId !== undefined) add('ereqId', record.externalRequestId)
    if (record.externalUser !== undefined) add('euser', record.externalUser)
  }
  if (record.kind === 'unauthenticated') add('errorCode', 'MP403')
  add('level', levelOf(record))
  if (record.kind !== 'call') return add('subcomp', 'http')
  add('reqId', record.requestId)
  add('subcomp', record.url.startsWith('/policy/') ? 'policy' : 'manager')
  if (record.write) add('update', 'true')
  add('username', record.user)
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

/** What needs a closer look: anything but plain characters of ASCII. */
const unsafe = /[^ !#-[^-~]/
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
