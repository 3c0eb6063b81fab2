import { escapeControl } from './escape.ts'
import type { AuditRecord } from './record.ts'

/** local6 * 8 + severity */
const info = 22 * 8 + 6
const error = 22 * 8 + 3

/** The user of a call that nobody signed in for: parsers of fields take no empty one. @see RFC 5424, NILVALUE [inferred] */
export const nobody = '-'

/** The parts of an RFC 5424 line, as `POST /administration/audit-logs` lists them. */
export interface SyslogParts {
  /** facility * 8 + severity, as RFC 5424 has it. */
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
 * A sign-in's user has the address they came from behind an `@`.
 * @see nsx-api.md 9.1, 9.2 and the samples of 9.3
 */
export function syslogLine(record: AuditRecord): string {
  const { at, host, pid, comp = 'nsx-manager' } = record
  const user = record.user || nobody
  const header = (priority: number, msgid: string) =>
    `<${priority}>1 ${timestampOf(at)} ${host} NSX ${pid} ${msgid} [nsx@6876 `
  const console = () =>
    `${header(info, '-')}comp="${comp}" subcomp="cli" username="${escapeParameter(user)}" level="INFO"`
  const update = record.write ? ' update="true"' : ''
  switch (record.kind) {
    case 'node-call':
      return `${header(info, '-')}comp="nsx-manager" subcomp="node-mgmt" username="${escapeParameter(user)}" level="INFO" audit="true"${update}] ${escapeMessage(user)} '${record.method} ${escapeMessage(record.url)}' ${record.status} ${record.bytes} "" "${escapeMessage(record.agent)}" ${(record.micros / 1e6).toFixed(6)}`
    case 'call': {
      const entity = parameter('entId', record.entity)
      const external =
        parameter('ereqId', record.externalRequestId) + parameter('euser', record.externalUser ?? record.otherUser)
      const subcomp = record.url.startsWith('/policy/') ? 'policy' : 'manager'
      return `${header(info, '-')}audit="true" comp="nsx-manager"${entity}${external} level="INFO" reqId="${record.requestId}" subcomp="${subcomp}"${update} username="${escapeParameter(user)}"] UserName="${escapeMessage(user)}", Src="${record.source}", ${outcome(record)}${values(record)}`
    }
    case 'sign-in':
    case 'sign-out': {
      const ssh = record.method === 'SSH'
      const from = record.source === '' ? user : `${user}@${record.source}`
      return `${header(info, 'SYSTEM')}audit="true" comp="${comp}" level="INFO" subcomp="${ssh ? 'cli' : 'http'}"] UserName="${escapeMessage(from)}", ${outcome(record)}`
    }
    case 'console-start':
      return `${console()}] NSX CLI started${comp === 'nsx-manager' ? ' (Manager, Policy, Controller)' : ''} for user: ${escapeMessage(user)}`
    case 'console-stop':
      return `${console()}] NSX CLI stopped for user: ${escapeMessage(user)}`
    case 'console-command':
      return `${console()} audit="true"] CMD: ${escapeMessage(record.url)} (duration: ${(record.micros / 1e6).toFixed(3)}s), Operation status: ${record.status === 200 ? 'CMD_EXECUTED' : 'CMD_FAILED'}`
    case 'unauthenticated':
      if (record.error !== undefined) {
        const subcomp = record.method === 'SSH' ? 'cli' : 'http'
        const times = record.count === undefined ? '' : `, Count="${record.count}"`
        return `${header(error, '-')}audit="true" comp="${comp}" errorCode="MP403" level="ERROR" subcomp="${subcomp}"] Refused, Src="${record.source}", Operation="${record.operation}", Reason="${escapeMessage(record.error)}", Request="${escapeMessage(`${record.method} ${record.url}`)}"${times}`
      }
      return `${header(error, '-')}audit="true" comp="nsx-manager" errorCode="MP403" level="ERROR" subcomp="http"] Not authenticated Full authentication is required to access this resource`
  }
}

const line =
  /^<(?<priority>\d+)>1 (?<timestamp>\S+) (?<hostname>\S+) (?<appname>\S+) (?<procid>\S+) (?<msgid>\S+) \[nsx@6876(?<data>(?: \w+="(?:[^"\\\]]|\\.)*")*)\] (?<message>.*)$/su
const parameters = / (\w+)="((?:[^"\\\]]|\\.)*)"/g

/** The parts of a line that `syslogLine` wrote. */
export function syslogParts(text: string): SyslogParts {
  const groups = line.exec(text)?.groups
  if (!groups) throw new Error(`not an audit line: ${text}`)
  const { priority, timestamp, hostname, appname, procid, msgid, data, message } = groups as Record<string, string>
  return {
    priority: Number(priority),
    timestamp: timestamp ?? '',
    hostname: hostname ?? '',
    appname: appname ?? '',
    procid: procid ?? '',
    msgid: msgid ?? '',
    data: [...(data ?? '').matchAll(parameters)].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(["\\\]])/g, '$1'),
    ]),
    message: message ?? '',
  }
}

let lastTime = { at: 0, text: '' }

// Records of one group share their milliseconds.
export function timestampOf(at: number): string {
  if (lastTime.at !== at) lastTime = { at, text: new Date(at).toISOString() }
  return lastTime.text
}

export function parameter(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${escapeParameter(value)}"`
}

function outcome({ module, operation, status, outcome }: AuditRecord): string {
  const failed = status >= 400 || outcome !== undefined
  const known = outcome === undefined ? '' : `, Outcome="${outcome}"`
  return `ModuleName="${module}", Operation="${operation}", Operation status="${failed ? 'failure' : 'success'}"${known}`
}

function values({ before, parameters }: AuditRecord): string {
  if (before === undefined && !parameters?.length) return ''
  const old = before === undefined ? '' : `, Old value=[${json(before)}]`
  return parameters?.length ? `${old}, New value=[${parameters.map(json).join(' ')}]` : old
}

/** What needs a closer look: anything but plain characters of ASCII. */
const unsafe = /[^ !#-[^-~]/

// JSON escapes the control characters of ASCII, and no others.
function json(value: unknown): string {
  return escapeControl(JSON.stringify(value))
}

// A name or an agent must not be able to end a line, close a quote or forge a second record.
function escapeMessage(text: string): string {
  return unsafe.test(text) ? escapeControl(text.replace(/["\\]/g, '\\$&')) : text
}

/** RFC 5424, 6.3.3: `"`, `\` and `]` in a parameter's value are escaped. */
function escapeParameter(text: string): string {
  return unsafe.test(text) ? escapeControl(text.replace(/["\\\]]/g, '\\$&')) : text
}
