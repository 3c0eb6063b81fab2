import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { type Description, readDescription } from '../description.ts'
import { databases, type Lab, openLab, type TestDatabase } from '../lab.ts'
import { administrator, withSession } from './clients.ts'

const sso = '/sallyport/v1/sso'
const users = `${sso}/users`
const groups = `${sso}/groups`
const password = 'Winter-is-9-coming'

/** Every lab describes itself alike. */
let description: Description | undefined

/** The administrator, whose answers are held against what the API says of itself. */
function adminOf(lab: Lab): Client {
  return lab.a.as(administrator, labSsoPassword).with({ check: (exchange) => description?.check(exchange) })
}

/** Begins a session over REST. @returns the answer, and a client that uses the session where there is one. */
async function signIn(client: Client, name: string, given: string): Promise<{ answer: Answer; client: Client }> {
  const answer = await client.as(name, given).post('/api/session')
  return { answer, client: withSession(client, answer.status === 201 ? answer.json : '') }
}

/** Makes a user anew, whatever an earlier test left. */
async function make(admin: Client, name: string, fields: object = {}): Promise<Answer> {
  await admin.delete(`${users}/${name}`)
  const answer = await admin.post(users, { name, password, ...fields })
  assert.equal(answer.status, 201, answer.text)
  return answer
}

function refused(answer: Answer, status: number, code: string, field?: string): void {
  const { error } = answer.json
  assert.deepEqual([answer.status, error.code, error.field], [status, code, field], answer.text)
  assert.equal(typeof error.message, 'string')
}

/** Whether a name and a password begin a session. */
const opens = async (client: Client, name: string, given: string) =>
  (await signIn(client, name, given)).answer.status === 201

const groupsOf = async (admin: Client, name: string): Promise<string[]> =>
  (await admin.get(`${users}/${name}`)).json.groups

/** One lab for most of a database's tests; each has users and groups of its own. */
const labs = new Map<TestDatabase, Promise<Lab>>()
function labOn(database: TestDatabase): Promise<Lab> {
  const lab = labs.get(database) ?? openLab(database)
  labs.set(database, lab)
  return lab
}
before(async () => {
  const [{ a } = assert.fail()] = await Promise.all(databases.filter(({ skip }) => !skip).map(labOn))
  description = await readDescription(a, '/sallyport/v1/openapi.json')
})
after(async () => {
  for (const lab of labs.values()) await (await lab)[Symbol.asyncDispose]()
})

for (const database of databases) {
  const { kind } = database

  test(`${kind}: a new domain has the administrator, the lab's users and vCenter's groups`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    const listed = (await admin.get(users)).json.users
    assert.deepEqual(
      listed.map(({ name, built_in }: { name: string; built_in: boolean }) => [name, built_in]),
      [
        ['Administrator', true],
        ['holodeck-vmadmin', false],
        ['holouser', false],
      ],
    )
    const names = (await admin.get(groups)).json.groups.map(({ name }: { name: string }) => name)
    for (const name of ['Administrators', 'Users', 'SolutionUsers', 'LicenseService.Administrators']) {
      assert(names.includes(name), name)
    }
    assert.deepEqual(await groupsOf(admin, 'ADMINISTRATOR'), ['Administrators', 'Users'])
    assert.deepEqual(await groupsOf(admin, 'holouser'), ['Users'])
    for (const name of ['holodeck-vmadmin', 'holouser'])
      assert(await opens(lab.a, `${name}@vsphere.local`, labSsoPassword))
  })

  test(`${kind}: a user is made, read, changed and removed`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    const made = await make(admin, 'Robot', {
      first_name: 'Rob',
      last_name: 'Ot',
      email: 'r@x.example',
      description: 'd',
    })
    const expected = {
      name: 'Robot',
      domain: 'vsphere.local',
      first_name: 'Rob',
      last_name: 'Ot',
      email: 'r@x.example',
      description: 'd',
      disabled: false,
      locked: false,
      password_must_change: false,
      password_changed: new Date(lab.clock.now).toISOString(),
      built_in: false,
    }
    assert.deepEqual(made.json, expected)
    assert.deepEqual((await admin.get(`${users}/rOBOT`)).json, { ...expected, groups: ['Users'] })
    refused(await admin.post(users, { name: 'ROBOT', password }), 409, 'already_exists', 'name')

    const changed = await admin.patch(`${users}/robot`, { description: 'nightly', last_name: '' })
    assert.deepEqual([changed.status, changed.json], [200, { ...expected, description: 'nightly', last_name: '' }])
    assert.deepEqual((await admin.patch(`${users}/robot`, {})).json, changed.json)
    assert(await opens(lab.a, 'robot@vsphere.local', password))

    assert.deepEqual([(await admin.delete(`${users}/robot`)).status], [204])
    refused(await admin.get(`${users}/robot`), 404, 'not_found')
    refused(await admin.delete(`${users}/robot`), 404, 'not_found')
    assert.equal(await opens(lab.a, 'robot@vsphere.local', password), false)
    const { members } = (await admin.get(`${groups}/Users`)).json
    assert(!members.some(({ name }: { name: string }) => name === 'Robot'))
  })

  test(
    `${kind}: a user signs in as user@domain, DOMAIN\\user or without a domain, in any letter case`,
    database,
    async () => {
      const lab = await labOn(database)
      for (const name of [
        'administrator@vsphere.local',
        'ADMINISTRATOR@VSPHERE.LOCAL',
        'VSPHERE.LOCAL\\Administrator',
        'vsphere.local\\administrator',
        'administrator',
      ]) {
        const { answer, client } = await signIn(lab.a, name, labSsoPassword)
        assert.equal(answer.status, 201, name)
        assert.match(answer.json, /^[0-9a-f]{32}$/)
        assert.equal((await client.get('/api/session')).json.user, 'Administrator@vsphere.local', name)
      }
      for (const name of [
        'administrator@localos',
        'administrator@',
        '@vsphere.local',
        'x\\administrator',
        'administrator@lab',
      ]) {
        assert.equal((await signIn(lab.a, name, labSsoPassword)).answer.status, 401, name)
      }
    },
  )

  test(`${kind}: a password follows the policy, which can be changed`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    for (const bad of [
      'Sh0rt-1',
      'no-upper-9-case',
      'NO-LOWER-9-CASE',
      'No-Digit-Here',
      'NoSpecial9Here',
      'Fourrrr-1-run',
      `${'Aa1!'.repeat(5)}x`,
    ]) {
      refused(await admin.post(users, { name: 'robot', password: bad }), 400, 'password_rejected', 'password')
    }
    const policy = (await admin.get(`${sso}/policy`)).json
    assert.deepEqual(policy, {
      minimum_length: 8,
      maximum_length: 20,
      minimum_uppercase: 1,
      minimum_lowercase: 1,
      minimum_digits: 1,
      minimum_special: 1,
      maximum_identical_adjacent: 3,
      remembrance: 5,
      password_lifetime: 90,
      max_failures: 5,
      failure_interval: 180,
      lockout_period: 300,
    })
    const changed = await admin.patch(`${sso}/policy`, { maximum_length: 64, minimum_special: 0 })
    assert.deepEqual([changed.status, changed.json], [200, { ...policy, maximum_length: 64, minimum_special: 0 }])
    await make(admin, 'robot', { password: 'Correct1Horse2Battery3Staple' })

    for (const [change, field] of [
      [{ minimum_length: 7 }, 'minimum_length'],
      [{ max_failures: '5' }, 'max_failures'],
      [{ lockout_period: 1.5 }, 'lockout_period'],
      [{ minimum_length: 65 }, 'minimum_length'],
      [{ minimum_uppercase: 32, minimum_lowercase: 32 }, 'maximum_length'],
      [{ minimun_length: 9 }, 'minimun_length'],
      [[], 'body'],
    ] as const) {
      refused(await admin.patch(`${sso}/policy`, change), 400, 'invalid_field', field)
    }
    assert.deepEqual((await admin.get(`${sso}/policy`)).json, changed.json)
    await lab.restart()
    assert.deepEqual((await adminOf(lab).get(`${sso}/policy`)).json, changed.json)
  })

  test(
    `${kind}: users change their own password with the old one, and not to one of the last five`,
    database,
    async () => {
      const lab = await labOn(database)
      await make(adminOf(lab), 'robot')
      const change = (client: Client, old_password: string, next: string) =>
        client.post(`${sso}/change-password`, { old_password, password: next })
      const nth = (n: number) => `${password}${n}`

      const first = (await signIn(lab.a, 'robot', password)).client
      const second = (await signIn(lab.a, 'robot', password)).client
      refused(await change(first, 'wrong', nth(1)), 400, 'old_password_wrong')
      refused(await change(first, password, 'short'), 400, 'password_rejected', 'password')
      refused(await change(first, password, password), 400, 'password_rejected', 'password')
      assert.equal((await change(first, password, nth(1))).status, 204)
      // The session that made the change goes on, and no other.
      assert.equal((await first.get('/api/session')).status, 200)
      assert.equal((await second.get('/api/session')).status, 401)
      assert.equal(await opens(lab.a, 'robot', password), false)

      for (const n of [1, 2, 3, 4]) {
        const robot = lab.a.as('robot@vsphere.local', nth(n))
        refused(await change(robot, nth(n), password), 400, 'password_rejected', 'password')
        assert.equal((await change(robot, nth(n), nth(n + 1))).status, 204)
      }
      assert.equal((await change(lab.a.as('robot@vsphere.local', nth(5)), nth(5), password)).status, 204)
      assert(await opens(lab.a, 'robot', password))
    },
  )

  test(`${kind}: wrong old passwords count like failed sign-ins`, database, async () => {
    const lab = await labOn(database)
    await make(adminOf(lab), 'robot')
    const robot = (await signIn(lab.a, 'robot', password)).client
    const change = (old_password: string) =>
      robot.post(`${sso}/change-password`, { old_password, password: 'New-Pass-9' })
    for (const _ of [1, 2, 3, 4, 5]) refused(await change('wrong'), 400, 'old_password_wrong')
    refused(await change(password), 400, 'old_password_wrong')
    assert.equal((await adminOf(lab).get(`${users}/robot`)).json.locked, true)
  })

  test(
    `${kind}: five failures within 180 seconds lock an account for 300, wherever they come from`,
    database,
    async () => {
      const lab = await labOn(database)
      const admin = adminOf(lab)
      await make(admin, 'robot')
      const fail = async (times: number) => {
        for (let i = 0; i < times; i++)
          assert.equal(await opens(lab.a.from(`127.0.0.${i + 2}`), 'robot', 'wrong'), false)
      }
      await fail(4)
      assert.equal((await admin.get(`${users}/robot`)).json.locked, false)
      lab.clock.advance({ seconds: 180 })
      await fail(4)
      assert(await opens(lab.a, 'robot', password))
      await fail(5)
      assert.equal(await opens(lab.a, 'robot', password), false)
      assert.equal((await admin.get(`${users}/robot`)).json.locked, true)
      assert.equal((await lab.a.as('robot@vsphere.local', password).get(users)).status, 401)
      await lab.restart()
      lab.clock.advance({ seconds: 299 })
      assert.equal(await opens(lab.a, 'robot', password), false)
      lab.clock.advance({ seconds: 1 })
      assert(await opens(lab.a, 'robot', password))
    },
  )

  test(`${kind}: an administrator unlocks an account, also by a new password`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    await make(admin, 'robot')
    const lock = async () => {
      for (const _ of [1, 2, 3, 4, 5]) await opens(lab.a, 'robot', 'wrong')
      assert.equal(await opens(lab.a, 'robot', password), false)
    }
    await lock()
    const unlocked = await admin.post(`${users}/robot/unlock`)
    assert.deepEqual([unlocked.status, unlocked.json.locked], [200, false])
    assert(await opens(lab.a, 'robot', password))
    await lock()
    const reset = await admin.post(`${users}/robot/reset-password`, { password: 'New-Pass-9' })
    assert.deepEqual([reset.status, reset.json.locked], [200, false])
    assert(await opens(lab.a, 'robot', 'New-Pass-9'))
  })

  test(`${kind}: nobody can keep the built-in administrator out from elsewhere`, database, async () => {
    const lab = await labOn(database)
    for (const _ of [1, 2, 3, 4, 5]) await opens(lab.a.from('127.0.0.9'), administrator, 'wrong')
    assert.equal(await opens(lab.a.from('127.0.0.9'), administrator, labSsoPassword), false)
    assert(await opens(lab.a, administrator, labSsoPassword))
  })

  test(`${kind}: guesses from many places at once are no more than guesses one by one`, database, async () => {
    const lab = await labOn(database)
    await make(adminOf(lab), 'robot')
    const { vcenterDoor } = lab.server.services
    const tries = Array.from({ length: 20 }, (_, i) =>
      vcenterDoor.signIn({ name: 'robot', password: `wrong-${i}`, source: `192.0.2.${i}` }),
    )
    // It comes after twenty wrong ones, of which five have locked the account when it is its turn.
    tries.push(vcenterDoor.signIn({ name: 'robot', password, source: '198.51.100.1' }))
    const ends = await Promise.allSettled(tries)
    assert(ends.every(({ status }) => status === 'rejected'))
  })

  test(`${kind}: a disabled user is out at once, and in again once enabled`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    await make(admin, 'robot')
    const { client } = await signIn(lab.a, 'robot', password)
    assert.equal((await admin.patch(`${users}/robot`, { disabled: true })).json.disabled, true)
    assert.equal((await client.get('/api/session')).status, 401)
    assert.equal(await opens(lab.a, 'robot', password), false)
    assert.equal((await admin.patch(`${users}/robot`, { disabled: false })).json.disabled, false)
    assert.equal((await client.get('/api/session')).status, 401)
    assert(await opens(lab.a, 'robot', password))
    await make(admin, 'asleep', { disabled: true })
    assert.equal(await opens(lab.a, 'asleep', password), false)
  })

  test(`${kind}: a password that must be changed opens nothing but its change`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    const made = await make(admin, 'robot', { password_must_change: true })
    assert.equal(made.json.password_must_change, true)
    await admin.post(`${groups}/Administrators/members`, { type: 'user', name: 'robot' })
    assert.equal(await opens(lab.a, 'robot', password), false)
    refused(await lab.a.as('robot@vsphere.local', password).get(users), 403, 'password_must_change')
    // Who does not know the password does not hear of it.
    refused(await lab.a.as('robot@vsphere.local', 'wrong').get(users), 401, 'unauthenticated')
    const change = { old_password: password, password: 'New-Pass-9' }
    assert.equal((await lab.a.as('robot@vsphere.local', password).post(`${sso}/change-password`, change)).status, 204)
    assert.equal((await lab.a.as('robot@vsphere.local', 'New-Pass-9').get(users)).status, 200)
    assert(await opens(lab.a, 'robot', 'New-Pass-9'))

    lab.clock.advance({ days: 90 })
    assert.equal(await opens(lab.a, 'robot', 'New-Pass-9'), false)
    refused(await lab.a.as('robot@vsphere.local', 'New-Pass-9').get(users), 403, 'password_must_change')
    const again = { old_password: 'New-Pass-9', password: 'New-Pass-10' }
    assert.equal(
      (await lab.a.as('robot@vsphere.local', 'New-Pass-9').post(`${sso}/change-password`, again)).status,
      204,
    )
    assert(await opens(lab.a, 'robot', 'New-Pass-10'))
  })

  test(`${kind}: the administrator and the groups of the domain stay`, database, async () => {
    await using lab = await openLab(database)
    const admin = adminOf(lab)
    await make(admin, 'second')
    await admin.post(`${groups}/Administrators/members`, { type: 'user', name: 'second' })
    const second = lab.a.as('second@vsphere.local', password)
    refused(await second.delete(`${users}/administrator`), 409, 'not_supported')
    refused(await second.patch(`${users}/administrator`, { disabled: true }), 409, 'not_supported')
    for (const name of ['administrator@vsphere.local', 'ADMINISTRATOR@VSPHERE.LOCAL']) {
      refused(await second.delete(`${groups}/Administrators/members/user/${name}`), 409, 'last_administrator')
    }
    refused(await second.delete(`${groups}/Administrators`), 409, 'not_supported')
    refused(await second.delete(`${groups}/users`), 409, 'not_supported')
    // A stolen session is not enough to take an account over.
    refused(await second.post(`${users}/second/reset-password`, { password: 'New-Pass-9' }), 409, 'not_supported')
    assert.equal((await second.post(`${users}/administrator/reset-password`, { password: 'New-Pass-9' })).status, 200)
    assert(await opens(lab.a, administrator, 'New-Pass-9'))
  })

  test(
    `${kind}: only members of Administrators manage users, be it by way of other groups, and from then on`,
    database,
    async () => {
      const lab = await labOn(database)
      const admin = adminOf(lab)
      await make(admin, 'robot')
      const basic = lab.a.as('robot@vsphere.local', password)
      const { client: session } = await signIn(lab.a, 'robot', password)
      const calls: [method: string, path: string, body?: object][] = [
        ['GET', users],
        ['GET', `${users}/robot`],
        ['POST', users, { name: 'x', password }],
        ['PATCH', `${users}/robot`, { description: 'x' }],
        ['DELETE', `${users}/robot`],
        ['POST', `${users}/holouser/reset-password`, { password }],
        ['POST', `${users}/robot/unlock`],
        ['GET', groups],
        ['GET', `${groups}/Users`],
        ['POST', groups, { name: 'x' }],
        ['PATCH', `${groups}/Users`, { description: 'x' }],
        ['DELETE', `${groups}/Users`],
        ['POST', `${groups}/Administrators/members`, { type: 'user', name: 'robot' }],
        ['DELETE', `${groups}/Users/members/user/robot@vsphere.local`],
        ['GET', `${sso}/policy`],
        ['PATCH', `${sso}/policy`, { max_failures: 0 }],
      ]
      for (const [method, path, body] of calls) {
        const send = (client: Client) =>
          client.send(method, path, body && JSON.stringify(body), body ? { 'content-type': 'application/json' } : {})
        refused(await send(lab.a), 401, 'unauthenticated')
        refused(await send(session), 403, 'forbidden')
        refused(await send(basic), 403, 'forbidden')
      }

      for (const name of ['outer', 'inner']) assert.equal((await admin.post(groups, { name })).status, 201)
      const put = (group: string, type: string, name: string) =>
        admin.post(`${groups}/${group}/members`, { type, name })
      await put('Administrators', 'group', 'outer')
      await put('outer', 'group', 'inner')
      assert.equal((await session.get(users)).status, 403)
      assert.equal((await put('inner', 'user', 'robot')).status, 201)
      for (const client of [session, basic]) assert.equal((await client.get(users)).status, 200)
      assert.deepEqual(await groupsOf(admin, 'robot'), ['Administrators', 'inner', 'outer', 'Users'])
      assert.equal((await admin.delete(`${groups}/outer/members/group/inner@vsphere.local`)).status, 204)
      for (const client of [session, basic]) refused(await client.get(users), 403, 'forbidden')
      await put('outer', 'group', 'inner')
      assert.equal((await admin.delete(`${groups}/outer`)).status, 204)
      refused(await session.get(users), 403, 'forbidden')
    },
  )

  test(`${kind}: groups are made, described, filled and removed; no group is in itself`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    const made = await admin.post(groups, { name: 'ops', description: 'operators' })
    const ops = { name: 'ops', domain: 'vsphere.local', description: 'operators', built_in: false }
    assert.deepEqual([made.status, made.json], [201, ops])
    refused(await admin.post(groups, { name: 'OPS' }), 409, 'already_exists', 'name')
    assert.equal((await admin.patch(`${groups}/Ops`, { description: '' })).json.description, '')
    for (const name of ['a', 'b']) await admin.post(groups, { name })

    const add = (group: string, member: object) => admin.post(`${groups}/${group}/members`, member)
    const bob = { type: 'user', name: 'Bob', domain: 'corp.example' }
    assert.deepEqual((await add('ops', { type: 'group', name: 'A' })).json, {
      type: 'group',
      name: 'a',
      domain: 'vsphere.local',
    })
    assert.deepEqual((await add('ops', bob)).json, bob)
    refused(await add('ops', { ...bob, name: 'BOB', domain: 'CORP.example' }), 409, 'already_exists')
    assert.equal((await add('a', { type: 'group', name: 'b' })).status, 201)
    for (const [group, name] of [
      ['ops', 'ops'],
      ['a', 'ops'],
      ['b', 'ops'],
      ['b', 'a'],
    ] as const) {
      refused(await add(group, { type: 'group', name }), 400, 'invalid_field', 'name')
    }
    refused(await add('ops', { type: 'user', name: 'nobody' }), 400, 'invalid_field', 'name')
    refused(await add('ops', { type: 'user', name: 'root', domain: 'localos' }), 400, 'invalid_field', 'domain')
    refused(await add('ops', { type: 'robot', name: 'x' }), 400, 'invalid_field', 'type')
    refused(await add('nothing', bob), 404, 'not_found')

    await lab.restart()
    const again = adminOf(lab)
    const { members } = (await again.get(`${groups}/ops`)).json
    assert.deepEqual(members, [bob, { type: 'group', name: 'a', domain: 'vsphere.local' }])
    const listed = (await again.get(groups)).json.groups.find(({ name }: { name: string }) => name === 'ops')
    assert.equal(listed.member_count, 2)
    refused(await again.delete(`${groups}/ops/members/group/bob@corp.example`), 404, 'not_found')
    refused(await again.delete(`${groups}/ops/members/user/bob`), 400, 'invalid_field', 'principal')
    assert.equal((await again.delete(`${groups}/ops/members/user/BOB@corp.EXAMPLE`)).status, 204)
    assert.equal((await again.delete(`${groups}/a`)).status, 204)
    assert.deepEqual((await again.get(`${groups}/ops`)).json.members, [])
    assert.equal((await again.delete(`${groups}/ops`)).status, 204)
    refused(await again.get(`${groups}/ops`), 404, 'not_found')
  })

  test(`${kind}: what is wrong in a request is named, and nothing changes`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    const before = (await admin.get(users)).text
    for (const [body, field] of [
      [{ password }, 'name'],
      [{ name: 'robot' }, 'password'],
      [{ name: '', password }, 'name'],
      [{ name: 'a b', password }, 'name'],
      [{ name: 'a\x01b', password }, 'name'],
      [{ name: 'x'.repeat(65), password }, 'name'],
      [{ name: 5, password }, 'name'],
      [{ name: 'robot', password: 5 }, 'password'],
      [{ name: 'robot', password: 'p'.repeat(1025) }, 'password'],
      [{ name: 'robot', password, email: 'a\nb' }, 'email'],
      [{ name: 'robot', password, description: 'x'.repeat(1025) }, 'description'],
      [{ name: 'robot', password, disabled: 'no' }, 'disabled'],
      [{ name: 'robot', password, role: 'admin' }, 'role'],
      [[], 'body'],
      [null, 'body'],
    ] as const) {
      refused(await admin.post(users, body), 400, 'invalid_field', field)
    }
    refused(await admin.send('POST', users, '{', { 'content-type': 'application/json' }), 400, 'body_malformed')
    refused(await admin.send('POST', users, 'x', { 'content-type': 'text/plain' }), 415, 'media_type_unknown')
    refused(await admin.put(users, {}), 405, 'method_not_allowed')
    refused(await admin.get(`${sso}/nothing`), 404, 'not_found')
    refused(await admin.get(`${users}/${encodeURIComponent("' or 1=1 --")}`), 404, 'not_found')
    assert.equal((await admin.get(users)).text, before)
  })

  test(
    `${kind}: neither a cookie by itself nor a user of NSX Manager is good here, and no browser is asked`,
    database,
    async () => {
      const lab = await labOn(database)
      const id = (await signIn(lab.a, administrator, labSsoPassword)).answer.json
      const cookie = await lab.a.with({ headers: { cookie: `vmware-api-session-id=${id}` } }).get(users)
      refused(cookie, 401, 'unauthenticated')
      assert.equal(cookie.headers['www-authenticate'], undefined)
      refused(await lab.admin.get(users), 403, 'forbidden')
      // Nor is a user of vCenter one of NSX Manager's.
      assert.equal((await adminOf(lab).get('/api/v1/node')).status, 403)
    },
  )

  test(`${kind}: every call is in the audit log, and no secret in it or in an answer`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    const secrets = ['Winter-is-1-coming', 'Winter-is-2-coming', 'Winter-is-3-coming'] as const
    const answers: Answer[] = [await make(admin, 'robot', { password: secrets[0] })]
    const { answer, client } = await signIn(lab.a, 'robot', secrets[0])
    answers.push(await client.post(`${sso}/change-password`, { old_password: secrets[0], password: secrets[1] }))
    answers.push(await admin.post(`${users}/robot/reset-password`, { password: secrets[2] }))
    answers.push(await lab.a.as('robot@vsphere.local', 'a-wrong-one').get(users))
    answers.push(await admin.get(`${users}/robot`), await admin.get(users), await admin.delete(`${users}/robot`))
    answers.push(await lab.a.with({ headers: { 'user-agent': 'the last one' } }).get(users))

    const read = () => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
    // The files follow the journal.
    while (!read().includes('the last one')) await setTimeout(5)
    const log = read()
    for (const event of [
      'users.create',
      'change-password',
      'users.reset-password',
      'users.get',
      'users.list',
      'users.delete',
    ]) {
      assert.match(
        log,
        new RegExp(`event="sallyport\\.sso\\.${event}" subject="VSPHERE\\.LOCAL.*face="sallyport"`),
        event,
      )
    }
    assert.match(log, / sign-in \[.*subject="robot".*result="unauthenticated"/)
    assert.match(log, / unauthenticated \[/)
    assert.match(log, /New value=\[\{"name":"robot","domain":"vsphere.local"/)
    assert(!readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8').includes('sallyport.sso.users.create'))
    for (const secret of [...secrets, 'a-wrong-one', answer.json, labSsoPassword, '$argon2']) {
      assert(!log.includes(secret), secret)
      for (const { text } of answers) assert(!text.includes(secret), secret)
    }
  })
}
