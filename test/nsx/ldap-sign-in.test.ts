import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Change } from '../../src/audit/journal.ts'
import { bindRemote, corp, corpSource, sources, userPassword } from '../directories.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { listen } from '../servers/tcp.ts'

const userInfo = '/api/v1/aaa/user-info'
const apiService = '/api/v1/cluster/api-service'
const users = '/api/v1/node/users'

let directory: OpenLdap
before(async () => {
  if (!openLdapSkip) directory = await openOpenLdap(corp)
})
after(() => directory?.[Symbol.asyncDispose]())

async function openLabWithSource(database: (typeof databases)[number], more: object = {}): Promise<Lab> {
  const lab = await openLab(database)
  const answer = await lab.admin.put(`${sources}/corp`, { ...corpSource({ url: directory.url }), ...more })
  assert.equal(answer.status, 200, answer.text)
  return lab
}

const refused = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}

for (const database of databases.map((one) => ({ ...one, skip: one.skip || openLdapSkip }))) {
  const { kind } = database

  test(
    `${kind}: an LDAP user signs in with Basic and with a session, and may what is bound to the name`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      bindRemote(lab, 'remote_user', 'BOB@Corp.Example', ['network_engineer'])
      const basic = lab.a.as('bob@corp.example', userPassword)
      const { json } = await basic.get(userInfo)
      assert.equal(json.user_name, 'bob@corp.example')
      assert.deepEqual(
        json.roles.map(({ role }: { role: string }) => role),
        ['network_engineer'],
      )
      assert.equal((await basic.get(apiService)).status, 200)
      assert.equal((await basic.get(users)).status, 403)

      const { answer, client } = await lab.a.signIn('Bob@CORP.example', userPassword)
      assert.equal(answer.status, 200)
      assert.equal((await client.get(userInfo)).json.user_name, 'bob@corp.example')
      const segment = '/policy/api/v1/infra/segments/of-bob'
      assert.equal((await client.put(segment, { display_name: 'of bob' })).json._create_user, 'bob@corp.example')

      const log = readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')
      assert.match(
        log,
        /UserName="bob@corp\.example@127\.0\.0\.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="success"/,
      )
      assert(!log.includes(userPassword))
    },
  )

  test(`${kind}: an LDAP user's session outlives a restart, and the source answers after it`, database, async () => {
    await using lab = await openLabWithSource(database)
    const { answer } = await lab.a.signIn('bob@corp.example', userPassword)
    await lab.restart()
    bindRemote(lab, 'remote_user', 'bob@corp.example', ['auditor'])
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    const again = lab.a.with({ headers: { cookie, 'x-xsrf-token': String(answer.headers['x-xsrf-token']) } })
    assert.equal((await again.get(userInfo)).json.user_name, 'bob@corp.example')
    assert.equal((await again.get(users)).status, 200)
    assert.equal((await lab.a.as('alice@corp.example', userPassword).get(userInfo)).status, 200)
  })

  test(`${kind}: a user without a role signs in, sees no roles and may do nothing`, database, async () => {
    await using lab = await openLabWithSource(database)
    const alice = lab.a.as('alice@corp.example', userPassword)
    const { json } = await alice.get(userInfo)
    assert.deepEqual(json, { user_name: 'alice@corp.example', roles: [], roles_for_paths: [] })
    const answer = await alice.get(apiService)
    assert.deepEqual([answer.status, answer.json.error_code], [403, 401])
  })

  test(`${kind}: roles come through groups of every kind, and through groups of groups`, database, async () => {
    await using lab = await openLabWithSource(database)
    const rolesOf = async (name: string) => {
      const { json } = await lab.a.as(`${name}@corp.example`, userPassword).get(userInfo)
      return json.roles.map(({ role }: { role: string }) => role).sort()
    }
    bindRemote(lab, 'remote_group', 'ops@corp.example', ['network_op'])
    bindRemote(lab, 'remote_group', 'all-ops@corp.example', ['security_op'])
    bindRemote(lab, 'remote_group', 'circle-b@corp.example', ['auditor'])
    assert.deepEqual(await rolesOf('bob'), ['auditor', 'network_op', 'security_op'])
    bindRemote(lab, 'remote_group', 'uniques@corp.example', ['lb_admin'])
    assert.deepEqual(await rolesOf('alice'), ['lb_admin'])
    bindRemote(lab, 'remote_group', 'shell@corp.example', ['vpn_admin'])
    assert.deepEqual(await rolesOf('pat'), ['vpn_admin'])
    bindRemote(lab, 'remote_group', 'CN=Uniques,OU=groups,DC=corp,DC=example', ['support_bundle_collector'])
    assert.deepEqual(await rolesOf('alice'), ['lb_admin', 'support_bundle_collector'])
    bindRemote(lab, 'remote_group', 'ops@corp.example', ['enterprise_admin'], 'another-source')
    assert.deepEqual(await rolesOf('bob'), ['auditor', 'network_op', 'security_op'])
  })

  test(`${kind}: a group that shares its name with another gives nothing by that name`, database, async () => {
    await using lab = await openLabWithSource(database)
    bindRemote(lab, 'remote_group', 'admins@corp.example', ['enterprise_admin'])
    for (const name of ['mallory', 'alice']) {
      assert.deepEqual((await lab.a.as(`${name}@corp.example`, userPassword).get(userInfo)).json.roles, [], name)
    }
    bindRemote(lab, 'remote_group', 'cn=admins,ou=groups,dc=corp,dc=example', ['auditor'])
    assert.equal((await lab.a.as('alice@corp.example', userPassword).get(users)).status, 200)
    assert.equal((await lab.a.as('mallory@corp.example', userPassword).get(users)).status, 403)
  })

  test(`${kind}: whatever is wrong with name or password is refused alike`, database, async () => {
    await using lab = await openLabWithSource(database)
    const wrong: [string, string][] = [
      ['bob@corp.example', 'wrong'],
      ['bob@corp.example', ''],
      ['nobody@corp.example', userPassword],
      ['bob@other.example', userPassword],
      ['@corp.example', userPassword],
      ['*@corp.example', userPassword],
      ['*)(uid=bob@corp.example', userPassword],
      ['bob)(|(uid=*@corp.example', userPassword],
      ['b*@corp.example', userPassword],
      ['bob\\2a@corp.example', userPassword],
      ['bob\0@corp.example', userPassword],
      ['\0@corp.example', userPassword],
      [' bob @corp.example', userPassword],
      ['b\u00adob@corp.example', userPassword],
      ['ｂｏｂ@corp.example', userPassword],
      ['uid=bob,ou=people,dc=corp,dc=example@corp.example', userPassword],
      ['cn=reader,dc=corp,dc=example@corp.example', 'reader-s3cret-of-the-source'],
      ['twin@corp.example', userPassword],
      [`${'x'.repeat(5000)}@corp.example`, userPassword],
      [`bob@${'corp.example.'.repeat(400)}`, userPassword],
      ['bob@corp.example@corp.example', userPassword],
    ]
    for (const [name, password] of wrong) {
      const basic = await lab.a.as(name, password).get(userInfo)
      assert.deepEqual([basic.status, basic.json], [403, refused], name)
      const session = await lab.a.signIn(name, password)
      assert.deepEqual([session.answer.status, session.answer.json], [403, refused], name)
    }
  })

  test(`${kind}: characters with a meaning in filters and names are just characters`, database, async () => {
    await using lab = await openLabWithSource(database)
    const name = 'we,ird (x)*\\@corp.example'
    assert.equal((await lab.a.as(name, userPassword).get(userInfo)).json.user_name, name)
  })

  test(`${kind}: failures lock the LDAP user, for the source that made them`, database, async () => {
    await using lab = await openLabWithSource(database)
    const right = () => lab.a.as('bob@corp.example', userPassword).get(userInfo)
    for (let failure = 0; failure < 5; failure++) {
      // However it is spelt, it is one name.
      const name = failure % 2 ? 'bob@corp.example' : 'BOB@CORP.EXAMPLE'
      assert.equal((await lab.a.as(name, `wrong-${failure}`).get(userInfo)).status, 403)
    }
    assert.deepEqual([(await right()).status, (await right()).json], [403, refused])
    assert.equal((await lab.a.from('127.0.0.2').as('bob@corp.example', userPassword).get(userInfo)).status, 200)
    assert.equal((await lab.a.as('alice@corp.example', userPassword).get(userInfo)).status, 200)
    lab.clock.advance({ seconds: 900 })
    assert.equal((await right()).status, 200)
  })

  test(`${kind}: a source that is deleted takes its users' access with it at once`, database, async () => {
    await using lab = await openLabWithSource(database)
    bindRemote(lab, 'remote_user', 'bob@corp.example', ['enterprise_admin'])
    const basic = lab.a.as('bob@corp.example', userPassword)
    const { client } = await lab.a.signIn('bob@corp.example', userPassword)
    assert.equal((await basic.get(users)).status, 200)
    assert.equal((await client.get(users)).status, 200)
    assert.equal((await lab.admin.delete(`${sources}/corp`)).status, 200)
    assert.equal((await client.get(userInfo)).status, 403)
    assert.equal((await basic.get(userInfo)).status, 403)
    // The same source again does not bring the session back.
    await lab.admin.put(`${sources}/corp`, corpSource({ url: directory.url }))
    assert.equal((await client.get(userInfo)).status, 403)
    assert.equal((await basic.get(users)).status, 200)
  })

  test(`${kind}: a sign-in that the directory answers after its source was deleted is refused`, database, async () => {
    await using lab = await openLab(database)
    const held: (() => void)[] = []
    await using slow = await listen((socket) => {
      const upstream = connect(directory.port, '127.0.0.1').on('error', () => {})
      socket.on('data', (chunk) => upstream.write(chunk)).on('close', () => upstream.destroy())
      upstream.once('data', (first) => {
        held.push(() => {
          socket.write(first)
          upstream.on('data', (chunk) => socket.write(chunk)).resume()
        })
        upstream.pause()
      })
    })
    const source = corpSource({ url: `ldap://127.0.0.1:${slow.port}` })
    await lab.admin.put(`${sources}/corp`, source)
    const basic = lab.a.as('bob@corp.example', userPassword)
    const racing = [basic.get(userInfo), lab.a.signIn('alice@corp.example', userPassword).then(({ answer }) => answer)]
    while (held.length < racing.length) await new Promise(setImmediate)
    assert.equal((await lab.admin.delete(`${sources}/corp`)).status, 200)
    await lab.admin.put(`${sources}/corp`, source)
    for (const release of held) release()
    for (const answer of await Promise.all(racing)) assert.deepEqual([answer.status, answer.json], [403, refused])
  })

  test(
    `${kind}: a session that is created in the same moment as its source is deleted does not live`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      const { journal, ldapIdentitySources, sessions, remoteBindings } = lab.server.services
      const [manager] = lab.server.services.appliances.managers
      assert(manager)
      const person = { sourceType: 'LDAP', sourceId: 'corp', name: 'bob@corp.example', groups: [] } as const
      const principal = remoteBindings.resolve(person)
      const change = <T>(work: (change: Change) => Promise<T>) => journal.change(work, () => undefined)
      const create = () => change((one) => sessions.create(one, manager.id, manager.realmId, principal))
      const remove = () => ldapIdentitySources.remove({ caller: principal, now: lab.clock.now, change }, 'corp')
      const [before, , after] = await Promise.allSettled([create(), remove(), create()])
      assert.equal(after.status, 'rejected')
      assert(before.status === 'fulfilled')
      const { id, token } = before.value
      assert.throws(() => sessions.authenticate(manager.id, id, token))
      await lab.restart()
      const again = lab.server.services.sessions
      assert.throws(() => again.authenticate(manager.id, id, token))
    },
  )

  test(`${kind}: a change of who the names mean ends sessions; any other change does not`, database, async () => {
    await using lab = await openLabWithSource(database)
    const { client } = await lab.a.signIn('bob@corp.example', userPassword)
    const same = { ...corpSource({ url: directory.url }), description: 'ours', _revision: 0 }
    assert.equal((await lab.admin.put(`${sources}/corp`, same)).status, 200)
    assert.equal((await client.get(userInfo)).status, 200)
    const other = { ...same, base_dn: 'ou=people,dc=corp,dc=example', _revision: 1 }
    assert.equal((await lab.admin.put(`${sources}/corp`, other)).status, 200)
    assert.equal((await client.get(userInfo)).status, 403)
  })

  test(`${kind}: alternative domain names are names of the same users`, database, async () => {
    await using lab = await openLabWithSource(database, { alternative_domain_names: ['Corp.Test'] })
    bindRemote(lab, 'remote_user', 'bob@corp.example', ['auditor'])
    const { json } = await lab.a.as('bob@corp.test', userPassword).get(userInfo)
    assert.equal(json.user_name, 'bob@corp.example')
    assert.equal(json.roles[0].role, 'auditor')
    // And no new set of guesses.
    for (let failure = 0; failure < 5; failure++) {
      const domain = failure % 2 ? 'corp.example' : 'corp.test'
      assert.equal((await lab.a.as(`bob@${domain}`, `wrong-${failure}`).get(userInfo)).status, 403)
    }
    for (const domain of ['corp.example', 'corp.test']) {
      assert.equal((await lab.a.as(`bob@${domain}`, userPassword).get(userInfo)).status, 403)
    }
    assert.equal((await lab.a.as('alice@corp.test', userPassword).get(userInfo)).status, 200)
  })

  test(`${kind}: a stored bind password stays where a PUT leaves it out, also after a restart`, database, async () => {
    await using lab = await openLabWithSource(database)
    const { json: stored } = await lab.admin.get(`${sources}/corp`)
    const answer = await lab.admin.put(`${sources}/corp`, { ...stored, description: 'kept' })
    assert.deepEqual([answer.status, answer.json._revision], [200, 1], answer.text)
    assert.equal((await lab.a.as('bob@corp.example', userPassword).get(userInfo)).status, 200)
    await lab.restart()
    assert.equal((await lab.a.as('bob@corp.example', userPassword).get(userInfo)).status, 200)
  })

  test(`${kind}: with the directory down nobody is counted, and local users sign in`, database, async () => {
    await using lab = await openLabWithSource(database)
    bindRemote(lab, 'remote_user', 'bob@corp.example', ['auditor'])
    const { client } = await lab.a.signIn('bob@corp.example', userPassword)
    await directory.stop()
    try {
      for (let attempt = 0; attempt < 6; attempt++) {
        const answer = await lab.a.as('bob@corp.example', `${userPassword}${attempt}`).get(userInfo)
        assert.deepEqual([answer.status, answer.json], [403, refused])
      }
      assert.equal((await lab.a.as('admin', labPassword).get(userInfo)).status, 200)
      assert.equal((await client.get(users)).status, 200)
    } finally {
      await directory.start()
    }
    lab.clock.advance({ seconds: 10 })
    assert.equal((await lab.a.as('bob@corp.example', userPassword).get(userInfo)).status, 200)
  })

  test(`${kind}: a password is asked for again a minute later, and a session lives on`, database, async () => {
    await using lab = await openLabWithSource(database)
    const mallory = 'uid=mallory,ou=people,dc=corp,dc=example'
    const setPassword = (password: string) =>
      directory.modify(`dn: ${mallory}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${password}\n`)
    const basic = lab.a.as('mallory@corp.example', userPassword)
    const { client } = await lab.a.signIn('mallory@corp.example', userPassword)
    assert.equal((await basic.get(userInfo)).status, 200)
    setPassword('another')
    try {
      lab.clock.advance({ seconds: 60 })
      assert.equal((await basic.get(userInfo)).status, 403)
      assert.equal((await client.get(userInfo)).status, 200)
    } finally {
      setPassword(userPassword)
    }
  })
}
