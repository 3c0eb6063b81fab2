import type { Surface } from './readable.ts'

/** What the list shows of an audit record. */
export interface ListedEntry {
  id: string
  time: string
  surface: Surface
  appliance: string
  kind: string
  user: string
  source: string
  operation: string
  outcome: Outcome
  status: number
  method: string
  url: string
  changes: boolean
  entity?: string
  error?: string
}

/** All that a record holds. */
export interface Entry extends ListedEntry {
  module?: string
  face?: string
  other_user?: string
  agent: string
  request_id: string
  external_request_id?: string
  external_user?: string
  operation_id?: string
  bytes: number
  microseconds: number
  before?: unknown
  after?: unknown
  parameters?: unknown[]
  line: string
}

export interface Page {
  results: ListedEntry[]
  total?: number
  older?: string
  newer: string
  more: boolean
}

export type Outcome = 'success' | 'denied' | 'failure' | 'unknown'

export const surfaceNames: Record<Surface, string> = {
  nsx: 'NSX Manager',
  nsxv: 'NSX for vSphere',
  vcenter: 'vCenter',
}

export const outcomeNames: Record<Outcome, string> = {
  success: 'Success',
  denied: 'Denied',
  failure: 'Failure',
  unknown: 'Not known',
}

export const kindNames: Record<string, string> = {
  'sign-in': 'Sign-in',
  'sign-out': 'Sign-out',
  call: 'Call',
  'node-call': 'Call of the node API',
  unauthenticated: 'Call by nobody known',
  'console-start': 'Console opened',
  'console-stop': 'Console closed',
  'console-command': 'Command on a console',
}

export const formats = [
  { id: 'csv', text: 'CSV' },
  { id: 'ndjson', text: 'JSON, one a line' },
  { id: 'syslog', text: 'Log lines (syslog)' },
] as const
export type FormatId = (typeof formats)[number]['id']

/** What the list is asked for, by the names that API and address have in common. */
export const filterNames = [
  'user',
  'operation',
  'source',
  'text',
  'outcome',
  'surface',
  'kind',
  'changes',
  'from',
  'to',
] as const
export type FilterName = (typeof filterNames)[number]
export type Filter = Partial<Record<FilterName, string>>

/** A time of the API as a field of the form has it, which is the browser's local time; empty where it is none. */
export function localTime(time: string | undefined): string {
  const date = new Date(time ?? '')
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The other way round. */
export function apiTime(local: string): string {
  const date = new Date(local)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
