import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Verdict, verifyJournals } from '../../src/audit/verify.ts'
import { createAuditRecordStore } from '../../src/store/audit-records.ts'
import { openExistingDatabase } from '../../src/store/database.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { onDatabase } from '../on-database.ts'
import { sallyport } from '../sallyport-command.ts'

const users = '/api/v1/node/users'
const auditLogs = '/api/v1/administration/audit-logs'
const whoAmI = '/policy/api/v1/aaa/user-info'
const segment = '/policy/api/v1/infra/segments/seg1'
const password = 'Zk7!vbQp2$wLm'

const lines = (lab: Lab, file = 'nsx-audit.log') =>
  readFileSync(join(lab.dataDir, file), 'utf8').split('\n').slice(0, -1)

/** What a call adds to the log. */
async function logged(lab: Lab, call: () => Promise<unknown>): Promise<string[]> {
  const before = lines(lab).length
  await call()
  return lines(lab).slice(before)
}

async function bindingOf(client: Client, name: string): Promise<string> {
  return (await client.get(`/api/v1/aaa/role-bindings?name=${name}`)).json.results[0].id
}

const onRoot = (role: string) => ({ roles_for_paths: [{ path: '/', roles: [{ role }] }] })

async function verify(lab: Lab): Promise<Verdict> {
  const db = await openExistingDatabase(lab.server.services.config.database)
  try {
    return await verifyJournals(createAuditRecordStore(db))
  } finally {
    await db.destroy()
  }
}

/** `sallyport audit verify` on the lab's store, which is in use. */
async function auditVerify(lab: Lab): Promise<{ code: number; out: string }> {
  const { code, stdout } = await sallyport(lab, ['audit', 'verify'])
  return { code, out: stdout }
}

/** What is as in a store from before there was one. */
function removeHead({ dataDir }: Lab): void {
  rmSync(join(dataDir, 'audit-head'))
  rmSync(join(dataDir, 'audit-head.key'))
}

for (const database of databases) {
  test(`${database.kind}: calls, sign-ins and strangers are logged in the manual's forms`, database, async () => {
    await using lab = await openLab(database)
    const admin = lab.admin.with({ headers: { 'user-agent': 'curl/8.5.0' } })
    const oneLine = async (call: () => Promise<unknown>, expected: string, before?: unknown) => {
      const olds: unknown[] = []
      const added = (await logged(lab, call)).map((line) =>
        line
          .replace(/(?<= reqId=")[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=")/, 'ID')
          .replace(/\d+\.\d{6}$/, 'TIME')
          .replace(/(?<=Old value=\[).*(?=\], New value=)/, (old) => {
            olds.push(JSON.parse(old))
            return 'OLD'
          }),
      )
      assert.deepEqual(added, [expected])
      assert.deepEqual(olds, before === undefined ? [] : [before])
    }
    const header = (priority: number, msgid: string) =>
      `<${priority}>1 2026-11-22T12:00:00.000Z nsxmgr-a NSX ${process.pid} ${msgid} [nsx@6876`
    const update = ' update="true"'

    const node = (user: string, write = '') =>
      `${header(182, '-')} comp="nsx-manager" subcomp="node-mgmt" username="${user}" level="INFO" audit="true"${write}]`
    const read = await admin.get(users)
    await oneLine(
      () => admin.get(users),
      `${node('admin')} admin 'GET ${users}' 200 ${Buffer.byteLength(read.text)} "" "curl/8.5.0" TIME`,
    )
    const policy = '/api/v1/node/aaa/auth-policy'
    const tooMany = await admin.put(policy, { digits: 200 })
    await oneLine(
      () => admin.put(policy, { digits: 200 }),
      `${node('admin', update)} admin 'PUT ${policy}' 400 ${tooMany.text.length} "" "curl/8.5.0" TIME`,
    )
    const made = await admin.post(`${users}?action=create_user`, { username: 'svc1', password })
    await oneLine(
      () => admin.post(`${users}?action=create_user`, { username: 'svc2', password }),
      `${node('admin', update)} admin 'POST ${users}?action=create_user' 201 ${made.text.length} "" "curl/8.5.0" TIME`,
    )
    await oneLine(
      () => admin.delete(`${users}/10006`),
      `${node('admin', update)} admin 'DELETE ${users}/10006' 200 0 "" "curl/8.5.0" TIME`,
    )

    const event = (user: string, operation: string, status: string) =>
      `${header(182, 'SYSTEM')} audit="true" comp="nsx-manager" level="INFO" subcomp="http"] UserName="${user}@127.0.0.1", ModuleName="ACCESS_CONTROL", Operation="${operation}", Operation status="${status}"`
    const svc = lab.a.as('svc1', password)
    const { client: session } = await lab.a.signIn('svc1', password)
    await oneLine(() => lab.a.signIn('SVC1', password), event('svc1', 'LOGIN', 'success'))
    await oneLine(() => session.post('/api/session/destroy'), event('svc1', 'LOGOUT', 'success'))
    await oneLine(() => lab.a.signIn('ops@corp.example', 'x'), event('ops@corp.example', 'LOGIN', 'failure'))
    await oneLine(() => lab.a.as('svc1', 'x').get(users), event('svc1', 'LOGIN', 'failure'))

    const stranger = `${header(179, '-')} audit="true" comp="nsx-manager" errorCode="MP403" level="ERROR" subcomp="http"] Not authenticated Full authentication is required to access this resource`
    await oneLine(() => lab.a.get(users), stranger)
    await oneLine(() => lab.a.delete(segment), stranger)
    await oneLine(() => session.get(whoAmI), stranger)

    const call = (user: string, subcomp: string, write = '', entity = '') =>
      `${header(182, '-')} audit="true" comp="nsx-manager"${entity} level="INFO" reqId="ID" subcomp="${subcomp}"${write} username="${user}"] UserName="${user}", Src="127.0.0.1",`
    const whoAmICall = 'ModuleName="AAA", Operation="GetCurrentUserInfo", Operation status="success"'
    await oneLine(() => svc.get(whoAmI), `${call('svc1', 'policy')} ${whoAmICall}`)
    await oneLine(() => svc.get('/api/v1/aaa/user-info'), `${call('svc1', 'manager')} ${whoAmICall}`)
    await oneLine(
      () => svc.patch(segment, { admin_state: 'UP' }),
      `${call('svc1', 'policy', update)} ModuleName="PolicyConnectivity", Operation="PatchInfraSegment", Operation status="failure", New value=["seg1"]`,
    )
    const entity = ' entId="/infra/segments/seg1"'
    const up = (await admin.get(segment)).json
    await oneLine(
      () => admin.patch(segment, { admin_state: 'DOWN' }),
      `${call('admin', 'policy', update, entity)} ModuleName="PolicyConnectivity", Operation="PatchInfraSegment", Operation status="success", Old value=[OLD], New value=["seg1" {"admin_state":"DOWN"}]`,
      up,
    )
    const down = (await admin.get(segment)).json
    await oneLine(
      () => admin.delete(segment),
      `${call('admin', 'policy', update, entity)} ModuleName="PolicyConnectivity", Operation="DeleteInfraSegment", Operation status="success", Old value=[OLD], New value=["seg1"]`,
      down,
    )
    const binding = (await admin.get('/api/v1/aaa/role-bindings?name=svc1')).json.results[0]
    await oneLine(
      () => admin.put(`/policy/api/v1/aaa/role-bindings/${binding.id}`, onRoot('network_engineer')),
      `${call('admin', 'policy', update, ` entId="${binding.id}"`)} ModuleName="AAA", Operation="UpdateRoleBinding", Operation status="success", Old value=[OLD], New value=["${binding.id}" ${JSON.stringify(onRoot('network_engineer'))}]`,
      binding,
    )
  })

  test(`${database.kind}: a call has one record, allowed, refused or not understood`, database, async () => {
    await using lab = await openLab(database)
    const json = { 'content-type': 'application/json' }
    const calls: (() => Promise<Answer>)[] = [
      () => lab.admin.get(users),
      () => lab.admin.get(`${users}/4711`),
      () => lab.admin.get('/api/v1/nothing/here'),
      () => lab.a.get('/api/v1/nothing/here'),
      () => lab.admin.delete('/api/v1/node/version'),
      () => lab.admin.post(`${users}?action=unknown`),
      () => lab.admin.send('PUT', `${users}/10003`, '{', json),
      () => lab.admin.send('PUT', `${users}/10003`, '<a/>', { 'content-type': 'text/xml' }),
      () => lab.admin.send('PUT', `${users}/10003`, `"${'x'.repeat(300_000)}"`, json),
      () => lab.admin.put(`${users}/10003`, { full_name: 7 }),
      () => lab.admin.put(`${users}/10003`, { full_name: 'G' }),
      () => lab.admin.post('/api/v1/aaa/role-bindings', {}),
      () => lab.admin.get('/api/v1//node/users'),
      () => lab.admin.get('/api/v1/node/../node/users'),
      () =>
        lab.a.send('POST', '/api/session/create', 'j_username=admin', {
          'content-type': 'application/x-www-form-urlencoded',
        }),
      () => lab.a.with({ headers: { authorization: 'Bearer abc' } }).get(users),
      () => lab.a.with({ headers: { authorization: 'Basic !!!' } }).get(users),
      () => lab.a.with({ headers: { cookie: 'JSESSIONID=0' } }).get(users),
      () => lab.a.get('/api/v1/spec/openapi/nsx_api.json'),
      () => lab.admin.get('/api/v1/reverse-proxy/node/health'),
      () => lab.admin.post(auditLogs, {}),
      () => lab.b.as('admin', labPassword).get(users),
    ]
    const writes = [false, false, false, false, true, true, true, true, true, true, true, true]
    for (const [n, call] of calls.entries()) {
      const before = lines(lab, 'nsx-audit-write.log').length
      const added = await logged(lab, call)
      assert.equal(added.length, 1, `call ${n}`)
      assert.match(added[0] as string, / audit="true"/)
      const written = lines(lab, 'nsx-audit-write.log').slice(before)
      assert.deepEqual(written, writes[n] ? added : [], `call ${n}`)
    }
    const all = lines(lab)
    const { json: found } = await lab.admin.post(`${auditLogs}?page_size=1000`, {})
    assert.equal(found.result_count, all.length)
    assert.deepEqual(
      found.results.map(({ full_log }: { full_log: string }) => full_log),
      all,
    )
    assert.match(all.at(-1) ?? '', / nsxmgr-b /)
    assert.deepEqual(
      lines(lab, 'nsx-audit-write.log'),
      all.filter((line) => line.includes(' update="true"')),
    )
  })

  test(`${database.kind}: a refused sign-in is a LOGIN that failed, whatever was wrong with it`, database, async () => {
    await using lab = await openLab(database)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const create = (body: string, headers: Record<string, string> = form) =>
      lab.a.send('POST', '/api/session/create', body, headers)
    const attempts: [call: () => Promise<Answer>, user: string][] = [
      [() => create('j_username=admin&j_password=x'), 'admin'],
      [() => create('j_username=admin'), 'admin'],
      [() => create('j_password=x'), ''],
      [() => create('{"j_username":"admin"}', { 'content-type': 'application/json' }), ''],
      [() => lab.a.as('admin', '').get(users), 'admin'],
      [() => lab.a.as('nobody', 'x').get(users), 'nobody'],
      [() => lab.a.as('guestuser1', 'x').get(users), 'guestuser1'],
    ]
    for (const [call, user] of attempts) {
      const added = await logged(lab, call)
      assert.equal(added.length, 1)
      assert.ok(
        added[0]?.endsWith(
          `subcomp="http"] UserName="${user || '-'}@127.0.0.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"`,
        ),
        added[0],
      )
    }
    assert.deepEqual(lines(lab, 'nsx-audit-write.log'), [])
  })

  test(`${database.kind}: nothing that a client sends can forge a record`, database, async () => {
    await using lab = await openLab(database)
    const forged = 'x"] \n<182>1 2026-01-01T00:00:00.000Z nsxmgr-a NSX 1 - [nsx@6876 audit="true"] forged'
    const calls = [
      () => lab.a.signIn(forged, 'x'),
      () => lab.a.as(forged.replaceAll(':', '.'), 'x').get(users),
      () => lab.admin.with({ headers: { 'user-agent': 'a" \\ "b', 'x-nsx-euser': 'e"]\\' } }).get(whoAmI),
      () => lab.admin.with({ headers: { 'user-agent': 'a" 1.0" \\' } }).get(users),
      () => lab.admin.patch(segment, { description: forged }),
    ]
    for (const call of calls) {
      const [line = '', ...more] = await logged(lab, call)
      assert.deepEqual(more, [])
      assert.match(line, /^<1\d\d>1 2026-11-22T12:00:00\.000Z nsxmgr-a NSX \d+ /)
      const [, data = ''] = /\[nsx@6876((?: \w+="(?:[^"\\\]]|\\["\\\]])*")*)\] /.exec(line) ?? []
      assert.match(data, / audit="true"/)
    }
    assert.ok(lines(lab).some((line) => line.includes('euser="e\\"\\]\\\\"')))
  })

  test(`${database.kind}: the caller's own request id and user are in the record`, database, async () => {
    await using lab = await openLab(database)
    const tagged = lab.admin.with({ headers: { 'x-nsx-ereqid': 'chg-2231', 'x-nsx-euser': 'jane' } })
    const [line = ''] = await logged(lab, () => tagged.patch(segment, { admin_state: 'DOWN' }))
    assert.match(line, / entId="[^"]+" ereqId="chg-2231" euser="jane" level="INFO" /)
    const { results } = (await lab.admin.post(auditLogs, { log_filter: 'chg-2231' })).json
    assert.equal(results.length, 1)
    assert.equal(results[0].struct_data.ereq_id, 'chg-2231')
    const [plain = ''] = await logged(lab, () => lab.admin.get(whoAmI))
    assert.doesNotMatch(plain, /ereqId|euser/)
  })

  test(`${database.kind}: no password and no session is ever written or answered`, database, async () => {
    await using lab = await openLab(database)
    const answers: string[] = []
    const see = ({ answer }: { answer: Answer }) => void answers.push(JSON.stringify(answer.headers), answer.text)
    const nobody = lab.a.with({ check: see })
    const admin = nobody.as('admin', labPassword)
    const secrets = {
      first: 'Zk7!vbQp2$wLm',
      second: 'Rw5#tgHn8%xJd',
      third: 'Bp3&mkFs9*qVc',
      fourth: 'Tn6+zdJr4=gXw',
      fifth: 'Hq9~cwLt3@fMv',
      wrong: 'Yd8-nxWk5_rGb',
      weak: 'xqzjvkw',
      onEdge: 'Gm4^pzDv6?kRt',
    }
    const own = `${users}?action=reset_own_password`
    await admin.post(`${users}?action=create_user`, { username: 'svc1', password: secrets.first })
    await admin.post(`${users}?action=create_user`, { username: 'svc2', password: secrets.weak })
    await admin.delete(`${users}/10002`)
    await admin.post(`${users}?action=create_audit_user`, { password: secrets.second })
    await admin.post(`${users}/10003?action=activate`, { password: secrets.third })
    await admin.post(`${users}/10003?action=reset_password`, { password: secrets.fourth })
    await admin.put(`${users}/10005`, { old_password: secrets.first, password: secrets.fifth })
    await admin.put(`${users}/10005`, { old_password: secrets.wrong, password: secrets.first })
    await admin.put(`${users}/4711`, { old_password: secrets.wrong, password: secrets.first })
    await nobody.put(`${users}/10005`, { old_password: secrets.wrong, password: secrets.first })
    await admin.put(`${users}/10005`, { password: [secrets.wrong], full_name: 7 })
    await admin.put(`${users}/10005`, { Password: secrets.wrong, PASSWORD: secrets.wrong })
    await admin.get(`${users}?password=${secrets.wrong}`)
    const svc = nobody.as('svc1', secrets.fifth)
    await svc.post(`${users}?action=create_user`, { username: 'svc3', password: secrets.wrong })
    await svc.post(own, { old_password: secrets.wrong, password: secrets.first })
    await svc.post(own, { old_password: secrets.fifth, password: secrets.first })
    await nobody.signIn('svc1', secrets.wrong)
    const { answer, client } = await lab.a.signIn('svc1', secrets.first)
    assert.equal(answer.status, 200)
    await client.with({ check: see }).get(whoAmI)
    const label = { label: 'k', type: 'ssh-rsa', value: 'AAAA', password: secrets.wrong }
    await admin.post(`${users}/10000/ssh-keys?action=add_ssh_key`, label)
    await admin.post(`${users}/10000/ssh-keys?action=remove_ssh_key`, label)
    const edgeAudit = `/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users/10002`
    await admin.put(edgeAudit, { old_password: '', password: secrets.onEdge })
    for (const url of [users, `${users}?internal=true`, '/api/v1/aaa/role-bindings', '/api/v1/cluster/api-service']) {
      await admin.get(url)
    }
    await admin.post(`${auditLogs}?page_size=1000`, {})

    const cookie = /JSESSIONID=(\w+)/.exec(answer.headers['set-cookie']?.[0] ?? '')?.[1] ?? ''
    const hidden = [
      ...Object.values(secrets),
      labPassword,
      cookie,
      String(answer.headers['x-xsrf-token']),
      Buffer.from(`svc1:${secrets.fifth}`).toString('base64'),
    ]
    const kept = readdirSync(lab.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    assert.ok(kept.some((text) => text.includes('svc1')))
    if (database.kind === 'postgres') {
      const tables = await onDatabase(
        lab,
        "select table_name from information_schema.tables where table_schema = 'public'",
      )
      for (const { table_name } of tables)
        kept.push(JSON.stringify(await onDatabase(lab, `select * from ${table_name}`)))
    }
    for (const secret of hidden) {
      assert.ok(secret.length > 6)
      for (const text of [...kept, ...answers]) {
        const at = text.indexOf(secret)
        assert.equal(at, -1, `${secret} in ${text.slice(Math.max(0, at - 200), at + 100)}`)
      }
    }
  })

  test(`${database.kind}: a secret in the wrong place is neither written nor answered`, database, async () => {
    await using lab = await openLab(database)
    const json = { 'content-type': 'application/json' }
    const user = `${users}/10003`
    const misplaced: [where: string, call: (secret: string) => Promise<Answer>][] = [
      ['a body that is no JSON', (secret) => lab.admin.send('PUT', user, `{"password": ${secret}}`, json)],
      ['a body that is a text', (secret) => lab.admin.put(user, secret)],
      ['a field of another name', (secret) => lab.admin.put(user, { new_password: secret, newPassword: secret })],
      ['an encoded parameter name', (secret) => lab.admin.get(`${users}?pass%77ord=${secret}`)],
      ['a parameter behind a semicolon', (secret) => lab.admin.get(`${users}?x=1;password=${secret}`)],
      ['the user part of a URL', (secret) => lab.a.get(`https://admin:${secret}@localhost${users}`)],
      ['a policy object', (secret) => lab.admin.patch(segment, { l2_extension: { password: secret } })],
    ]
    const found: string[] = []
    for (const [n, [where, call]] of misplaced.entries()) {
      const secret = `Qz${n}vbQp2wLmX`
      const { text } = await call(secret)
      const [group] = await onDatabase(lab, 'select records from audit_group order by last_seq desc limit 1')
      const places = { answer: text, log: lines(lab).at(-1) ?? '', record: String(group?.records) }
      for (const [place, content] of Object.entries(places)) {
        if (content.includes(secret.slice(0, 8))) found.push(`${where}: in the ${place}`)
      }
    }
    assert.deepEqual(found, [])
  })

  test(`${database.kind}: the audit log is read in pages, by text, by expression and by age`, database, async () => {
    await using lab = await openLab(database)
    await lab.a.get('/api/v1/spec/openapi/nsx_api.json')
    lab.clock.advance({ days: 5 })
    const agent = 'x'.repeat(200)
    await lab.admin.with({ headers: { 'user-agent': agent } }).get(users)
    await lab.admin.delete(`${users}/4711`)
    lab.clock.advance({ days: 3 })
    await lab.b.as('admin', labPassword).get(whoAmI)

    const first = (await lab.admin.post(auditLogs, { log_filter: agent })).json
    assert.equal(first.result_count, 1)
    const [record] = first.results
    assert.deepEqual(record, {
      appname: 'NSX',
      facility: 22,
      full_log: lines(lab).find((line) => line.includes(agent)),
      hostname: 'nsxmgr-a',
      loglevel: 'INFO',
      message: record.full_log.slice(record.full_log.indexOf('] ') + 2),
      msgid: '-',
      priority: 182,
      procid: process.pid,
      struct_data: { comp: 'nsx-manager', subcomp: 'node-mgmt', username: 'admin', level: 'INFO', audit: 'true' },
      timestamp: new Date(lab.clock.now - 3 * 86_400_000).toISOString(),
    })
    assert.equal(first.last_full_sync_timestamp, new Date(lab.clock.now).toISOString())

    const matches = async (body: object) => {
      const { status, json } = await lab.admin.post(auditLogs, body)
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(json.results.length, json.result_count)
      return json.results.map(({ full_log }: { full_log: string }) => full_log) as string[]
    }
    const deleted = `'DELETE ${users}/4711' 404`
    assert.equal((await matches({ log_filter: deleted })).length, 1)
    assert.equal((await matches({ log_filter: deleted, log_filter_type: 'TEXT' })).length, 1)
    assert.equal((await matches({ log_filter: 'DELETE .*4711' })).length, 0)
    assert.equal((await matches({ log_filter: "'DELETE .*/47\\d{2}' 404", log_filter_type: 'REGEX' })).length, 1)
    assert.equal((await matches({ log_filter: '^<182>1 .*nsxmgr-b', log_filter_type: 'REGEX' })).length, 1)
    const catastrophic = ['(x+x+)+y', '(x|xx|xxx)+y', '^(([^"])*)*$\\b-', '(.*)*(.*)*(.*)*~']
    for (const log_filter of catastrophic) assert.deepEqual(await matches({ log_filter, log_filter_type: 'REGEX' }), [])

    const today = await matches({ log_age_limit: 1 })
    assert.equal(today[0]?.includes(' nsxmgr-b '), true)
    const week = await matches({ log_age_limit: 3 })
    assert.equal(week[0]?.includes(agent), true)
    assert.deepEqual(await matches({ log_age_limit: 3, log_filter: 'spec/openapi' }), [])
    assert.equal((await matches({ log_age_limit: 8, log_filter: 'spec/openapi' })).length, 1)

    const refused: unknown[] = [
      { log_filter: '(', log_filter_type: 'REGEX' },
      { log_filter: '(?=x)', log_filter_type: 'REGEX' },
      { log_filter: '(x)\\1', log_filter_type: 'REGEX' },
      { log_filter: '((x{1000}){1000}){1000}', log_filter_type: 'REGEX' },
      { log_filter_type: 'GLOB' },
      { log_filter: 7 },
      { log_age_limit: -1 },
      { log_age_limit: '1' },
      { log_age_limit: 1.5 },
      { unknown: true },
      [],
    ]
    for (const body of refused) {
      const { status, json } = await lab.admin.post(auditLogs, body)
      assert.equal(status, 400, JSON.stringify(body))
      assert.equal(json.error_code, 255)
    }

    const some = (await lab.admin.post(`${auditLogs}?fields=timestamp,hostname&page_size=2`, {})).json
    for (const result of some.results) assert.deepEqual(Object.keys(result).sort(), ['hostname', 'timestamp'])
    for (const query of [
      'fields=secret',
      'page_size=-1',
      'page_size=1001',
      'cursor=nonsense',
      'cursor=-1',
      'cursor=1.5',
    ]) {
      assert.equal((await lab.admin.post(`${auditLogs}?${query}`, {})).status, 400, query)
    }

    for (let n = 0; n < 100; n++) await lab.admin.get('/api/v1/node/version')
    const page = (await lab.admin.post(auditLogs, {})).json
    assert.equal(page.results.length, page.result_count)
    const collected: string[] = []
    // The vendor's SDK sends the cursor as a number.
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const { json } = await lab.admin.post(`${auditLogs}?page_size=30&cursor=${Number(cursor)}`, {})
      assert.equal('result_count' in json, cursor === '0')
      collected.push(...json.results.map(({ full_log }: { full_log: string }) => full_log))
      cursor = json.cursor
    }
    assert.deepEqual(collected, lines(lab).slice(0, collected.length))
    assert.ok(collected.length >= page.result_count)
  })

  test(`${database.kind}: an auditor reads the log, a network engineer may not`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10002?action=activate`, { password })
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    await lab.admin.put(
      `/api/v1/aaa/role-bindings/${await bindingOf(lab.admin, 'guestuser1')}`,
      onRoot('network_engineer'),
    )
    assert.equal((await lab.a.as('audit', password).post(auditLogs, {})).status, 200)
    const refused = await lab.a.as('guestuser1', password).post(auditLogs, {})
    assert.equal(refused.status, 403)
    assert.equal(refused.json.error_code, 401)
    assert.equal((await lab.a.post(auditLogs, {})).json.error_code, 403)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      assert.equal((await lab.admin.send(method, auditLogs)).status, 405)
    }
  })

  test(`${database.kind}: the chain verifies, or names the first record that was tampered with`, database, async () => {
    await using lab = await openLab(database)
    for (let n = 0; n < 5; n++) await lab.admin.put(`${users}/10003`, { full_name: `Guest ${n}` })
    await lab.restart()
    await Promise.all(Array.from({ length: 20 }, () => lab.admin.get(users)))
    await lab.admin.get(whoAmI)
    const records = lines(lab).length
    assert.deepEqual(await verify(lab), { intact: true, records })
    const intact = await auditVerify(lab)
    assert.equal(intact.code, 0)
    assert.match(intact.out, new RegExp(`intact: ${records} records`))

    const groups = await onDatabase(lab, 'select first_seq, last_seq, records from audit_group order by last_seq')
    const changed = groups.find((group) => String(group.records).includes('Guest 3'))
    const several = groups.find((group) => Number(group.last_seq) > Number(group.first_seq))
    assert.ok(changed && several, 'calls at once are journaled together')
    const seq = Number(changed.last_seq)
    const at = `where last_seq = ${seq}`
    const cut = String(several.records).replace(/\n[^\n]*$/, '')
    const tampered: [statement: string, first: number][] = [
      [`update audit_group set records = replace(records, 'Guest 3', 'Guest X') ${at}`, seq],
      [`update audit_group set records = '_' || substr(records, 2) ${at}`, seq],
      [`update audit_group set records = '' ${at}`, seq],
      [`delete from audit_group ${at}`, seq],
      [`update audit_group set last_seq = ${records + 9} ${at}`, seq],
      [`update audit_group set records = '${cut}' where last_seq = ${several.last_seq}`, Number(several.last_seq)],
      [
        `insert into audit_group select journal, ${records + 1}, ${records + 1}, at, records from audit_group ${at}`,
        records + 1,
      ],
    ]
    for (const [statement, first] of tampered) {
      await onDatabase(lab, 'create table intact_group as select * from audit_group')
      await onDatabase(lab, statement)
      const verdict = await verify(lab)
      assert.equal(verdict.intact, false, statement)
      assert.equal(!verdict.intact && verdict.seq, first, statement)
      assert.equal(verdict.records, first - 1, statement)
      await onDatabase(lab, 'delete from audit_group')
      await onDatabase(lab, 'insert into audit_group select * from intact_group')
      await onDatabase(lab, 'drop table intact_group')
      assert.deepEqual(await verify(lab), { intact: true, records })
    }

    await onDatabase(lab, `delete from audit_group ${at}`)
    await lab.admin.get(users)
    const broken = await auditVerify(lab)
    assert.equal(broken.code, 1)
    assert.match(broken.out, new RegExp(`broken: record ${seq} of journal .*missing`))
  })

  test(`${database.kind}: forged numbers of records do not keep the chain from being verified`, database, async () => {
    await using lab = await openLab(database)
    for (let n = 0; n < 120; n++) await lab.admin.get('/api/v1/node/version')
    await onDatabase(lab, 'update audit_group set first_seq = 0')
    assert.equal((await auditVerify(lab)).code, 1)
  })

  test(
    `${database.kind}: a log file that was removed or shortened has the journal's lines again`,
    database,
    async () => {
      await using lab = await openLab(database)
      for (let n = 0; n < 5; n++) await lab.admin.put(`${users}/10003`, { full_name: `G${n}` })
      const path = join(lab.dataDir, 'nsx-audit.log')
      for (const spoil of [() => rmSync(path), () => truncateSync(path), () => truncateSync(path, 100)]) {
        const before = lines(lab)
        spoil()
        await lab.admin.get(users)
        // The file is written after the answer, and before the next record.
        await lab.admin.get(users)
        assert.deepEqual(lines(lab).slice(0, -2), before, 'while it runs')
        const running = lines(lab)
        spoil()
        await lab.restart()
        assert.deepEqual(lines(lab), running, 'at the start')
      }
    },
  )

  test(`${database.kind}: records that are gone from the end are missed, and writing goes on`, database, async () => {
    await using lab = await openLab(database)
    for (let n = 0; n < 3; n++) await lab.admin.get(users)
    await lab.restart()
    removeHead(lab)
    await onDatabase(lab, 'delete from audit_group where last_seq > 1')
    const cut = await auditVerify(lab)
    assert.deepEqual(
      [cut.code, /log file nsx-audit-write.log has record 3, the journal ends with 1/.test(cut.out)],
      [1, true],
      cut.out,
    )
    await onDatabase(lab, 'delete from audit_group')
    const emptied = await auditVerify(lab)
    assert.deepEqual([emptied.code, /has record 3, the journal ends with 0/.test(emptied.out)], [1, true], emptied.out)
    await onDatabase(lab, 'delete from audit_export')
    const unplaced = await auditVerify(lab)
    assert.deepEqual(
      [unplaced.code, /nsx-audit.log has lines that the journal has not/.test(unplaced.out)],
      [1, true],
      unplaced.out,
    )
    const before = lines(lab)
    await lab.restart()
    await lab.admin.get(users)
    assert.deepEqual(lines(lab).slice(0, before.length), before)
    assert.ok(lines(lab).length > before.length)
  })

  test(
    `${database.kind}: a journal set back to an old copy does not take the lines from the file`,
    database,
    async () => {
      await using lab = await openLab(database)
      for (let n = 0; n < 3; n++) await lab.admin.get(users)
      await lab.restart()
      await lab.admin.get(users)
      await lab.admin.get(whoAmI)
      const before = lines(lab)
      await onDatabase(lab, 'delete from audit_group where last_seq > 2')
      await lab.restart()
      await lab.admin.get(users)
      assert.deepEqual(lines(lab).slice(0, -2), before)
      assert.match(lines(lab).at(-2) ?? '', /UserName="sallyport".*Operation="audit\.set_back"/)
    },
  )

  test(`${database.kind}: a changed time of a record is seen`, database, async () => {
    await using lab = await openLab(database)
    for (let n = 0; n < 3; n++) await lab.admin.get(users)
    await onDatabase(lab, 'update audit_group set at = at - 1 where last_seq = 2')
    const verdict = await verify(lab)
    assert.deepEqual(!verdict.intact && [verdict.seq, verdict.reason], [2, 'the time it is found by was changed'])
  })

  test(`${database.kind}: log files go on after a restart and are rotated when they have grown`, database, async () => {
    await using lab = await openLab(database, { auditLogMaxBytes: '2000', auditLogKeep: '3' })
    for (let n = 0; n < 60; n++) await lab.admin.get('/api/v1/node/version')
    await lab.restart()
    for (let n = 0; n < 10; n++) await lab.admin.put(`${users}/10003`, { full_name: 'G' })

    for (const file of ['nsx-audit.log', 'nsx-audit-write.log']) {
      assert.ok(!existsSync(join(lab.dataDir, `${file}.4`)))
    }
    const kept = ['.3', '.2', '.1', ''].flatMap((suffix) => lines(lab, `nsx-audit.log${suffix}`))
    const { results, result_count } = (await lab.admin.post(`${auditLogs}?page_size=1000`, {})).json
    assert.ok(result_count > kept.length)
    assert.deepEqual(
      kept,
      results.slice(-kept.length).map(({ full_log }: { full_log: string }) => full_log),
    )
    assert.deepEqual(await verify(lab), { intact: true, records: result_count + 1 })
  })
}
