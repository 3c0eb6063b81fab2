import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { clientId, startOpenIdProvider, type TestProvider } from '../servers/openid-provider.ts'

const url = '/api/v1/trust-management/oidc-uris'
const users = '/api/v1/node/users'
const userInfo = '/api/v1/aaa/user-info'
const jdoe = 'jdoe@corp.example'
const people = { [jdoe]: { password: 'x', sub: '7f3a', preferred_username: jdoe, groups: ['net-admins'] } }

const start = () => startOpenIdProvider({ people, redirectUris: ['https://localhost/callback'] })
const fields = ({ issuer, thumbprint }: Pick<TestProvider, 'issuer' | 'thumbprint'>) => ({
  name: 'corp',
  oidc_uri: `${issuer}/.well-known/openid-configuration`,
  oidc_type: 'ws_one',
  thumbprint,
  client_id: clientId,
})
const bearer = (client: Client, token: string) => client.with({ headers: { authorization: `Bearer ${token}` } })
const open = (database: (typeof databases)[number]) => openLab(database, {}, undefined, Date.now())

function ok(answer: Answer) {
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

async function bind(lab: Lab, id: string): Promise<void> {
  ok(
    await lab.admin.post('/api/v1/aaa/role-bindings', {
      type: 'remote_user',
      name: jdoe,
      identity_source_type: 'OIDC',
      identity_source_id: id,
      roles_for_paths: [{ path: '/', roles: [{ role: 'auditor' }] }],
    }),
  )
}

for (const database of databases) {
  test(
    `${database.kind}: an OIDC end point says what its provider says, and its tokens sign in who has a role`,
    database,
    async () => {
      await using lab = await open(database)
      await using provider = await start()
      const made = ok(await lab.admin.post(url, fields(provider)))
      assert.deepEqual([made.issuer, made._revision, made.display_name], [provider.issuer, 0, 'corp'])
      assert.ok(made.jwks_uri.startsWith(provider.issuer))
      assert.deepEqual(ok(await lab.admin.get(`${url}/${made.id}`)), made)
      assert.deepEqual(ok(await lab.admin.get(`${url}?oidc_type=ws_one`)).results, [made])
      assert.deepEqual(ok(await lab.admin.get(`${url}?oidc_type=vcenter`)).results, [])
      assert.deepEqual(ok(await lab.admin.get(`${url}/${made.id}/health`)), { result: 'SUCCESS', errors: [] })

      const token = await provider.sign({ sub: '7f3a', preferred_username: jdoe })
      assert.equal((await bearer(lab.a, token).get(users)).status, 403, 'who has no role has no access')
      await bind(lab, made.id)
      const info = ok(await bearer(lab.a, token).get(userInfo))
      assert.equal(info.user_name, jdoe)
      ok(await bearer(lab.a, token).get(users))
      ok(await bearer(lab.b, token).get(users))
      for (const wrong of [
        await provider.sign({ sub: '7f3a', preferred_username: jdoe, aud: 'somebody-else' }),
        await provider.sign({ sub: '7f3a', preferred_username: jdoe, iss: 'https://elsewhere' }),
        `${token.slice(0, -6)}AAAAAA`,
      ]) {
        assert.equal((await bearer(lab.a, wrong).get(userInfo)).status, 403)
      }

      await lab.restart()
      assert.equal((await bearer(lab.a, token).get(userInfo)).status, 200)
    },
  )

  test(
    `${database.kind}: whose end point becomes another provider is signed out, and its tokens are good no longer`,
    database,
    async () => {
      await using lab = await open(database)
      await using provider = await start()
      await using other = await start()
      const made = ok(await lab.admin.post(url, fields(provider)))
      await bind(lab, made.id)
      const token = await provider.sign({ sub: '7f3a', preferred_username: jdoe })
      const signIn = await bearer(lab.a, token).post('/api/session/create')
      assert.equal(signIn.status, 200, signIn.text)
      const session = lab.a.with({
        headers: {
          cookie: signIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
          'x-xsrf-token': String(signIn.headers['x-xsrf-token']),
        },
      })
      ok(await session.get(userInfo))
      ok(await lab.admin.post(`${url}/${made.id}?action=refresh`))
      ok(await session.get(userInfo))

      assert.equal((await lab.admin.put(`${url}/${made.id}`, { ...made, ...fields(other) })).status, 412)
      const { _revision } = ok(await lab.admin.get(`${url}/${made.id}`))
      assert.equal(
        ok(await lab.admin.put(`${url}/${made.id}`, { ...made, ...fields(other), _revision })).issuer,
        other.issuer,
      )
      assert.equal((await session.get(userInfo)).status, 403)
      assert.equal((await bearer(lab.a, token).get(userInfo)).status, 403)
      const next = await other.sign({ sub: '7f3a', preferred_username: jdoe })
      ok(await bearer(lab.a, next).get(userInfo))
    },
  )

  test(
    `${database.kind}: an end point that cannot be, or is not what it should be, is refused by name and not stored`,
    database,
    async () => {
      await using lab = await open(database)
      await using provider = await start()
      const good = fields(provider)
      for (const [changes, status, message] of [
        [{ oidc_uri: 'http://127.0.0.1/x' }, 400, /oidc_uri/],
        [{ oidc_uri: 'https://u:p@127.0.0.1/x' }, 400, /oidc_uri/],
        [{ thumbprint: 'abc' }, 400, /thumbprint/],
        [{ thumbprint: 'AB'.repeat(32) }, 503, /127\.0\.0\.1/],
        [{ client_id: undefined }, 400, /client_id/],
        [{ oidc_type: 'other' }, 400, /oidc_type/],
        [{ client_secret: 'x' }, 501, /client_secret/],
        [{ claim_map: [{}] }, 501, /claim_map/],
        [{ oidc_uri: 'https://127.0.0.1:1/x' }, 503, /127\.0\.0\.1/],
      ] as const) {
        const answer = await lab.admin.post(url, { ...good, ...changes })
        assert.equal(answer.status, status, answer.text)
        assert.match(answer.json.error_message, message)
      }
      assert.equal(ok(await lab.admin.get(url)).result_count, 0)
      const made = ok(await lab.admin.post(url, good))
      assert.equal((await lab.admin.post(url, good)).status, 400, 'the issuer has one already')
      assert.equal((await lab.admin.get(`${url}/none`)).status, 404)

      const changed = { oidc_uri: made.oidc_uri, thumbprint: 'AB'.repeat(32) }
      assert.equal((await lab.admin.post(`${url}?action=update_thumbprint`, changed)).status, 503)
      const spelt = { ...changed, thumbprint: provider.thumbprint.toLowerCase() }
      assert.equal(ok(await lab.admin.post(`${url}?action=update_thumbprint`, spelt)).thumbprint, spelt.thumbprint)
      await provider[Symbol.asyncDispose]()
      const health = ok(await lab.admin.get(`${url}/${made.id}/health`))
      assert.deepEqual([health.result, health.errors[0].error_type], ['FAILURE', 'JWKS_URI_FETCH_FAIL'])
      assert.equal((await lab.a.as('admin', labPassword).get(url)).status, 200)
    },
  )

  test(`${database.kind}: a program's token from an OIDC end point is nobody's`, database, async () => {
    await using lab = await open(database)
    await using provider = await start()
    ok(await lab.admin.post(url, fields(provider)))
    const token = await provider.sign({ sub: 'robot', client_id: 'robot' })
    assert.equal((await bearer(lab.a, token).get(userInfo)).status, 403)
  })
}
