import type { AuditRecord } from '../../../audit/record.ts'
import { needs } from '../../../http/nsx/permissions.ts'
import { oneOf } from '../../console/command.ts'
import { inferred } from '../inferred.ts'
import { given, type NsxCommand } from '../session.ts'

const ofKind =
  (...kinds: AuditRecord['kind'][]) =>
  ({ kind }: AuditRecord) =>
    kinds.includes(kind)

/** What of the audit journal each log file has. @see nsx-api.md 9.4, 10.3 */
const files: Record<string, (record: AuditRecord) => boolean> = {
  'auth.log': ofKind('sign-in', 'sign-out', 'unauthenticated', 'console-start', 'console-stop'),
  'http.log': ({ kind, method }) =>
    method !== 'SSH' && ofKind('sign-in', 'sign-out', 'unauthenticated')({ kind } as AuditRecord),
  'manager.log': ofKind('call'),
  'node-mgmt.log': ofKind('node-call'),
  'nsx-audit.log': () => true,
  'nsx-audit-write.log': ({ write }) => write === true,
  syslog: () => true,
}

export const getLogFile: NsxCommand = {
  syntax: 'get log-file <file> [follow]',
  summary: 'Show a log file of this appliance; follow: go on with new lines until Ctrl-C',
  requires: needs('system_log', 'read').requires,
  arguments: { file: oneOf('Name of the log file', ...Object.keys(files)) },
  example: 'get log-file syslog follow',
  streams: true,
  async run(session, values, words) {
    const { auditLogReader } = session.services
    const wants = files[given(values.file)] ?? (() => false)
    const query = { host: session.appliance.name, wants, signal: session.signal }
    for (const line of session.time()) await session.write(`${line}\n`)
    const follow = words.has('follow')
    const pieces = follow ? auditLogReader.follow(query, inferred.followBegins) : auditLogReader.all(query)
    for await (const lines of pieces) await session.write(lines.map((line) => `${line}\n`).join(''))
  },
}
