import { maskText } from '../audit/mask.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Appliance } from '../inventory/appliances.ts'

/** What every record of an SSH connection says. */
export interface ConnectionFacts {
  appliance: Appliance
  /** The client's address. */
  source: string
  /** Of the connection: its records belong together. */
  id: string
  /** What the client says it is. */
  agent: string
}

type What = Pick<AuditRecord, 'kind' | 'user' | 'status'> & Partial<AuditRecord>

/** The audit record of something that happened over SSH. */
export function sshRecord({ appliance, source, id, agent }: ConnectionFacts, at: number, what: What): AuditRecord {
  return {
    at,
    host: appliance.name,
    pid: process.pid,
    ...(appliance.kind === 'edge' ? { comp: 'nsx-edge' as const } : {}),
    ...(appliance.kind === 'nsxv' ? { surface: 'nsxv' as const } : {}),
    source,
    requestId: id,
    method: 'SSH',
    url: '',
    bytes: 0,
    agent,
    micros: 0,
    ...what,
  }
}

/** Characters of what was refused that are recorded. */
const longestRecorded = 200

/** Something that SSH does not give. @param user Who asks, as far as they are known. @param what What they ask for. */
export function sshRefusal(facts: ConnectionFacts, user: string, operation: string, reason: string, what = '') {
  const { at: _at, ...record } = sshRecord(facts, 0, {
    kind: 'unauthenticated',
    user,
    status: 403,
    url: maskText(what).slice(0, longestRecorded),
    error: reason.slice(0, longestRecorded),
  })
  return { ...record, operation }
}

/** The record of a sign-in. @param how `password`, `publickey`, … */
export function signInRecord(facts: ConnectionFacts, at: number, user: string, how: string, ok: boolean): AuditRecord {
  return sshRecord(facts, at, {
    kind: 'sign-in',
    user,
    url: how,
    status: ok ? 200 : 403,
    module: 'ACCESS_CONTROL',
    operation: 'LOGIN',
  })
}
