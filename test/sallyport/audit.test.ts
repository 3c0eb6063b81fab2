import assert from 'node:assert/strict'
import { request } from 'node:https'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { AuditRecord } from '../../src/audit/record.ts'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { madeRecord } from './audit-records.ts'

const audit = '/sallyport/v1/audit'
const administrator = 'administrator@vsphere.local'
const auditorPassword = 'Zk7!vbQp2$wLm'

const vcenterAdministrator = (lab: Lab) => lab.a.as(administrator, labSsoPassword)

/** Writes records as if they were calls. */
async function record(lab: Lab, ...records: Partial<AuditRecord>[]): Promise<void> {
  const { journal } = lab.server.services
  for (const some of records) {
    await new Promise<void>((resolve, reject) =>
      journal.append({ ...madeRecord(1, lab.clock.now), ...some }, (error) => (error ? reject(error) : resolve())),
    )
  }
}

/** A user of NSX Manager's whose role is Auditor, and one of a role that may not read the log. */
async function people({ admin, a }: Lab): Promise<{ auditor: Client; operator: Client }> {
  const client = async (username: string, role: string) => {
    const created = await admin.post('/api/v1/node/users?action=create_user', {
      username,
      full_name: username,
      password: auditorPassword,
    })
    assert.equal(created.status, 201)
    const [binding] = (await admin.get(`/api/v1/aaa/role-bindings?name=${username}`)).json.results
    const changed = await admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, {
      ...binding,
      roles_for_paths: [{ path: '/', roles: [{ role }] }],
    })
    assert.equal(changed.status, 200, changed.text)
    return a.as(username, auditorPassword)
  }
  return { auditor: await client('au-ditor', 'auditor'), operator: await client('oper-ator', 'network_op') }
}

const idsOf = (answer: Answer): string[] => {
  assert.equal(answer.status, 200, answer.text)
  return answer.json.results.map(({ id }: { id: string }) => id)
}

const hostile = {
  user: '=cmd()|calc!A1',
  url: '/x?<script>alert(1)</script>',
  agent: '\u202egnp.exe',
  entity: `@${'long'.repeat(16 * 1024)}`,
  before: { name: '<img src=x onerror=alert(1)>' },
  after: { name: 'a\r\nb\u2028c' },
  write: true as const,
}

for (const database of databases) {
  const { kind } = database

  test(`${kind}: the audit log is there for those who may read it, each surface for itself`, database, async () => {
    await using lab = await openLab(database)
    const { auditor, operator } = await people(lab)
    await record(
      lab,
      { user: 'in-nsx' },
      { user: 'in-vcenter', surface: 'vcenter' },
      { user: 'in-nsxv', surface: 'nsxv' },
    )
    const seen = async (client: Client, query = '') =>
      (await client.get(`${audit}?user=in-*${query}`)).json.results?.map(({ user }: { user: string }) => user)

    assert.deepEqual(await seen(lab.admin), ['in-nsx'])
    assert.deepEqual(await seen(auditor), ['in-nsx'])
    assert.deepEqual(await seen(vcenterAdministrator(lab)), ['in-nsxv', 'in-vcenter'])
    assert.deepEqual(await seen(vcenterAdministrator(lab), '&surface=nsxv'), ['in-nsxv'])

    for (const [client, query, status] of [
      [lab.a, '', 401],
      [operator, '', 403],
      [lab.a.as('holouser@vsphere.local', labSsoPassword), '', 403],
      [auditor, '?surface=vcenter', 403],
      [auditor, '?surface=nsx,nsxv', 403],
      [vcenterAdministrator(lab), '?surface=nsx', 403],
    ] as [Client, string, number][]) {
      for (const path of [`${audit}${query}`, `${audit}/export${query || '?'}&format=csv`]) {
        assert.equal((await client.get(path)).status, status, path)
      }
    }

    // A browser with both sign-ins sees both.
    const { client } = await lab.a.signIn('admin', labPassword)
    const id = (await vcenterAdministrator(lab).post('/api/session')).json
    const both = client.with({ headers: { 'vmware-api-session-id': id } })
    assert.deepEqual(await seen(both), ['in-nsxv', 'in-vcenter', 'in-nsx'])

    // An entry that may not be read is not there.
    const [nsx] = idsOf(await auditor.get(`${audit}?user=in-nsx`))
    const [vcenter] = idsOf(await both.get(`${audit}?user=in-vcenter`))
    assert.equal((await auditor.get(`${audit}/${nsx}`)).status, 200)
    assert.equal((await operator.get(`${audit}/${nsx}`)).status, 403)
    const hidden = await auditor.get(`${audit}/${vcenter}`)
    const missing = await auditor.get(`${audit}/1-999999`)
    assert.deepEqual([hidden.status, missing.status], [404, 404])
    assert.equal(hidden.text.replace(String(vcenter), ''), missing.text.replace('1-999999', ''))
  })

  test(`${kind}: who has a role in NSX for vSphere reads its records, and no others`, database, async () => {
    await using lab = await openLab(database)
    await record(lab, { user: 'in-vcenter', surface: 'vcenter' }, { user: 'in-nsxv', surface: 'nsxv' })
    const holouser = lab.a.as('holouser@vsphere.local', labSsoPassword)
    const path = `${audit}?user=in-*`
    assert.equal((await holouser.get(path)).status, 403)
    const given = await lab.a.as('admin', labPassword).post('/api/2.0/services/usermgmt/role/holouser@vsphere.local', {
      role: 'auditor',
      resource: [{ resourceId: 'globalroot-0' }],
    })
    assert.ok(given.status < 300, given.text)
    assert.deepEqual(
      (await holouser.get(path)).json.results.map(({ user }: { user: string }) => user),
      ['in-nsxv'],
    )
  })

  test(`${kind}: a filter that is none is refused by its name, and nothing is searched`, database, async () => {
    await using lab = await openLab(database)
    for (const [query, field] of [
      ['user=', 'user'],
      [`user=${'x'.repeat(129)}`, 'user'],
      ['outcome=good', 'outcome'],
      ['outcome=success,', 'outcome'],
      ['surface=ssh', 'surface'],
      ['kind=all', 'kind'],
      ['changes=perhaps', 'changes'],
      ['from=yesterday', 'from'],
      ['from=2026-13-01T00:00:00Z', 'from'],
      ['to=1795348800000', 'to'],
      ['from=2026-01-02T00:00:00Z&to=2026-01-02T01:00:00%2B01:00', 'to'],
      ['text=', 'text'],
      ['limit=0', 'limit'],
      ['limit=501', 'limit'],
      ['before=x', 'before'],
      ['before=1-99999999999999999', 'before'],
      ['before=1-5&after=1-4', 'after'],
      ['wait=5', 'wait'],
      ['after=1-1&wait=26', 'wait'],
      ['user=a&user=b', 'user'],
      ['page=2', 'page'],
    ] as const) {
      const { status, json } = await lab.admin.get(`${audit}?${query}`)
      assert.equal(status, 400, query)
      assert.equal(json.error.code, 'invalid_field', query)
      assert.equal(json.error.field, field, `${query}: ${json.error.message}`)
    }
    for (const [query, field] of [
      ['', 'format'],
      ['format=xls', 'format'],
      ['format=csv&limit=5', 'limit'],
      ['format=csv&to=x', 'to'],
    ] as const) {
      const { status, json } = await lab.admin.get(`${audit}/export?${query}`)
      assert.deepEqual([status, json.error.field], [400, field], query)
    }
    assert.equal((await lab.admin.get(`${audit}/nonsense`)).json.error.field, 'id')
  })

  test(`${kind}: one filters by all that an entry shows, and goes through the pages both ways`, database, async () => {
    await using lab = await openLab(database)
    const { auditor } = await people(lab)
    const created = await lab.admin.put('/policy/api/v1/infra/segments/web-tier', { display_name: 'one' })
    assert.equal(created.status, 200, created.text)
    await lab.admin.patch('/policy/api/v1/infra/segments/web-tier', { display_name: 'two' })
    await auditor.patch('/policy/api/v1/infra/segments/web-tier', { display_name: 'three' })
    await lab.a.as('nobody', 'wrong').get('/api/v1/node')
    const found = async (query: string) => {
      const { status, json } = await lab.admin.get(`${audit}?${query}`)
      assert.equal(status, 200, query)
      return json
    }
    const operation = 'operation=PatchInfraSegment'
    const both = await found(operation)
    assert.equal(both.total, 2)
    assert.deepEqual(
      both.results.map((entry: Record<string, unknown>) => [entry.user, entry.outcome, entry.status, entry.changes]),
      [
        ['au-ditor', 'denied', 403, true],
        ['admin', 'success', 200, true],
      ],
    )
    assert.equal((await found(`${operation}&outcome=denied`)).results[0].user, 'au-ditor')
    assert.equal((await found(`${operation}&outcome=success,failure`)).results[0].user, 'admin')
    assert.equal((await found('operation=*infrasegment&user=ADMIN&text=WEB-tier&changes=true')).total, 2)
    assert.equal((await found('kind=sign-in&user=nobody&source=127.*')).total, 1)
    assert.equal((await found('source=10.*')).total, 0)
    const now = new Date(lab.clock.now).toISOString()
    assert.equal((await found(`${operation}&from=${now}`)).total, 2)
    assert.equal((await found(`${operation}&to=${now}`)).total, 0)

    const { before, after, parameters, line } = (await lab.admin.get(`${audit}/${both.results[1].id}`)).json
    assert.equal(before.display_name, 'one')
    assert.equal(after.display_name, 'two')
    assert.deepEqual(parameters, ['web-tier', { display_name: 'two' }])
    assert.match(line, /^<182>1 .* NSX .*PatchInfraSegment/)

    await record(lab, ...Array.from({ length: 25 }, (_, n) => ({ user: `page-${n}` })))
    const pages: string[][] = []
    let page = await found('user=page-*&limit=10')
    assert.equal(page.total, 25)
    for (; ; page = await found(`user=page-*&limit=10&before=${page.older}`)) {
      pages.push(page.results.map(({ user }: { user: string }) => user))
      if (page.older === undefined) break
    }
    assert.deepEqual(
      pages.flat(),
      Array.from({ length: 25 }, (_, n) => `page-${24 - n}`),
    )
    assert.deepEqual(
      pages.map(({ length }) => length),
      [10, 10, 5],
    )
    assert.equal(page.total, undefined)
    const back = await found(`user=page-*&limit=10&after=${page.newer}`)
    assert.deepEqual(
      back.results.map(({ user }: { user: string }) => user),
      pages[1],
    )
  })

  test(`${kind}: no secret is in an entry, and what callers invent is shortened in the list`, database, async () => {
    await using lab = await openLab(database)
    await people(lab)
    const all = (await lab.admin.get(`${audit}?limit=500`)).json.results
    for (const { id } of all) {
      const { text } = await lab.admin.get(`${audit}/${id}`)
      assert.ok(!text.includes(auditorPassword) && !text.includes(labPassword))
    }
    await record(lab, { user: 'u'.repeat(64 * 1024), url: `/${'x'.repeat(64 * 1024)}`, entity: 'e'.repeat(64 * 1024) })
    const list = await lab.admin.get(`${audit}?user=${'u'.repeat(128)}`)
    assert.ok(list.text.length < 5000)
    const [{ id, user }] = list.json.results
    assert.equal(user, `${'u'.repeat(500)}…`)
    assert.equal((await lab.admin.get(`${audit}/${id}`)).json.user.length, 64 * 1024)
  })

  test(`${kind}: whoever follows gets new entries as they come, and does not see themselves`, database, async () => {
    await using lab = await openLab(database)
    const { newer } = (await lab.admin.get(audit)).json
    const waiting = lab.admin.get(`${audit}?after=${newer}&wait=25&user=new-*`)
    await setTimeout(400)
    await record(lab, { user: 'somebody else' }, { user: 'new-one' })
    const first = (await waiting).json
    assert.deepEqual(
      first.results.map(({ user }: { user: string }) => user),
      ['new-one'],
    )

    // Many may follow at once.
    const many = Array.from({ length: 30 }, () => lab.admin.get(`${audit}?after=${first.newer}&wait=25&user=new-*`))
    await setTimeout(400)
    await record(lab, { user: 'new-two' })
    for (const answer of await Promise.all(many)) assert.equal(answer.json.results[0].user, 'new-two')

    const began = performance.now()
    const nothing = (await lab.admin.get(`${audit}?after=${(await lab.admin.get(audit)).json.newer}&wait=1`)).json
    assert.ok(performance.now() - began > 900)
    assert.deepEqual(nothing.results, [])
    assert.equal(nothing.more, false)
    // The calls themselves are in the log all the same.
    assert.ok((await lab.admin.get(`${audit}?operation=sallyport.audit.list`)).json.total >= 3)
    // Those who wait do not hold up the server when it stops.
    void lab.admin.get(`${audit}?after=${nothing.newer}&wait=25&user=nobody`).catch(() => {})
    await setTimeout(100)
    const stopping = performance.now()
    await lab.restart()
    assert.ok(performance.now() - stopping < 9000)
  })

  test(`${kind}: a session that only follows in the background grows idle`, database, async () => {
    await using lab = await openLab(database)
    const { client } = await lab.a.signIn('admin', labPassword)
    const follow = () => client.with({ headers: { 'x-sallyport-background': '1' } }).get(`${audit}?limit=1`)
    for (let minutes = 0; minutes < 29; minutes++) {
      lab.clock.advance({ seconds: 60 })
      assert.equal((await follow()).status, 200)
    }
    lab.clock.advance({ seconds: 120 })
    assert.equal((await follow()).status, 401)
  })

  test(`${kind}: the log is exported as CSV, JSON and log lines, oldest first, and harmless`, database, async () => {
    await using lab = await openLab(database)
    await record(lab, hostile, { user: 'plain' })
    const get = (format: string, query = '') => lab.admin.get(`${audit}/export?format=${format}${query}`)

    const csv = await get('csv', '&user=*cmd*')
    assert.equal(csv.status, 200)
    assert.match(String(csv.headers['content-type']), /^text\/csv; charset=utf-8/)
    assert.match(String(csv.headers['content-disposition']), /^attachment; filename="sallyport-audit-[0-9TZ-]+\.csv"$/)
    const [header, row, rest] = csv.text.split('\r\n')
    assert.match(header ?? '', /^id,time,surface,appliance,kind,user,/)
    assert.equal(rest, '')
    assert.ok(row?.includes(",'=cmd()|calc!A1,"))
    assert.ok(row?.includes(`,'@${'long'.repeat(16 * 1024)},`))
    assert.ok(row?.includes('"{""name"":""<img src=x onerror=alert(1)>""}"'))
    assert.ok(row?.includes('\\u202egnp.exe'), row?.slice(-300))
    assert.ok(!csv.text.includes('\u202e'))

    const ndjson = await get('ndjson', '&user=*cmd*')
    const lines = ndjson.text.split('\n')
    assert.equal(lines.length, 2)
    const entry = JSON.parse(lines[0] ?? '')
    assert.deepEqual([entry.user, entry.after, entry.entity], [hostile.user, hostile.after, hostile.entity])
    assert.match((await get('syslog', '&user=plain')).text, /^<\d+>1 [^\n]*username="plain"[^\n]*\n$/)

    const all = (await get('ndjson')).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)
    assert.deepEqual(
      all,
      all.toSorted((x: string, y: string) => Number(x.split('-')[1]) - Number(y.split('-')[1])),
    )
    // Taking it away is in it.
    const exports = (await lab.admin.get(`${audit}?operation=sallyport.audit.export`)).json
    assert.equal(exports.total, 4)
    assert.match(exports.results[3].url, /user=\*cmd\*/)
  })

  test(`${kind}: an export of many records waits for its reader, and ends when the reader goes`, database, async () => {
    await using lab = await openLab(database)
    const { journal } = lab.server.services
    const long = 'x'.repeat(8000)
    let written = 0
    await new Promise<void>((resolve) => {
      for (let n = 0; n < 4000; n++) {
        journal.append({ ...madeRecord(n, lab.clock.now), agent: long }, () => void (++written === 4000 && resolve()))
      }
    })
    const open = () => {
      const { hostname, port } = new URL(lab.a.url)
      const credentials = Buffer.from(`admin:${labPassword}`).toString('base64')
      const call = request({
        hostname,
        port,
        path: `${audit}/export?format=ndjson`,
        rejectUnauthorized: false,
        headers: { authorization: `Basic ${credentials}` },
        agent: false,
      })
      call.on('error', () => {})
      return new Promise<{ status: number; end: () => void }>((resolve) => {
        call.on('response', (response) => resolve({ status: response.statusCode ?? 0, end: () => call.destroy() }))
        call.end()
      })
    }
    const readers = [await open(), await open()]
    assert.deepEqual(
      readers.map(({ status }) => status),
      [200, 200],
    )
    await setTimeout(200)
    // Two that nobody reads are held back, and leave no room for a third.
    const third = await open()
    assert.equal(third.status, 503)
    for (const reader of readers) reader.end()
    for (let tries = 0; ; tries++) {
      const next = await open()
      next.end()
      if (next.status === 200) break
      assert.ok(tries < 50)
      await setTimeout(50)
    }
    const whole = await lab.admin.get(`${audit}/export?format=ndjson&operation=ListUsers`)
    assert.equal(whole.text.trimEnd().split('\n').length, 1000)
  })
}
