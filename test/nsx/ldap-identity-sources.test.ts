import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openExistingDatabase } from '../../src/store/database.ts'
import { makeCa } from '../certificates.ts'
import { databases, labPassword, openLab } from '../lab.ts'

const sources = '/policy/api/v1/aaa/ldap-identity-sources'
const url = 'ldap://directory.corp.example'
const secret = 'bind-s3cret-that-nobody-sees'

const server = { url, bind_identity: 'cn=reader,dc=corp,dc=example', password: secret }
const open = {
  resource_type: 'OpenLdapIdentitySource',
  domain_name: 'corp.example',
  base_dn: 'dc=corp,dc=example',
  ldap_servers: [server],
}
const ad = {
  resource_type: 'ActiveDirectoryIdentitySource',
  domain_name: 'ad.example',
  base_dn: 'ou=people,dc=AD,dc=example',
  ldap_servers: [{ ...server, bind_identity: 'reader@ad.example' }],
}

const managed = (now: number, revision = 0) => ({
  _create_time: now,
  _create_user: 'admin',
  _last_modified_time: now,
  _last_modified_user: 'admin',
  _system_owned: false,
  _protection: 'NOT_PROTECTED',
  _revision: revision,
})

for (const database of databases) {
  const { kind } = database

  test(`${kind}: an LDAP identity source is created, read, listed, changed and deleted`, database, async () => {
    await using lab = await openLab(database)
    assert.deepEqual((await lab.admin.get(sources)).json, {
      results: [],
      result_count: 0,
      sort_by: 'display_name',
      sort_ascending: true,
    })
    const created = await lab.admin.put(`${sources}/corp`, open)
    const expected = {
      resource_type: 'OpenLdapIdentitySource',
      id: 'corp',
      display_name: 'corp',
      domain_name: 'corp.example',
      alternative_domain_names: [],
      base_dn: 'dc=corp,dc=example',
      ldap_servers: [
        { url, use_starttls: false, certificates: [], enabled: true, bind_identity: 'cn=reader,dc=corp,dc=example' },
      ],
      ...managed(lab.clock.now),
    }
    assert.equal(created.status, 200, created.text)
    assert.deepEqual(created.json, expected)
    assert.deepEqual((await lab.admin.get(`${sources}/corp`)).json, expected)
    assert.deepEqual((await lab.b.as('admin', labPassword).get(`${sources}/corp`)).json, expected)
    assert.equal((await lab.admin.get('/api/v1/aaa/ldap-identity-sources/corp')).status, 404)

    const second = await lab.admin.put(`/policy/api/v1/aaa/ldap-identity-sources/ad`, {
      ...ad,
      display_name: 'Active Directory',
      description: 'theirs',
      tags: [{ scope: 'a', tag: 'b' }],
      group_cache_ttl: 60,
      resolve_nested_groups: true,
    })
    assert.equal(second.status, 200, second.text)
    assert.deepEqual(
      [second.json.group_cache_ttl, second.json.resolve_nested_groups, second.json.tags, second.json.description],
      [60, true, [{ scope: 'a', tag: 'b' }], 'theirs'],
    )
    const first = (await lab.admin.get(`${sources}?page_size=1`)).json
    assert.deepEqual([first.result_count, first.results], [2, [second.json]])
    const next = (await lab.admin.get(`${sources}?page_size=1&cursor=${first.cursor}`)).json
    assert.deepEqual([next.results, next.cursor], [[expected], undefined])

    lab.clock.advance({ seconds: 5 })
    const changed = await lab.admin.put(`${sources}/corp`, { ...expected, description: 'ours' })
    assert.equal(changed.status, 200, changed.text)
    assert.deepEqual(changed.json, {
      ...expected,
      description: 'ours',
      _last_modified_time: lab.clock.now,
      _revision: 1,
    })
    await lab.restart()
    assert.deepEqual((await lab.admin.get(`${sources}/corp`)).json, changed.json)

    const deleted = await lab.admin.delete(`${sources}/corp`)
    assert.deepEqual([deleted.status, deleted.text], [200, ''])
    for (const call of [lab.admin.get(`${sources}/corp`), lab.admin.delete(`${sources}/corp`)]) {
      const { status, json } = await call
      assert.deepEqual([status, json.error_code], [404, 600])
    }
    for (const path of [`${sources}/corp?action=probe`, `${sources}/corp/search?filter_value=x`]) {
      assert.equal((await lab.admin.post(path)).status, 404)
    }
  })

  test(`${kind}: a PUT replaces only what its caller has read`, database, async () => {
    await using lab = await openLab(database)
    const put = async (body: object) => {
      const { status, json } = await lab.admin.put(`${sources}/corp`, { ...open, ...body })
      return [status, json.error_code ?? json._revision]
    }
    assert.deepEqual(await put({ _revision: 3 }), [412, 604])
    assert.deepEqual(await put({ _revision: 0 }), [200, 0])
    assert.deepEqual(await put({}), [400, 500127])
    assert.deepEqual(await put({ _revision: 1 }), [412, 604])
    assert.deepEqual(await put({ _revision: 0 }), [200, 1])
    const racing = await Promise.all(Array.from({ length: 5 }, () => put({ _revision: 1 })))
    assert.deepEqual(racing.map(([status]) => status).sort(), [200, 412, 412, 412, 412])
  })

  test(`${kind}: three sources can be configured, and a domain belongs to one of them`, database, async () => {
    await using lab = await openLab(database)
    const put = (id: string, body: object) => lab.admin.put(`${sources}/${id}`, { ...open, ...body })
    assert.equal((await put('one', { alternative_domain_names: ['corp.test', 'corp.org'] })).status, 200)
    for (const body of [
      { domain_name: 'CORP.example' },
      { domain_name: 'corp.ORG' },
      { domain_name: 'two.example', alternative_domain_names: ['Corp.Test'] },
    ]) {
      const { status, json } = await put('two', body)
      assert.equal(status, 400)
      assert.match(json.error_message, /the domain corp\.\w+ belongs to the identity source one/)
    }
    const racing = await Promise.all(
      ['two', 'three', 'four', 'five'].map((id) => put(id, { domain_name: `${id}.example` })),
    )
    assert.deepEqual(racing.map(({ status }) => status).sort(), [200, 200, 400, 400])
    const { json } = racing.find(({ status }) => status === 400) ?? assert.fail()
    assert.match(json.error_message, /No more than 3/)
    // What its own domain was before does not stand in a source's way.
    assert.equal((await put('one', { domain_name: 'corp.org', _revision: 0 })).status, 200)
  })

  test(`${kind}: a bind password is in no answer, log, record or table`, database, async () => {
    await using lab = await openLab(database)
    const answers = [await lab.admin.put(`${sources}/corp`, open)]
    answers.push(await lab.admin.put(`${sources}/corp`, { ...open, description: 'again', _revision: 0 }))
    for (const wrong of [
      { ldap_servers: server },
      { ldap_servers: [[server]] },
      { ldap_servers: [{ ...server, password: [secret] }] },
      { ldap_servers: [{ ...server, password: secret.repeat(50) }] },
      { ldap_servers: [{ ...server, nonsense: 1 }] },
      { base_dn: 'nonsense' },
    ]) {
      const answer = await lab.admin.put(`${sources}/corp`, { ...open, ...wrong, _revision: 1 })
      assert.equal(answer.status, 400)
      answers.push(answer)
    }
    answers.push(await lab.admin.post(`${sources}?action=probe_ldap_server`, { ...server, url: 'ldap://127.0.0.1:1' }))
    answers.push(
      await lab.admin.post(`${sources}?action=probe_identity_source`, {
        ...open,
        ldap_servers: [{ ...server, url: 'ldap://127.0.0.1:1' }],
      }),
    )
    answers.push(await lab.admin.get(sources), await lab.admin.get(`${sources}/corp`))
    answers.push(await lab.admin.delete(`${sources}/corp`))
    answers.push(await lab.admin.put(`${sources}/corp`, open))
    answers.push(await lab.admin.post('/api/v1/administration/audit-logs', { filters: [] }))
    for (const { text } of answers) assert(!text.includes(secret), text)

    const { config } = lab.server.services
    const db = await openExistingDatabase(config.database)
    const tables = await db.introspection.getTables()
    for (const { name } of tables) {
      const { rows } = await sql.raw(`select * from ${name}`).execute(db)
      assert(!JSON.stringify(rows).includes(secret), name)
    }
    await db.destroy()
    for (const name of readdirSync(lab.dataDir, { recursive: true }) as string[]) {
      const bytes = name.endsWith('tls') ? Buffer.alloc(0) : readFileSync(join(lab.dataDir, name))
      assert(!bytes.includes(secret), name)
    }
  })

  test(
    `${kind}: a stored password is kept for the same server asked as the same identity, and for no other`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { cert } = await makeCa('Corp CA')
      const starttls = { use_starttls: true, certificates: [cert] }
      const { password: _, ...without } = server
      await lab.admin.put(`${sources}/corp`, { ...open, ldap_servers: [{ ...server, ...starttls }] })
      const put = async (revision: number, ...servers: object[]) => {
        const body = { ...open, ldap_servers: servers, _revision: revision }
        const { status, json } = await lab.admin.put(`${sources}/corp`, body)
        return status === 200 ? json._revision : json.error_message
      }
      const missing = /required property ldap_servers\.0\.password is missing/
      assert.match(await put(0, { ...without, ...starttls, url: 'ldap://mallory.example' }), missing)
      assert.match(await put(0, { ...without, ...starttls, url: `${url}:390` }), missing)
      assert.match(await put(0, { ...without, ...starttls, bind_identity: 'cn=mallory,dc=corp' }), missing)
      assert.match(await put(0, without), missing)
      assert.equal(await put(0, { ...without, ...starttls }), 1)
      assert.equal(await put(1, { ...without, ...starttls, password: '' }), 2)
      // It moves with its server.
      const other = { ...server, url: 'ldap://other.corp.example', password: 'other' }
      assert.equal(await put(2, other, { ...without, ...starttls }), 3)
      assert.equal(await put(3, { ...without, ...starttls }, { ...other, password: undefined }), 4)
      // An anonymous server has none, and does not get one back.
      assert.equal(await put(4, { url, ...starttls }), 5)
      assert.match(await put(5, { ...without, ...starttls }), missing)
      assert.match(await put(5, { url, password: 'x' }), /ldap_servers\.0\.bind_identity is missing/)
    },
  )

  test(
    `${kind}: a source that cannot be used is refused, naming the field, and nothing changes`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { cert } = await makeCa('Corp CA')
      const one = (more: object) => ({ ldap_servers: [{ ...server, ...more }] })
      for (const [body, field] of [
        [{ resource_type: 'LdapIdentitySource' }, 'resource_type'],
        [{ resource_type: undefined }, 'resource_type'],
        [{ domain_name: undefined }, 'domain_name'],
        [{ domain_name: 'corp' }, 'domain_name'],
        [{ domain_name: 'corp..example' }, 'domain_name'],
        [{ domain_name: '-corp.example' }, 'domain_name'],
        [{ domain_name: 'corp.exa\u00admple' }, 'domain_name'],
        [{ domain_name: `${'a.'.repeat(127)}aa` }, 'domain_name'],
        [{ alternative_domain_names: ['corp.example'] }, 'alternative_domain_names'],
        [{ alternative_domain_names: ['a.example', 'x y'] }, 'alternative_domain_names.1'],
        [{ alternative_domain_names: 'a.example' }, 'alternative_domain_names'],
        [{ base_dn: undefined }, 'base_dn'],
        [{ base_dn: '' }, 'base_dn'],
        [{ base_dn: 'corp' }, 'base_dn'],
        [{ base_dn: 'dc=corp,' }, 'base_dn'],
        [{ group_cache_ttl: 60 }, 'group_cache_ttl'],
        [{ resolve_nested_groups: true }, 'resolve_nested_groups'],
        [{ ...ad, base_dn: 'dc=other,dc=example' }, 'base_dn'],
        [{ ...ad, base_dn: 'dc=example' }, 'base_dn'],
        [{ ...ad, group_cache_ttl: -1 }, 'group_cache_ttl'],
        [{ ...ad, ...one({ bind_identity: 'reader' }) }, 'ldap_servers.0.bind_identity'],
        [{ ldap_servers: undefined }, 'ldap_servers'],
        [{ ldap_servers: [] }, 'ldap_servers'],
        [{ ldap_servers: Array(4).fill(server) }, 'ldap_servers'],
        [{ ldap_servers: [server, { ...server, url: url.toUpperCase() }] }, 'ldap_servers.url'],
        [one({ url: undefined }), 'ldap_servers.0.url'],
        [one({ url: 'http://directory.corp.example' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://a:0' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://a:65536' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://a/dc=corp' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://user:password@a' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://[::1' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://[12]' }), 'ldap_servers.0.url'],
        [one({ url: 'ldap://a b' }), 'ldap_servers.0.url'],
        [one({ url: 'ldaps://directory.corp.example' }), 'ldap_servers.0.certificates'],
        [one({ use_starttls: true }), 'ldap_servers.0.certificates'],
        [one({ certificates: ['nonsense'] }), 'ldap_servers.0.certificates.0'],
        [one({ certificates: [cert, `${cert}x`] }), 'ldap_servers.0.certificates.1'],
        [one({ certificates: [cert.replace('MII', 'MIX')] }), 'ldap_servers.0.certificates.0'],
        [one({ bind_identity: 'reader@corp.example' }), 'ldap_servers.0.bind_identity'],
        [one({ bind_identity: 'EXTERNAL' }), 'ldap_servers.0.bind_identity'],
        [one({ password: undefined }), 'ldap_servers.0.password'],
        [one({ enabled: 'yes' }), 'ldap_servers.0.enabled'],
        [{ nonsense: 1 }, 'nonsense'],
      ] as const) {
        const { status, json } = await lab.admin.put(`${sources}/corp`, { ...open, ...body })
        assert.equal(status, 400, JSON.stringify(body))
        assert.equal(json.error_code, 255)
        assert(json.error_message.includes(field), `${field}: ${json.error_message}`)
      }
      for (const id of ['a%2Fb', 'é', "x'", `${'x'.repeat(256)}`]) {
        assert.equal((await lab.admin.put(`${sources}/${encodeURI(id).replace('%252F', '%2F')}`, open)).status, 400, id)
      }
      assert.equal((await lab.admin.get(sources)).json.result_count, 0)
      for (const good of ['ldap://[::1]:389', 'LDAP://Directory.Corp.Example/', 'ldap://10.0.0.1']) {
        const answer = await lab.admin.put(`${sources}/corp`, { ...open, ...one({ url: good }) })
        assert.equal(answer.status, 200, answer.text)
        await lab.admin.delete(`${sources}/corp`)
      }
    },
  )

  test(
    `${kind}: who may read authentication providers reads and searches sources; who may change them does the rest`,
    database,
    async () => {
      await using lab = await openLab(database)
      const users = '/api/v1/node/users'
      const password = 'Only-4-Reading-Things'
      await lab.admin.post(`${users}?action=create_user`, { username: 'reader', password })
      const reader = lab.a.as('reader', password)
      await lab.admin.put(`${sources}/corp`, { ...open, ldap_servers: [{ url: 'ldap://127.0.0.1:1' }] })
      assert.equal((await reader.get(sources)).status, 200)
      assert.equal((await reader.get(`${sources}/corp`)).status, 200)
      // It may, but there is nobody to ask.
      assert.equal((await reader.post(`${sources}/corp/search?filter_value=x`)).status, 503)
      for (const [status, call] of [
        [403, reader.put(`${sources}/corp`, { ...open, _revision: 0 })],
        [403, reader.delete(`${sources}/corp`)],
        [403, reader.post(`${sources}/corp?action=probe`)],
        [403, reader.post(`${sources}?action=probe_identity_source`, open)],
        [403, reader.post(`${sources}?action=probe_ldap_server`, server)],
        [403, reader.post(`${sources}?action=fetch_certificate`, { url: 'ldaps://127.0.0.1:1' })],
        [403, lab.a.get(sources)],
        [400, lab.admin.post(`${sources}?action=other`, open)],
        [400, lab.admin.post(`${sources}/corp/search`)],
        [400, lab.admin.post(`${sources}/corp/search?filter_value=`)],
      ] as const) {
        assert.equal((await call).status, status)
      }
      assert.equal((await reader.get(`${sources}/corp`)).json._revision, 0)
    },
  )
}
