import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { activeDirectory, corp, corpSource, sources, userPassword, vcenterSources } from '../directories.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { administrator, signedIn } from './clients.ts'

const sso = '/sallyport/v1/sso'

let company: OpenLdap
before(async () => {
  if (!openLdapSkip) company = await openOpenLdap(corp)
})
after(() => company?.[Symbol.asyncDispose]())

async function openLabWithSource(database: (typeof databases)[number], more: object = {}): Promise<Lab> {
  const lab = await openLab(database)
  const answer = await adminOf(lab).put(`${vcenterSources}/corp`, { ...corpSource({ url: company.url }), ...more })
  assert.equal(answer.status, 200, answer.text)
  return lab
}

const adminOf = (lab: Lab) => lab.a.as(administrator, labSsoPassword)
const refused = (lab: Lab, name: string, password: string) =>
  assert.rejects(signedIn(lab.a, name, password), { message: `${name} cannot sign in: 401` }, name)
const addMember = async (lab: Lab, group: string, member: object) => {
  const answer = await adminOf(lab).post(`${sso}/groups/${group}/members`, member)
  assert.equal(answer.status, 201, answer.text)
}

for (const database of databases.map((one) => ({ ...one, skip: one.skip || openLdapSkip }))) {
  const { kind } = database

  test(
    `${kind}: a directory's user signs in to vCenter by name@domain, with the directory's groups`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      for (const name of ['bob@corp.example', 'BOB@Corp.Example', 'CORP.EXAMPLE\\bob']) {
        const bob = await signedIn(lab.a, name, userPassword)
        assert.equal((await bob.get('/api/session')).json.user, 'bob@corp.example', name)
      }
      const bob = lab.server.services.vcenterSessions.list().at(-1)
      const groups = [...(bob?.principal.groups ?? [])].sort()
      assert.deepEqual(
        groups,
        ['all-ops', 'circle-a', 'circle-b', 'ops'].map((name) => `corp.example\\${name}`),
      )

      await refused(lab, 'bob@corp.example', 'wrong')
      await refused(lab, 'bob@corp.example', '')
      await refused(lab, 'nobody@corp.example', userPassword)
      await refused(lab, 'bob', userPassword)
      await refused(lab, 'bob@vsphere.local', userPassword)
      await refused(lab, 'bob@elsewhere.example', userPassword)
    },
  )

  test(
    `${kind}: groups of our own take in a directory's users and groups, from the next call on`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      const session = await signedIn(lab.a, 'bob@corp.example', userPassword)
      const basic = lab.a.as('bob@corp.example', userPassword)
      for (const client of [session, basic]) assert.equal((await client.get(`${sso}/users`)).status, 403)
      await addMember(lab, 'Administrators', { type: 'group', name: 'ALL-OPS', domain: 'Corp.Example' })
      for (const client of [session, basic]) assert.equal((await client.get(`${sso}/users`)).status, 200)
      await adminOf(lab).delete(`${sso}/groups/Administrators/members/group/all-ops@corp.example`)
      for (const client of [session, basic]) assert.equal((await client.get(`${sso}/users`)).status, 403)
      await addMember(lab, 'Administrators', { type: 'user', name: 'Bob', domain: 'corp.example' })
      for (const client of [session, basic]) assert.equal((await client.get(`${sso}/users`)).status, 200)

      const own = { old_password: userPassword, password: 'New-Pass-9' }
      const change = await session.post(`${sso}/change-password`, own)
      assert.deepEqual([change.status, change.json.error.code], [409, 'not_supported'])
    },
  )

  test(
    `${kind}: five wrong passwords lock a directory's user out of vCenter, not out of NSX Manager`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      await lab.admin.put(`${sources}/corp`, corpSource({ url: company.url }))
      for (const _ of [1, 2, 3, 4, 5]) await refused(lab, 'bob@corp.example', 'wrong')
      await refused(lab, 'bob@corp.example', userPassword)
      assert.equal((await lab.a.signIn('bob@corp.example', userPassword)).answer.status, 200)
      lab.clock.advance({ seconds: 300 })
      await signedIn(lab.a, 'bob@corp.example', userPassword)
    },
  )

  test(
    `${kind}: the sessions of a directory's users end with the identity source, and so does their password`,
    database,
    async () => {
      await using lab = await openLabWithSource(database)
      await signedIn(lab.a, 'bob@corp.example', userPassword)
      await lab.restart()
      const { vcenterSessions } = lab.server.services
      assert.equal(vcenterSessions.list().length, 1)
      assert.equal((await lab.a.as('bob@corp.example', userPassword).get(`${sso}/users`)).status, 403)
      assert.equal((await adminOf(lab).delete(`${vcenterSources}/corp`)).status, 204)
      assert.equal(vcenterSessions.list().length, 0)
      assert.equal((await lab.a.as('bob@corp.example', userPassword).get(`${sso}/users`)).status, 401)
      await refused(lab, 'bob@corp.example', userPassword)
    },
  )

  test(`${kind}: no directory speaks for vsphere.local, even where it is given that domain`, database, async () => {
    await using lab = await openLabWithSource(database, { domain_name: 'vsphere.local' })
    await refused(lab, 'bob@vsphere.local', userPassword)
    await refused(lab, 'VSPHERE.LOCAL\\bob', userPassword)
    await adminOf(lab).delete(`${vcenterSources}/corp`)

    // A principal name at our own domain, where the source has it as a further one.
    const entry = 'cn=Evil,dc=ad,dc=example'
    const evil = [
      `dn: ${entry}`,
      'objectClass: user',
      'sn: Evil',
      'sAMAccountName: evil',
      'userPrincipalName: administrator@vsphere.local',
      `userPassword: ${userPassword}`,
    ].join('\n')
    await using directory = await openOpenLdap({ ...activeDirectory, ldif: `${activeDirectory.ldif}\n${evil}\n` })
    const source = await adminOf(lab).put(`${vcenterSources}/ad`, {
      resource_type: 'ActiveDirectoryIdentitySource',
      domain_name: 'ad.example',
      alternative_domain_names: ['vsphere.local'],
      base_dn: 'dc=ad,dc=example',
      ldap_servers: [{ url: directory.url }],
    })
    assert.equal(source.status, 200, source.text)
    await refused(lab, 'evil@ad.example', userPassword)
    await refused(lab, administrator, userPassword)
    await signedIn(lab.a, 'jdoe@ad.example', userPassword)
    await signedIn(lab.a)
  })

  test(`${kind}: users and groups that are only named are found in their domain`, database, async () => {
    await using lab = await openLabWithSource(database)
    const { principalLookup } = lab.server.services
    for (const [name, domain, group, there] of [
      ['Administrator', 'VSPHERE.LOCAL', false, true],
      ['Administrators', 'vsphere.local', true, true],
      ['Administrators', 'vsphere.local', false, false],
      ['administrator', 'vsphere.local', true, false],
      ['bob', 'corp.example', false, true],
      ['BOB', 'Corp.Example', false, true],
      ['bo*', 'corp.example', false, false],
      ['twin', 'corp.example', false, false],
      ['ops', 'corp.example', true, true],
      ['bob', 'corp.example', true, false],
      // Two groups have that name.
      ['admins', 'corp.example', true, false],
      ['bob', 'localos', false, false],
      ['bob', 'elsewhere.example', false, false],
      ['', '', false, false],
    ] as const) {
      assert.equal(await principalLookup.exists(name, domain, group), there, `${name} ${domain} ${group}`)
    }
    const bob = await principalLookup.user('bob', 'corp.example')
    assert.deepEqual([bob?.key, bob?.groups.has('corp.example\\all-ops')], ['corp.example\\bob', true])
    const nowhere = { ...corpSource({ url: 'ldap://127.0.0.1:9' }), _revision: 0 }
    assert.equal((await adminOf(lab).put(`${vcenterSources}/corp`, nowhere)).status, 200)
    await assert.rejects(principalLookup.exists('ops', 'corp.example', true), { code: 'directory_unreachable' })
    await assert.rejects(principalLookup.user('bob', 'corp.example'), { code: 'directory_unreachable' })
  })
}
