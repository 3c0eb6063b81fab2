import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecord } from './record.ts'
import { vcenterLine } from './vcenter-line.ts'

const record: AuditRecord = {
  at: Date.UTC(2026, 10, 25, 12, 0, 0, 5),
  host: 'vcenter',
  pid: 42,
  surface: 'vcenter',
  kind: 'call',
  user: 'VSPHERE.LOCAL\\Administrator',
  source: '192.0.2.7',
  requestId: 'r-1',
  method: 'GET',
  url: '/api/vcenter/vm',
  status: 200,
  bytes: 2,
  agent: 'curl/8',
  micros: 100,
  face: 'rest',
  operation: 'com.vmware.vcenter.VM.list',
}

test('a call is one line, with who, what, where from and how it ended', () => {
  assert.equal(
    vcenterLine({ ...record, opId: 'op-1' }),
    '<166>1 2026-11-25T12:00:00.005Z vcenter vpxd 42 call [audit@6876 event="com.vmware.vcenter.VM.list" subject="VSPHERE.LOCAL\\\\Administrator" result="success" status="200" face="rest" source="192.0.2.7" agent="curl/8" opID="op-1" reqId="r-1"]',
  )
})

test('a change shows the object, its old and its new value, and what was given', () => {
  const line = vcenterLine({
    ...record,
    status: 204,
    write: true,
    entity: '42',
    before: { name: 'a' },
    after: { name: 'b' },
    parameters: [{ role: '42', spec: { name: 'b' } }],
  })
  assert.ok(line.includes(' object="42" result="success" status="204" '))
  assert.ok(
    line.endsWith(
      ' update="true"] Old value=[{"name":"a"}], New value=[{"name":"b"}], Input=[{"role":"42","spec":{"name":"b"}}]',
    ),
  )
})

test('what failed is named by its error, and is a warning', () => {
  assert.match(
    vcenterLine({ ...record, status: 403, error: 'unauthorized' }),
    /^<164>1 .* result="unauthorized" status="403"/,
  )
  assert.match(
    vcenterLine({ ...record, status: 500, method: 'POST', operation: undefined } as AuditRecord),
    / event="POST \/api\/vcenter\/vm" .*result="failure"/,
  )
})

test('no text can end the line, close a quote or forge a parameter', () => {
  const forged = '"] x\n<166>1 \u2028\\'
  const line = vcenterLine({
    ...record,
    user: forged,
    agent: forged,
    opId: forged,
    operation: forged,
    entity: forged,
    write: true,
    after: { [forged]: forged },
    parameters: [forged],
  })
  assert.equal(/[\p{Cc}\u2028]/u.test(line), false)
  const [data = ''] = /\[audit@6876(?: \w+="(?:[^"\\\]]|\\.)*")*\]/u.exec(line) ?? []
  assert.ok(data.endsWith(' update="true"]'), line)
})
