import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { locksAccount } from '../../src/access/errors.ts'
import { labSsoPassword } from '../../src/lab.ts'
import type { Client } from '../client.ts'
import { databases, labPassword, openLab } from '../lab.ts'
import { Browser } from './browser-session.ts'

const path = '/sallyport/v1/overview'
const administrator = 'administrator@vsphere.local'

/** The overview, once the chain has been looked at. */
async function verified(client: Client) {
  for (let tries = 0; tries < 500; tries++) {
    const { json } = await client.get(path)
    if (json.audit?.verified) return json
    await setTimeout(10)
  }
  throw new Error('the chain is not verified')
}

for (const database of databases) {
  const { kind } = database

  test(`${kind}: whoever is somebody everywhere sees how everything stands`, database, async () => {
    await using lab = await openLab(database)
    const browser = new Browser(lab.a)
    await browser.signIn('admin', labPassword)
    await browser.signIn(administrator, labSsoPassword)
    const overview = await verified(browser.whole)
    const kinds = overview.nodes.map((node: { kind: string }) => node.kind)
    assert.deepEqual(kinds, ['manager', 'manager', 'edge', 'edge', 'vcenter', 'nsxv'])
    assert.deepEqual(overview.sessions, { nsx: 1, vcenter: 1, ssh: 0 })
    assert.deepEqual(overview.locked, { nsx: 0, vcenter: 0 })
    assert.deepEqual(overview.expiring_passwords, { within_days: 14, accounts: [], total: 0 })
    const { records, verified: look } = overview.audit
    assert.equal(look.intact, true)
    assert(look.records > 0 && look.records <= records)

    for (let n = 0; n < 5; n++) await lab.a.as('admin', 'wrong').get('/api/v1/node')
    for (let n = 0; n < 5; n++) await lab.a.as('holouser@vsphere.local', 'wrong').post('/api/session')
    const { locked, refused_sign_ins, lockouts } = (await browser.whole.get(path)).json
    assert.deepEqual(locked, { nsx: 1, vcenter: 1 })
    assert.equal(refused_sign_ins.length, 24)
    assert.deepEqual(refused_sign_ins.at(-1), { hour: '2026-11-22T12:00:00.000Z', nsx: 5, vcenter: 5, nsxv: 0 })
    assert.deepEqual(lockouts.at(-1), { hour: '2026-11-22T12:00:00.000Z', nsx: 1, vcenter: 1, nsxv: 0 })
    lab.clock.advance({ seconds: 3600 })
    const { json } = await lab.admin.get(path)
    assert.deepEqual(json.refused_sign_ins.slice(-2), [
      { hour: '2026-11-22T12:00:00.000Z', nsx: 5 },
      { hour: '2026-11-22T13:00:00.000Z', nsx: 0 },
    ])
  })

  test(
    `${kind}: a lockout is counted whichever way in the failures came, once, and told to nobody who tries`,
    database,
    async () => {
      await using lab = await openLab(database)
      const soap = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>holouser@vsphere.local</userName><password>wrong</password></Login></Body></Envelope>`
      const tries = [
        () => lab.a.post('/sallyport/v1/session', { user_name: 'admin', password: 'wrong' }),
        () => lab.a.send('POST', '/sdk', soap, { 'content-type': 'text/xml; charset=utf-8' }),
        () => lab.a.as('admin', 'wrong').get('/api/2.0/services/usermgmt/roles'),
      ]
      for (const attempt of tries) {
        const answers = []
        for (let n = 0; n < 7; n++) answers.push((await attempt()).text.replaceAll(/[0-9a-f-]{36}/g, ''))
        assert.equal(new Set(answers).size, 1)
      }
      // Where the old password is asked for, it is guessed no more often than at a sign-in.
      const account = { username: 'bot', full_name: 'Bot', password: 'Only-4-the-Pipeline' }
      lab.clock.advance({ seconds: 1000 })
      await lab.admin.post('/api/v1/node/users?action=create_user', account)
      const { client } = await lab.a.signIn('bot', account.password)
      const change = { old_password: 'wrong', password: 'Another-4-the-Bot' }
      for (let n = 0; n < 6; n++) {
        const { json } = await client.post('/api/v1/node/users?action=reset_own_password', change)
        assert.match(json.error_message, /old password/i)
      }
      // One guess, however often it comes at once.
      const { door, appliances } = lab.server.services
      const { id, realmId } = appliances.managers[0]!
      const guess = { applianceId: id, realmId, source: '192.0.2.9', name: 'admin', password: 'wrong' }
      for (let n = 0; n < 4; n++) await assert.rejects(door.signIn(guess))
      const atOnce = await Promise.allSettled([1, 2, 3].map(() => door.signIn(guess)))
      const locks = atOnce.map((told) => told.status === 'rejected' && locksAccount(told.reason))
      assert.deepEqual(locks, [true, false, false])
      const browser = new Browser(lab.a)
      await browser.signIn('admin', labPassword)
      await browser.signIn(administrator, labSsoPassword)
      const { lockouts } = (await browser.whole.get(path)).json
      assert.deepEqual(lockouts.at(-1), { hour: '2026-11-22T12:00:00.000Z', nsx: 2, vcenter: 1, nsxv: 1 })
    },
  )

  test(
    `${kind}: passwords that expire within two weeks are named, those that have expired first`,
    database,
    async () => {
      await using lab = await openLab(database)
      lab.clock.advance({ days: 77 })
      const { expiring_passwords } = (await lab.a.as(administrator, labSsoPassword).get(path)).json
      assert.equal(expiring_passwords.total, 3)
      assert.deepEqual(expiring_passwords.accounts[0], {
        surface: 'vcenter',
        user_name: 'Administrator',
        days: 13,
        expired: false,
      })
      assert.deepEqual((await lab.admin.get(path)).json.expiring_passwords.accounts, [])

      lab.clock.advance({ days: 13.5 })
      const { accounts } = (await lab.admin.get(path)).json.expiring_passwords
      assert.deepEqual(accounts[0], { surface: 'nsx', user_name: 'root', days: 0, expired: false })
      assert(
        accounts.some(({ edge, user_name }: Record<string, string>) => edge !== undefined && user_name === 'admin'),
      )
      lab.clock.advance({ days: 1 })
      const body = { old_password: labPassword, password: 'Another-Pass-2026!' }
      await lab.admin.post('/api/v1/node/users?action=reset_own_password', body)
      const after = (await lab.a.as('admin', 'Another-Pass-2026!').get(path)).json.expiring_passwords.accounts
      assert.deepEqual(after[0], { surface: 'nsx', user_name: 'root', days: 0, expired: true })
    },
  )

  test(`${kind}: whoever may read nothing sees nothing of it`, database, async () => {
    await using lab = await openLab(database)
    const holo = (await lab.a.as('holouser@vsphere.local', labSsoPassword).get(path)).json
    assert.deepEqual(
      { ...holo, nodes: holo.nodes.map((node: { kind: string }) => node.kind) },
      { nodes: ['vcenter'], sessions: {}, locked: {} },
    )
    assert.equal((await lab.a.get(path)).status, 401)
    const admin = (await lab.admin.get(path)).json
    assert.deepEqual(Object.keys(admin.locked), ['nsx'])
    assert.deepEqual(Object.keys(admin.sessions), ['nsx'])
  })
}
