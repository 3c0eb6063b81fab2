import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../src/lab.ts'
import type { Answer, Client } from './client.ts'
import { activeDirectory, corp, corpSource, sources, userPassword, vcenterSources } from './directories.ts'
import { databases, type Lab, openLab } from './lab.ts'
import { assign, sendXml, usermgmt } from './nsxv/nsxv.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from './servers/openldap.ts'
import { administrator, signedIn } from './vcenter/clients.ts'

const sso = '/sallyport/v1/sso'
const users = `${usermgmt}/users/vsm`
const whoAmI = '/api/v1/aaa/user-info'
const bindings = '/api/v1/aaa/role-bindings'
const bob = 'bob@corp.example'

let company: OpenLdap
before(async () => {
  if (!openLdapSkip) company = await openOpenLdap(corp)
})
after(() => company?.[Symbol.asyncDispose]())

const adminOf = (lab: Lab) => lab.a.as(administrator, labSsoPassword)
const tokenOf = ({ text }: Answer) => /<authToken><value>(.*?)<\/value>/.exec(text)?.[1] ?? assert.fail(text)

/** @returns what calls with the token, also after a restart. */
async function tokenOfPerson(lab: Lab, name: string, password: string): Promise<() => Client> {
  const issued = await lab.a.as(name, password).send('POST', '/api/2.0/services/auth/token')
  const authorization = `AUTHTOKEN ${tokenOf(issued)}`
  return () => lab.a.with({ headers: { authorization } })
}

for (const database of databases) {
  test(
    `${database.kind}: a token of NSX-v gives what its user may now, and nothing to who may nothing`,
    database,
    async () => {
      await using lab = await openLab(database)
      const admin = adminOf(lab)
      const password = 'Robot-Pass-1'
      const made = await admin.post(`${sso}/users`, { name: 'robot', password })
      assert.equal(made.status, 201, made.text)
      const name = 'robot@vsphere.local'
      assert.equal((await assign(lab, name, '', 'enterprise_admin')).status, 204)
      const token = await tokenOfPerson(lab, name, password)
      const write = () =>
        sendXml(
          token(),
          'POST',
          `${usermgmt}/role/x@vsphere.local`,
          '<accessControlEntry><role>auditor</role></accessControlEntry>',
        )
      assert.equal((await token().get(users)).status, 200)
      assert.equal((await write()).status, 204)

      const role = `${usermgmt}/role/${name}`
      await sendXml(lab.admin, 'PUT', role, '<accessControlEntry><role>auditor</role></accessControlEntry>')
      assert.equal((await write()).status, 403, 'the role was lowered')
      assert.equal((await lab.admin.delete(role)).status, 204)
      assert.deepEqual([(await write()).status, (await token().get(users)).status], [403, 403], 'the role was deleted')

      assert.equal((await assign(lab, name, '', 'enterprise_admin')).status, 204)
      assert.equal((await token().get(users)).status, 200)
      await lab.restart()
      const patch = (body: object) => adminOf(lab).patch(`${sso}/users/robot`, body)
      assert.equal((await patch({ disabled: true })).status, 200)
      assert.equal((await token().get(users)).status, 401, 'the user is disabled')
      assert.equal((await patch({ disabled: false })).status, 200)
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/${name}/enablestate/0`)).status, 204)
      assert.equal((await token().get(users)).status, 401, 'NSX-v has switched the user off')
      assert.equal((await adminOf(lab).delete(`${sso}/users/robot`)).status, 204)
      assert.equal((await token().get(users)).status, 401, 'the user is gone')
      assert.equal((await adminOf(lab).post(`${sso}/users`, { name: 'robot', password })).status, 201)
      assert.equal((await token().get(users)).status, 401, 'somebody else has the name')
    },
  )

  const withLdap = { ...database, skip: database.skip || openLdapSkip }
  test(
    `${database.kind}: what a directory says of somebody counts for their sessions and tokens within five minutes`,
    withLdap,
    async () => {
      await using directory = await openOpenLdap(corp)
      await using lab = await openLab(database)
      const source = corpSource({ url: directory.url })
      assert.equal((await lab.admin.put(`${sources}/corp`, source)).status, 200)
      assert.equal((await adminOf(lab).put(`${vcenterSources}/corp`, source)).status, 200)
      const onRoot = (role: string) => [{ path: '/', roles: [{ role }] }]
      const group = {
        name: 'ops@corp.example',
        type: 'remote_group',
        identity_source_type: 'LDAP',
        identity_source_id: 'corp',
      }
      await lab.admin.post(bindings, { ...group, roles_for_paths: onRoot('auditor') })
      await adminOf(lab).post(`${sso}/groups/Administrators/members`, {
        type: 'group',
        name: 'ops',
        domain: 'corp.example',
      })
      assert.equal((await assign(lab, 'ops@corp.example', '?isGroup=true', 'enterprise_admin')).status, 204)

      const { client: nsx } = await lab.a.signIn(bob, userPassword)
      const vcenter = await signedIn(lab.a, bob, userPassword)
      const token = await tokenOfPerson(lab, bob, userPassword)
      const statuses = async () => [
        (await nsx.get('/api/v1/node/users')).status,
        (await vcenter.get(`${sso}/users`)).status,
        (await token().get(users)).status,
      ]
      const renewal = async () => {
        lab.clock.advance({ seconds: 300 })
        await lab.server.services.peopleRenewal.keepHouse()
      }
      assert.deepEqual(await statuses(), [200, 200, 200])

      // A directory that does not answer takes nothing from anybody.
      await directory.stop()
      await renewal()
      assert.deepEqual(await statuses(), [200, 200, 200])
      await directory.start()

      const ops = 'cn=ops,ou=groups,dc=corp,dc=example'
      directory.modify(
        `dn: ${ops}\nchangetype: modify\nreplace: member\nmember: uid=alice,ou=people,dc=corp,dc=example\n`,
      )
      assert.deepEqual(await statuses(), [200, 200, 200], 'nobody has asked yet')
      // The servers rest for ten seconds after they did not answer.
      await renewal()
      assert.deepEqual(await statuses(), [403, 403, 403], 'the group has lost its member')
      assert.equal((await nsx.get(whoAmI)).status, 200, 'who is still somebody')
      directory.modify('dn: uid=bob,ou=people,dc=corp,dc=example\nchangetype: delete\n')
      await renewal()
      assert.deepEqual(await statuses(), [403, 401, 401], 'the directory does not know them')
      assert.equal((await nsx.get(whoAmI)).status, 403)
      await lab.restart()
      const { sessions, vcenterSessions } = lab.server.services
      assert.deepEqual([sessions.people(), vcenterSessions.people()], [[], []])
    },
  )

  test(
    `${database.kind}: who is disabled in Active Directory is signed out within five minutes`,
    withLdap,
    async () => {
      await using directory = await openOpenLdap(activeDirectory)
      await using lab = await openLab(database)
      const added = await adminOf(lab).put(`${vcenterSources}/ad`, {
        resource_type: 'ActiveDirectoryIdentitySource',
        domain_name: 'ad.example',
        base_dn: 'dc=ad,dc=example',
        ldap_servers: [{ url: directory.url }],
      })
      assert.equal(added.status, 200, added.text)
      const session = await signedIn(lab.a, 'jdoe@ad.example', userPassword)
      // A normal account, and then the same disabled. @see MS-ADTS 2.2.16
      for (const [control, status] of [
        [0x200, 200],
        [0x202, 401],
      ]) {
        const dn = 'cn=Jane Doe,dc=ad,dc=example'
        directory.modify(`dn: ${dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: ${control}\n`)
        lab.clock.advance({ seconds: 300 })
        await lab.server.services.peopleRenewal.keepHouse()
        assert.equal((await session.get('/api/session')).status, status)
      }
    },
  )

  test(
    `${database.kind}: who may change NSX Manager's identity sources becomes nobody in vCenter and NSX-v`,
    withLdap,
    async () => {
      await using lab = await openLab(database)
      await lab.admin.post('/api/v1/node/users/10003?action=activate', { password: 'Zk7!vbQp2$wLm' })
      const [binding] = (await lab.admin.get(`${bindings}?name=guestuser1`)).json.results
      const member = { type: 'user', name: 'bob', domain: 'corp.example' }
      const custom = await lab.admin.put('/policy/api/v1/aaa/roles/source-keeper', {
        display_name: 'source-keeper',
        features: [{ feature: 'users_configuration', permission: 'crud' }],
      })
      assert.equal(custom.status, 200, custom.text)
      // Whatever rights that name is given, nobody comes in with it.
      await adminOf(lab).post(`${sso}/groups/Administrators/members`, member)
      assert.equal((await assign(lab, bob, '', 'enterprise_admin')).status, 204)
      const { results: roles } = (await lab.admin.get('/policy/api/v1/aaa/roles')).json
      const writers: string[] = []
      for (const { role } of roles) {
        const roles_for_paths = [{ path: '/', roles: [{ role }] }]
        if ((await lab.admin.put(`${bindings}/${binding.id}`, { roles_for_paths })).status !== 200) continue
        const attacker = lab.a.as('guestuser1', 'Zk7!vbQp2$wLm')
        const { _revision } = (await lab.admin.get(`${sources}/corp`)).json
        const put = await attacker.put(`${sources}/corp`, { ...corpSource({ url: company.url }), _revision })
        if (put.status !== 403) {
          assert.equal(put.status, 200, `${role} ${put.text}`)
          writers.push(role)
        }
        await assert.rejects(signedIn(lab.a, bob, userPassword), /401/, role)
        assert.equal((await lab.a.as(bob, userPassword).get(users)).status, 403, role)
        assert.equal((await lab.a.as(bob, userPassword).get(`${sso}/users`)).status, 401, role)
        const own = await attacker.put(`${vcenterSources}/corp`, corpSource({ url: company.url }))
        assert.ok(own.status === 401 || own.status === 403, `${role} ${own.status}`)
      }
      const known = ['enterprise_admin', 'network_engineer', 'security_engineer', 'security_op', 'source-keeper']
      assert.deepEqual(writers.sort(), known)
    },
  )

  test(
    `${database.kind}: sharedIdentitySources lets NSX Manager's directories in to vCenter; switched off, their people are out`,
    withLdap,
    async () => {
      await using lab = await openLab(database, { sharedIdentitySources: 'on' })
      const put = async () => {
        const answer = await lab.admin.put(`${sources}/corp`, corpSource({ url: company.url }))
        assert.equal(answer.status, 200, answer.text)
      }
      await put()
      assert.equal((await assign(lab, bob, '', 'auditor')).status, 204)
      const signIn = async () => ({
        session: await signedIn(lab.a, bob, userPassword),
        token: await tokenOfPerson(lab, bob, userPassword),
      })
      const statusesOf = async ({ session, token }: Awaited<ReturnType<typeof signIn>>) => [
        (await session.get('/api/session')).status,
        (await token().get(users)).status,
      ]
      const first = await signIn()
      assert.deepEqual(await statusesOf(first), [200, 200])
      lab.clock.advance({ seconds: 300 })
      await lab.server.services.peopleRenewal.keepHouse()
      assert.deepEqual(await statusesOf(first), [200, 200], 'the directory knows them still')
      assert.equal((await lab.admin.delete(`${sources}/corp`)).status, 200)
      assert.deepEqual(await statusesOf(first), [401, 401], 'the source is gone')

      await put()
      const second = await signIn()
      // Another source of the same id, with another domain, is not the one they are of.
      const other = { ...corpSource({ url: company.url }), domain_name: 'other.example' }
      assert.equal((await adminOf(lab).put(`${vcenterSources}/corp`, other)).status, 200)
      assert.deepEqual(await statusesOf(second), [200, 200])
      assert.equal((await adminOf(lab).delete(`${vcenterSources}/corp`)).status, 204)
      assert.deepEqual(await statusesOf(second), [200, 200], "vCenter's own source was another")
      // Whose domain vCenter gives to a source of its own is nobody until they sign in through that.
      assert.equal((await adminOf(lab).put(`${vcenterSources}/own`, corpSource({ url: company.url }))).status, 200)
      assert.deepEqual(await statusesOf(second), [401, 401], 'the domain is of another source')
      assert.equal((await adminOf(lab).delete(`${vcenterSources}/own`)).status, 204)

      const third = await signIn()
      assert.equal((await adminOf(lab).put(`${vcenterSources}/corp`, other)).status, 200)
      await lab.restart({ sharedIdentitySources: 'off' })
      const { vcenterSessions, nsxv } = lab.server.services
      assert.deepEqual([vcenterSessions.people(), nsxv?.tokens.people()], [[], []])
      await assert.rejects(signedIn(lab.a, bob, userPassword), /401/)
      await lab.restart({ sharedIdentitySources: 'on' })
      assert.equal((await third.token().get(users)).status, 401, 'what has ended stays so')
      await signIn()
    },
  )
}
