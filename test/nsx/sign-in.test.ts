import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'
const users = '/api/v1/node/users'
const userInfo = '/api/v1/aaa/user-info'
const roleBindings = '/policy/api/v1/aaa/role-bindings'
const apiService = '/api/v1/cluster/api-service'
const ownPassword = `${users}?action=reset_own_password`
const password = 'Harbour-Lantern-77'
const nextPassword = 'Signal-Quarry-58'

const refused = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}

function assertRefused(answer: Answer, about?: string): void {
  assert.deepEqual([answer.status, answer.json], [403, refused], about)
}

async function createUser(lab: Lab, username: string, fields: object = {}): Promise<number> {
  const { status, json } = await lab.admin.post(`${users}?action=create_user`, { username, password, ...fields })
  assert.equal(status, 201)
  return json.userid
}

async function giveRole(lab: Lab, username: string, role: string): Promise<Answer> {
  const [binding] = (await lab.admin.get(`${roleBindings}?name=${username}`)).json.results
  const roles_for_paths = [{ path: '/', roles: [{ role }] }]
  return lab.admin.put(`${roleBindings}/${binding.id}`, { ...binding, roles_for_paths })
}

/** Keeps signing in, eight at once, while a change is made; no session may be left then. */
async function signInDuring(lab: Lab, username: string, change: () => Promise<Answer>): Promise<void> {
  const eight = Array.from({ length: 8 })
  const signIns = await Promise.all(eight.map(() => lab.a.signIn(username, password)))
  let done = false
  const changing = change().finally(() => {
    done = true
  })
  await Promise.all(
    eight.map(async () => {
      while (!done) signIns.push(await lab.a.signIn(username, password))
    }),
  )
  assert.equal((await changing).status, 200)
  for (const { answer, client } of signIns) {
    if (answer.status !== 200) assertRefused(answer)
    assertRefused(await client.get(segments))
  }
}

for (const database of databases) {
  test(`${database.kind}: a name and a password with every call need no session`, database, async () => {
    await using lab = await openLab(database)
    const answer = await lab.admin.get(userInfo)
    assert.equal(answer.status, 200)
    assert.equal(answer.json.user_name, 'admin')
    assert.equal(answer.headers['set-cookie'], undefined)
    assert.equal((await lab.b.as('admin', labPassword).get(userInfo)).json.user_name, 'admin')

    await createUser(lab, 'Ops.Colon', { password: 'Señal:Verde:58' })
    for (const [name, secret, user] of [
      ['ADMIN', labPassword, 'admin'],
      ['admin@mywork.com', labPassword, 'admin'],
      ['Admin@MyWork.COM', labPassword, 'admin'],
      ['ops.colon', 'Señal:Verde:58', 'Ops.Colon'],
    ] as const) {
      assert.equal((await lab.a.as(name, secret).get(userInfo)).json.user_name, user)
      const { client } = await lab.a.signIn(name, secret)
      assert.equal((await client.get(userInfo)).json.user_name, user)
    }
    for (const name of ['admin@elsewhere.com', 'admin@', '@mywork.com', 'admin@mywork.com@mywork.com']) {
      assertRefused(await lab.a.as(name, labPassword).get(userInfo), name)
    }
  })

  test(`${database.kind}: the domain of the local users can be another one`, database, async () => {
    await using lab = await openLab(database, { localDomain: 'corp.example' })
    assert.equal((await lab.a.as('admin@corp.example', labPassword).get(userInfo)).json.user_name, 'admin')
    assertRefused(await lab.a.as('admin@mywork.com', labPassword).get(userInfo))
  })

  test(`${database.kind}: without basic authentication only sessions are served`, database, async () => {
    await using lab = await openLab(database)
    const { client } = await lab.a.signIn('admin', labPassword)
    const switchTo = async (basic_authentication_enabled: boolean) => {
      const { json } = await client.get(apiService)
      return client.put(apiService, { ...json, basic_authentication_enabled })
    }
    assert.equal((await lab.admin.get(userInfo)).status, 200)

    assert.equal((await switchTo(false)).status, 200)
    assertRefused(await lab.admin.get(userInfo))
    assertRefused(await lab.b.as('admin', labPassword).get(userInfo))
    assertRefused(await client.as('admin', labPassword).get(userInfo))
    assert.equal((await client.get(userInfo)).status, 200)
    const another = await lab.a.signIn('admin', labPassword)
    assert.equal((await another.client.get(userInfo)).status, 200)

    assert.equal((await switchTo(true)).status, 200)
    assert.equal((await lab.admin.get(userInfo)).status, 200)
  })

  test(`${database.kind}: whatever is wrong with a sign-in is answered alike`, database, async () => {
    await using lab = await openLab(database)
    await createUser(lab, 'svc')
    await createUser(lab, 'locked')
    const deactivated = await createUser(lab, 'deactivated')
    const deleted = await createUser(lab, 'deleted')
    await lab.admin.post(`${users}/${deactivated}?action=deactivate`)
    await lab.admin.delete(`${users}/${deleted}`)
    for (const guess of ['a', 'b', 'c', 'd', 'e']) await lab.a.as('locked', guess).get(segments)

    function seen({ status, headers, text }: Answer) {
      const { date, 'vmw-task-id': task, 'x-envoy-upstream-service-time': took, ...rest } = headers
      assert(date && task && took)
      return { status, headers: rest, text }
    }
    const asNobody = await lab.a.get(segments)
    assertRefused(asNobody)
    assert.equal(asNobody.headers['www-authenticate'], undefined)
    assert.equal(asNobody.headers['set-cookie'], undefined)

    for (const [why, name, secret] of [
      ['unknown user', 'stranger', password],
      ['wrong password', 'svc', 'Wrong-Lantern-77'],
      ['empty password', 'svc', ''],
      ['locked', 'locked', password],
      ['deactivated', 'deactivated', password],
      ['never activated', 'guestuser1', password],
      ['never activated, empty password', 'guestuser1', ''],
      ['deleted', 'deleted', password],
      ['root', 'root', labPassword],
      ['root, wrong password', 'root', password],
      ['no name', '', password],
    ] as const) {
      assert.deepEqual(seen(await lab.a.as(name, secret).get(segments)), seen(asNobody), why)
      assert.deepEqual(seen((await lab.a.signIn(name, secret)).answer), seen(asNobody), why)
    }
    assert.equal((await lab.a.as('svc', password).get(segments)).status, 200)
  })

  test(`${database.kind}: every answer has the headers of an NSX Manager`, database, async () => {
    await using lab = await openLab(database)
    const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    const withJson = [
      await lab.a.get(segments),
      await lab.admin.get(segments),
      await lab.admin.get('/api/v1/node/aaa/auth-policy'),
      await lab.admin.get('/api/v1/nope'),
      await lab.admin.post(`${users}?action=create_user`, { username: 'svc' }),
    ]
    const signedIn = (await lab.a.signIn('admin', labPassword)).answer
    for (const { headers, text } of [...withJson, signedIn]) {
      assert.equal(headers.server, 'envoy')
      assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['x-frame-options'], 'SAMEORIGIN')
      assert.equal(headers['x-xss-protection'], '1;mode=block')
      assert.match(String(headers['content-security-policy']), /frame-src 'self'.*; ?frame-ancestors 'self'/)
      assert.match(String(headers['vmw-task-id']), new RegExp(`^${uuid}_${uuid}$`))
      assert.match(String(headers['x-envoy-upstream-service-time']), /^\d+$/)
      assert.equal(headers['content-length'], String(Buffer.byteLength(text)))
      assert(headers.date)
    }
    for (const { headers } of withJson) assert.equal(headers['content-type'], 'application/json')
  })

  test(`${database.kind}: an Authorization header that is no name and password is refused`, database, async () => {
    await using lab = await openLab(database)
    const encode = (text: string) => Buffer.from(text).toString('base64')
    for (const authorization of [
      '',
      'Basic',
      'Basic ',
      'Basic !!!!',
      `Basic ${encode('admin')}`,
      `Basic ${encode(':')}`,
      `Basic ${encode('\0:\0')}`,
      `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xc0]).toString('base64')}`,
      `Basic ${encode(`admin:${'x'.repeat(8000)}`)}`,
      `Basic${encode(`admin:${labPassword}`)}`,
      encode(`admin:${labPassword}`),
      `Bearer ${encode(`admin:${labPassword}`)}`,
      `Remote ${encode(`admin:${labPassword}`)}`,
      'Digest username="admin", realm="nsx"',
    ]) {
      assertRefused(await lab.a.with({ headers: { authorization } }).get(segments), authorization)
    }
    const authorization = `bAsIc ${encode(`admin:${labPassword}`)}`
    assert.equal((await lab.a.with({ headers: { authorization } }).get(segments)).status, 200)
  })

  test(`${database.kind}: sign-ins of an account end at once with what they rest on`, database, async () => {
    await using lab = await openLab(database)
    const changes: Record<string, (userid: number) => Promise<Answer>> = {
      deactivated: (userid) => lab.admin.post(`${users}/${userid}?action=deactivate`),
      deleted: (userid) => lab.admin.delete(`${users}/${userid}`),
      repassworded: (userid) => lab.admin.put(`${users}/${userid}`, { old_password: password, password: nextPassword }),
      reset: (userid) => lab.admin.post(`${users}/${userid}?action=reset_password`, { password: nextPassword }),
    }
    for (const [username, change] of Object.entries(changes)) {
      const userid = await createUser(lab, username)
      const callers = [
        lab.a.as(username, password),
        lab.b.as(username, password),
        (await lab.a.signIn(username, password)).client,
        (await lab.b.signIn(username, password)).client,
      ]
      for (const caller of callers) assert.equal((await caller.get(segments)).status, 200)
      assert.equal((await change(userid)).status, 200)
      for (const caller of callers) assertRefused(await caller.get(segments), username)
    }
  })

  test(`${database.kind}: sessions that ended do not come back with their account`, database, async () => {
    await using lab = await openLab(database)
    const userid = await createUser(lab, 'svc')
    const { client } = await lab.a.signIn('svc', password)
    await lab.admin.post(`${users}/${userid}?action=deactivate`)
    await lab.admin.post(`${users}/${userid}?action=activate`, { password })
    assertRefused(await client.get(segments))
    assert.equal((await lab.a.as('svc', password).get(segments)).status, 200)

    const second = await lab.a.signIn('svc', password)
    await lab.admin.delete(`${users}/${userid}`)
    await createUser(lab, 'svc')
    assertRefused(await second.client.get(segments))
  })

  test(`${database.kind}: a change of role ends sessions and counts from the next call on`, database, async () => {
    await using lab = await openLab(database)
    await createUser(lab, 'svc')
    const basic = lab.a.as('svc', password)
    const { client } = await lab.a.signIn('svc', password)
    const { client: ofB } = await lab.b.signIn('svc', password)
    assert.equal((await basic.get(users)).status, 200)

    assert.equal((await giveRole(lab, 'svc', 'network_engineer')).status, 200)
    assertRefused(await client.get(segments))
    assertRefused(await ofB.get(segments))
    assert.equal((await basic.get(segments)).status, 200)
    const forbidden = await basic.get(users)
    assert.deepEqual([forbidden.status, forbidden.json.error_code], [403, 401])
    assert.equal((await lab.a.signIn('svc', password)).answer.status, 200)
  })

  test(`${database.kind}: the session that changes its own password goes on, the others end`, database, async () => {
    await using lab = await openLab(database)
    const userid = await createUser(lab, 'svc')
    const change = { old_password: password, password: nextPassword }
    async function changedBy(name: string, old: string, work: (own: Client) => Promise<Answer>): Promise<void> {
      const own = await lab.a.signIn(name, old)
      const others = [
        (await lab.a.signIn(name, old)).client,
        (await lab.b.signIn(name, old)).client,
        lab.a.as(name, old),
      ]
      for (const other of others) assert.equal((await other.get(segments)).status, 200)
      assert.equal((await work(own.client)).status, 200)
      assert.equal((await own.client.get(segments)).status, 200)
      for (const other of others) assertRefused(await other.get(segments))
      assert.equal((await lab.a.as(name, nextPassword).get(segments)).status, 200)
    }

    await changedBy('svc', password, (own) => own.post(ownPassword, change))
    await changedBy('admin', labPassword, (own) =>
      own.put(`${users}/10000`, { old_password: labPassword, password: nextPassword }),
    )
    assert.equal((await lab.a.as('admin', nextPassword).get(`${users}/${userid}`)).json.status, 'ACTIVE')
  })

  test(`${database.kind}: no session begins with a password that is being replaced`, database, async () => {
    await using lab = await openLab(database)
    const userid = await createUser(lab, 'svc')
    for (let round = 0; round < 5; round++) {
      await signInDuring(lab, 'svc', () =>
        lab.admin.post(`${users}/${userid}?action=reset_password`, { password: nextPassword }),
      )
      await lab.admin.post(`${users}/${userid}?action=deactivate`)
      await lab.admin.post(`${users}/${userid}?action=activate`, { password })
      lab.clock.advance({ seconds: 900 })
    }
  })

  test(`${database.kind}: a sign-in that meets the deletion of its account is refused`, database, async () => {
    await using lab = await openLab(database)
    for (const username of ['first', 'second', 'third', 'fourth', 'fifth']) {
      const userid = await createUser(lab, username)
      await signInDuring(lab, username, () => lab.admin.delete(`${users}/${userid}`))
    }
  })

  test(`${database.kind}: an expired or reset password lets through its own change only`, database, async () => {
    await using lab = await openLab(database)
    await createUser(lab, 'expired', { password_change_frequency: 30 })
    const reset = await createUser(lab, 'reset')
    for (const name of ['expired', 'reset']) assert.equal((await giveRole(lab, name, 'enterprise_admin')).status, 200)
    lab.clock.advance({ days: 31, ms: -1 })
    assert.equal((await lab.a.as('expired', password).get(segments)).status, 200)
    assert.equal((await lab.a.signIn('expired', password)).answer.status, 200)
    lab.clock.advance({ ms: 1 })
    await lab.admin.post(`${users}/${reset}?action=reset_password`, { password: nextPassword })

    for (const [name, old, action] of [
      ['expired', password, ownPassword],
      ['reset', nextPassword, `/api/v1/cluster/${lab.managerIds[0]}/node/users?action=reset_own_password`],
    ] as const) {
      const chosen = 'Copper-Meadow-31'
      const caller = lab.a.as(name, old)
      for (const call of [
        () => caller.get(segments),
        () => caller.get(userInfo),
        () => caller.get('/api/v1/nope'),
        () => caller.delete(`${segments}/seg1`),
        () => caller.put(`${users}/${reset}`, { old_password: old, password: chosen }),
        () => caller.post(`${users}?action=create_user`, { username: 'by-the-way' }),
      ]) {
        const answer = await call()
        assert.deepEqual([answer.status, answer.json.error_code], [403, 10006], name)
        assert.match(answer.json.error_message, /reset_own_password/)
      }
      assertRefused((await lab.a.signIn(name, old)).answer)
      assertRefused(await lab.a.as(name, 'Wrong-Lantern-77').get(segments))

      const wrong = await caller.post(action, { old_password: 'Wrong-Lantern-77', password: chosen })
      assert.deepEqual([wrong.status, wrong.json.error_code], [400, 36503])
      assert.equal((await caller.post(action, { old_password: old, password: chosen })).status, 200)

      assertRefused(await caller.get(segments))
      assert.equal((await lab.a.as(name, chosen).get(segments)).status, 200)
      assert.equal((await lab.a.signIn(name, chosen)).answer.status, 200)
    }
    assert.equal((await lab.admin.get(segments)).json.result_count, 1)
  })

  test(`${database.kind}: a good password sent 64 times at once locks nobody out`, database, async () => {
    await using lab = await openLab(database)
    for (const guess of ['a', 'b', 'c', 'd']) await lab.a.as('admin', guess).get(segments)
    await lab.restart()
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        i % 2 === 0 ? lab.admin.get(segments) : lab.a.signIn('admin', labPassword).then(({ answer }) => answer),
      ),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal((await lab.admin.get(segments)).status, 200)
  })
}
