import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { databases, type Lab, labPassword, openLab } from './lab.ts'
import { onDatabase } from './on-database.ts'
import { sallyport } from './sallyport-command.ts'

const users = '/api/v1/node/users'
const audit = '/sallyport/v1/audit'

const headOf = (lab: Lab) => join(lab.dataDir, 'audit-head')
const keyOf = (lab: Lab) => join(lab.dataDir, 'audit-head.key')
const stop = (lab: Lab) => lab.server[Symbol.asyncDispose]()
const verify = (lab: Lab, ...args: string[]) => sallyport(lab, ['audit', 'verify', ...args])
const serve = (lab: Lab, ...args: string[]) =>
  sallyport(lab, ['serve', '--https-port', '0', '--ssh-port', '0', ...args])

async function calls(lab: Lab, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await lab.admin.get(users)
}

const setBacks = async (lab: Lab): Promise<{ error: string; outcome: string }[]> =>
  (await lab.admin.get(`${audit}?operation=*audit.set_back`)).json.results

for (const database of databases) {
  const { kind } = database

  test(`${kind}: records cut from the end are missed after a start too, until that is accepted`, database, async () => {
    await using lab = await openLab(database)
    await calls(lab, 5)
    await stop(lab)
    const intact = await verify(lab)
    assert.equal(intact.code, 0, intact.stdout)
    const records = Number(/^The audit chain is intact: (\d+) records\n$/.exec(intact.stdout)?.[1])

    await onDatabase(lab, `delete from audit_group where last_seq > ${records - 3}`)
    const cut = await verify(lab)
    assert.equal(cut.code, 1)
    await lab.restart()
    const lost = `has record ${records}, the journal ends with ${records - 3}`
    const error = `head file ${headOf(lab)} ${lost}`
    assert.deepEqual(
      (await setBacks(lab)).map((entry) => [entry.error, entry.outcome]),
      [[error, 'failure']],
    )
    // The overview has the chain looked at, and says what was found the next time.
    const overview = async () => (await lab.admin.get('/sallyport/v1/overview')).json.audit
    let shown = await overview()
    for (let tries = 0; !shown.verified && tries < 100; tries++) shown = await overview()
    assert.equal(shown.verified.problem, `Record ${records - 2}: ${error}`)
    await lab.restart()
    const later = await verify(lab)
    assert.equal(later.code, 1)
    assert.ok(later.stdout.startsWith(`The audit chain is broken: record ${records - 2} of journal `), later.stdout)
    assert.ok(later.stdout.includes(error), later.stdout)
    assert.equal((await setBacks(lab)).length, 1, 'it is found once')

    const served = await sallyport(lab, ['audit', 'accept-loss'])
    assert.deepEqual([served.code, served.stdout], [2, ''], 'not while it is served')
    await stop(lab)
    const accepted = await sallyport(lab, ['audit', 'accept-loss'])
    assert.equal(accepted.code, 0, accepted.stderr)
    assert.match(accepted.stdout, /^Accepted, found \S+Z: head file [^\n]+\n$/)
    assert.ok(accepted.stdout.endsWith(`${error}\n`), accepted.stdout)
    assert.equal((await verify(lab)).code, 0)
    assert.match((await sallyport(lab, ['audit', 'accept-loss'])).stdout, /^There is nothing to accept/)
    await lab.restart()
    const [entry] = (await lab.admin.get(`${audit}?operation=*audit.accept_loss`)).json.results
    assert.equal((await lab.admin.get(`${audit}/${entry.id}`)).json.before[0].reason, lost)
  })

  test(`${kind}: a journal that was emptied with its log files and positions is missed`, database, async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'sallyport-elsewhere-'))
    try {
      const settings = { auditHead: join(elsewhere, 'head'), auditHeadKey: join(elsewhere, 'key') }
      const flags = ['--audit-head', settings.auditHead, '--audit-head-key', settings.auditHeadKey]
      await using lab = await openLab(database, settings)
      await calls(lab, 3)
      await stop(lab)
      assert.ok(!existsSync(headOf(lab)) && !existsSync(keyOf(lab)))
      assert.deepEqual([statSync(flags[1]!).mode & 0o777, statSync(flags[3]!).mode & 0o777], [0o600, 0o600])
      for (const table of ['audit_group', 'audit_export']) await onDatabase(lab, `delete from ${table}`)
      rmSync(join(lab.dataDir, 'nsx-audit.log'))
      const emptied = await verify(lab, ...flags)
      assert.equal(emptied.code, 1)
      assert.match(emptied.stdout, /head file \S+ has record \d+, the journal ends with 0 /)

      await onDatabase(lab, 'delete from audit_journal')
      rmSync(join(lab.dataDir, 'instance'))
      const gone = await verify(lab, ...flags)
      assert.equal(gone.code, 1)
      assert.match(gone.stdout, /has record \d+ of journal [0-9a-f-]{36}, which is not there /)
      await lab.restart()
      assert.match(
        (await setBacks(lab))[0]?.error ?? '',
        /has record \d+ of journal [0-9a-f-]{36}, which is not there$/,
      )
    } finally {
      rmSync(elsewhere, { recursive: true, force: true })
    }
  })

  test(`${kind}: a restored backup that has other records since is told apart`, database, async () => {
    await using lab = await openLab(database)
    await calls(lab, 2)
    await lab.restart()
    await onDatabase(lab, 'create table backup as select * from audit_group')
    await calls(lab, 3)
    await stop(lab)
    const head = readFileSync(headOf(lab))
    await onDatabase(lab, 'delete from audit_group')
    await onDatabase(lab, 'insert into audit_group select * from backup')
    rmSync(headOf(lab))
    await lab.restart()
    await calls(lab, 10)
    await stop(lab)
    writeFileSync(headOf(lab), head)
    const { code, stdout } = await verify(lab)
    assert.deepEqual([code, /has another record \d+ than the journal /.test(stdout)], [1, true], stdout)
  })

  test(`${kind}: a head file that was removed or changed is told, and its key is needed`, database, async () => {
    await using lab = await openLab(database)
    await calls(lab, 4)
    await stop(lab)
    const removed = /^The audit chain is not proven: head file \S+ was removed \(its \d+ records are intact\)\n$/
    rmSync(headOf(lab))
    const without = await verify(lab)
    assert.deepEqual([without.code, removed.test(without.stdout)], [1, true], without.stdout)
    await lab.restart()
    assert.match((await setBacks(lab))[0]?.error ?? '', /^head file \S+ was removed$/)
    await stop(lab)
    assert.equal((await verify(lab)).code, 1)
    await sallyport(lab, ['audit', 'accept-loss'])

    for (const forge of [
      (text: string) => text.replace(/"seq":\d+/, '"seq":1'),
      (text: string) => text.replace(/[0-9a-f]{64}\n$/, `${'0'.repeat(64)}\n`),
      () => '',
      () => '{}',
      () => 'null\nnull\n',
    ]) {
      const whole = readFileSync(headOf(lab), 'utf8')
      writeFileSync(headOf(lab), forge(whole))
      const forged = await verify(lab)
      assert.deepEqual([forged.code, /changed by somebody without its key/.test(forged.stdout)], [1, true])
      writeFileSync(headOf(lab), whole)
    }
    writeFileSync(headOf(lab), 'forged')
    await lab.restart()
    assert.match((await setBacks(lab))[0]?.error ?? '', /was changed by somebody without its key$/)
    await stop(lab)

    const key = readFileSync(keyOf(lab))
    rmSync(keyOf(lab))
    for (const refused of [await serve(lab), await verify(lab)]) {
      assert.deepEqual([refused.code, refused.stdout], [2, ''])
      assert.match(refused.stderr, /^sallyport: auditHeadKey: \S+ is missing, and \S+ is proven with it: [^\n]+\n$/)
    }
    assert.ok(!existsSync(keyOf(lab)), 'none was made')
    writeFileSync(keyOf(lab), 'short')
    assert.match((await serve(lab)).stderr, /^sallyport: auditHeadKey: \S+ is not a key of 32 bytes\n$/)
    writeFileSync(keyOf(lab), key)
  })

  test(
    `${kind}: a head file that is removed while the server runs is told when it is written next`,
    database,
    async () => {
      await using lab = await openLab(database)
      await calls(lab, 2)
      rmSync(headOf(lab))
      await calls(lab, 1)
      await lab.restart()
      assert.match((await setBacks(lab))[0]?.error ?? '', /was removed or changed while the server ran$/)
      await stop(lab)
      assert.equal((await verify(lab)).code, 1)
    },
  )

  test(`${kind}: an export shows which records the journal had`, database, async () => {
    await using lab = await openLab(database)
    await calls(lab, 3)
    await lab.admin.put(`${users}/10003`, { full_name: 'Guest, "one"\n' })
    await calls(lab, 3)
    const file = join(lab.dataDir, 'export')
    const against = async (text: string) => {
      writeFileSync(file, text)
      return verify(lab, '--against', file)
    }
    const exported = async (format: string, query = '') =>
      (await lab.admin.get(`${audit}/export?format=${format}${query}`)).text
    const [csv, ndjson] = [await exported('csv'), await exported('ndjson')]
    const changes = await exported('ndjson', '&changes=true')
    const nothing = await exported('csv', '&user=nobody')
    for (const text of [csv, ndjson, changes, nothing]) {
      const count = text.split('\n').length - (text.startsWith('id,') ? 2 : 1)
      const { code, stdout } = await against(text)
      assert.deepEqual([code, stdout.includes(`The journal has all ${count} records of the export`)], [0, true], stdout)
    }
    for (const none of ['syslog', 'a line\n', `{"id":"1-1"}\n`]) {
      const refused = await against(none === 'syslog' ? await exported(none) : none)
      assert.deepEqual([refused.code, refused.stdout.includes('export')], [2, false])
      assert.match(refused.stderr, /^sallyport: against: line 1 of \S+ is none of an export as NDJSON or CSV/)
    }
    const nowhere = await verify(lab, '--against', `${file}.none`)
    assert.match(nowhere.stderr, /^sallyport: against: \S+ cannot be read \(ENOENT\)\n$/)

    await stop(lab)
    const other = ndjson.replace(/"proof":"[0-9a-f]{64}"\}\n$/, `"proof":"${'0'.repeat(64)}"}\n`)
    assert.match(
      (await against(other)).stdout,
      /has another record \d+-\d+ than the journal, or was proven with another key/,
    )
    await onDatabase(lab, 'delete from audit_group where last_seq > 6')
    const cut = await against(ndjson)
    assert.equal(cut.code, 1)
    assert.match(cut.stdout, /The export \S+ has record \d+-7, which the journal has not: it ends with 6\n/)
    assert.match((await against(changes)).stdout, /The journal has all 1 records/)
  })

  test(`${kind}: no head file can be shared, or lie where none can be written`, database, async () => {
    await using lab = await openLab(database)
    await calls(lab, 1)
    await stop(lab)
    const nowhere = await serve(lab, '--audit-head', '/proc/nope/head')
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, ''])
    assert.match(nowhere.stderr, /^sallyport: auditHead: \/proc\/nope\/head cannot be written \(ENOENT\)\n$/)
    rmSync(join(lab.dataDir, 'instance'))
    const shared = await serve(lab)
    assert.match(
      shared.stderr,
      /^sallyport: auditHead: \S+ is that of journal [0-9a-f-]+, which another data directory writes/,
    )
  })
}

test('auditors read no proof in the list, and nobody learns the key from an export', async () => {
  const [sqlite] = databases
  await using lab = await openLab(sqlite!)
  await calls(lab, 2)
  const text = (await lab.admin.get(`${audit}/export?format=ndjson`)).text
  const key = readFileSync(keyOf(lab))
  assert.ok(!text.includes(key.toString('hex')) && !text.includes(labPassword))
  assert.equal((await lab.admin.get(audit)).json.results[0].proof, undefined)
})
