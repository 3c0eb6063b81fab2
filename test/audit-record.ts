import type { AuditRecord } from '../src/audit/record.ts'

/** A call as the journal keeps it, where it does not matter which. */
export const record: AuditRecord = {
  at: Date.UTC(2026, 0, 1),
  host: 'nsxmgr-a',
  pid: 1,
  kind: 'node-call',
  user: 'admin',
  source: '127.0.0.1',
  requestId: '5f8a1f0e-9f3c-4a53-8a3b-4a5dfb6d8a10',
  method: 'GET',
  url: '/api/v1/node/users',
  status: 200,
  bytes: 512,
  agent: '',
  micros: 100,
}
