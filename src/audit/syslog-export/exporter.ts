/** @see NSX REST API 4.2, NodeSyslogExporterProperties and SyslogFacility; by the numbers of RFC 5424, 6.2.1 */
export const levels = ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const
export type Level = (typeof levels)[number]

export const facilities = [
  'KERN',
  'USER',
  'MAIL',
  'DAEMON',
  'AUTH',
  'SYSLOG',
  'LPR',
  'NEWS',
  'UUCP',
  'CRON',
  'AUTHPRIV',
  'FTP',
  'NTP',
  'SECURITY',
  'LOGALERT',
  'CLOCK',
  'LOCAL0',
  'LOCAL1',
  'LOCAL2',
  'LOCAL3',
  'LOCAL4',
  'LOCAL5',
  'LOCAL6',
  'LOCAL7',
] as const
/** RFC 5424 numbers that NSX has no name for. */
const unnamed = new Set<string>(['NTP', 'SECURITY', 'CLOCK'])
export const namedFacilities = facilities.filter((name) => !unnamed.has(name))
export type Facility = (typeof facilities)[number]

export const protocols = ['TCP', 'TLS', 'UDP'] as const
export type Protocol = (typeof protocols)[number]

/** Which lines go out. An empty list lets all through; what is asked of several lists must hold of each. */
export interface LineFilter {
  /** The least severe level that goes out. */
  level: Level
  facilities: readonly Facility[]
  msgids: readonly string[]
  /** `name=value` of structured data; a line with any of them goes out. */
  structuredData: readonly string[]
}

/** Where an appliance's lines go. */
export interface SyslogExporter extends LineFilter {
  /** Given to it here, so that one that is made anew under an old name is another. */
  id: string
  applianceId: string
  name: string
  protocol: Protocol
  /** An IP address or a host name. */
  server: string
  port: number
  /** PEM; of TLS only. Without it the collector's certificate must come from a CA that everybody trusts. */
  tlsCa?: string
  /** PEM, what the collector may ask of us. */
  tlsCert?: string
  tlsClientCa?: string
}

/** The same with what must never be shown. */
export interface SyslogExporterWithKey extends SyslogExporter {
  /** PEM. */
  tlsKey?: string
}

/** Under which name the journal's positions of an exporter are kept. */
export const positionName = (exporterId: string): string => `syslog:${exporterId}`
