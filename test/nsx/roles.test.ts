import assert from 'node:assert/strict'
import { test } from 'node:test'
import { letterOf, rowsPrinted } from '../callers/nsx-matrix.ts'
import type { Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'

const users = '/api/v1/node/users'
const roles = '/policy/api/v1/aaa/roles'
const bindings = '/policy/api/v1/aaa/role-bindings'
const whoAmI = '/policy/api/v1/aaa/user-info'
const segments = '/policy/api/v1/infra/segments'
const password = 'Zk7!vbQp2$wLm'

const names: Record<string, string> = {
  enterprise_admin: 'Enterprise Admin',
  auditor: 'Auditor',
  network_engineer: 'Network Admin',
  network_op: 'Network Operator',
  security_engineer: 'Security Admin',
  security_op: 'Security Operator',
  lb_admin: 'LB Admin',
  lb_auditor: 'LB Operator',
  vpn_admin: 'VPN Admin',
  gi_partner_admin: 'GI Partner Admin',
  netx_partner_admin: 'NETX Partner Admin',
  support_bundle_collector: 'Support Bundle Collector',
  org_admin: 'Org Admin',
  project_admin: 'Project Admin',
  vpc_admin: 'VPC Admin',
  cloud_admin: 'Cloud Admin',
  cloud_auditor: 'Cloud Operator',
}

const onRoot = (role: string) => ({ roles_for_paths: [{ path: '/', roles: [{ role }] }] })

/** The id of the binding that a local user came with. */
async function bindingOf(lab: Lab, name: string): Promise<string> {
  const { results } = (await lab.admin.get(`${bindings}?name=${name}`)).json
  assert.equal(results.length, 1)
  return results[0].id
}

for (const database of databases) {
  test(`${database.kind}: user-info tells callers who they are and which roles they have`, database, async () => {
    await using lab = await openLab(database)
    const admin = await lab.admin.get(whoAmI)
    assert.equal(admin.status, 200)
    assert.deepEqual(admin.json, {
      user_name: 'admin',
      roles: [{ role: 'enterprise_admin', permissions: ['read-api', 'read-write-api', 'crud'] }],
      roles_for_paths: [{ path: '/', roles: [{ role: 'enterprise_admin', role_display_name: 'Enterprise Admin' }] }],
    })
    assert.equal((await lab.admin.get('/api/v1/aaa/user-info')).text, admin.text)
    assert.equal((await lab.a.get(whoAmI)).status, 403)

    await lab.admin.post(`${users}/10003?action=activate`, { password })
    await lab.admin.put(`${bindings}/${await bindingOf(lab, 'guestuser1')}`, {
      roles_for_paths: [
        { path: '/', roles: [{ role: 'network_op' }] },
        { path: '/orgs/default', roles: [{ role: 'org_admin' }] },
      ],
    })
    const guest = lab.a.as('GuestUser1', password)
    const whole = (await guest.get(whoAmI)).json
    assert.equal(whole.user_name, 'guestuser1')
    assert.deepEqual(whole.roles_for_paths, [
      { path: '/', roles: [{ role: 'network_op', role_display_name: 'Network Operator' }] },
      { path: '/orgs/default', roles: [{ role: 'org_admin', role_display_name: 'Org Admin' }] },
    ])
    const pathsAround = async (root: string) =>
      (await guest.get(`${whoAmI}?root_path=${root}`)).json.roles_for_paths.map(({ path }: { path: string }) => path)
    assert.deepEqual(await pathsAround('/orgs'), ['/', '/orgs/default'])
    assert.deepEqual(await pathsAround('/orgs/default/projects/p1'), ['/', '/orgs/default'])
    assert.deepEqual(await pathsAround('/orgs/other'), ['/'])
    assert.equal((await guest.get(`${whoAmI}?provide_flat_listing=maybe`)).status, 400)
  })

  test(`${database.kind}: the built-in roles are listed and read with their permissions`, database, async () => {
    await using lab = await openLab(database)
    for (const url of [roles, '/api/v1/aaa/roles']) {
      const list = await lab.admin.get(url)
      assert.equal(list.status, 200)
      const { results, result_count, cursor } = list.json
      assert.equal(result_count, Object.keys(names).length)
      assert.equal(cursor, undefined)
      assert.deepEqual(
        Object.fromEntries(
          results.map((item: { role: string; role_display_name: string }) => [item.role, item.role_display_name]),
        ),
        names,
      )

      const collected: string[] = []
      for (let query = '?page_size=7&sort_by=role&sort_ascending=false'; query !== ''; ) {
        const page = (await lab.admin.get(`${url}${query}`)).json
        collected.push(...page.results.map(({ role }: { role: string }) => role))
        query = page.cursor ? `?page_size=7&sort_by=role&sort_ascending=false&cursor=${page.cursor}` : ''
      }
      assert.deepEqual(collected, Object.keys(names).sort().reverse())

      for (const role of Object.keys(names)) {
        const { status, json } = await lab.admin.get(`${url}/${role}`)
        assert.equal(status, 200)
        assert.equal(json.role, role)
        assert.equal(json.display_name, names[role])
        assert.equal(json._system_owned, true)
        const shown = Object.fromEntries(
          json.features.map((f: { feature_name: string; permission: string }) => [f.feature_name, f.permission]),
        )
        for (const row of rowsPrinted) {
          assert.equal(shown[row], { F: 'crud', R: 'read', N: 'none' }[letterOf(row, role)], `${role}: ${row}`)
        }
      }
      const unknown = await lab.admin.get(`${url}/Auditor`)
      assert.equal(unknown.status, 404)
      assert.equal(unknown.json.error_code, 600)
    }
  })

  test(`${database.kind}: every local user but root has a role binding, found by its fields`, database, async () => {
    await using lab = await openLab(database)
    const list = (await lab.admin.get(bindings)).json
    assert.equal(list.result_count, 4)
    assert.deepEqual(
      list.results.map((b: Record<string, unknown>) => [b.name, b.user_id, b.type, b.resource_type]),
      [
        ['admin', '10000', 'local_user', 'RoleBinding'],
        ['audit', '10002', 'local_user', 'RoleBinding'],
        ['guestuser1', '10003', 'local_user', 'RoleBinding'],
        ['guestuser2', '10004', 'local_user', 'RoleBinding'],
      ],
    )
    const [admin] = list.results
    assert.match(admin.id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
    const held = [{ role: 'enterprise_admin', role_display_name: 'Enterprise Admin' }]
    assert.deepEqual(admin.roles, held)
    assert.deepEqual(admin.roles_for_paths, [{ path: '/', roles: held }])
    assert.equal(admin.read_roles_for_paths, true)
    assert.equal(admin._create_user, 'system')
    assert.equal(admin._create_time, lab.clock.now)
    assert.equal(admin._revision, 0)
    assert.ok(!('identity_source_type' in admin) && !('stale' in admin))
    assert.deepEqual((await lab.admin.get(`${bindings}/${admin.id}`)).json, admin)
    assert.deepEqual((await lab.admin.get(`/api/v1/aaa/role-bindings/${admin.id}`)).json, admin)

    const atProject = { path: '/orgs/default/projects/p1', roles: [{ role: 'project_admin' }] }
    const id = await bindingOf(lab, 'guestuser2')
    assert.equal((await lab.admin.put(`${bindings}/${id}`, { roles_for_paths: [atProject] })).status, 200)
    const found: [query: string, names: string[]][] = [
      ['name=ADMIN', ['admin']],
      ['name=adm', []],
      ['type=local_user', ['admin', 'audit', 'guestuser1', 'guestuser2']],
      ['type=remote_user', []],
      ['role=auditor', ['audit', 'guestuser1', 'guestuser2']],
      ['role=project_admin', ['guestuser2']],
      ['role=nothing', []],
      ['path=/', ['admin', 'audit', 'guestuser1', 'guestuser2']],
      ['path=/orgs/default', []],
      ['path=/orgs/default/projects/p1', ['guestuser2']],
      ['root_path=/orgs', ['guestuser2']],
      ['role=auditor&root_path=/orgs', ['guestuser2']],
      ['identity_source_type=LDAP', []],
      ['identity_source_id=x', []],
      ['sort_by=name&sort_ascending=false', ['guestuser2', 'guestuser1', 'audit', 'admin']],
    ]
    for (const [query, wanted] of found) {
      const { status, json } = await lab.admin.get(`${bindings}?${query}`)
      assert.equal(status, 200, query)
      assert.equal(json.result_count, wanted.length, query)
      assert.deepEqual(
        json.results.map(({ name }: { name: string }) => name),
        wanted,
        query,
      )
    }
    for (const query of ['type=local', 'identity_source_type=AD', 'page_size=1001', 'page_size=-1', 'cursor=%20']) {
      assert.equal((await lab.admin.get(`${bindings}?${query}`)).status, 400, query)
    }

    const first = (await lab.admin.get(`${bindings}?page_size=3&included_fields=name,user_id`)).json
    assert.equal(first.result_count, 4)
    assert.deepEqual(first.results[0], { name: 'admin', user_id: '10000' })
    const last = (await lab.admin.get(`${bindings}?page_size=3&cursor=${first.cursor}`)).json
    assert.deepEqual(
      last.results.map(({ name }: { name: string }) => name),
      ['guestuser2'],
    )
    assert.ok(!('cursor' in last) && !('result_count' in last))
    assert.equal((await lab.admin.get(`${bindings}/nope`)).status, 404)
  })

  test(`${database.kind}: a binding keeps what the caller says of it`, database, async () => {
    await using lab = await openLab(database)
    const [{ id }] = (await lab.admin.get(`${bindings}?name=guestuser1`)).json.results
    const url = `${bindings}/${id}`
    const { display_name, tags } = (await lab.admin.get(url)).json
    assert.deepEqual([display_name, tags], ['guestuser1', undefined])
    const said = { display_name: 'Guests', description: 'of the lab', tags: [{ scope: 'team', tag: 'ops' }] }
    const roles_for_paths = [{ path: '/orgs/default', roles: [{ role: 'org_admin' }] }]
    const put = (body: object) => lab.admin.put(url, { roles_for_paths, ...body })
    assert.partialDeepStrictEqual((await put(said)).json, said)
    await lab.restart()
    assert.partialDeepStrictEqual((await lab.admin.get(url)).json, { name: 'guestuser1', ...said })
    // What is left out stays.
    assert.partialDeepStrictEqual((await put({ description: '' })).json, { ...said, description: '' })
    for (const [field, body] of [
      ['display_name', { display_name: 'x'.repeat(256) }],
      ['description', { description: 7 }],
      ['tags', { tags: [{ scope: 'x'.repeat(129) }] }],
    ] as const) {
      const { status, json } = await put(body)
      assert.equal(status, 400, field)
      assert.match(json.error_message, new RegExp(field))
    }
  })

  test(`${database.kind}: read_roles_for_paths says whether roles or roles_for_paths counts`, database, async () => {
    await using lab = await openLab(database)
    const [{ id }] = (await lab.admin.get(`${bindings}?name=guestuser1`)).json.results
    const both = {
      roles: [{ role: 'network_op' }],
      roles_for_paths: [{ path: '/', roles: [{ role: 'enterprise_admin' }] }],
    }
    const put = (body: object) => lab.admin.put(`${bindings}/${id}`, body)
    const rolesOf = ({ json }: Awaited<ReturnType<typeof put>>) => json.roles.map(({ role }: { role: string }) => role)
    assert.deepEqual(rolesOf(await put({ ...both, read_roles_for_paths: false })), ['network_op'])
    assert.deepEqual(rolesOf(await put({ ...both, read_roles_for_paths: true })), ['enterprise_admin'])
    assert.deepEqual(rolesOf(await put({ roles: both.roles })), ['network_op'])
    const none = await put({ read_roles_for_paths: false, roles_for_paths: both.roles_for_paths })
    assert.equal(none.status, 400)
    assert.match(none.json.error_message, /required property roles is missing/)
  })

  test(`${database.kind}: PUT merges paths into a binding; delete_path takes one out`, database, async () => {
    await using lab = await openLab(database)
    const id = await bindingOf(lab, 'guestuser1')
    const url = `${bindings}/${id}`
    const before = (await lab.admin.get(url)).json
    lab.clock.advance({ seconds: 5 })
    const pathsOf = (binding: { roles_for_paths: { path: string; roles: { role: string }[] }[] }) =>
      Object.fromEntries(binding.roles_for_paths.map(({ path, roles }) => [path, roles.map(({ role }) => role)]))

    const added = await lab.admin.put(url, {
      name: 'GuestUser1',
      type: 'local_user',
      read_roles_for_paths: true,
      roles_for_paths: [{ path: '/orgs/default', roles: [{ role: 'org_admin' }, { role: 'vpc_admin' }] }],
    })
    assert.equal(added.status, 200)
    assert.deepEqual(pathsOf(added.json), { '/': ['auditor'], '/orgs/default': ['org_admin', 'vpc_admin'] })
    assert.deepEqual(
      added.json.roles.map(({ role }: { role: string }) => role),
      ['auditor'],
    )
    assert.equal(added.json._revision, before._revision + 1)
    assert.equal(added.json._create_time, before._create_time)
    assert.equal(added.json._last_modified_time, lab.clock.now)
    assert.equal(added.json._last_modified_user, 'admin')
    assert.equal(added.json.id, id)

    const replaced = await lab.admin.put(url, onRoot('network_op'))
    assert.deepEqual(pathsOf(replaced.json), { '/': ['network_op'], '/orgs/default': ['org_admin', 'vpc_admin'] })
    const taken = await lab.admin.put(url, {
      roles_for_paths: [{ path: '/orgs/default', roles: [{ role: 'org_admin' }], delete_path: true }],
    })
    assert.deepEqual(pathsOf(taken.json), { '/': ['network_op'] })

    const refused: unknown[] = [
      { roles_for_paths: [{ path: '/', roles: [{ role: 'network_op' }], delete_path: true }] },
      { roles_for_paths: [{ path: '/', roles: [], delete_path: true }] },
      { roles_for_paths: [{ path: '/', roles: [] }] },
      { roles_for_paths: [{ path: '/' }] },
      { roles_for_paths: [{ roles: [{ role: 'auditor' }] }] },
      { roles_for_paths: [{ path: 'orgs', roles: [{ role: 'auditor' }] }] },
      { roles_for_paths: [{ path: '/', roles: [{ role: 'no_such_role' }] }] },
      { roles_for_paths: [{ path: '/', roles: [{ role: 'Auditor' }] }] },
      { roles_for_paths: [{ path: '/', roles: ['auditor'] }] },
      { roles_for_paths: {} },
      { ...onRoot('auditor'), name: 'guestuser2' },
      { ...onRoot('auditor'), type: 'remote_user' },
      { ...onRoot('auditor'), type: 'nobody' },
      {},
      [],
      undefined,
    ]
    for (const body of refused) {
      const answer = await lab.admin.put(url, body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.equal(answer.json.httpStatus, 'BAD_REQUEST')
    }
    const stale = await lab.admin.put(url, { ...onRoot('auditor'), _revision: before._revision })
    assert.equal(stale.status, 412)
    assert.equal(stale.json.error_code, 604)
    assert.deepEqual((await lab.admin.get(url)).json, taken.json)

    const back = await lab.admin.put(url, taken.json)
    assert.equal(back.status, 200)
    assert.equal(back.json._revision, taken.json._revision + 1)
    assert.equal((await lab.admin.put(`${bindings}/nope`, onRoot('auditor'))).status, 404)
    const older = await lab.admin.put(url, { name: 'guestuser1', roles: [{ role: 'security_op' }] })
    assert.deepEqual(pathsOf(older.json), { '/': ['security_op'] })
  })

  test(`${database.kind}: a local user's binding has no identity source`, database, async () => {
    await using lab = await openLab(database)
    const url = `${bindings}/${await bindingOf(lab, 'guestuser1')}`
    const empty = await lab.admin.put(url, { ...onRoot('network_op'), identity_source_type: '' })
    assert.equal(empty.status, 400)
    assert.equal(empty.json.error_code, 255)
    assert.match(empty.json.error_message, /not one of the allowed values \[VIDM, LDAP, OIDC, CSP\]/)
    for (const source of [
      { identity_source_type: 'VIDM' },
      { identity_source_type: 'LDAP' },
      { identity_source_type: null },
      { identity_source_id: 'corp' },
    ]) {
      assert.equal((await lab.admin.put(url, { ...onRoot('network_op'), ...source })).status, 400)
    }
    assert.equal((await lab.admin.get(url)).json.roles[0].role, 'auditor')
  })

  test(`${database.kind}: the roles of admin, of audit and of the caller are fixed`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    const own = await bindingOf(lab, 'guestuser1')
    await lab.admin.put(`${bindings}/${own}`, onRoot('enterprise_admin'))
    const guest = lab.a.as('guestuser1', password)
    for (const [client, name] of [
      [lab.admin, 'admin'],
      [lab.admin, 'audit'],
      [guest, 'admin'],
      [guest, 'audit'],
      [guest, 'guestuser1'],
    ] as [Client, string][]) {
      const url = `${bindings}/${await bindingOf(lab, name)}`
      const before = (await lab.admin.get(url)).json
      for (const role of ['auditor', 'network_op', 'enterprise_admin']) {
        const answer = await client.put(url, onRoot(role))
        assert.equal(answer.status, 400, `${name} ${role}`)
        assert.equal(answer.json.error_code, 36507)
      }
      assert.deepEqual((await lab.admin.get(url)).json, before)
    }
    await lab.admin.put(`${users}/10000`, { username: 'boss' })
    const boss = lab.a.as('boss', labPassword)
    const url = `${bindings}/${(await boss.get(`${bindings}?name=boss`)).json.results[0].id}`
    assert.equal((await guest.put(url, onRoot('auditor'))).status, 400)
  })

  test(`${database.kind}: nobody gives rights that they do not have`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    await lab.admin.put(`${bindings}/${await bindingOf(lab, 'guestuser1')}`, onRoot('cloud_admin'))
    const cloudAdmin = lab.a.as('guestuser1', password)
    const url = `${bindings}/${await bindingOf(lab, 'guestuser2')}`
    // All others have something that Cloud Admin has not.
    const covered = [
      'cloud_admin',
      'cloud_auditor',
      'gi_partner_admin',
      'netx_partner_admin',
      'org_admin',
      'project_admin',
      'vpc_admin',
    ]
    for (const role of Object.keys(names)) {
      await lab.admin.put(url, onRoot('org_admin'))
      const { status, json } = await cloudAdmin.put(url, onRoot(role))
      assert.equal(status, covered.includes(role) ? 200 : 403, role)
      if (status === 403) assert.equal(json.error_code, 401)
    }
    const atOrg = { roles_for_paths: [{ path: '/orgs/default', roles: [{ role: 'enterprise_admin' }] }] }
    assert.equal((await cloudAdmin.put(url, atOrg)).status, 403)
  })

  test(`${database.kind}: a changed role counts from the next request on, on every manager`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}?action=create_user`, { username: 'svc1', password })
    const url = `${bindings}/${await bindingOf(lab, 'svc1')}`
    const [atA, atB] = [lab.a.as('svc1', password), lab.b.as('svc1', password)]
    const { client: session } = await lab.b.signIn('svc1', password)
    const created = async (id: string) => [
      (await atA.put(`${segments}/${id}`, {})).status,
      (await atB.patch(`${segments}/${id}`, {})).status,
    ]
    assert.deepEqual(await created('s1'), [403, 403])
    await lab.admin.put(url, onRoot('network_engineer'))
    assert.deepEqual(await created('s1'), [200, 200])
    assert.equal((await session.get(whoAmI)).status, 403)
    assert.equal((await atB.get(users)).status, 403)

    const { client: open } = await lab.a.signIn('svc1', password)
    await lab.admin.put(url, onRoot('auditor'))
    assert.deepEqual(await created('s2'), [403, 403])
    assert.equal((await open.get(whoAmI)).status, 403)
    assert.equal((await atB.get(users)).status, 200)
    await lab.restart()
    assert.equal((await lab.a.as('svc1', password).put(`${segments}/s2`, {})).status, 403)
    assert.equal((await lab.a.as('svc1', password).get(users)).status, 200)
  })

  test(`${database.kind}: each role may exactly what the matrix says`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    const binding = `${bindings}/${await bindingOf(lab, 'guestuser1')}`
    const other = `${bindings}/${await bindingOf(lab, 'guestuser2')}`
    const apiService = '/api/v1/cluster/api-service'
    const caller = lab.a.as('guestuser1', password)

    const reads: [feature: string, call: () => ReturnType<Client['get']>][] = [
      ['Local Users', () => caller.get(users)],
      ['User Role Assignments', () => caller.get(bindings)],
      ['Roles', () => caller.get(roles)],
      ['System Administration', () => caller.get(apiService)],
      ['Logs', () => caller.post('/api/v1/administration/audit-logs', {})],
      ['Segments', () => caller.get(segments)],
      ['Tier-1 Gateways', () => caller.get('/policy/api/v1/infra/tier-1s')],
    ]
    const writes: [feature: string, call: () => ReturnType<Client['get']>, ok: number][] = [
      ['Local Users', () => caller.put(`${users}/10004`, { full_name: 'G' }), 200],
      ['User Role Assignments', () => caller.put(other, onRoot('org_admin')), 200],
      // Without a revision it is refused, by the API service and not at the door.
      ['System Administration', () => caller.put(apiService, {}), 412],
      ['Segments', () => caller.patch(`${segments}/seg1`, { admin_state: 'UP' }), 200],
      ['Tier-1 Gateways', () => caller.patch('/policy/api/v1/infra/tier-1s/test_t1', {}), 200],
    ]
    for (const role of Object.keys(names)) {
      assert.equal((await lab.admin.put(binding, onRoot(role))).status, 200)
      for (const [feature, call] of reads) {
        const granted = letterOf(feature, role) !== 'N'
        const { status, json } = await call()
        assert.equal(status, granted ? 200 : 403, `${role} reads ${feature}`)
        if (!granted) {
          assert.deepEqual(json, {
            httpStatus: 'FORBIDDEN',
            error_code: 401,
            module_name: 'common-services',
            error_message: 'User is not authorized to perform this operation',
          })
        }
      }
      for (const [feature, call, ok] of writes) {
        const granted = letterOf(feature, role) === 'F'
        assert.equal((await call()).status, granted ? ok : 403, `${role} changes ${feature}`)
      }
      for (const open of [whoAmI, '/api/v1/node/aaa/auth-policy', '/api/v1/node/version']) {
        assert.equal((await caller.get(open)).status, 200, `${role} ${open}`)
      }
    }
  })

  test(`${database.kind}: admin has full access and audit reads`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10002?action=activate`, { password })
    const audit = lab.a.as('audit', password)
    const reads = [users, bindings, roles, '/api/v1/cluster/api-service', segments, '/policy/api/v1/infra/tier-1s']
    for (const url of reads) {
      assert.equal((await lab.admin.get(url)).status, 200, url)
      assert.equal((await audit.get(url)).status, 200, url)
      assert.equal((await lab.a.get(url)).status, 403, url)
    }
    const writes: [method: 'put' | 'patch', url: string, body: unknown, status: number][] = [
      ['put', `${users}/10004`, { full_name: 'G' }, 200],
      ['put', `${bindings}/${await bindingOf(lab, 'guestuser2')}`, onRoot('lb_admin'), 200],
      ['patch', `${segments}/seg1`, { admin_state: 'UP' }, 200],
      ['patch', '/policy/api/v1/infra/tier-1s/test_t1', {}, 200],
    ]
    for (const [method, url, body, status] of writes) {
      assert.equal((await audit[method](url, body)).json.error_code, 401, url)
      assert.equal((await lab.a[method](url, body)).json.error_code, 403, url)
      assert.equal((await lab.admin[method](url, body)).status, status, url)
    }
  })

  test(`${database.kind}: what several roles give adds up`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    const caller = lab.a.as('guestuser1', password)
    await lab.admin.put(`${bindings}/${await bindingOf(lab, 'guestuser1')}`, {
      roles_for_paths: [{ path: '/', roles: [{ role: 'auditor' }, { role: 'network_engineer' }] }],
    })
    assert.equal((await caller.get(users)).status, 200)
    assert.equal((await caller.put(`${segments}/s1`, {})).status, 200)
    assert.equal((await caller.put(`${users}/10004`, {})).status, 403)
  })
}
