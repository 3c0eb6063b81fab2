import { nsxvLine, nsxvManagerLine } from '../../../audit/nsxv-line.ts'
import type { AuditRecord } from '../../../audit/record.ts'
import { wholeNumber } from '../../console/command.ts'
import { type NsxvCommand, type NsxvSession, privileged } from '../session.ts'
import { inferred } from '../texts.ts'

/** All of it, the newest lines, or new ones as they come. */
async function showLog(
  session: NsxvSession,
  lineOf: (record: AuditRecord) => string,
  last: string | undefined,
  words: ReadonlySet<string>,
): Promise<void> {
  const { auditLogReader } = session.services
  const query = { host: session.appliance.name, wants: () => true, signal: session.signal, lineOf }
  const write = (lines: readonly string[]) => session.write(lines.map((line) => `${line}\n`).join(''))
  if (words.has('reverse') || last !== undefined) {
    const lines = await auditLogReader.newest(query, last === undefined ? inferred.mostLast : Number(last))
    return write(words.has('reverse') ? lines.reverse() : lines)
  }
  const pieces = words.has('follow') ? auditLogReader.follow(query, inferred.followBegins) : auditLogReader.all(query)
  for await (const lines of pieces) await write(lines)
}

const arguments_ = { count: wholeNumber<NsxvSession>('Lines', 1, inferred.mostLast) }

export const showLogCommand: NsxvCommand = {
  syntax: 'show log [follow | reverse | last <count>]',
  modes: privileged,
  summary: `Show the system log; reverse and last: the newest ${inferred.mostLast} lines at most`,
  arguments: arguments_,
  example: 'show log last 20',
  streams: true,
  run: (session, { count }, words) => showLog(session, nsxvLine, count, words),
}

export const showManagerLog: NsxvCommand = {
  syntax: 'show manager log [follow | reverse | last <count>]',
  modes: privileged,
  summary: `Show the log of the manager; reverse and last: the newest ${inferred.mostLast} lines at most`,
  arguments: arguments_,
  example: 'show manager log follow',
  streams: true,
  run: (session, { count }, words) => showLog(session, nsxvManagerLine, count, words),
}
