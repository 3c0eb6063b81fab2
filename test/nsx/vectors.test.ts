import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'
const authPolicy = '/api/v1/node/aaa/auth-policy'
const users = '/api/v1/node/users'
const password = 'Harbour-Lantern-77'
const credentialsText = 'The credentials were incorrect or the account specified has been locked.'

for (const database of databases) {
  test(`${database.kind}: the test vectors of the reference`, database, async (t) => {
    await using lab = await openLab(database)
    const create = (username: string, secret?: string) =>
      lab.admin.post(`${users}?action=create_user`, { username, password: secret })
    const send = (form: string) =>
      lab.a.send('POST', '/api/session/create', form, { 'content-type': 'application/x-www-form-urlencoded' })

    await t.test('vector 1: session/create answers with a cookie and a token', async () => {
      const answer = await send(`j_username=admin&j_password=${encodeURIComponent(labPassword)}`)
      assert.equal(answer.status, 200)
      const cookie = answer.headers['set-cookie']?.[0] ?? ''
      assert.match(cookie, /^JSESSIONID=[0-9A-F]{32};/)
      for (const attribute of ['; Path=/', '; Secure', '; HttpOnly']) assert(cookie.includes(attribute), cookie)
      assert.match(String(answer.headers['x-xsrf-token']), /^[0-9a-f-]{36}$/)
    })

    await t.test('vector 2: the segments are listed for a cookie with its token', async () => {
      const { client } = await lab.a.signIn('admin', labPassword)
      const answer = await client.get(segments)
      assert.equal(answer.status, 200)
      const { results, ...envelope } = answer.json
      assert.deepEqual(
        results.map((segment: { id: string }) => segment.id),
        ['seg1'],
      )
      assert.deepEqual(envelope, { result_count: 1, sort_by: 'display_name', sort_ascending: true })
    })

    await t.test('vector 3: a cookie without its token is refused with code 98', async () => {
      const { answer } = await lab.a.signIn('admin', labPassword)
      const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
      const refused = await lab.a.with({ headers: { cookie } }).get(segments)
      assert.equal(refused.status, 403)
      assert.equal(refused.json.error_code, 98)
    })

    await t.test('vector 4: the cookie of one node is refused by another with code 403', async () => {
      const { answer } = await lab.a.signIn('admin', labPassword)
      const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
      const token = String(answer.headers['x-xsrf-token'])
      const refused = await lab.b.with({ headers: { cookie, 'x-xsrf-token': token } }).get(segments)
      assert.equal(refused.status, 403)
      assert.equal(refused.json.error_code, 403)
    })

    await t.test("vector 5: a '+' sent raw in the form is a space", async () => {
      await create('vector5', 'Tide+Ledger+2026')
      assert.equal((await send('j_username=vector5&j_password=Tide+Ledger+2026')).status, 403)
      assert.equal((await send('j_username=vector5&j_password=Tide%2BLedger%2B2026')).status, 200)
    })

    await t.test('vector 6: five bad logins from an address lock the account for that address', async () => {
      await create('vector6', password)
      const there = lab.a.from('127.0.0.2')
      for (const guess of ['a', 'b', 'c', 'd', 'e']) {
        assert.equal((await there.as('vector6', guess).get(segments)).status, 403)
      }
      assert.equal((await there.as('vector6', password).get(segments)).status, 403)
      assert.equal((await lab.a.as('vector6', password).get(segments)).status, 200)
      lab.clock.advance({ seconds: 899 })
      assert.equal((await there.as('vector6', password).get(segments)).status, 403)
      lab.clock.advance({ seconds: 1 })
      assert.equal((await there.as('vector6', password).get(segments)).status, 200)
    })

    await t.test('vector 7: a minimum length of 7 is out of range', async () => {
      const answer = await lab.admin.put(authPolicy, { minimum_password_length: 7 })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error_code, 255)
    })

    await t.test('vector 8: a partial PUT of the policy changes what it names', async () => {
      const { json: before } = await lab.admin.get(authPolicy)
      const answer = await lab.admin.put(authPolicy, { digits: -2 })
      assert.equal(answer.status, 202)
      assert.deepEqual(answer.json, { ...before, digits: -2 })
    })

    await t.test('vector 9: reset-pwd-complexity leaves the lockout rules as they are', async () => {
      const { json: before } = await lab.admin.put(authPolicy, { digits: -2, api_max_auth_failures: 7 })
      const answer = await lab.admin.post(`${authPolicy}?action=reset-pwd-complexity`)
      assert.equal(answer.status, 202)
      assert.deepEqual(answer.json, { ...before, digits: -1 })
      assert.equal(answer.json.api_max_auth_failures, 7)
    })

    await t.test('vector 10: a user created without a password is not activated', async () => {
      const answer = await lab.admin.post(`${users}?action=create_user`, { username: 'svc1', full_name: 'S' })
      assert.equal(answer.status, 201)
      const { status, password_change_frequency, password_change_warning, full_name } = answer.json
      assert.deepEqual(
        { status, password_change_frequency, password_change_warning, full_name },
        { status: 'NOT_ACTIVATED', password_change_frequency: 90, password_change_warning: 7, full_name: 'S' },
      )
    })

    await t.test('vector 11: create_user refuses the reserved names', async () => {
      for (const name of ['admin', 'audit', 'root']) assert.equal((await create(name)).status, 400, name)
    })

    await t.test('vector 12: create_audit_user is a conflict while there is an audit user', async () => {
      assert.equal((await lab.admin.post(`${users}?action=create_audit_user`, {})).status, 409)
    })

    await t.test('vector 13: admin cannot be activated', async () => {
      const answer = await lab.admin.post(`${users}/10000?action=activate`, { password })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error_code, 36504)
    })

    await t.test('vector 14: the password of a user who is not activated cannot be reset', async () => {
      const answer = await lab.admin.post(`${users}/10003?action=reset_password`, { password })
      assert.equal(answer.status, 400)
      assert.equal((await lab.admin.get(`${users}/10003`)).json.status, 'NOT_ACTIVATED')
    })

    await t.test('vector 15: a PUT of a password needs the old one', async () => {
      await lab.admin.post(`${users}/10002?action=activate`, { password })
      const answer = await lab.admin.put(`${users}/10002`, { password: 'Signal-Quarry-58' })
      assert.equal(answer.status, 400)
      assert.match(answer.json.error_message, /old_password/)
      assert.equal((await lab.a.as('audit', password).get(segments)).status, 200)
    })

    await t.test('vector 16: audit can be deleted, admin cannot', async () => {
      assert.equal((await lab.admin.delete(`${users}/10000`)).status, 400)
      const deleted = await lab.admin.delete(`${users}/10002`)
      assert.equal(deleted.status, 200)
      assert.equal(deleted.text, '')
      assert.equal((await lab.admin.get(`${users}/10002`)).status, 404)
    })

    await t.test('vector 17: a transport node has no create_user', async () => {
      const path = `/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users`
      assert.equal((await lab.admin.get(path)).status, 200)
      const answer = await lab.admin.post(`${path}?action=create_user`, { username: 'vector17' })
      assert.equal(answer.status, 405)
    })

    await t.test("vector 18: a key of an unknown type, or for admin without admin's password, is refused", async () => {
      const key = (type: string) => ({
        label: 'vector18',
        type,
        value: 'AAAAC3NzaC1lZDI1NTE5AAAAIGgCk1qPJ2JZ0m8a1vYw6n0Xc5v8Qp1Zt4dR7sKbN3fE',
      })
      const add = (userid: number, body: unknown) =>
        lab.admin.post(`${users}/${userid}/ssh-keys?action=add_ssh_key`, body)
      assert.equal((await add(10003, key('ssh-foo'))).status, 400)
      assert.equal((await add(10003, key('ssh-ed25519'))).status, 200)
      assert.equal((await add(10000, key('ssh-ed25519'))).status, 400)
      assert.equal((await add(10000, { ...key('ssh-ed25519'), password: labPassword })).status, 200)
    })

    await t.test('vector 19: a PUT of the API service without _revision fails its precondition', async () => {
      const { _revision, ...config } = (await lab.admin.get('/api/v1/cluster/api-service')).json
      assert.equal((await lab.admin.put('/api/v1/cluster/api-service', config)).status, 412)
      assert.equal((await lab.admin.put('/api/v1/cluster/api-service', { ...config, _revision })).status, 200)
    })

    await t.test('vector 20: of 101 requests in a second by one user some are refused with code 102', async () => {
      await using fresh = await openLab(database, {}, {})
      fresh.clock.advance({ seconds: 1 })
      const answers = await Promise.all(Array.from({ length: 20 }, () => fresh.admin.get(segments)))
      for (let n = 20; n < 101; n++) answers.push(await fresh.admin.get(segments))
      const refused = answers.filter(({ status }) => status !== 200)
      assert.deepEqual(
        refused.map(({ status, json }) => [status, json.error_code]),
        [[429, 102]],
      )
    })

    await t.test('vector 21: an auditor cannot change the policy', async () => {
      await create('vector21', password)
      const auditor = lab.a.as('vector21', password)
      assert.equal((await auditor.get(authPolicy)).status, 200)
      const answer = await auditor.put(authPolicy, { digits: -3 })
      assert.equal(answer.status, 403)
      assert.notEqual(answer.json.error_message, credentialsText)
      assert.equal((await lab.admin.get(authPolicy)).json.digits, -1)
    })

    await t.test('vector 22: a segment that does not exist is named in the answer', async () => {
      const answer = await lab.admin.get(`${segments}/nope`)
      assert.equal(answer.status, 404)
      assert.equal(answer.json.error_code, 600)
      assert.match(answer.json.error_message, /nope.*Object identifiers are case sensitive\.$/)
    })
  })
}
