import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'
const users = '/api/v1/node/users'
const authPolicy = '/api/v1/node/aaa/auth-policy'
const apiService = '/api/v1/cluster/api-service'
const ownPassword = `${users}?action=reset_own_password`
const password = 'Harbour-Lantern-77'
const nextPassword = 'Signal-Quarry-58'

const refused = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}

async function openLabWith(database: (typeof databases)[number], ...usernames: string[]): Promise<Lab> {
  const lab = await openLab(database)
  for (const username of usernames) {
    const { status } = await lab.admin.post(`${users}?action=create_user`, { username, password })
    assert.equal(status, 201)
  }
  return lab
}

function assertRefused(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json], [403, refused])
}

async function guess(client: Client, name: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) assertRefused(await client.as(name, `Wrong-Lantern-${i}`).get(segments))
}

async function assertOpen(client: Client, name = 'svc'): Promise<void> {
  assert.equal((await client.as(name, password).get(segments)).status, 200)
}

async function assertLocked(client: Client, name = 'svc'): Promise<void> {
  assertRefused(await client.as(name, password).get(segments))
}

async function makeImmune(lab: Lab, lockout_immune_addresses: string[]): Promise<void> {
  const { json } = await lab.admin.get(apiService)
  assert.equal((await lab.admin.put(apiService, { ...json, lockout_immune_addresses })).status, 200)
}

for (const database of databases) {
  test(`${database.kind}: five wrong passwords lock an account for 900 seconds`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await assertOpen(lab.a)
    await guess(lab.a, 'svc', 5)
    await assertLocked(lab.a)
    assertRefused((await lab.a.signIn('svc', password)).answer)

    lab.clock.advance({ seconds: 600 })
    await guess(lab.a, 'svc', 6)
    lab.clock.advance({ seconds: 299, ms: 999 })
    await assertLocked(lab.a)
    lab.clock.advance({ ms: 1 })
    await assertOpen(lab.a)

    await guess(lab.a, 'svc', 5)
    lab.clock.advance({ seconds: 900 })
    await guess(lab.a, 'svc', 4)
    await assertOpen(lab.a)
  })

  test(`${database.kind}: failures count together within 900 seconds`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await guess(lab.a, 'svc', 4)
    lab.clock.advance({ seconds: 900 })
    await guess(lab.a, 'svc', 4)
    lab.clock.advance({ seconds: 899, ms: 999 })
    await guess(lab.a, 'svc', 1)
    await assertLocked(lab.a)
  })

  test(`${database.kind}: a right password starts a new count`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await assertOpen(lab.a)
    await guess(lab.a, 'svc', 4)
    await assertOpen(lab.a)
    await guess(lab.a, 'svc', 4)
    assert.equal((await lab.a.signIn('svc', password)).answer.status, 200)
    await lab.restart()
    await guess(lab.a, 'svc', 4)
    await assertOpen(lab.a)
  })

  test(`${database.kind}: failures count per account, source address and node`, database, async () => {
    await using lab = await openLabWith(database, 'svc', 'other')
    const there = lab.a.from('127.0.0.2')
    await guess(there, 'svc', 5)
    await assertLocked(there)
    await assertOpen(there, 'other')
    await assertOpen(lab.a)
    await assertOpen(lab.b.from('127.0.0.2'))

    await guess(there, 'admin', 5)
    assertRefused(await there.as('admin', labPassword).get(segments))
    assert.equal((await lab.admin.get(segments)).status, 200)

    await guess(lab.b, 'other', 3)
    await guess(lab.a, 'other', 3)
    await guess(there, 'other', 3)
    await assertOpen(lab.a, 'other')
    await assertOpen(lab.b, 'other')
    await assertOpen(there, 'other')
  })

  test(`${database.kind}: every way in and every spelling of the name counts for the account`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await guess(lab.a, 'SVC', 1)
    await guess(lab.a, 'svc@mywork.com', 1)
    for (const name of ['svc', 'Svc', 'svc@MYWORK.com']) {
      assertRefused((await lab.a.signIn(name, 'Wrong-Lantern-9')).answer)
    }
    for (const name of ['svc', 'SVC', 'svc@mywork.com']) {
      await assertLocked(lab.a, name)
      assertRefused((await lab.a.signIn(name, password)).answer)
    }
  })

  test(`${database.kind}: the right password behind forty guesses at once is refused`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await Promise.all(Array.from({ length: 41 }, () => lab.a.get(segments)))
    const guesses = Array.from({ length: 40 }, (_, i) => lab.a.as('svc', `Wrong-Lantern-${i}`))
    const callers = [...guesses, lab.a.as('SVC@mywork.com', password)]
    const answers = await Promise.all(callers.map((caller) => caller.get(segments)))
    for (const answer of answers) assertRefused(answer)
    await assertLocked(lab.a)
    await assertOpen(lab.a.from('127.0.0.2'))
    lab.clock.advance({ seconds: 900 })
    await assertOpen(lab.a)
  })

  test(`${database.kind}: counts and locks outlive a restart`, database, async () => {
    await using lab = await openLabWith(database, 'svc', 'other')
    await guess(lab.a, 'svc', 5)
    await guess(lab.a, 'other', 3)
    lab.clock.advance({ seconds: 300 })
    await lab.restart()
    await assertLocked(lab.a)
    await guess(lab.a, 'other', 2)
    await assertLocked(lab.a, 'other')
    await assertOpen(lab.b)
    await assertOpen(lab.a.from('127.0.0.2'))

    lab.clock.advance({ seconds: 600 })
    await assertOpen(lab.a)
    await assertLocked(lab.a, 'other')
  })

  test(`${database.kind}: immune addresses are never locked out`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    const there = lab.a.from('127.0.0.2')
    await makeImmune(lab, ['127.0.0.2', '2001:db8::7'])
    await guess(there, 'svc', 7)
    await assertOpen(there)
    await guess(lab.a, 'svc', 5)
    await assertLocked(lab.a)

    await makeImmune(lab, ['127.0.0.1'])
    await assertOpen(lab.a)
    await guess(there, 'svc', 5)
    await assertLocked(there)
    for (const spelling of ['::ffff:127.0.0.2', '::FFFF:7f00:2']) {
      await makeImmune(lab, [spelling])
      await guess(there, 'svc', 5)
      await assertOpen(there)
    }
  })

  test(`${database.kind}: the policy says how many failures lock, and for how long`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    const policy = async (change: object) => assert.equal((await lab.admin.put(authPolicy, change)).status, 202)

    await policy({ api_max_auth_failures: 2, api_failed_auth_lockout_period: 60, api_failed_auth_reset_period: 10 })
    await guess(lab.a, 'svc', 1)
    lab.clock.advance({ seconds: 10 })
    await guess(lab.a, 'svc', 1)
    await assertOpen(lab.a)
    await guess(lab.a, 'svc', 2)
    await guess(lab.b, 'svc', 2)
    lab.clock.advance({ seconds: 59 })
    await assertLocked(lab.a)
    await assertLocked(lab.b)
    lab.clock.advance({ seconds: 1 })
    await assertOpen(lab.a)
    await assertOpen(lab.b)

    await guess(lab.a, 'svc', 2)
    await policy({ api_max_auth_failures: 0 })
    await assertOpen(lab.a)
    await guess(lab.a, 'svc', 7)
    await assertOpen(lab.a)

    await policy({ api_max_auth_failures: 2, api_failed_auth_lockout_period: 0 })
    await guess(lab.a, 'svc', 7)
    await assertOpen(lab.a)
  })

  test(`${database.kind}: a lockout period of one second frees whom it was too long for`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    await guess(lab.a, 'svc', 5)
    lab.clock.advance({ seconds: 10 })
    await assertLocked(lab.a)
    await lab.admin.put(authPolicy, { api_failed_auth_lockout_period: 1 })
    await assertOpen(lab.a)

    await guess(lab.a, 'svc', 5)
    await assertLocked(lab.a)
    lab.clock.advance({ seconds: 1 })
    await guess(lab.a, 'svc', 4)
    await assertOpen(lab.a)
  })

  test(`${database.kind}: wrong old passwords count like failed sign-ins`, database, async () => {
    await using lab = await openLabWith(database, 'svc')
    const { client } = await lab.a.signIn('svc', password)
    const change = (old_password: string) => client.post(ownPassword, { old_password, password: nextPassword })
    for (let i = 0; i < 5; i++) {
      const answer = await change(`Wrong-Lantern-${i}`)
      assert.deepEqual([answer.status, answer.json.error_code], [400, 36503])
    }
    await assertLocked(lab.a)
    assertRefused((await lab.a.signIn('svc', password)).answer)
    assert.equal((await change(password)).status, 400)
    await assertOpen(lab.a.from('127.0.0.2'))

    lab.clock.advance({ seconds: 900 })
    assert.equal((await change(password)).status, 200)
    assert.equal((await lab.a.as('svc', nextPassword).get(segments)).status, 200)
  })
}
