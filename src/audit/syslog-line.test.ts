import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AuditRecord } from './record.ts'
import { syslogLine, syslogParts } from './syslog-line.ts'

const call: AuditRecord = {
  at: Date.parse('2026-03-02T08:30:00.121Z'),
  host: 'nsxmgr-a',
  pid: 4821,
  kind: 'call',
  user: 'admin',
  source: '10.0.0.15',
  requestId: '0d0f4a5e-55a0-4a7e-8a43-3f2f0f8d7e10',
  method: 'PUT',
  url: '/policy/api/v1/aaa/role-bindings/6f1c2c1e-0a52-4b77-9d21-6f1d0f6a9a01',
  status: 200,
  bytes: 602,
  agent: 'curl/8.5.0',
  micros: 10_986_000,
  module: 'AAA',
  operation: 'UpdateRoleBinding',
  write: true,
}
const signIn: AuditRecord = { ...call, kind: 'sign-in', module: 'ACCESS_CONTROL', operation: 'LOGIN', write: undefined }
const command: AuditRecord = { ...call, kind: 'console-command', method: 'SSH', url: 'get users', write: undefined }
const nodeCall: AuditRecord = { ...call, kind: 'node-call', url: '/api/v1/node/users' }

/** A line's parts, as a collector reads them. */
function read(line: string) {
  const parts =
    /^<(?<priority>\d+)>1 (?<timestamp>\S+) (?<host>\S+) (?<app>\S+) (?<procid>\S+) (?<msgid>\S+) \[(?<id>\S+)(?<data>(?: \w+="(?:\\.|[^"\\\]])*")*)\] (?<message>[^\n]*)$/u.exec(
      line,
    )?.groups
  assert.ok(parts, line)
  const data = [...(parts.data as string).matchAll(/ (\w+)="((?:\\.|[^"\\\]])*)"/gu)]
  return { ...parts, data: data.map(([, name, value]) => [name, value?.replace(/\\(["\\\]])/g, '$1')]) }
}

/**
 * Lines as NSX prints them, the process being ours. `ours` is what we print otherwise: refusals are audited too,
 * writes of the node API belong into nsx-audit-write.log, and what came in under /policy is the policy's.
 */
const samples: { record: AuditRecord; line: string; ours?: string[][] }[] = [
  {
    record: { ...signIn, at: Date.parse('2026-03-02T08:15:04.117Z') },
    line: '<182>1 2026-03-02T08:15:04.117Z nsxmgr-a NSX 1702 SYSTEM [nsx@6876 audit="true" comp="nsx-manager" level="INFO" subcomp="http"] UserName="admin@10.0.0.15", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="success"',
  },
  {
    record: {
      ...signIn,
      at: Date.parse('2026-03-02T08:16:31.902Z'),
      user: 'ops@corp.example',
      status: 403,
    },
    line: '<182>1 2026-03-02T08:16:31.902Z nsxmgr-a NSX 1702 SYSTEM [nsx@6876 audit="true" comp="nsx-manager" level="INFO" subcomp="http"] UserName="ops@corp.example@10.0.0.15", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"',
  },
  {
    record: {
      ...nodeCall,
      at: Date.parse('2026-03-02T08:20:11.004Z'),
      url: '/api/v1/node/aaa/auth-policy',
      status: 202,
    },
    line: '<182>1 2026-03-02T08:20:11.004Z nsxmgr-a NSX 4821 - [nsx@6876 comp="nsx-manager" subcomp="node-mgmt" username="admin" level="INFO" audit="true"] admin \'PUT /api/v1/node/aaa/auth-policy\' 202 602 "" "curl/8.5.0" 10.986000',
    ours: [['update', 'true']],
  },
  {
    record: {
      ...nodeCall,
      at: Date.parse('2026-03-02T08:21:40.550Z'),
      method: 'POST',
      url: '/api/v1/node/users?action=create_user',
      status: 201,
      bytes: 231,
      agent: 'terraform-provider-nsxt',
      micros: 1_402_113,
    },
    line: '<182>1 2026-03-02T08:21:40.550Z nsxmgr-a NSX 4821 - [nsx@6876 comp="nsx-manager" subcomp="node-mgmt" username="admin" level="INFO" audit="true"] admin \'POST /api/v1/node/users?action=create_user\' 201 231 "" "terraform-provider-nsxt" 1.402113',
    ours: [['update', 'true']],
  },
  {
    record: {
      ...nodeCall,
      at: Date.parse('2026-03-02T08:22:02.310Z'),
      method: 'DELETE',
      url: '/api/v1/node/users/10005',
      bytes: 0,
      agent: 'terraform-provider-nsxt',
      micros: 911_004,
    },
    line: '<182>1 2026-03-02T08:22:02.310Z nsxmgr-a NSX 4821 - [nsx@6876 comp="nsx-manager" subcomp="node-mgmt" username="admin" level="INFO" audit="true"] admin \'DELETE /api/v1/node/users/10005\' 200 0 "" "terraform-provider-nsxt" 0.911004',
    ours: [['update', 'true']],
  },
  {
    record: {
      ...call,
      entity: '6f1c2c1e-0a52-4b77-9d21-6f1d0f6a9a01',
      parameters: [
        '6f1c2c1e-0a52-4b77-9d21-6f1d0f6a9a01',
        {
          name: 'johndoe123',
          type: 'local_user',
          read_roles_for_paths: true,
          roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }] }],
        },
      ],
    },
    line: '<182>1 2026-03-02T08:30:00.121Z nsxmgr-a NSX 5519 - [nsx@6876 audit="true" comp="nsx-manager" entId="6f1c2c1e-0a52-4b77-9d21-6f1d0f6a9a01" level="INFO" reqId="0d0f4a5e-55a0-4a7e-8a43-3f2f0f8d7e10" subcomp="policy" update="true" username="admin"] UserName="admin", Src="10.0.0.15", ModuleName="AAA", Operation="UpdateRoleBinding", Operation status="success", New value=["6f1c2c1e-0a52-4b77-9d21-6f1d0f6a9a01" {"name":"johndoe123","type":"local_user","read_roles_for_paths":true,"roles_for_paths":[{"path":"/","roles":[{"role":"network_engineer"}]}]}]',
  },
  {
    record: {
      ...call,
      at: Date.parse('2026-03-02T08:31:17.662Z'),
      requestId: '7c1b9d43-2a86-4b5d-9b69-0a4c3a7f1d55',
      externalRequestId: 'chg-2231',
      externalUser: 'jane',
      method: 'PATCH',
      url: '/policy/api/v1/infra/segments/seg1',
      module: 'PolicyConnectivity',
      operation: 'PatchInfraSegment',
      before: { display_name: 'seg1', admin_state: 'UP' },
      parameters: ['seg1', { admin_state: 'DOWN' }],
    },
    line: '<182>1 2026-03-02T08:31:17.662Z nsxmgr-a NSX 2326 - [nsx@6876 audit="true" comp="nsx-manager" ereqId="chg-2231" euser="jane" level="INFO" reqId="7c1b9d43-2a86-4b5d-9b69-0a4c3a7f1d55" subcomp="manager" update="true" username="admin"] UserName="admin", Src="10.0.0.15", ModuleName="PolicyConnectivity", Operation="PatchInfraSegment", Operation status="success", Old value=[{"display_name":"seg1","admin_state":"UP"}], New value=["seg1" {"admin_state":"DOWN"}]',
    ours: [['subcomp', 'policy']],
  },
  {
    record: {
      ...command,
      at: Date.parse('2026-03-02T08:40:09.018Z'),
      url: 'set user audit password-expiration 120',
      micros: 2_185_000,
    },
    line: '<182>1 2026-03-02T08:40:09.018Z nsxmgr-a NSX 1864 - [nsx@6876 comp="nsx-manager" subcomp="cli" username="admin" level="INFO" audit="true"] CMD: set user audit password-expiration 120 (duration: 2.185s), Operation status: CMD_EXECUTED',
  },
  {
    record: { ...command, at: Date.parse('2026-03-02T08:41:55.700Z'), kind: 'console-stop' },
    line: '<182>1 2026-03-02T08:41:55.700Z nsxmgr-a NSX 21018 - [nsx@6876 comp="nsx-manager" subcomp="cli" username="admin" level="INFO"] NSX CLI stopped for user: admin',
  },
  {
    record: { ...command, at: Date.parse('2026-03-02T08:40:01.018Z'), kind: 'console-start' },
    line: '<182>1 2026-03-02T08:40:01.018Z nsxmgr-a NSX 1864 - [nsx@6876 comp="nsx-manager" subcomp="cli" username="admin" level="INFO"] NSX CLI started (Manager, Policy, Controller) for user: admin',
  },
  {
    record: {
      ...call,
      at: Date.parse('2026-03-02T08:45:12.333Z'),
      kind: 'unauthenticated',
      user: '',
      status: 403,
    },
    line: '<179>1 2026-03-02T08:45:12.333Z nsxmgr-a NSX 4768 - [nsx@6876 comp="nsx-manager" errorCode="MP403" level="ERROR" subcomp="http"] Not authenticated Full authentication is required to access this resource',
    ours: [['audit', 'true']],
  },
]

for (const { record, line, ours = [] } of samples) {
  test(`NSX's own line comes of such a record: ${line.slice(line.indexOf(']') + 2, line.indexOf(']') + 90)}`, () => {
    const { data, ...rest } = read(syslogLine(record))
    const { data: sampled, ...others } = read(line)
    const names = ours.map(([name]) => name)
    assert.deepEqual(rest, { ...others, procid: '4821' })
    assert.deepEqual(
      data.filter(([name]) => !names.includes(name)),
      sampled.filter(([name]) => !names.includes(name)),
    )
    assert.deepEqual(
      data.filter(([name]) => names.includes(name)),
      ours,
    )
  })
}

test('calls of managed resources sort their structured data by name', () => {
  const names = syslogParts(syslogLine({ ...call, entity: 'e', externalRequestId: 'r', externalUser: 'u' })).data.map(
    ([name]) => name,
  )
  assert.deepEqual(names, [
    'audit',
    'comp',
    'entId',
    'ereqId',
    'euser',
    'level',
    'reqId',
    'subcomp',
    'update',
    'username',
  ])
})

test('only writes are marked as updates, and only failures say that they failed', () => {
  for (const record of [call, nodeCall]) {
    assert.match(syslogLine(record), / update="true"/)
    assert.doesNotMatch(syslogLine({ ...record, write: undefined }), /update/)
  }
  for (const [status, outcome] of [
    [200, 'success'],
    [202, 'success'],
    [399, 'success'],
    [400, 'failure'],
    [403, 'failure'],
    [503, 'failure'],
  ] as const) {
    assert.match(syslogLine({ ...call, status }), new RegExp(`, Operation status="${outcome}"$`))
  }
})

test('calls outside the policy API are those of the manager', () => {
  assert.match(syslogLine({ ...call, url: '/api/v1/cluster/api-service' }), / subcomp="manager" /)
  assert.match(syslogLine({ ...call, url: '/api/v1/policy/' }), / subcomp="manager" /)
})

test('a call of nobody has a user that parsers of fields take', () => {
  for (const record of [call, nodeCall, command, signIn]) {
    const line = syslogLine({ ...record, user: '' })
    assert.doesNotMatch(line, /[Uu]ser[Nn]ame=""/)
    assert.match(line, /[Uu]ser[Nn]ame="-["@]/)
  }
  assert.match(syslogLine({ ...nodeCall, user: '' }), /\] - 'PUT /)
})

test('a sign-out is logged as a sign-in is', () => {
  assert.match(
    syslogLine({ ...signIn, kind: 'sign-out', operation: 'LOGOUT' }),
    / SYSTEM \[nsx@6876 audit="true" comp="nsx-manager" level="INFO" subcomp="http"\] UserName="admin@10\.0\.0\.15", ModuleName="ACCESS_CONTROL", Operation="LOGOUT", Operation status="success"$/,
  )
})

const forged = '<182>1 2026-03-02T08:15:04.117Z nsxmgr-a NSX 1702 SYSTEM [nsx@6876 audit="true"] UserName="admin"'

test('a user name cannot end the line, close its quotes or forge a second record', () => {
  for (const [user, shown] of [
    ['admin", Operation status="success', 'admin\\", Operation status=\\"success'],
    ['admin\\', 'admin\\\\'],
    ['admin\\"', 'admin\\\\\\"'],
    [`x\n${forged}`, `x\\u000a${forged.replaceAll('"', '\\"')}`],
    [`x\r\n${forged}`, `x\\u000d\\u000a${forged.replaceAll('"', '\\"')}`],
    ['x\0y\x1b[31m\x7f', 'x\\u0000y\\u001b[31m\\u007f'],
    ['x\u0085y\u2028z\u2029', 'x\\u0085y\\u2028z\\u2029'],
    ['x\\u000ay', 'x\\\\u000ay'],
    ['用户 😀', '用户 😀'],
  ] as const) {
    const line = syslogLine({ ...signIn, user, status: 403 })
    assert.ok(
      line.endsWith(
        `] UserName="${shown}@10.0.0.15", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"`,
      ),
      line,
    )
  }
})

test('a user agent cannot end the line, close its quotes or forge the seconds behind it', () => {
  for (const [agent, shown] of [
    ['curl" 0.000001', 'curl\\" 0.000001'],
    ['curl\\" 0.000001', 'curl\\\\\\" 0.000001'],
    [`x\n${forged}`, `x\\u000a${forged.replaceAll('"', '\\"')}`],
    ['x\u0085y', 'x\\u0085y'],
    ['', ''],
  ] as const) {
    const line = syslogLine({ ...nodeCall, agent })
    assert.ok(line.endsWith(` 200 602 "" "${shown}" 10.986000`), line)
  }
})

test('what a client says about itself stays inside its parameter', () => {
  for (const text of [
    'jane"] admin',
    'jane\\',
    'jane\\"]',
    'jane" audit="false',
    ']',
    `jane\n${forged}`,
    'jane\u2028x',
    '用户',
  ]) {
    const record = { ...call, externalRequestId: text, externalUser: text, entity: text }
    const { data } = read(syslogLine(record))
    const shown = text.replace('\n', '\\u000a').replace('\u2028', '\\u2028')
    for (const name of ['ereqId', 'euser', 'entId']) {
      assert.equal(data.find(([key]) => key === name)?.[1], shown)
    }
    assert.equal(data.length, 10)
  }
})

test('whatever a record holds, its line is one line without control characters', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', ']', '[', '\n', '\r', '\0', '\x7f', '\u0085', '\u2028', '\u2029', "'", ' ', '=', ','),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 12,
  })
  const record = fc.record({
    kind: fc.constantFrom<AuditRecord['kind']>(
      'call',
      'node-call',
      'sign-in',
      'sign-out',
      'unauthenticated',
      'console-start',
      'console-stop',
      'console-command',
    ),
    user: text,
    agent: text,
    url: text,
    externalRequestId: text,
    externalUser: text,
    entity: text,
    before: fc.dictionary(text, text, { maxKeys: 2 }),
    parameters: fc.array(fc.oneof(text, fc.dictionary(text, text, { maxKeys: 2 })), { maxLength: 3 }),
  })
  fc.assert(
    fc.property(record, (values) => {
      const line = syslogLine({ ...call, ...values })
      assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u)
      read(line)
    }),
    { numRuns: 1000 },
  )
})
