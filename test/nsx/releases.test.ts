import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'

const policy = '/api/v1/node/aaa/auth-policy'
const apiService = '/api/v1/cluster/api-service'
const users = '/api/v1/node/users'
const expiry = ['account_expires', 'last_password_change_epoch', 'locked', 'password_expires', 'password_expires_epoch']

const limitsOf = async (lab: Lab) => {
  const { client_api_rate_limit, client_api_concurrency_limit, global_api_concurrency_limit } = (
    await lab.admin.get(apiService)
  ).json
  return [client_api_rate_limit, client_api_concurrency_limit, global_api_concurrency_limit]
}
const versionOf = async (lab: Lab) => (await lab.a.as('admin', labPassword).get('/api/v1/node/version')).json

for (const database of databases) {
  const { kind } = database

  test(`${kind}: 9.0 is what is served where nobody says so`, database, async () => {
    await using lab = await openLab(database, {}, {})
    assert.deepEqual(await versionOf(lab), { node_version: '9.0.0.0.0', product_version: '9.0.0.0.0' })
    assert.deepEqual(await limitsOf(lab), [100, 40, 199])
    const { password_remembrance, ...others } = (await lab.admin.get(policy)).json
    assert.equal(password_remembrance, 0)
    assert.ok(!('invalid_password_chars' in others))
    const user = (await lab.admin.get(`${users}/10000`)).json
    for (const name of expiry) assert.ok(!(name in user), name)
    assert.equal((await lab.admin.put(policy, { password_remembrance: 0 })).status, 202)
  })

  test(`${kind}: 9.1 begins with other limits and remembers five passwords`, database, async () => {
    await using lab = await openLab(database, { nsxRelease: '9.1' }, {})
    assert.deepEqual(await versionOf(lab), { node_version: '9.1.0.0.0', product_version: '9.1.0.0.0' })
    assert.deepEqual(await limitsOf(lab), [250, 100, 500])
    const read = (await lab.admin.get(policy)).json
    assert.deepEqual(
      [read.password_remembrance, read.invalid_password_chars, read.invalid_password_patterns],
      [5, [], []],
    )
    for (const outside of [0, 13]) {
      const refused = await lab.admin.put(policy, { password_remembrance: outside })
      assert.deepEqual([refused.status, /password_remembrance/.test(refused.json.error_message)], [400, true])
    }
    assert.equal((await lab.admin.put(policy, { ...read, password_remembrance: 12 })).status, 202)
    const reset = await lab.admin.post(`${policy}?action=reset-pwd-complexity`)
    assert.equal(reset.json.password_remembrance, 5)

    const set = (password: string) => lab.admin.post(`${users}/10003?action=reset_password`, { password })
    await lab.admin.post(`${users}/10003?action=activate`, { password: 'Lantern!Of-2026-0' })
    for (let n = 1; n <= 4; n++) assert.equal((await set(`Lantern!Of-2026-${n}`)).status, 200)
    assert.equal((await set('Lantern!Of-2026-0')).status, 400, 'the last but four')
    assert.equal((await set('Lantern!Of-2026-5')).status, 200)
    assert.equal((await set('Lantern!Of-2026-0')).status, 200)
  })

  test(`${kind}: users of 9.1 say when their passwords end and what is locked to them`, database, async () => {
    await using lab = await openLab(database, { nsxRelease: '9.1' })
    await lab.admin.put(`${users}/10000`, { password_change_frequency: 0 })
    const admin = (await lab.admin.get(`${users}/10000`)).json
    assert.deepEqual([admin.account_expires, admin.password_expires, admin.locked], ['never', 'never', []])
    assert.ok(!('password_expires_epoch' in admin))
    await lab.admin.post(`${users}/10003?action=activate`, { password: 'Lantern!Of-2026-0' })
    await lab.admin.put(`${users}/10003`, { password_change_frequency: 30 })
    const changed = Math.floor(lab.clock.now / 1000)
    const guest = (await lab.admin.get(`${users}/10003`)).json
    assert.equal(guest.last_password_change_epoch, changed)
    assert.equal(guest.password_expires_epoch, changed + 31 * 86_400)
    assert.equal(guest.password_expires, 'Dec 23, 2026')

    for (let n = 0; n < 5; n++) await lab.a.as(guest.username, 'Wrong-Lantern-1').get('/api/v1/node')
    const listed = (await lab.admin.get(users)).json.results
    const lockedOf = (name: string) => listed.find((user: { username: string }) => user.username === name).locked
    assert.deepEqual([lockedOf(guest.username), lockedOf('admin')], [['API'], []])
    const elsewhere = (await lab.b.as('admin', labPassword).get(`${users}/10003`)).json
    assert.deepEqual(elsewhere.locked, [], 'each manager counts for itself')
    // A client sends back what it read.
    assert.equal((await lab.admin.put(`${users}/10003`, { ...guest, full_name: 'Guest' })).status, 200)
  })

  test(`${kind}: a store keeps what it has under another release`, database, async () => {
    await using lab = await openLab(database, {}, {})
    await lab.restart({ nsxRelease: '9.1' })
    assert.equal((await versionOf(lab)).node_version, '9.1.0.0.0')
    assert.deepEqual(await limitsOf(lab), [100, 40, 199])
    const read = (await lab.admin.get(policy)).json
    assert.equal(read.password_remembrance, 5, 'none is no more in its range')
    assert.equal((await lab.admin.put(policy, { ...read, digits: -2 })).status, 202, 'what is read can be sent back')
    const { _revision } = (await lab.admin.get(apiService)).json
    assert.equal((await lab.admin.put(apiService, { _revision })).status, 200)
    assert.deepEqual(await limitsOf(lab), [250, 100, 500], 'what a replacement leaves out returns to its default')
    await lab.restart({ nsxRelease: '9.0' })
    assert.deepEqual(await limitsOf(lab), [250, 100, 500])
  })
}
