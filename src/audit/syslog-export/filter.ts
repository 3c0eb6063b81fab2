import { syslogParts } from '../syslog-line.ts'
import { facilities, type LineFilter, levels } from './exporter.ts'

const header = /^<(\d+)>1 \S+ \S+ \S+ \S+ (\S+) /

/** @see NSX CLI Guide, `set logging-server`: names that can be filtered by */
const structuredDataNames = [
  'alarmId',
  'alarmState',
  'audit',
  'comp',
  'depr',
  'entId',
  'eReqId',
  'errorCode',
  'eventFeatureName',
  'eventId',
  'eventSev',
  'eventState',
  'eventType',
  'euser',
  'inst',
  'level',
  'method',
  'nodeId',
  'org',
  'path',
  'proj',
  'security',
  'site',
  'subcomp',
  's2comp',
  'splitId',
  'splitIndex',
  'tenantId',
  'tid',
  'tname',
  'update',
  'username',
  'vpc',
  'namespace',
  'request',
] as const
export const structuredDataPattern = `^(${structuredDataNames.join('|')})=.+$`

/**
 * Makes the test of an exporter's lines.
 *
 * A level lets itself and everything more severe through. How the lists combine is inferred: any entry of a list, and
 * every list that has entries.
 * @see Configure a Node Profile, VCF 9.0 NSX administration guide, step 6
 */
export function lineFilter(filter: LineFilter): (line: string) => boolean {
  const leastSevere = levels.indexOf(filter.level)
  const wanted = new Set(filter.facilities.map((name) => facilities.indexOf(name)))
  const msgids = new Set(filter.msgids)
  const data = new Set(filter.structuredData.map(normalised))
  return (line) => {
    const [, priority = '', msgid = ''] = header.exec(line) ?? []
    if (Number(priority) % 8 > leastSevere) return false
    if (wanted.size > 0 && !wanted.has(Math.floor(Number(priority) / 8))) return false
    if (msgids.size > 0 && !msgids.has(msgid)) return false
    return data.size === 0 || syslogParts(line).data.some(([name, value]) => data.has(normalised(`${name}=${value}`)))
  }
}

/** `audit="true"` and `audit=true` are the same; `eReqId` of the filters is `ereqId` in the lines. */
function normalised(pair: string): string {
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  const value = pair.slice(at + 1).replace(/^"(.*)"$/s, '$1')
  return `${name.toLowerCase()}=${value}`
}
