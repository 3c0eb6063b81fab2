import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createAuditRecordStore } from '../../src/store/audit-records.ts'
import { openExistingDatabase } from '../../src/store/database.ts'
import { makeCa } from '../certificates.ts'
import { databases as allDatabases, type Lab, labPassword, openLab, type TestDatabase } from '../lab.ts'
import { type Collector, type CollectorSettings, openCollector } from '../servers/rsyslog.ts'

const missing = process.env.SALLYPORT_TEST_RSYSLOG
  ? false
  : (process.env.SALLYPORT_TEST_RSYSLOG_MISSING ?? 'rsyslog: started without test/run.ts')
/** For what needs a real collector. */
const databases: TestDatabase[] = allDatabases.map(({ kind, skip }) => ({ kind, skip: skip || missing }))

const service = '/api/v1/node/services/syslog'
const exporters = `${service}/exporters`
const users = '/api/v1/node/users'
const segment = '/policy/api/v1/infra/segments/seg1'
const password = 'Zk7!vbQp2$wLm'

/** What the audit log of a manager has, from the record on that made its exporter. */
function logged(lab: Lab, host = 'nsxmgr-a'): string[] {
  const lines = readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8').split('\n')
  const ofHost = lines.filter((line) => line.includes(`Z ${host} NSX `))
  return ofHost.slice(ofHost.findIndex((line) => line.includes(`'POST ${exporters}' 201`)))
}

/** Waits for what happens somewhere else; fails with what is there in the end. */
async function until(what: string, happened: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await happened()); attempt++) {
    assert(attempt < 400, `waited in vain: ${what}`)
    await setTimeout(25)
  }
}

/** Lines without those that were sent again, and split ones made whole. */
function received(collector: Collector): string[] {
  const whole: string[] = []
  for (const line of new Set(collector.lines())) {
    const [, id, index] = / splitId="([\w-]+)" splitIndex="(\d+) of \d+"/.exec(line) ?? []
    if (id === undefined || index === '1') whole.push(line.replace(/ splitId="[\w-]+" splitIndex="\d+ of \d+"/, ''))
    else whole[whole.length - 1] += line.slice(line.indexOf('"] ') + 3)
  }
  return whole
}

async function untilAllArrived(lab: Lab, collector: Collector, host?: string): Promise<void> {
  const same = () => received(collector).join('\n') === logged(lab, host).join('\n')
  await until('all lines', same).catch(() => {
    const [got, wanted] = [received(collector), logged(lab, host)]
    const at = wanted.findIndex((line, index) => got[index] !== line)
    assert.equal(`${got.length} lines, one: ${got[at]}`, `${wanted.length} lines, one: ${wanted[at]}`)
  })
}

async function add(lab: Lab, collector: Collector, settings: object = {}): Promise<void> {
  const body = { exporter_name: 'siem', level: 'INFO', server: '127.0.0.1', port: collector.port, ...settings }
  const { status, text } = await lab.admin.post(exporters, body)
  assert.equal(status, 201, text)
}

const state = async (lab: Lab) => (await lab.admin.get(`${service}/status`)).json

/** Calls of every kind, some by people who would like to write lines of their own. */
async function makeCalls(lab: Lab): Promise<void> {
  let calls = 0
  // Two calls that took as long as each other would have one line, and lines that are the same count as sent again.
  const admin = (headers = {}) => {
    const call = `call-${++calls}`
    return lab.admin.with({ headers: { 'x-nsx-ereqid': call, 'user-agent': call, ...headers } })
  }
  const forged = '<182>1 2026-11-22T12:00:00.000Z nsxmgr-a NSX 1 - [nsx@6876 audit="true"] forged'
  const agents = ['curl/8.5.0', 'a"] \\ b', `x${'y'.repeat(4000)}`, 'ÿ\u0085 \u00a0']
  for (const agent of agents) await admin({ 'user-agent': agent }).get(users)
  // Longer than any header may be: refused before anything is recorded.
  await admin({ 'user-agent': 'z'.repeat(65_536) })
    .get(users)
    .catch(() => {})
  for (const name of [`a\n${forged}`, `b\r\n${forged}`, `12 ${forged}`, '\u2028x\u0000y', '\ud83d\ude00']) {
    await lab.a.as(name, 'x').get(users)
    await lab.a.signIn(`${name} form`, 'x')
    await admin().post(`${users}?action=create_user`, { username: name, password })
  }
  await lab.a.get(users)
  await admin().patch(segment, { description: `one\n${forged}\r\n\u0001\u007f\u0085\u2029` })
  await admin().patch(segment, { description: '\u0007\u20ac\ud83d\ude00'.repeat(100) })
  await admin().get(`${segment}?%0a${encodeURIComponent(forged)}`)
}

const ca = await makeCa('collectors')
const otherCa = await makeCa('others')
const served = await ca.issue(['127.0.0.1'])
const client = await otherCa.issue(['nsxmgr-a'])
const tlsSettings = {
  tls_ca_pem: ca.cert,
  tls_cert_pem: client.cert,
  tls_client_ca_pem: otherCa.cert,
  tls_key_pem: client.key,
}
const ways: { name: string; collector: CollectorSettings; settings: object }[] = [
  { name: 'UDP', collector: { protocol: 'UDP' }, settings: { protocol: 'UDP' } },
  { name: 'TCP', collector: { protocol: 'TCP' }, settings: { protocol: 'TCP' } },
  {
    name: 'TLS with certificates of both sides',
    collector: { protocol: 'TLS', tls: { ...served, ca: otherCa.cert } },
    settings: { protocol: 'TLS', ...tlsSettings },
  },
]

for (const database of databases) {
  for (const { name, collector: wanted, settings } of ways) {
    test(
      `${database.kind}: over ${name} a collector gets the lines of the audit log, and none but them`,
      database,
      async () => {
        await using collector = await openCollector(wanted)
        await using lab = await openLab(database)
        await lab.admin.get(users)
        await add(lab, collector, settings)
        await makeCalls(lab)
        await untilAllArrived(lab, collector)
        assert.equal((await state(lab)).health, 'STABLE')
        assert.ok(!collector.lines().some((line) => /^(<182>1 \S+Z nsxmgr-a NSX 1 |forged)/.test(line)))
      },
    )

    test(
      `${database.kind}: over ${name} a restart of Sallyport neither loses a line nor sends one twice`,
      database,
      async () => {
        await using collector = await openCollector(wanted)
        await using lab = await openLab(database)
        await add(lab, collector, settings)
        for (let n = 0; n < 20; n++) await lab.admin.get(`${users}/before-${n}`)
        await untilAllArrived(lab, collector)
        // A datagram has settled when no refusal has come back for a while.
        if (name === 'UDP') await setTimeout(2500)
        await lab.restart()
        for (let n = 0; n < 20; n++) await lab.admin.get(`${users}/after-${n}`)
        await untilAllArrived(lab, collector)
        assert.equal(collector.lines().length, received(collector).length)
      },
    )

    test(
      `${database.kind}: over ${name} nothing is lost while the collector is dead and Sallyport restarts`,
      database,
      async () => {
        await using collector = await openCollector(wanted)
        await using lab = await openLab(database)
        await add(lab, collector, settings)
        for (let n = 0; n < 5; n++) await lab.admin.get(`${users}/before-${n}`)
        await untilAllArrived(lab, collector)
        await collector.kill()
        const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => lab.admin.get(`${users}/dead-${n}`)))
        assert.ok(answers.every(({ status }) => status < 500))
        await until('the loss of the collector is known', async () => (await state(lab)).health === 'DEGRADED')
        await lab.restart()
        for (let n = 0; n < 5; n++) await lab.admin.get(`${users}/restarted-${n}`)
        await collector.start()
        assert.equal((await lab.admin.post(`${exporters}?action=verify`)).status, 200)
        for (let n = 0; n < 5; n++) await lab.admin.get(`${users}/after-${n}`)
        await untilAllArrived(lab, collector)
        await until('all is well', async () => (await state(lab)).health === 'STABLE')
      },
    )
  }
}

for (const database of databases) {
  test(
    `${database.kind}: a collector whose certificate does not hold gets nothing, and the status says why`,
    database,
    async () => {
      const elsewhere = await ca.issue(['collector.elsewhere.example'])
      for (const [tls, tls_ca_pem, reason] of [
        [served, otherCa.cert, /^siem: .*(certificate|signature)/],
        [served, undefined, /^siem: .*certificate/],
        [elsewhere, ca.cert, /^siem: .*does not match certificate's altnames/],
      ] as const) {
        await using collector = await openCollector({ protocol: 'TLS', tls })
        await using lab = await openLab(database)
        await add(lab, collector, { protocol: 'TLS', ...(tls_ca_pem ? { tls_ca_pem } : {}) })
        await until('the refusal', async () => (await state(lab)).health === 'DEGRADED')
        const { reason: told, runtime_state } = await state(lab)
        assert.match(told, reason)
        assert.equal(runtime_state, 'running')
        assert.deepEqual(collector.lines(), [])
      }
    },
  )

  test(
    `${database.kind}: a collector that wants a certificate of ours gets nothing without the right one`,
    database,
    async () => {
      await using collector = await openCollector({ protocol: 'TLS', tls: { ...served, ca: otherCa.cert } })
      await using lab = await openLab(database)
      const stranger = await ca.issue(['nsxmgr-a'])
      const own = { tls_cert_pem: stranger.cert, tls_key_pem: stranger.key }
      await add(lab, collector, { protocol: 'TLS', tls_ca_pem: ca.cert, ...own })
      await until('the refusal', async () => (await state(lab)).health === 'DEGRADED')
      await lab.admin.get(users)
      assert.deepEqual(collector.lines(), [])
    },
  )

  test(
    `${database.kind}: an exporter lets through what its level and lists say, of its own appliance`,
    database,
    async () => {
      await using collector = await openCollector({ protocol: 'TCP' })
      await using all = await openCollector({ protocol: 'TCP' })
      await using lab = await openLab(database)
      await add(lab, all, { exporter_name: 'all', protocol: 'TCP' })
      const told: [settings: object, kinds: string[]][] = [
        [{ level: 'ERR' }, ['stranger']],
        [{ level: 'CRIT' }, []],
        [{ msgids: ['FABRIC', 'SYSTEM'] }, ['sign-in']],
        [{ msgids: ['FABRIC'] }, []],
        [{ facilities: ['KERN', 'LOCAL6'], msgids: ['SYSTEM'] }, ['sign-in']],
        [{ facilities: ['LOCAL7'] }, []],
        [{ structured_data: ['update=true'] }, ['made', 'write']],
        [{ structured_data: ['subcomp="http"', 'username=nobody'], level: 'DEBUG' }, ['stranger', 'sign-in']],
      ]
      const kindOf = (line: string) =>
        ['LOGIN', 'PUT', 'POST', 'GET'].find((word) => line.includes(word)) ?? line.slice(0, 5)
      const kinds: Record<string, string> = { stranger: '<179>', 'sign-in': 'LOGIN', write: 'PUT', made: 'POST' }
      const expected: string[] = []
      for (const [settings, wanted] of told) {
        // Lines of another second are other lines.
        lab.clock.advance({ seconds: 1 })
        await add(lab, collector, { protocol: 'TCP', ...settings })
        await lab.b.get(users)
        await lab.a.get(users)
        await lab.a.signIn('mallory', 'x')
        await lab.admin.put(`${users}/10003`, { full_name: 'G' })
        await lab.admin.get(users)
        await untilAllArrived(lab, all)
        expected.push(...wanted.map((kind) => kinds[kind] ?? ''))
        await until(JSON.stringify(settings), () => collector.lines().length === expected.length)
        assert.equal((await lab.admin.delete(`${exporters}/siem`)).status, 200)
      }
      await untilAllArrived(lab, all)
      assert.deepEqual(collector.lines().map(kindOf), expected)
      assert.ok(!collector.lines().some((line) => line.includes('nsxmgr-b')))
    },
  )

  test(`${database.kind}: each manager's lines go out through its own exporters`, database, async () => {
    await using first = await openCollector({ protocol: 'TCP' })
    await using second = await openCollector({ protocol: 'TCP' })
    await using lab = await openLab(database)
    const b = lab.b.as('admin', labPassword)
    await add(lab, first, { protocol: 'TCP' })
    const made = await b.post(exporters, {
      exporter_name: 'siem',
      level: 'INFO',
      protocol: 'TCP',
      server: '127.0.0.1',
      port: second.port,
    })
    assert.equal(made.status, 201, made.text)
    for (let n = 0; n < 10; n++) await Promise.all([lab.admin.get(`${users}/n-${n}`), b.get(`${users}/n-${n}`)])
    await untilAllArrived(lab, first, 'nsxmgr-a')
    await untilAllArrived(lab, second, 'nsxmgr-b')
  })

  test(
    `${database.kind}: an exporter that is removed sends nothing more, and one made anew begins anew`,
    database,
    async () => {
      await using collector = await openCollector({ protocol: 'TCP' })
      await using lab = await openLab(database)
      await add(lab, collector, { protocol: 'TCP' })
      await lab.admin.get(`${users}?first`)
      await untilAllArrived(lab, collector)
      assert.equal((await lab.admin.delete(exporters)).status, 200)
      await lab.admin.get(`${users}?between`)
      await add(lab, collector, { protocol: 'TCP' })
      await lab.admin.get(`${users}?second`)
      await until('the last line', () => collector.lines().some((line) => line.includes('?second')))
      assert.ok(!collector.lines().some((line) => line.includes('?between')))
    },
  )
}

for (const database of allDatabases) {
  test(`${database.kind}: exporters are made, listed, read and removed in every scope`, database, async () => {
    await using lab = await openLab(database)
    const [managerB] = [lab.managerIds[1]]
    for (const [prefix, href] of [
      ['/api/v1', ''],
      [`/api/v1/cluster/${managerB}`, `/cluster/${managerB}`],
      [`/api/v1/transport-nodes/${lab.edgeIds[0]}`, `/transport-nodes/${lab.edgeIds[0]}`],
    ]) {
      const url = `${prefix}/node/services/syslog`
      const self = (path: string) => ({ href: `${href}/node/services/syslog${path}`, rel: 'self' })
      assert.deepEqual((await lab.admin.get(url)).json, {
        _schema: 'NodeServiceProperties',
        _self: self(''),
        service_name: 'syslog',
      })
      const body = { exporter_name: 'syslog1', level: 'INFO', protocol: 'UDP', server: '127.0.0.1' }
      const shown = {
        _schema: 'NodeSyslogExporterProperties',
        _self: self('/exporters/syslog1'),
        exporter_name: 'syslog1',
        level: 'INFO',
        port: 514,
        protocol: 'UDP',
        server: '127.0.0.1',
      }
      const made = await lab.admin.post(`${url}/exporters`, body)
      assert.deepEqual([made.status, made.json], [201, shown])
      assert.deepEqual((await lab.admin.get(`${url}/exporters/syslog1`)).json, shown)
      const again = await lab.admin.post(`${url}/exporters`, body)
      assert.deepEqual([again.status, again.json.module_name], [409, 'node-services'])
      const all = { facilities: ['LOCAL6'], msgids: ['SYSTEM'], structured_data: ['audit=true'] }
      // What was read may be sent back under another name.
      const second = await lab.admin.post(`${url}/exporters`, {
        ...shown,
        ...all,
        exporter_name: 'a second',
        port: 1514,
      })
      assert.equal(second.status, 201, second.text)
      const list = (await lab.admin.get(`${url}/exporters`)).json
      assert.deepEqual(list, {
        _schema: 'NodeSyslogExporterPropertiesListResult',
        _self: self('/exporters'),
        result_count: 2,
        results: [second.json, shown],
      })
      assert.deepEqual((await lab.admin.get(`${url}/exporters/a%20second`)).json.facilities, ['LOCAL6'])
      for (const action of ['restart', 'start']) {
        const { status, json } = await lab.admin.post(`${url}?action=${action}`)
        assert.deepEqual([status, json.runtime_state], [200, 'running'])
      }
      assert.equal((await lab.admin.post(`${url}?action=stop`)).status, 501)
      assert.equal((await lab.admin.put(`${url}/exporters/syslog1`, body)).status, 405)
      assert.equal((await lab.admin.delete(`${url}/exporters/syslog1`)).status, 200)
      assert.equal((await lab.admin.delete(`${url}/exporters/syslog1`)).status, 404)
      assert.equal((await lab.admin.get(`${url}/exporters/syslog1`)).status, 404)
      assert.equal((await lab.admin.delete(`${url}/exporters`)).status, 200)
      assert.equal((await lab.admin.get(`${url}/exporters`)).json.result_count, 0)
    }
    assert.equal((await lab.admin.get(`/api/v1/cluster/nobody/node/services/syslog/status`)).status, 404)
  })

  test(`${database.kind}: only an Enterprise Admin changes exporters, an auditor reads them`, database, async () => {
    await using lab = await openLab(database)
    const { text } = await lab.admin.post(`${users}?action=create_user`, { username: 'eyes', password })
    assert.match(text, /eyes/)
    const auditor = lab.a.as('eyes', password)
    const body = { exporter_name: 'mine', level: 'INFO', protocol: 'UDP', server: '127.0.0.1' }
    await lab.admin.post(exporters, body)
    for (const call of [service, `${service}/status`, exporters, `${exporters}/mine`]) {
      assert.equal((await auditor.get(call)).status, 200, call)
      assert.equal((await lab.a.get(call)).status, 403, call)
    }
    for (const change of [
      () => auditor.post(exporters, { ...body, exporter_name: 'theirs' }),
      () => auditor.post(`${exporters}?action=verify`),
      () => auditor.post(`${service}?action=restart`),
      () => auditor.delete(`${exporters}/mine`),
      () => auditor.delete(exporters),
    ]) {
      assert.equal((await change()).status, 403, String(change))
    }
    assert.equal((await lab.admin.get(exporters)).json.result_count, 1)
  })

  test(
    `${database.kind}: what cannot be an exporter is refused by the field's name and changes nothing`,
    database,
    async () => {
      await using lab = await openLab(database)
      const good = { exporter_name: 'x', level: 'INFO', protocol: 'TLS', server: '127.0.0.1' }
      const { key, cert } = client
      const refused: [body: object, told: RegExp][] = [
        [{ ...good, exporter_name: undefined }, /exporter_name is missing/],
        [{ ...good, exporter_name: 'a/b' }, /exporter_name/],
        [{ ...good, exporter_name: '..' }, /exporter_name/],
        [{ ...good, exporter_name: 'a\nb' }, /exporter_name/],
        [{ ...good, level: 'VERBOSE' }, /level/],
        [{ ...good, level: undefined }, /level is missing/],
        [{ ...good, protocol: 'SCTP' }, /protocol/],
        [{ ...good, server: 'a b' }, /server/],
        [{ ...good, server: 'http://x' }, /server/],
        [{ ...good, port: 0 }, /port/],
        [{ ...good, port: 65_536 }, /port/],
        [{ ...good, facilities: ['LOCAL8'] }, /facilities/],
        [{ ...good, msgids: [''] }, /msgids/],
        [{ ...good, structured_data: ['nothing=1'] }, /structured_data/],
        [{ ...good, wrong: 1 }, /wrong is not a valid property/],
        [{ ...good, tls_ca_pem: 'no certificate' }, /tls_ca_pem/],
        [{ ...good, tls_ca_pem: key }, /tls_ca_pem/],
        [{ ...good, tls_ca_pem: ca.cert + key }, /tls_ca_pem/],
        [{ ...good, tls_cert_pem: cert }, /tls_key_pem/],
        [{ ...good, tls_key_pem: key }, /tls_cert_pem/],
        [{ ...good, tls_key_pem: [key], tls_cert_pem: cert }, /tls_key_pem/],
        [{ ...good, level: key }, /level/],
        [{ ...good, tls_key_pem: served.key, tls_cert_pem: cert }, /tls_key_pem/],
        [{ ...good, tls_key_pem: key.replace('MI', '!!'), tls_cert_pem: cert }, /tls_key_pem/],
        [{ ...good, tls_client_ca_pem: ca.cert }, /tls_cert_pem/],
        [{ ...good, protocol: 'TCP', tls_ca_pem: ca.cert }, /tls_ca_pem/],
        [{ ...good, server: 'no-such-host.invalid' }, /invalid hostname/],
      ]
      for (const [body, told] of refused) {
        const { status, json, text } = await lab.admin.post(exporters, body)
        assert.equal(status, 400, text)
        assert.match(json.error_message, told)
        assert.doesNotMatch(text, /PRIVATE KEY/)
      }
      for (const protocol of ['LI', 'LI-TLS', 'LI-FLATJSON', 'LI-FLATJSON-TLS', 'LI-SYSLOG', 'LI-SYSLOG-TLS']) {
        assert.equal((await lab.admin.post(exporters, { ...good, protocol })).status, 501)
      }
      assert.equal((await lab.admin.get(exporters)).json.result_count, 0)
      for (let n = 0; n < 16; n++) {
        assert.equal(
          (await lab.admin.post(exporters, { ...good, protocol: 'UDP', exporter_name: `x${n}` })).status,
          201,
        )
      }
      assert.equal((await lab.admin.post(exporters, good)).status, 400)
      assert.equal((await lab.admin.delete(exporters)).status, 200)
      // Whatever was sent, and wherever in it the key was.
      assert.doesNotMatch(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), /PRIVATE KEY/)
      assert.doesNotMatch(await recordsOf(lab), /PRIVATE KEY/)
    },
  )

  test(
    `${database.kind}: a private key is kept, and neither answered nor recorded; the change is recorded`,
    database,
    async () => {
      await using lab = await openLab(database)
      const body = { exporter_name: 'siem', level: 'INFO', protocol: 'TLS', server: '127.0.0.1', ...tlsSettings }
      const secret = client.key.split('\n')[1] ?? assert.fail()
      const texts: string[] = []
      texts.push((await lab.admin.post(exporters, body)).text)
      assert.match(texts[0] ?? '', /tls_cert_pem/)
      texts.push((await lab.admin.post(exporters, body)).text)
      texts.push((await lab.admin.get(exporters)).text, (await lab.admin.get(`${exporters}/siem`)).text)
      await lab.restart()
      texts.push((await lab.admin.get(exporters)).text, (await lab.admin.get(`${service}/status`)).text)
      texts.push((await lab.admin.post('/api/v1/administration/audit-logs', {})).text)
      await lab.admin.delete(`${exporters}/siem`)
      texts.push(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'))
      const records = await recordsOf(lab)
      texts.push(records)
      for (const text of texts) {
        assert.ok(!text.includes(secret) && !text.includes('PRIVATE KEY'), text.slice(0, 500))
      }
      const [made] = records
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ url, method, status }) => url === exporters && method === 'POST' && status === 201)
      assert.equal(made.entity, 'siem')
      assert.equal(made.parameters[0].tls_key_pem, '*****')
      assert.equal(made.after.tls_cert_pem, client.cert)
    },
  )
}

/** The journal, a record a line. */
async function recordsOf(lab: Lab): Promise<string> {
  const db = await openExistingDatabase(lab.server.services.config.database)
  try {
    const store = createAuditRecordStore(db)
    const journals = await store.journals()
    const rows = await Promise.all(journals.map(({ id }) => store.after(id, 0, 1_000_000)))
    return rows.flatMap((of) => of.map(({ record }) => record)).join('\n')
  } finally {
    await db.destroy()
  }
}
