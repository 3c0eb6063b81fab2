import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../certificates.ts'
import type { Client } from '../client.ts'
import { databases, type Lab } from '../lab.ts'
import { ldapPerson, openLabWithSources, remoteSession } from '../remote.ts'

const users = '/api/v1/node/users'
const roles = '/policy/api/v1/aaa/roles'
const bindings = '/policy/api/v1/aaa/role-bindings'
const whoAmI = '/policy/api/v1/aaa/user-info'
const segments = '/policy/api/v1/infra/segments'
const password = 'Zk7!vbQp2$wLm'

/** Some of the features that custom roles can have, by the ids that the vendor's pages print. */
const policyFeatures = [
  'policy_context_profile',
  'policy_dfw',
  'policy_edge_fw',
  'policy_grouping',
  'policy_ipam',
  'policy_lb',
  'policy_nat_rules',
  'policy_profiles',
  'policy_segment',
  'policy_services',
  'policy_t0',
  'policy_t1',
  'policy_vm_vm_tags',
  'users_configuration',
  'users_custom_role',
  'users_role_assignments',
]
/** Some of those of the manager's own calls. */
const managerFeatures = [
  'nodes_transport_nodes',
  'switching_switches',
  'system_administration',
  'system_administration_passwd_mgmt',
  'system_log',
  'system_support_bundle',
  'transport_zones_transport_zones',
  'trust_certificates',
  'trust_principal_identities',
]

const withFeatures = (permissions: Record<string, string>) => ({
  features: Object.entries(permissions).map(([feature, permission]) => ({ feature, permission })),
})
const onRoot = (role: string) => ({ roles_for_paths: [{ path: '/', roles: [{ role }] }] })

type Feature = { feature: string; permission: string }
/** What a role gives, without what is none. */
const granted = ({ features }: { features: Feature[] }) =>
  Object.fromEntries(features.filter((f) => f.permission !== 'none').map((f) => [f.feature, f.permission]))

async function bindingOf(lab: Lab, name: string): Promise<string> {
  const { results } = (await lab.admin.get(`${bindings}?name=${name}`)).json
  assert.equal(results.length, 1)
  return `${bindings}/${results[0].id}`
}

/** Signs in guestuser1 or guestuser2 with a role everywhere. */
async function guestWith(lab: Lab, role: string, guest: 1 | 2 = 1): Promise<Client> {
  await lab.admin.post(`${users}/${10_002 + guest}?action=activate`, { password })
  assert.equal((await lab.admin.put(await bindingOf(lab, `guestuser${guest}`), onRoot(role))).status, 200)
  return lab.a.as(`guestuser${guest}`, password)
}

for (const database of databases) {
  test(`${database.kind}: a custom role is created, read, listed, replaced and deleted`, database, async () => {
    await using lab = await openLabWithSources(database)
    const url = `${roles}/seg-ops_1`
    const created = await lab.admin.put(url, {
      role: 'seg-ops_1',
      display_name: 'Segment operations',
      description: 'Made by a test',
      ...withFeatures({ policy_segment: 'crud', policy_t1: 'read' }),
    })
    assert.equal(created.status, 200)
    assert.equal(created.json.role, 'seg-ops_1')
    assert.equal(created.json.id, 'seg-ops_1')
    assert.equal(created.json.display_name, 'Segment operations')
    assert.equal(created.json.description, 'Made by a test')
    assert.equal(created.json._revision, 0)
    assert.equal(created.json._create_user, 'admin')
    assert.equal(created.json._create_time, lab.clock.now)
    assert.equal(created.json._system_owned, false)
    const shown = created.json.features.map((f: Feature) => f.feature)
    assert.ok([...policyFeatures, ...managerFeatures].every((id) => shown.includes(id)))
    assert.deepEqual(granted(created.json), { policy_segment: 'crud', policy_t1: 'read' })
    assert.deepEqual((await lab.b.with({ headers: {} }).get(url)).status, 403)
    assert.deepEqual((await lab.admin.get(url)).json, created.json)
    assert.deepEqual((await lab.admin.get('/api/v1/aaa/roles/seg-ops_1')).json, created.json)

    const listed = (await lab.admin.get(roles)).json
    assert.equal(listed.result_count, 18)
    const item = listed.results.find(({ role }: { role: string }) => role === 'seg-ops_1')
    assert.equal(item.role_display_name, 'Segment operations')
    assert.deepEqual(Object.keys(item), ['role', 'role_display_name'])
    const whole = (await lab.admin.get(`${roles}-with-feature-permissions?page_size=5&sort_by=role`)).json
    assert.equal(whole.result_count, 18)
    assert.equal(whole.results.length, 5)
    const last = (await lab.admin.get(`${roles}-with-feature-permissions?page_size=1000&sort_by=role`)).json.results
    assert.deepEqual(last.find(({ role }: { role: string }) => role === 'seg-ops_1').features, created.json.features)

    lab.clock.advance({ seconds: 9 })
    const without = await lab.admin.put(url, withFeatures({ policy_segment: 'read' }))
    assert.equal(without.status, 400)
    assert.equal(without.json.error_code, 500127)
    const stale = await lab.admin.put(url, { ...withFeatures({ policy_segment: 'read' }), _revision: 1 })
    assert.equal(stale.status, 412)
    assert.deepEqual((await lab.admin.get(url)).json, created.json)
    assert.equal((await lab.admin.put(`${roles}/other`, { features: [], _revision: 3 })).status, 412)

    // What was read can be sent back as it is, with tags.
    const tags = [{ scope: 'team', tag: 'net' }]
    const same = await lab.admin.put(url, { ...created.json, tags })
    assert.deepEqual((await lab.admin.get(url)).json.tags, tags)
    assert.equal(same.status, 200)
    assert.deepEqual(granted(same.json), granted(created.json))
    const replaced = await lab.admin.put(url, { ...withFeatures({ policy_t1: 'execute' }), _revision: 1 })
    assert.equal(replaced.status, 200)
    assert.deepEqual(granted(replaced.json), { policy_t1: 'execute' })
    assert.equal(replaced.json.display_name, 'seg-ops_1')
    assert.equal(replaced.json.description, '')
    assert.equal(replaced.json._revision, 2)
    assert.equal(replaced.json._create_time, created.json._create_time)
    assert.equal(replaced.json._last_modified_time, lab.clock.now)

    await lab.restart()
    assert.deepEqual((await lab.admin.get(url)).json, replaced.json)
    const deleted = await lab.admin.delete(url)
    assert.equal(deleted.status, 200)
    assert.equal(deleted.text, '')
    assert.equal((await lab.admin.get(url)).status, 404)
    assert.equal((await lab.admin.delete(url)).status, 404)
    assert.equal((await lab.admin.get(roles)).json.result_count, 17)
    await lab.restart()
    assert.equal((await lab.admin.get(url)).status, 404)
  })

  test(`${database.kind}: what is no role is refused by name and changes nothing`, database, async () => {
    await using lab = await openLabWithSources(database)
    const good = withFeatures({ policy_segment: 'read' })
    const before = (await lab.admin.get(roles)).text
    const refused: [id: string, body: unknown, message: RegExp][] = [
      ['Custom', good, /role/],
      ['a.b', good, /role/],
      ['%20', good, /role/],
      ['r'.repeat(256), good, /role/],
      ['custom', undefined, /./],
      ['custom', [], /./],
      ['custom', {}, /features is missing/],
      ['custom', { features: {} }, /features/],
      ['custom', { features: ['policy_segment'] }, /features/],
      ['custom', { features: [{ feature: 'policy_segment' }] }, /permission is missing/],
      ['custom', { features: [{ permission: 'read' }] }, /feature is missing/],
      ['custom', withFeatures({ 'no such': 'read' }), /feature/],
      ['custom', withFeatures({ __proto__x: 'read' }), /feature/],
      ['custom', withFeatures({ policy_segment: 'write' }), /value write of property features/],
      ['custom', { features: [...good.features, ...good.features] }, /policy_segment is there twice/],
      ['custom', { ...good, role: 'other' }, /value other of property role/],
      ['custom', { ...good, display_name: '' }, /display_name/],
      ['custom', { ...good, display_name: 'd'.repeat(256) }, /display_name/],
      ['custom', { ...good, description: 'd'.repeat(1025) }, /description/],
      ['custom', { ...good, colour: 'blue' }, /colour is not a valid property/],
      ['custom', { features: [{ ...good.features[0], colour: 'blue' }] }, /colour is not a valid property/],
      ['custom', { ...good, _revision: '0' }, /_revision/],
      ['custom', { ...good, _revision: -1 }, /_revision/],
      ['network_admin', good, /value network_admin of property role is reserved/],
      ['site_reliability_engineer', good, /reserved/],
    ]
    for (const [id, body, message] of refused) {
      const answer = await lab.admin.put(`${roles}/${id}`, body)
      assert.equal(answer.status, 400, `${id} ${JSON.stringify(body)}: ${answer.text}`)
      assert.match(answer.json.error_message, message)
    }
    for (const id of ['enterprise_admin', 'auditor', 'org_admin', 'cloud_auditor']) {
      const { json } = await lab.admin.get(`${roles}/${id}`)
      for (const answer of [await lab.admin.put(`${roles}/${id}`, json), await lab.admin.delete(`${roles}/${id}`)]) {
        assert.equal(answer.status, 400, id)
        assert.equal(answer.json.error_code, 36510)
      }
    }
    assert.equal((await lab.admin.get(roles)).text, before)

    // Names that objects of the language have are names like others.
    for (const id of ['__proto__', 'constructor', 'valueof', '-', '_']) {
      assert.equal((await lab.admin.put(`${roles}/${id}`, good)).status, 200, id)
      assert.deepEqual(granted((await lab.admin.get(`${roles}/${id}`)).json), { policy_segment: 'read' })
      assert.equal((await lab.admin.delete(`${roles}/${id}`)).status, 200, id)
    }
    assert.equal((await lab.admin.get(roles)).text, before)
  })

  test(
    `${database.kind}: a feature that only a real manager knows is kept, shown and gives nothing; only administrators set it`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const sent = { policy_segment: 'read', policy_of_tomorrow: 'crud' }
      assert.deepEqual(granted((await lab.admin.put(`${roles}/custom`, withFeatures(sent))).json), sent)
      await lab.restart()
      const { json } = await lab.admin.get(`${roles}/custom`)
      assert.deepEqual(granted(json), sent)
      const shown = json.features.find(({ feature }: Feature) => feature === 'policy_of_tomorrow')
      assert.deepEqual([shown.feature_name, shown.is_internal], ['policy_of_tomorrow', false])
      // A later version may know the feature: nobody hands out what they do not have.
      const engineer = await guestWith(lab, 'network_engineer')
      assert.equal((await engineer.put(`${roles}/mine`, withFeatures({ policy_segment: 'read' }))).status, 200)
      assert.equal((await engineer.put(`${roles}/other`, withFeatures({ policy_of_tomorrow: 'read' }))).status, 403)
    },
  )

  test(
    `${database.kind}: a custom role has no feature of the manager's own calls, however it is made`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const listed = (await lab.admin.get('/policy/api/v1/aaa/features-with-properties')).json
      const most = granted({ features: listed.results })
      const everything = { ...most, ...Object.fromEntries(managerFeatures.map((id) => [id, 'crud'])) }
      const put = await lab.admin.put(`${roles}/all`, withFeatures(everything))
      assert.deepEqual(granted(put.json), most)
      for (const id of policyFeatures) assert.equal(most[id], 'crud', id)
      for (const id of managerFeatures) assert.equal(most[id], undefined, id)

      const clone = await lab.admin.post(`${roles}/enterprise_admin?action=clone`, {
        new_role_id: 'my-admin',
        new_role_name: 'My Admin',
        new_role_description: 'Almost',
      })
      assert.equal(clone.status, 200)
      assert.deepEqual(clone.json, {
        new_role_id: 'my-admin',
        new_role_name: 'My Admin',
        new_role_description: 'Almost',
      })
      const { json } = await lab.admin.get(`${roles}/my-admin`)
      assert.deepEqual(granted(json), most)
      assert.equal(json.display_name, 'My Admin')
      assert.equal(json.description, 'Almost')
      const internal = (f: Feature & { is_internal: boolean }) => f.is_internal
      const internals = json.features.filter(internal).map((f: Feature) => f.feature)
      for (const id of managerFeatures) assert.ok(internals.includes(id), id)
      const again = await lab.admin.post(`${roles}/my-admin?action=clone`, { new_role_id: 'third', new_role_name: '3' })
      assert.deepEqual(again.json, { new_role_id: 'third', new_role_name: '3', new_role_description: '' })
      assert.deepEqual(granted((await lab.admin.get(`${roles}/third`)).json), most)

      // Built-in roles keep them.
      const builtIn = (await lab.admin.get(`${roles}/auditor`)).json
      assert.equal(granted(builtIn).system_log, 'read')
      const guest = await guestWith(lab, 'my-admin')
      assert.equal((await guest.get(users)).status, 403)
      assert.equal((await guest.get('/api/v1/cluster/api-service')).status, 403)
      assert.equal((await guest.put(`${segments}/s1`, {})).status, 200)

      for (const [source, body, status] of [
        ['nobody', { new_role_id: 'x', new_role_name: 'X' }, 404],
        ['auditor', { new_role_id: 'my-admin', new_role_name: 'X' }, 400],
        ['auditor', { new_role_id: 'auditor', new_role_name: 'X' }, 400],
        ['auditor', { new_role_id: 'security_admin', new_role_name: 'X' }, 400],
        ['auditor', { new_role_id: 'X', new_role_name: 'X' }, 400],
        ['auditor', { new_role_id: 'x' }, 400],
        ['auditor', { new_role_name: 'X' }, 400],
        ['auditor', { new_role_id: 'x', new_role_name: 'X', new: 1 }, 400],
        ['auditor', undefined, 400],
      ] as const) {
        assert.equal(
          (await lab.admin.post(`${roles}/${source}?action=clone`, body)).status,
          status,
          JSON.stringify(body),
        )
      }
      assert.equal((await lab.admin.post(`${roles}/auditor?action=copy`, {})).status, 400)
      assert.equal((await lab.admin.get(`${roles}/x`)).status, 404)
    },
  )

  test(
    `${database.kind}: features are listed, sets of permissions are validated, roles are listed by scope`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      for (const prefix of ['/api/v1/aaa', '/policy/api/v1/aaa']) {
        const { status, json } = await lab.admin.get(`${prefix}/features-with-properties`)
        assert.equal(status, 200)
        const ids = (wanted: boolean) =>
          json.results
            .filter((f: { is_internal: boolean }) => f.is_internal === wanted)
            .map((f: Feature) => f.feature)
            .sort()
        assert.ok(managerFeatures.every((id) => ids(true).includes(id)))
        assert.ok(policyFeatures.every((id) => ids(false).includes(id)))
        assert.equal(json.result_count, 134)

        const validate = (permissions: Record<string, string>) =>
          lab.admin.post(`${prefix}/roles?action=validate`, {
            feature_permissions: withFeatures(permissions).features,
          })
        const valid = await validate({
          policy_segment: 'crud',
          users_role_assignments: 'crud',
          users_custom_role: 'read',
        })
        assert.equal(valid.status, 200)
        assert.deepEqual(valid.json.results, [])
        const lacking = await validate({ users_role_assignments: 'crud', policy_t1: 'read' })
        assert.equal(lacking.status, 200)
        assert.deepEqual(lacking.json.results, [
          {
            src_features: ['users_role_assignments'],
            target_feature: 'users_custom_role',
            recommended_permissions: ['read', 'execute', 'crud'],
          },
        ])
        for (const body of [
          {},
          { feature_permissions: {} },
          { feature_permissions: [{ feature: 'none such', permission: 'read' }] },
          { feature_permissions: [], more: 1 },
          undefined,
        ]) {
          assert.equal((await lab.admin.post(`${prefix}/roles?action=validate`, body)).status, 400)
        }
        assert.equal((await lab.admin.post(`${prefix}/roles`, { feature_permissions: [] })).status, 400)
      }
      // It changes nothing, so who may read roles may ask.
      const operator = await guestWith(lab, 'network_op')
      assert.equal((await operator.post(`${roles}?action=validate`, { feature_permissions: [] })).status, 200)

      await lab.admin.put(`${roles}/custom`, { features: [] })
      const idsOf = async (query: string) =>
        (await lab.admin.get(`${roles}${query}`)).json.results.map(({ role }: { role: string }) => role)
      assert.equal((await idsOf('')).length, 18)
      const atRoot = await idsOf('?scope=ROOT')
      assert.equal(atRoot.length, 15)
      assert.ok(!atRoot.includes('org_admin') && atRoot.includes('custom'))
      assert.deepEqual(await idsOf('?scope=ORG'), ['auditor', 'custom', 'org_admin'])
      assert.ok((await idsOf('?scope=PROJECT')).includes('project_admin'))
      assert.ok((await idsOf('?scope=VPC')).includes('vpc_admin'))
      assert.equal((await lab.admin.get(`${roles}?scope=ALL`)).status, 400)
    },
  )

  test(
    `${database.kind}: what a role gives counts from the next request on for everyone who holds it`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const url = `${roles}/custom`
      await lab.admin.put(url, { display_name: 'Mine', ...withFeatures({ policy_segment: 'read' }) })
      const basic = await guestWith(lab, 'custom')
      const { client: session } = await lab.b.signIn('guestuser1', password)
      const bind = (type: string, name: string) =>
        lab.admin.post(bindings, { type, name, identity_source_type: 'LDAP', ...onRoot('custom') })
      assert.equal((await bind('remote_user', 'jane@corp.test')).status, 200)
      assert.equal((await bind('remote_group', 'ops')).status, 200)
      const holders = [
        basic,
        session,
        await remoteSession(lab, ldapPerson('jane@corp.test')),
        await remoteSession(lab, ldapPerson('joe@corp.test', ['Ops'])),
      ]
      const all = (status: number) => holders.map(() => status)
      const tries = async (work: (client: Client) => ReturnType<Client['get']>) =>
        (await Promise.all(holders.map(work))).map(({ status }) => status)
      const reading = () => tries((client) => client.get(segments))
      const writing = () => tries((client) => client.patch(`${segments}/seg1`, {}))
      assert.deepEqual(await reading(), all(200))
      assert.deepEqual(await writing(), all(403))

      await lab.admin.put(url, { display_name: 'Ours', ...withFeatures({ policy_segment: 'crud' }), _revision: 0 })
      assert.deepEqual(await writing(), all(200))
      for (const holder of holders) {
        const { roles: held, roles_for_paths } = (await holder.get(whoAmI)).json
        assert.deepEqual(held, [{ role: 'custom', permissions: ['read-api', 'read-write-api', 'crud'] }])
        assert.equal(roles_for_paths[0].roles[0].role_display_name, 'Ours')
      }

      await lab.admin.put(url, { features: [], _revision: 1 })
      assert.deepEqual(await reading(), all(403))
      assert.deepEqual(await tries((client) => client.get(whoAmI)), all(200))

      const inUse = await lab.admin.delete(url)
      assert.equal(inUse.status, 400)
      assert.equal(inUse.json.error_code, 500030)
      assert.match(inUse.json.error_message, /3 role bindings/)
      assert.equal((await lab.admin.get(url)).status, 200)
      await lab.admin.put(await bindingOf(lab, 'guestuser1'), onRoot('auditor'))
      for (const name of ['jane@corp.test', 'ops']) await lab.admin.delete(await bindingOf(lab, name))
      assert.equal((await lab.admin.delete(url)).status, 200)
      const gone = await lab.admin.post(bindings, { type: 'remote_user', name: 'x', ...onRoot('custom') })
      assert.equal(gone.status, 400)
      assert.match(gone.json.error_message, /value custom of property role does not exist/)
    },
  )

  test(
    `${database.kind}: principal identities hold custom roles, and their roles are listed as bindings`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      const url = `${roles}/custom`
      const identities = '/api/v1/trust-management/principal-identities'
      await lab.admin.put(url, { display_name: 'Mine', ...withFeatures({ policy_segment: 'read' }) })
      const made = await makeCertificate('robot')
      const body = { name: 'robot', node_id: 'n1', certificate_pem: made.cert }
      const unknown = await lab.admin.post(`${identities}/with-certificate`, { ...body, ...onRoot('nothing') })
      assert.equal(unknown.status, 400)
      assert.match(unknown.json.error_message, /value nothing of property role does not exist/)
      const { status, json } = await lab.admin.post(`${identities}/with-certificate`, { ...body, ...onRoot('custom') })
      assert.equal(status, 201)
      assert.equal(json.roles_for_paths[0].roles[0].role_display_name, 'Mine')
      const robot = lab.a.presenting(made)
      const may = async () => [(await robot.get(segments)).status, (await robot.patch(`${segments}/seg1`, {})).status]
      assert.deepEqual(await may(), [200, 403])
      await lab.admin.put(url, { ...withFeatures({ policy_segment: 'crud' }), _revision: 0 })
      assert.deepEqual(await may(), [200, 200])

      const binding = await bindingOf(lab, 'robot')
      assert.equal(binding, `${bindings}/${json.id}`)
      const listed = (await lab.admin.get(`${bindings}?type=principal_identity&role=custom`)).json.results
      assert.equal(listed.length, 1)
      assert.deepEqual(listed[0], (await lab.admin.get(binding)).json)
      assert.equal(listed[0].type, 'principal_identity')
      assert.ok(!('user_id' in listed[0]) && !('identity_source_type' in listed[0]))
      for (const answer of [
        await lab.admin.put(binding, onRoot('auditor')),
        await lab.admin.delete(binding),
        await lab.admin.delete(`${binding}?path=/`),
      ]) {
        assert.deepEqual([answer.status, answer.json.error_code], [400, 36507])
      }
      assert.match((await lab.admin.delete(url)).json.error_message, /1 role binding has it/)
      assert.deepEqual(await may(), [200, 200])
      assert.equal((await lab.admin.delete(`${identities}/${json.id}`)).status, 200)
      assert.equal((await lab.admin.get(binding)).status, 404)
      assert.equal((await lab.admin.delete(url)).status, 200)
    },
  )

  test(
    `${database.kind}: makers of roles give no more than they have, and nothing to themselves`,
    database,
    async () => {
      await using lab = await openLabWithSources(database)
      // Who may change roles and segments, and reads neither users nor certificates.
      const maker = await guestWith(lab, 'network_engineer')
      const within = withFeatures({ policy_segment: 'crud', policy_t1: 'crud', users_custom_role: 'crud' })
      const beyond = withFeatures({ policy_segment: 'read', users_role_assignments: 'read' })
      assert.equal((await maker.put(`${roles}/mine`, within)).status, 200)
      const refuse = async (answer: ReturnType<Client['get']>, status: number, code: number) => {
        const { status: got, json } = await answer
        assert.deepEqual([got, json.error_code], [status, code], json.error_message)
      }
      await refuse(maker.put(`${roles}/more`, beyond), 403, 401)
      await refuse(maker.put(`${roles}/mine`, { ...beyond, _revision: 0 }), 403, 401)
      for (const source of ['enterprise_admin', 'cloud_admin', 'cloud_auditor']) {
        const clone = maker.post(`${roles}/${source}?action=clone`, { new_role_id: 'more', new_role_name: 'More' })
        await refuse(clone, 403, 401)
      }
      assert.equal(
        (await maker.post(`${roles}/network_op?action=clone`, { new_role_id: 'less', new_role_name: 'Less' })).status,
        200,
      )
      assert.equal((await lab.admin.get(`${roles}/more`)).status, 404)

      // A role above them is neither theirs to strip nor to delete.
      await lab.admin.put(`${roles}/above`, beyond)
      await refuse(maker.put(`${roles}/above`, { features: [], _revision: 0 }), 403, 401)
      await refuse(maker.delete(`${roles}/above`), 403, 401)

      // Nor is one that they hold, at whatever path and through whatever group.
      await lab.admin.put(await bindingOf(lab, 'guestuser1'), {
        roles_for_paths: [{ path: '/orgs/default', roles: [{ role: 'mine' }] }],
      })
      await refuse(maker.put(`${roles}/mine`, { features: [], _revision: 0 }), 400, 36510)
      await lab.admin.post(bindings, {
        type: 'remote_group',
        name: 'makers',
        identity_source_type: 'LDAP',
        roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }, { role: 'less' }] }],
      })
      const remote = await remoteSession(lab, ldapPerson('jane@corp.test', ['Makers']))
      await refuse(remote.put(`${roles}/less`, { features: [], _revision: 0 }), 400, 36510)
      assert.equal((await remote.put(`${roles}/theirs`, within)).status, 200)
      assert.deepEqual(granted((await lab.admin.get(`${roles}/less`)).json).policy_segment, 'read')

      // Where roles may only be read, none is made; rights below `/` make none either.
      const reader = await guestWith(lab, 'network_op', 2)
      await refuse(reader.put(`${roles}/mine2`, { features: [] }), 403, 401)
      await refuse(reader.post(`${roles}/lb_admin?action=clone`, { new_role_id: 'm', new_role_name: 'M' }), 403, 401)
      await refuse(reader.delete(`${roles}/mine`), 403, 401)
      await lab.admin.put(await bindingOf(lab, 'guestuser2'), {
        roles_for_paths: [
          { path: '/orgs/default', roles: [{ role: 'enterprise_admin' }] },
          { path: '/', roles: [{ role: 'network_op' }] },
        ],
      })
      await refuse(reader.put(`${roles}/mine2`, { features: [] }), 403, 401)
    },
  )

  test(`${database.kind}: changes of roles are in the audit log with what they were and are`, database, async () => {
    await using lab = await openLabWithSources(database)
    await lab.admin.put(`${roles}/custom`, withFeatures({ policy_segment: 'read' }))
    await lab.admin.put(`${roles}/custom`, { ...withFeatures({ policy_segment: 'crud' }), _revision: 0 })
    await lab.admin.post(`${roles}/auditor?action=clone`, { new_role_id: 'copy', new_role_name: 'Copy' })
    await lab.admin.delete(`${roles}/custom`)
    const { results } = (await lab.admin.post('/api/v1/administration/audit-logs', { log_filter: 'ModuleName="AAA"' }))
      .json
    const writes = results
      .map(({ full_log }: { full_log: string }) => full_log)
      .filter((line: string) => line.includes('update="true"'))
    for (const expected of [
      /entId="custom" .*"CreateOrUpdateRole", Operation status="success", New value=\["custom"/,
      /entId="custom" .*"CreateOrUpdateRole".*Old value=\[\{.*"feature":"policy_segment".*"permission":"read".*New value=/,
      /entId="copy" .*"CloneRole".* New value=\["auditor" \{"new_role_id":"copy","new_role_name":"Copy"\}\]/,
      /entId="custom" .*"DeleteRole".*Old value=\[\{.*"permission":"crud".*New value=\["custom"\]/,
    ]) {
      assert.equal(writes.filter((line: string) => expected.test(line)).length, 1, `${expected}\n${writes.join('\n')}`)
    }
  })
}
