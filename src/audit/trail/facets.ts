import type { AuditRecord } from '../record.ts'

export const surfaces = ['nsx', 'nsxv', 'vcenter'] as const
export type Surface = (typeof surfaces)[number]

/** `denied`: who called was not known or may not; `failure`: any other refusal or error; `unknown`: nobody can say. */
export const outcomes = ['success', 'denied', 'failure', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

export const kinds = [
  'call',
  'node-call',
  'sign-in',
  'sign-out',
  'unauthenticated',
  'console-start',
  'console-stop',
  'console-command',
] as const satisfies AuditRecord['kind'][]

/** What records can be filtered by and counted. */
export interface Facets {
  user: string
  operation: string
  outcome: Outcome
  surface: Surface
  kind: AuditRecord['kind']
  source: string
  /** Whether the call is one that changes something. */
  write: boolean
}

/** Those of them that take few values. */
export type Classified = Pick<Facets, 'outcome' | 'surface' | 'kind' | 'write'>

/** Characters of a name that are compared; what callers invent may be of any length. */
const longestName = 128

const cut = (text: string) => (text.length > longestName ? text.slice(0, longestName) : text)

export function facetsOf(record: AuditRecord): Facets {
  return {
    user: cut(record.user),
    operation: cut(operationOf(record)),
    outcome: outcomeOf(record),
    surface: record.surface ?? 'nsx',
    kind: record.kind,
    source: cut(record.source),
    write: record.write === true,
  }
}

/** Errors that vCenter answers with statuses of its own. */
const denials = new Set(['unauthenticated', 'unauthorized', 'NoPermission', 'NotAuthenticated', 'InvalidLogin'])

export function outcomeOf({ status, outcome, error }: AuditRecord): Outcome {
  if (outcome !== undefined) return 'unknown'
  if (status === 401 || status === 403 || (error !== undefined && denials.has(error))) return 'denied'
  return status >= 400 || error !== undefined ? 'failure' : 'success'
}

/** The operation's name; of console commands the command, of calls that have no name method and path. */
export function operationOf({ kind, operation, method, url }: AuditRecord): string {
  if (operation !== undefined) return operation
  if (kind === 'console-command') return url
  if (method === 'SSH') return kind
  const [path = '', query = ''] = url.split('?', 2)
  const action = /(?:^|&)action=([a-z_]+)/.exec(query)
  return `${method} ${path}${action ? `?${action[0].replace('&', '')}` : ''}`
}
