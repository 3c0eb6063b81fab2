import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { corp, corpSource, reader, readerPassword, sources, userPassword, vcenterSources } from '../directories.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { administrator, signedIn } from '../vcenter/clients.ts'

let company: OpenLdap
before(async () => {
  if (!openLdapSkip) company = await openOpenLdap(corp)
})
after(() => company?.[Symbol.asyncDispose]())

const adminOf = (lab: Lab) => lab.a.as(administrator, labSsoPassword)
const at = `${vcenterSources}/corp`
const bob = 'bob@corp.example'

for (const database of databases.map((one) => ({ ...one, skip: one.skip || openLdapSkip }))) {
  test(
    `${database.kind}: vCenter's identity sources are its own: NSX Manager's list does not have them`,
    database,
    async () => {
      await using lab = await openLab(database)
      const admin = adminOf(lab)
      const made = await admin.put(at, corpSource({ url: company.url }))
      assert.equal(made.status, 200, made.text)
      assert.deepEqual([made.json._revision, made.json._create_user], [0, 'Administrator@vsphere.local'])
      assert.deepEqual(
        [(await admin.get(at)).text, (await admin.get(vcenterSources)).json.results],
        [made.text, [made.json]],
      )
      assert.equal((await lab.admin.get(sources)).json.result_count, 0)
      assert.equal((await lab.a.signIn(bob, userPassword)).answer.status, 403, 'NSX Manager does not know them')
      await signedIn(lab.a, bob, userPassword)
      // The same domain in the other product is another source.
      assert.equal((await lab.admin.put(`${sources}/corp`, corpSource({ url: 'ldap://127.0.0.1:9' }))).status, 200)
      await signedIn(lab.a, bob, userPassword)
      assert.equal((await lab.admin.delete(`${sources}/corp`)).status, 200)
      await signedIn(lab.a, bob, userPassword)
    },
  )

  test(`${database.kind}: the directory is asked before and after it is stored, and searched`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    const source = corpSource({ url: company.url })
    const results = async (url: string, body?: object) => (await admin.post(url, body)).json.results
    const good = [{ url: company.url, result: 'SUCCESS', errors: [] }]
    assert.deepEqual(await results(`${vcenterSources}?action=probe_identity_source`, source), good)
    const server = { url: company.url, bind_identity: reader, password: 'wrong' }
    const probed = await admin.post(`${vcenterSources}?action=probe_ldap_server`, server)
    assert.deepEqual(probed.json.errors, [{ error_type: 'INVALID_CREDENTIALS' }])
    assert.equal((await admin.put(at, source)).status, 200)
    assert.deepEqual(await results(`${at}?action=probe`), good)
    const [found] = await results(`${at}/search?filter_value=bob`)
    assert.equal(found.principal_name, bob)
    const shown = await admin.post(`${vcenterSources}?action=fetch_certificate`, { url: company.url })
    assert.deepEqual([shown.status, shown.json.error.field], [400, 'url'], 'in clear there is none')
    await lab.restart()
    assert.deepEqual((await adminOf(lab).post(`${at}?action=probe`)).json.results, good, 'the password is kept')
  })

  test(
    `${database.kind}: what is wrong with a source is refused by its field, and changes nothing`,
    database,
    async () => {
      await using lab = await openLab(database)
      const admin = adminOf(lab)
      const source = corpSource({ url: company.url })
      const [server] = source.ldap_servers as [object]
      const refusals: [change: object, status: number, code: string, field: string | undefined][] = [
        [{ domain_name: 'corp' }, 400, 'invalid_field', 'domain_name'],
        [{ domain_name: undefined }, 400, 'invalid_field', 'domain_name'],
        [{ base_dn: 'corp' }, 400, 'invalid_field', 'base_dn'],
        [{ alternative_domain_names: ['corp.test', 'x'] }, 400, 'invalid_field', 'alternative_domain_names.1'],
        [{ group_cache_ttl: 60 }, 400, 'invalid_field', 'group_cache_ttl'],
        [{ ldap_servers: [] }, 400, 'invalid_field', 'ldap_servers'],
        [{ ldap_servers: [{ ...server, url: 'http://corp' }] }, 400, 'invalid_field', 'ldap_servers.0.url'],
        [{ ldap_servers: [server, server] }, 400, 'invalid_field', 'ldap_servers.1.url'],
        [{ ldap_servers: [{ ...server, password: undefined }] }, 400, 'invalid_field', 'ldap_servers.0.password'],
        [
          { ldap_servers: [{ ...server, bind_identity: 'reader' }] },
          400,
          'invalid_field',
          'ldap_servers.0.bind_identity',
        ],
        [{ ldap_servers: [{ ...server, use_starttls: true }] }, 400, 'invalid_field', 'ldap_servers.0.certificates'],
        [{ _revision: 3 }, 412, 'stale_revision', undefined],
      ]
      for (const [change, status, code, field] of refusals) {
        const answer = await admin.put(at, { ...source, ...change })
        const said = [answer.status, answer.json.error?.code, answer.json.error?.field]
        assert.deepEqual(said, [status, code, field], JSON.stringify(change))
      }
      assert.equal((await admin.put(`${vcenterSources}/a!b`, source)).json.error.field, 'id')
      assert.deepEqual((await admin.get(vcenterSources)).json.results, [])
      assert.equal((await admin.put(at, source)).status, 200)
      assert.equal((await admin.put(at, source)).json.error.code, 'already_exists')
      const twice = await admin.put(`${vcenterSources}/other`, source)
      assert.deepEqual([twice.status, twice.json.error.field], [400, 'domain_name'], 'the domain is taken')
      for (const id of ['a', 'b']) {
        const more = { ...source, domain_name: `${id}.example` }
        assert.equal((await admin.put(`${vcenterSources}/${id}`, more)).status, 200)
      }
      const fourth = await admin.put(`${vcenterSources}/c`, { ...source, domain_name: 'c.example' })
      assert.deepEqual([fourth.status, fourth.json.error.code], [409, 'limit_reached'])
      assert.equal((await admin.delete(`${vcenterSources}/none`)).status, 404)
    },
  )

  test(`${database.kind}: a bind password is in no answer and in no record`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    const source = corpSource({ url: company.url })
    const answers = [
      await admin.put(at, source),
      await admin.get(at),
      await admin.get(vcenterSources),
      await admin.put(at, { ...source, domain_name: 'corp' }),
      await admin.post(`${vcenterSources}?action=probe_identity_source`, source),
      await admin.delete(at),
    ]
    const records = await Promise.all(
      (await admin.get('/sallyport/v1/audit?limit=50')).json.results.map(({ id }: { id: string }) =>
        admin.get(`/sallyport/v1/audit/${id}`),
      ),
    )
    assert(records.length >= answers.length)
    for (const { text } of [...answers, ...records]) assert(!text.includes(readerPassword), text)
    const changed = records.filter(({ json }) => json.entity === 'corp').map(({ json }) => [json.user, json.surface])
    assert.deepEqual(changed, [
      ['VSPHERE.LOCAL\\Administrator', 'vcenter'],
      ['VSPHERE.LOCAL\\Administrator', 'vcenter'],
    ])
  })
}
