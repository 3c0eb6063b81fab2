import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab } from '../lab.ts'
import { ldapPerson, openLabWithSources, remoteSession } from '../remote.ts'

const users = '/api/v1/node/users'
const roles = '/policy/api/v1/aaa/roles'
const bindings = '/policy/api/v1/aaa/role-bindings'
const whoAmI = '/policy/api/v1/aaa/user-info'
const segments = '/policy/api/v1/infra/segments'
const password = 'Zk7!vbQp2$wLm'
const org = '/orgs/default'
const project = '/orgs/default/projects/p1'

const at = (path: string, ...ids: string[]) => ({ path, roles: ids.map((role) => ({ role })) })
const onPaths = (...paths: unknown[]) => ({ read_roles_for_paths: true, roles_for_paths: paths })
const ldap = (type: string, name: string, id?: string) => ({
  type,
  name,
  identity_source_type: 'LDAP',
  ...(id === undefined ? {} : { identity_source_id: id }),
})

/** Creates a binding. @returns its URL. */
async function bind(client: Client, subject: object, ...paths: unknown[]): Promise<string> {
  const { status, json, text } = await client.post(bindings, { ...subject, ...onPaths(...paths) })
  assert.equal(status, 200, text)
  return `${bindings}/${json.id}`
}

async function bindingOf(lab: Lab, name: string): Promise<string> {
  const { results } = (await lab.admin.get(`${bindings}?name=${name}`)).json
  assert.equal(results.length, 1)
  return `${bindings}/${results[0].id}`
}

type Bound = { path: string; roles: { role: string }[] }
const pathsOf = ({ json }: Answer): Record<string, string[]> =>
  Object.fromEntries(json.roles_for_paths.map(({ path, roles }: Bound) => [path, roles.map(({ role }) => role)]))
const refusal = ({ status, json }: Answer) => [status, json.error_code]

for (const database of databases) {
  test(`${database.kind}: roles are given to remote users and groups of every source`, database, async () => {
    await using lab = await openLabWithSources(database)
    const made = await lab.admin.post(bindings, {
      ...ldap('remote_group', 'Net Admins', 'corp'),
      ...onPaths(at('/', 'network_op'), at(org, 'org_admin', 'auditor')),
    })
    assert.equal(made.status, 200)
    const { json } = made
    assert.match(json.id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
    assert.equal(json.name, 'Net Admins')
    assert.equal(json.display_name, 'Net Admins')
    assert.equal(json.type, 'remote_group')
    assert.equal(json.identity_source_type, 'LDAP')
    assert.equal(json.identity_source_id, 'corp')
    assert.equal(json.resource_type, 'RoleBinding')
    assert.equal(json.read_roles_for_paths, true)
    assert.equal(json._revision, 0)
    assert.equal(json._create_user, 'admin')
    assert.equal(json._create_time, lab.clock.now)
    assert.ok(!('user_id' in json) && !('stale' in json))
    assert.deepEqual(pathsOf(made), { '/': ['network_op'], [org]: ['org_admin', 'auditor'] })
    assert.deepEqual(
      json.roles.map(({ role }: { role: string }) => role),
      ['network_op'],
    )
    assert.deepEqual((await lab.admin.get(`${bindings}/${json.id}`)).json, json)
    assert.deepEqual((await lab.admin.get(`/api/v1/aaa/role-bindings/${json.id}`)).json, json)

    // As older clients send it: no source, and roles that are those at `/`.
    const older = await lab.admin.post('/api/v1/aaa/role-bindings', {
      name: 'jane@vidm.test',
      type: 'remote_user',
      roles: [{ role: 'auditor' }],
    })
    assert.equal(older.status, 200)
    assert.equal(older.json.identity_source_type, 'VIDM')
    assert.ok(!('identity_source_id' in older.json))
    assert.equal(older.json.stale, 'UNKNOWN')
    assert.deepEqual(pathsOf(older), { '/': ['auditor'] })
    await bind(lab.admin, { ...ldap('remote_user', 'joe', 'idp'), identity_source_type: 'OIDC' }, at(org, 'auditor'))
    await bind(lab.admin, ldap('remote', 'either', 'other'), at('/', 'lb_admin'))

    const remote = ['either', 'jane@vidm.test', 'joe', 'Net Admins']
    for (const [query, wanted] of [
      ['type=remote_group', ['Net Admins']],
      ['type=remote', ['either']],
      ['identity_source_type=LDAP', ['Net Admins', 'either']],
      ['identity_source_type=CSP', []],
      ['identity_source_id=idp', ['joe']],
      ['identity_source_type=LDAP&identity_source_id=corp', ['Net Admins']],
      ['name=NET%20ADMINS', ['Net Admins']],
      ['role=auditor&type=remote_user', ['jane@vidm.test', 'joe']],
      [`path=${org}`, ['Net Admins', 'joe']],
      [`root_path=${org}`, ['Net Admins', 'joe']],
      ['root_path=/orgs/def', []],
      ['sort_by=name&sort_ascending=false&page_size=2', ['joe', 'jane@vidm.test']],
    ] as [string, string[]][]) {
      const { status, json } = await lab.admin.get(`${bindings}?${query}`)
      assert.equal(status, 200, query)
      assert.deepEqual(
        json.results.map(({ name }: { name: string }) => name),
        wanted,
        query,
      )
    }
    // A root path also keeps other paths out of what is found.
    const found = (await lab.admin.get(`${bindings}?root_path=${org}&name=net%20admins`)).json.results[0]
    assert.deepEqual(
      found.roles_for_paths.map(({ path }: Bound) => path),
      [org],
    )
    assert.deepEqual(
      found.roles.map(({ role }: { role: string }) => role),
      [],
    )

    await lab.restart()
    const kept = (await lab.admin.get(bindings)).json.results
    assert.deepEqual(
      kept
        .filter(({ type }: { type: string }) => type !== 'local_user')
        .map(({ name }: { name: string }) => name)
        .sort(),
      [...remote].sort(),
    )
    assert.deepEqual((await lab.admin.get(`${bindings}/${json.id}`)).json, json)
  })

  test(`${database.kind}: what is no binding is refused by name and changes nothing`, database, async () => {
    await using lab = await openLabWithSources(database)
    await bind(lab.admin, ldap('remote_user', 'Jane@corp.test', 'corp'), at('/', 'auditor'))
    const good = { ...ldap('remote_user', 'new', 'corp'), ...onPaths(at('/', 'auditor')) }
    const before = (await lab.admin.get(bindings)).text
    const without = (field: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== field))
    const refused: [body: unknown, message: RegExp][] = [
      [undefined, /./],
      [[], /./],
      [without('type'), /type is missing/],
      [without('name'), /name is missing/],
      [without('roles_for_paths'), /roles_for_paths is missing/],
      [{ ...good, type: 'user' }, /property type/],
      [{ ...good, type: 'local_user' }, /local user/],
      [{ ...good, type: 'principal_identity' }, /principal identity/],
      [{ ...good, name: '' }, /name/],
      [{ ...good, name: ' jane' }, /name/],
      [{ ...good, name: 'jane ' }, /name/],
      [{ ...good, name: 'ja\nne' }, /name/],
      [{ ...good, name: 'j'.repeat(256) }, /name/],
      [{ ...good, name: 7 }, /name/],
      [{ ...good, identity_source_type: '' }, /not one of the allowed values \[VIDM, LDAP, OIDC, CSP\]/],
      [{ ...good, identity_source_type: 'AD' }, /identity_source_type/],
      [{ ...good, identity_source_type: 'CSP' }, /identity_source_id/],
      [{ ...good, identity_source_type: 'VIDM' }, /identity_source_id/],
      [{ ...good, type: 'remote', identity_source_type: 'OIDC' }, /LDAP/],
      [{ ...good, identity_source_id: 'nowhere' }, /nowhere of property identity_source_id does not exist/],
      [{ ...good, roles_for_paths: [] }, /at least one path/],
      [{ ...good, roles_for_paths: [{ ...at('/', 'auditor'), delete_path: true }] }, /at least one path/],
      [{ ...good, roles_for_paths: [at('/')] }, /roles/],
      [{ ...good, roles_for_paths: [at('/', 'no_such_role')] }, /value no_such_role of property role/],
      [{ ...good, roles_for_paths: [at('/', '__proto__')] }, /__proto__/],
      ...['', 'orgs', '/orgs/', '//', '/orgs//x', '/a;b', '/orgs/..', '/./orgs', '/orgs/\u0001'].map(
        (path): [unknown, RegExp] => [{ ...good, roles_for_paths: [at(path, 'auditor')] }, /path/],
      ),
    ]
    for (const [body, message] of refused) {
      const answer = await lab.admin.post(bindings, body)
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`)
      assert.match(answer.json.error_message, message)
    }
    // A name is bound once in its source, whatever its case.
    for (const name of ['Jane@corp.test', 'jane@CORP.TEST']) {
      const again = await lab.admin.post(bindings, { ...good, name })
      assert.deepEqual(refusal(again), [400, 500127])
    }
    for (const action of ['delete_stale', 'create', '', 'x&action=delete_stale_bindings']) {
      assert.equal((await lab.admin.post(`${bindings}?action=${action}`, good)).status, 400, action)
    }
    assert.equal((await lab.admin.get(bindings)).text, before)
    const stale = await lab.admin.post(`${bindings}?action=delete_stale_bindings`)
    assert.deepEqual([stale.status, stale.text], [200, ''])
    assert.equal((await lab.admin.get(bindings)).text, before)

    for (const other of [{ identity_source_id: 'other' }, { type: 'remote_group' }, { type: 'remote' }]) {
      assert.equal((await lab.admin.post(bindings, { ...good, name: 'jane@corp.test', ...other })).status, 200)
    }
  })

  test(`${database.kind}: twenty groups of an LDAP source can be bound`, database, async () => {
    await using lab = await openLabWithSources(database)
    const add = (type: string, name: string, id?: string) =>
      lab.admin.post(bindings, { ...ldap(type, name, id), ...onPaths(at('/', 'auditor')) })
    for (let i = 0; i < 20; i++) assert.equal((await add('remote_group', `g${i}`, 'corp')).status, 200)
    assert.deepEqual(refusal(await add('remote_group', 'g20', 'corp')), [400, 36511])
    assert.deepEqual(refusal(await add('remote_group', 'g20')), [400, 36511])
    assert.equal((await add('remote_group', 'g20', 'other')).status, 200)
    assert.equal((await add('remote_user', 'u', 'corp')).status, 200)
    await lab.admin.delete(await bindingOf(lab, 'g7'))
    assert.equal((await add('remote_group', 'g7', 'corp')).status, 200)
    assert.deepEqual(refusal(await add('remote_group', 'g21', 'corp')), [400, 36511])
  })

  test(
    `${database.kind}: a remote user has the roles of their name and groups from the next request on`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const jane = await remoteSession(lab, ldapPerson('jane@corp.test', ['ops']))
      const stranger = await remoteSession(lab, ldapPerson('jane@corp.test', ['ops'], 'other'))
      const may = async (client: Client) => [
        (await client.get(segments)).status,
        (await client.patch(`${segments}/seg1`, {})).status,
      ]
      assert.deepEqual(await may(jane), [403, 403])
      assert.deepEqual((await jane.get(whoAmI)).json, { user_name: 'jane@corp.test', roles: [], roles_for_paths: [] })

      const group = await bind(lab.admin, ldap('remote_group', 'OPS', 'corp'), at('/', 'network_op'))
      assert.deepEqual(await may(jane), [200, 403])
      const own = await bind(lab.admin, ldap('remote_user', 'JANE@corp.test', 'corp'), at('/', 'network_engineer'))
      assert.deepEqual(await may(jane), [200, 200])
      assert.deepEqual(await may(stranger), [403, 403])
      const info = (await jane.get(whoAmI)).json
      assert.deepEqual(
        info.roles.map(({ role }: { role: string }) => role),
        ['network_engineer', 'network_op'],
      )
      assert.deepEqual(
        info.roles_for_paths.map(({ path, roles }: Bound) => [path, roles.length]),
        [['/', 2]],
      )

      const moved = await lab.admin.put(own, {
        ...ldap('remote_user', 'jane@corp.test', 'corp'),
        ...onPaths({ ...at('/', 'network_engineer'), delete_path: true }, at(org, 'network_engineer')),
        _revision: 0,
      })
      assert.equal(moved.status, 200)
      assert.deepEqual(pathsOf(moved), { [org]: ['network_engineer'] })
      assert.deepEqual(await may(jane), [200, 403])
      const flat = async (query: string) =>
        Object.fromEntries(
          (await jane.get(`${whoAmI}?${query}`)).json.roles_for_paths.map(({ path, roles }: Bound) => [
            path,
            roles.map(({ role }) => role).sort(),
          ]),
        )
      assert.deepEqual(await flat(''), { '/': ['network_op'], [org]: ['network_engineer'] })
      assert.deepEqual(await flat('provide_flat_listing=true'), {
        '/': ['network_op'],
        [org]: ['network_engineer', 'network_op'],
      })
      assert.deepEqual(await flat(`root_path=${org}`), { '/': ['network_op'], [org]: ['network_engineer'] })
      assert.deepEqual(await flat('root_path=/orgs/def'), { '/': ['network_op'] })

      assert.equal((await lab.admin.put(own, onPaths(at('/', 'network_engineer')))).status, 200)
      assert.deepEqual(await may(jane), [200, 200])
      assert.equal((await lab.admin.delete(own)).status, 200)
      assert.deepEqual(await may(jane), [200, 403])
      assert.equal((await lab.admin.delete(group)).status, 200)
      assert.deepEqual(await may(jane), [403, 403])
      assert.equal((await jane.get(whoAmI)).status, 200)

      // A binding that names no source of its type holds in whichever knows the name.
      await bind(lab.admin, ldap('remote', 'ops'), at('/', 'network_op'))
      assert.deepEqual(await may(jane), [200, 403])
      assert.deepEqual(await may(stranger), [200, 403])
      await lab.restart()
      assert.deepEqual(await may(await remoteSession(lab, ldapPerson('x', ['Ops']))), [200, 403])
    },
  )

  test(`${database.kind}: PUT is about the one it was made for`, database, async () => {
    await using lab = await openLabWithSources(database)
    const url = await bind(lab.admin, ldap('remote_user', 'jane', 'corp'), at('/', 'auditor'))
    const before = (await lab.admin.get(url)).json
    for (const body of [
      { type: 'remote_group' },
      { type: 'local_user' },
      { name: 'joe' },
      { identity_source_type: 'OIDC' },
      { identity_source_id: 'other' },
      { identity_source_id: '' },
      { roles_for_paths: [{ ...at('/', 'auditor'), delete_path: true }] },
    ]) {
      assert.equal((await lab.admin.put(url, { ...before, ...body })).status, 400, JSON.stringify(body))
    }
    assert.equal((await lab.admin.put(url, { ...before, _revision: 1 })).status, 412)
    assert.deepEqual((await lab.admin.get(url)).json, before)
    const same = await lab.admin.put(url, before)
    assert.equal(same.status, 200)
    assert.equal(same.json._revision, 1)
  })

  test(
    `${database.kind}: DELETE takes a binding, or paths of it; the last path takes the binding`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const paths = [at('/', 'auditor'), at(org, 'org_admin'), at(project, 'project_admin'), at('/orgs/x', 'org_admin')]
      const url = await bind(lab.admin, ldap('remote_user', 'jane'), ...paths)
      for (const query of ['path=', 'path=/orgs', `path=${org};/nope`, 'path=/;', 'path=%20/']) {
        const answer = await lab.admin.delete(`${url}?${query}`)
        assert.deepEqual(refusal(answer), [400, 255], query)
      }
      assert.equal((await lab.admin.get(url)).json._revision, 0)
      for (const [query, left] of [
        [`path=${org}`, ['/', project, '/orgs/x']],
        // The separator as it is, and encoded.
        [`path=${encodeURIComponent(project)};/orgs/x`, ['/']],
      ] as const) {
        const answer = await lab.admin.delete(`${url}?${query}`)
        assert.deepEqual([answer.status, answer.text], [200, ''], query)
        assert.deepEqual(Object.keys(pathsOf(await lab.admin.get(url))), left)
      }
      await lab.admin.put(url, onPaths(...paths))
      assert.equal((await lab.admin.delete(`${url}?path=${org}%3B${project}%3B%2F`)).status, 200)
      assert.deepEqual(Object.keys(pathsOf(await lab.admin.get(url))), ['/orgs/x'])
      assert.equal((await lab.admin.delete(`${url}?path=/orgs/x`)).status, 200)
      assert.equal((await lab.admin.get(url)).status, 404)
      assert.equal((await lab.admin.delete(url)).status, 404)

      const whole = await bind(lab.admin, ldap('remote_user', 'jane'), ...paths)
      assert.equal((await lab.admin.delete(whole)).status, 200)
      assert.equal((await lab.admin.get(whole)).status, 404)

      // A local user's binding goes with the user and not before, but may become empty.
      const local = await bindingOf(lab, 'guestuser1')
      assert.deepEqual(refusal(await lab.admin.delete(local)), [400, 36507])
      assert.deepEqual(pathsOf(await lab.admin.get(local)), { '/': ['auditor'] })
      await lab.admin.post(`${users}/10003?action=activate`, { password })
      const guest = lab.a.as('guestuser1', password)
      assert.equal((await guest.get(segments)).status, 200)
      assert.equal((await lab.admin.delete(`${local}?path=/`)).status, 200)
      assert.deepEqual(pathsOf(await lab.admin.get(local)), {})
      assert.equal((await guest.get(segments)).status, 403)
      assert.equal((await lab.admin.put(local, onPaths(at('/', 'network_op')))).status, 200)
      assert.equal((await guest.get(segments)).status, 200)
      for (const name of ['admin', 'audit']) {
        const fixed = await bindingOf(lab, name)
        for (const query of ['', '?path=/']) {
          assert.deepEqual(refusal(await lab.admin.delete(`${fixed}${query}`)), [400, 36507])
        }
      }
      assert.equal((await lab.admin.get(whoAmI)).json.roles[0].role, 'enterprise_admin')
    },
  )

  test(`${database.kind}: nobody changes what they or one of their groups may`, database, async () => {
    await using lab = await openLabWithSources(database)
    const own = await bind(lab.admin, ldap('remote_user', 'jane@corp.test', 'corp'), at('/', 'enterprise_admin'))
    const group = await bind(lab.admin, ldap('remote_group', 'ops'), at('/', 'network_op'))
    const other = await bind(lab.admin, ldap('remote_group', 'other', 'corp'), at('/', 'network_op'))
    const jane = await remoteSession(lab, ldapPerson('Jane@corp.test', ['OPS', 'third']))
    for (const url of [own, group]) {
      for (const answer of [
        await jane.put(url, onPaths(at('/', 'auditor'))),
        await jane.put(url, onPaths(at(project, 'auditor'))),
        await jane.delete(url),
        await jane.delete(`${url}?path=/`),
      ]) {
        assert.deepEqual(refusal(answer), [400, 36507])
      }
    }
    for (const subject of [
      ldap('remote_group', 'Third', 'corp'),
      ldap('remote_group', 'third'),
      ldap('remote', 'third', 'corp'),
      ldap('remote', 'JANE@corp.test'),
      ldap('remote_user', 'jane@corp.test'),
    ]) {
      const answer = await jane.post(bindings, { ...subject, ...onPaths(at('/', 'auditor')) })
      assert.deepEqual(refusal(answer), [400, 36507], JSON.stringify(subject))
    }
    assert.equal((await jane.put(other, onPaths(at('/', 'auditor')))).status, 200)
    assert.equal((await jane.delete(other)).status, 200)
    await bind(jane, ldap('remote_group', 'third', 'other'), at('/', 'enterprise_admin'))
    assert.equal((await lab.admin.get(own)).json._revision, 0)
    assert.equal((await lab.admin.get(group)).json._revision, 0)
  })

  test(`${database.kind}: nobody gives, takes or deletes rights that they do not have`, database, async () => {
    await using lab = await openLabWithSources(database)
    await bind(lab.admin, ldap('remote_group', 'cloud'), at('/', 'cloud_admin'))
    const cloud = await remoteSession(lab, ldapPerson('jane', ['cloud']))
    const above = await bind(lab.admin, ldap('remote_user', 'boss'), at('/', 'auditor'), at(org, 'cloud_auditor'))
    const below = await bind(lab.admin, ldap('remote_user', 'joe'), at('/', 'cloud_auditor'))
    await lab.admin.put(`${roles}/mighty`, { features: [{ feature: 'users_custom_role', permission: 'crud' }] })
    await lab.admin.put(`${roles}/mightier`, {
      features: [{ feature: 'users_configuration', permission: 'crud' }],
    })
    const forbidden = [403, 401]
    for (const role of ['enterprise_admin', 'auditor', 'network_engineer', 'mightier']) {
      const created = await cloud.post(bindings, { ...ldap('remote_user', 'new'), ...onPaths(at('/', role)) })
      assert.deepEqual(refusal(created), forbidden, role)
      const hidden = onPaths(at('/', 'cloud_auditor'), at(project, 'cloud_auditor', role))
      assert.deepEqual(refusal(await cloud.put(below, hidden)), forbidden, role)
    }
    for (const answer of [
      await cloud.put(above, onPaths(at('/', 'cloud_auditor'))),
      await cloud.put(above, onPaths({ ...at('/', 'cloud_auditor'), delete_path: true })),
      await cloud.delete(above),
      await cloud.delete(`${above}?path=/`),
      await cloud.delete(`${above}?path=${org};/`),
    ]) {
      assert.deepEqual(refusal(answer), forbidden)
    }
    assert.deepEqual(pathsOf(await lab.admin.get(above)), { '/': ['auditor'], [org]: ['cloud_auditor'] })
    assert.deepEqual(pathsOf(await lab.admin.get(below)), { '/': ['cloud_auditor'] })
    assert.equal((await cloud.delete(`${above}?path=${org}`)).status, 200)
    assert.equal((await cloud.put(below, onPaths(at('/', 'mighty')))).status, 200)
    assert.equal((await cloud.delete(below)).status, 200)
    const operator = await remoteSession(lab, ldapPerson('op', ['operators']))
    await bind(lab.admin, ldap('remote_group', 'operators'), at('/', 'cloud_auditor'))
    assert.equal((await operator.get(bindings)).status, 200)
    assert.deepEqual(refusal(await operator.post(bindings, {})), forbidden)
    assert.deepEqual(refusal(await operator.delete(above)), forbidden)
    assert.deepEqual(refusal(await operator.post(`${bindings}?action=delete_stale_bindings`)), forbidden)
  })

  test(`${database.kind}: who may assign roles below a path does so there and nowhere else`, database, async () => {
    await using lab = await openLabWithSources(database)
    await bind(lab.admin, ldap('remote_user', 'org'), at(org, 'cloud_admin'), at('/', 'network_op'))
    const client = await remoteSession(lab, ldapPerson('org'))
    const joe = await bind(lab.admin, ldap('remote_user', 'joe'), at('/', 'auditor'), at('/orgs/x', 'org_admin'))
    const paths = async (url: string, by = client) => Object.keys(pathsOf(await by.get(url)))
    assert.deepEqual(await paths(joe), [])

    const given = await client.put(joe, onPaths(at(project, 'cloud_auditor')))
    assert.equal(given.status, 200)
    assert.deepEqual(pathsOf(given), { [project]: ['cloud_auditor'] })
    assert.deepEqual(await paths(joe, lab.admin), ['/', '/orgs/x', project])
    const listed = (await client.get(`${bindings}?name=joe`)).json.results[0]
    assert.deepEqual([listed.roles_for_paths.length, listed.roles.map(({ role }: { role: string }) => role)], [1, []])
    assert.deepEqual((await client.get(`${bindings}?role=auditor`)).json.results, [])
    const added = await bind(client, ldap('remote_user', 'new'), at(org, 'cloud_admin'))

    for (const change of [
      at('/', 'lb_admin'),
      at('/', 'network_op'),
      at('/orgs/x', 'cloud_auditor'),
      at('/orgs/default2', 'cloud_auditor'),
      at('/infra', 'cloud_auditor'),
      at(org, 'enterprise_admin'),
      at(project, 'security_engineer'),
      { ...at('/', 'auditor'), delete_path: true },
      { ...at('/orgs/x', 'org_admin'), delete_path: true },
    ]) {
      const answer = await client.put(joe, onPaths(at(project, 'cloud_auditor'), change))
      assert.deepEqual(refusal(answer), [403, 401], JSON.stringify(change))
      if (!('delete_path' in change)) {
        const created = await client.post(bindings, { ...ldap('remote_user', 'more'), ...onPaths(change) })
        assert.deepEqual(refusal(created), [403, 401], JSON.stringify(change))
      }
    }
    assert.deepEqual(refusal(await client.put(joe, onPaths())), [403, 401])
    assert.deepEqual(refusal(await client.delete(joe)), [403, 401])
    assert.deepEqual(refusal(await client.delete(`${joe}?path=/`)), [403, 401])
    assert.deepEqual(refusal(await client.post(`${bindings}?action=delete_stale_bindings`)), [403, 401])
    assert.equal((await lab.admin.get(joe)).json._revision, 1)
    assert.equal((await client.delete(`${joe}?path=${project}`)).status, 200)
    assert.equal((await client.delete(added)).status, 200)
    assert.deepEqual(await paths(joe, lab.admin), ['/', '/orgs/x'])

    // It opens nothing that is not below the path.
    assert.equal((await client.get(roles)).status, 200)
    assert.equal((await client.put(`${roles}/mine`, { features: [] })).status, 403)
    assert.equal((await client.put(`${segments}/s1`, {})).status, 403)
  })

  test(`${database.kind}: policy calls ask for rights at the path of their object`, database, async () => {
    await using lab = await openLabWithSources(database)
    for (const id of ['s1', 's10']) assert.equal((await lab.admin.put(`${segments}/${id}`, {})).status, 200)
    await bind(
      lab.admin,
      ldap('remote_user', 'jane'),
      at('/infra/segments/s1', 'network_engineer'),
      at('/infra/tier-1s', 'network_op'),
      at('/infra/segments/a b', 'network_engineer'),
    )
    const jane = await remoteSession(lab, ldapPerson('jane'))
    for (const [method, path, status] of [
      ['GET', '/segments/s1', 200],
      ['GET', '/segments/s1/', 200],
      ['PATCH', '/segments/s1', 200],
      ['GET', '/segments/%73%31', 200],
      ['GET', '/segments', 403],
      ['GET', '/segments/s10', 403],
      ['PATCH', '/segments/s10', 403],
      ['GET', '/segments/S1', 403],
      ['GET', '/segments/s1%2F..%2Fs10', 400],
      ['GET', '/segments/s1/../s10', 400],
      ['DELETE', '/segments/s10', 403],
      ['GET', '/segments/a%20b', 404],
      ['GET', '/tier-1s', 200],
      ['GET', '/tier-1s/test_t1', 200],
      ['PATCH', '/tier-1s/test_t1', 403],
      ['DELETE', '/segments/s1', 200],
    ] as [string, string, number][]) {
      const body = method === 'PATCH' ? ['{}', { 'content-type': 'application/json' }] : []
      const answer = await jane.send(method, `/policy/api/v1/infra${path}`, ...(body as []))
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    }
    assert.equal((await lab.admin.get(`${segments}/s10`)).status, 200)
    assert.equal((await jane.get(users)).status, 403)
    assert.equal((await jane.get(bindings)).status, 403)
  })
}
