import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../client.ts'
import { databases, labPassword, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'
const apiService = '/api/v1/cluster/api-service'
const userInfo = '/api/v1/aaa/user-info'
const destroy = '/api/session/destroy'
const password = 'Harbour-Lantern-77'

const refused = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}
const wrongToken = { ...refused, error_code: 98 }

const cookieOf = (answer: Answer) => answer.headers['set-cookie']![0]!.split(';')[0]!
const tokenOf = (answer: Answer) => String(answer.headers['x-xsrf-token'])
const sessionOf = (answer: Answer) => ({ headers: { cookie: cookieOf(answer), 'x-xsrf-token': tokenOf(answer) } })

function assertRefused(answer: Answer, body: object = refused): void {
  assert.deepEqual([answer.status, answer.json], [403, body])
}

for (const database of databases) {
  test(`${database.kind}: a session is a cookie and a token, both needed on every call`, database, async () => {
    await using lab = await openLab(database)
    const { answer, client } = await lab.a.signIn('admin', labPassword)
    assert.equal(answer.status, 200)
    assert.match(
      answer.headers['set-cookie']?.[0] ?? '',
      /^JSESSIONID=[0-9A-F]{32}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    assert.match(tokenOf(answer), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(answer.text, '')

    const { answer: other } = await lab.a.signIn('admin', labPassword)
    const calls = [
      ['GET', segments],
      ['POST', '/api/v1/node/aaa/auth-policy?action=reset-all'],
      ['PUT', `${segments}/seg2`, '{"display_name": "second"}'],
      ['PATCH', `${segments}/seg2`, '{"admin_state": "DOWN"}'],
      ['DELETE', `${segments}/seg2`],
    ] as const
    const json = { 'content-type': 'application/json' }

    const cookie = cookieOf(answer)
    for (const token of [undefined, '', 'f3c4a1de-0000-4000-8000-000000000000', tokenOf(other)]) {
      const headers: Record<string, string> = token === undefined ? { cookie } : { cookie, 'x-xsrf-token': token }
      for (const [method, path, body] of calls) {
        assertRefused(await lab.a.send(method, path, body, { ...json, ...headers }), wrongToken)
      }
    }
    for (const [method, path, body] of calls) {
      assertRefused(await lab.a.send(method, path, body, { ...json, 'x-xsrf-token': tokenOf(answer) }))
    }
    assert.equal((await client.get(segments)).json.result_count, 1)

    for (const [method, path, body] of calls) {
      const { status } = await client.send(method, path, body, json)
      assert.equal(status, method === 'POST' ? 202 : 200, method)
    }
  })

  test(`${database.kind}: two sessions of one user live side by side until each is destroyed`, database, async () => {
    await using lab = await openLab(database)
    const first = await lab.a.signIn('admin', labPassword)
    const second = await lab.a.signIn('admin', labPassword)
    assert.notEqual(cookieOf(first.answer), cookieOf(second.answer))
    assert.notEqual(tokenOf(first.answer), tokenOf(second.answer))
    assert.equal((await first.client.get(segments)).status, 200)
    assert.equal((await second.client.get(segments)).status, 200)

    const withoutToken = lab.a.with({ headers: { cookie: cookieOf(first.answer) } })
    assertRefused(await withoutToken.post(destroy), wrongToken)
    assert.equal((await first.client.get(segments)).status, 200)

    const ended = await first.client.post(destroy)
    assert.equal(ended.status, 200)
    assert.equal(ended.text, '')
    assertRefused(await first.client.get(segments))
    assertRefused(await first.client.post(destroy))
    assert.equal((await second.client.get(segments)).status, 200)

    assert.equal((await second.client.get(destroy)).status, 200)
    assertRefused(await second.client.get(segments))

    const third = await lab.a.signIn('admin', labPassword)
    assert.equal(third.answer.status, 200)
    assertRefused(await first.client.get(segments))
    assertRefused(await second.client.get(segments))
    assertRefused(await lab.a.post(destroy))
    assertRefused(await lab.admin.post(destroy))
  })

  test(`${database.kind}: a session belongs to the manager that made it`, database, async () => {
    await using lab = await openLab(database)
    const ofA = await lab.a.signIn('admin', labPassword)
    const ofB = await lab.b.signIn('admin', labPassword)
    assertRefused(await lab.b.with(sessionOf(ofA.answer)).get(segments))
    assertRefused(await lab.b.with(sessionOf(ofA.answer)).post(destroy))
    assertRefused(await lab.a.with(sessionOf(ofB.answer)).get(segments))
    assert.equal((await ofA.client.get(segments)).status, 200)
    assert.equal((await ofB.client.get(segments)).status, 200)
  })

  test(`${database.kind}: a session ends after 1800 seconds without a request`, database, async () => {
    await using lab = await openLab(database)
    const { answer, client } = await lab.a.signIn('admin', labPassword)
    for (const path of [segments, `${segments}/nope`, '/api/v1/nope']) {
      lab.clock.advance({ seconds: 1799, ms: 999 })
      assert.notEqual((await client.get(path)).status, 403, path)
    }
    lab.clock.advance({ seconds: 1799 })
    const withoutToken = lab.a.with({ headers: { cookie: cookieOf(answer) } })
    assertRefused(await withoutToken.get(segments), wrongToken)
    lab.clock.advance({ seconds: 1 })
    assertRefused(await client.get(segments))
    assertRefused(await withoutToken.get(segments))
  })

  test(`${database.kind}: a new session_timeout holds for the sessions there are`, database, async () => {
    await using lab = await openLab(database)
    async function setIdleTimeout(session_timeout: number): Promise<void> {
      const { json } = await lab.admin.get(apiService)
      assert.equal((await lab.admin.put(apiService, { ...json, session_timeout })).status, 200)
    }
    const ofA = await lab.a.signIn('admin', labPassword)
    const ofB = await lab.b.signIn('admin', labPassword)

    lab.clock.advance({ seconds: 59 })
    await setIdleTimeout(60)
    assert.equal((await ofA.client.get(segments)).status, 200)
    lab.clock.advance({ seconds: 1 })
    assert.equal((await ofA.client.get(segments)).status, 200)
    assertRefused(await ofB.client.get(segments))

    await setIdleTimeout(0)
    lab.clock.advance({ days: 30 })
    assert.equal((await ofA.client.get(segments)).status, 200)
    await setIdleTimeout(60)
    lab.clock.advance({ seconds: 60 })
    assertRefused(await ofA.client.get(segments))
  })

  test(`${database.kind}: a session that has ended stays so when session_timeout grows`, database, async () => {
    await using lab = await openLab(database)
    const { client } = await lab.a.signIn('admin', labPassword)
    lab.clock.advance({ seconds: 1800 })
    assertRefused(await client.get(segments))
    const { json } = await lab.admin.get(apiService)
    assert.equal((await lab.admin.put(apiService, { ...json, session_timeout: 0 })).status, 200)
    assertRefused(await client.get(segments))
  })

  test(`${database.kind}: sessions outlive a restart of their node, idle time included`, database, async () => {
    await using lab = await openLab(database)
    const live = await lab.a.signIn('admin', labPassword)
    const idle = await lab.a.signIn('admin', labPassword)
    const ended = await lab.a.signIn('admin', labPassword)
    await ended.client.post(destroy)
    lab.clock.advance({ seconds: 1000 })
    assert.equal((await live.client.get(segments)).status, 200)

    await lab.restart()
    assertRefused(await lab.a.with(sessionOf(ended.answer)).get(segments))
    lab.clock.advance({ seconds: 800 })
    assert.equal((await lab.a.with(sessionOf(live.answer)).get(segments)).status, 200)
    assertRefused(await lab.b.with(sessionOf(live.answer)).get(segments))
    assertRefused(await lab.a.with({ headers: { cookie: cookieOf(live.answer) } }).get(segments), wrongToken)
    assertRefused(await lab.a.with(sessionOf(idle.answer)).get(segments))
  })

  test(`${database.kind}: the sign-in form is decoded as a form`, database, async () => {
    await using lab = await openLab(database)
    for (const [username, secret] of [
      ['plus', 'Tide+Ledger=2026&Co'],
      ['space', 'Tide Ledger 2026'],
      ['accent', 'Señal-Verde-58'],
    ]) {
      const { status } = await lab.admin.post('/api/v1/node/users?action=create_user', { username, password: secret })
      assert.equal(status, 201)
    }
    const admin = encodeURIComponent(labPassword)
    const forms: [form: string, status: number][] = [
      [`j_username=admin@mywork.com&j_password=${admin}`, 200],
      [`j_username=admin%40mywork.com&j_password=${admin}`, 200],
      ['j_username=plus&j_password=Tide%2BLedger%3D2026%26Co', 200],
      ['j_username=plus&j_password=Tide+Ledger%3D2026%26Co', 403],
      ['j_username=space&j_password=Tide+Ledger+2026', 200],
      ['j_username=space&j_password=Tide%20Ledger%202026', 200],
      ['j_username=space&j_password=Tide%2BLedger%2B2026', 403],
      ['j_username=accent&j_password=Se%C3%B1al-Verde-58', 200],
      [`j_username= admin@mywork.com&j_password=${admin}`, 200],
      [`j_username=+admin%20&j_password=${admin}`, 200],
      [`j_username=admin&j_password=+${admin}`, 403],
      [`j_username=admin&j_password=${admin}&submit=Log+in`, 200],
      ['', 403],
      ['j_username=admin', 403],
      [`j_password=${admin}`, 403],
      ['j_username=&j_password=', 403],
      [`j_username=&j_password=${admin}`, 403],
      [`J_USERNAME=admin&J_PASSWORD=${admin}`, 403],
      [`j_username=admin&j_username=admin&j_password=${admin}`, 403],
      [`j_username=admin&j_password=${admin}&j_password=${admin}`, 403],
    ]
    for (const [form, status] of forms) {
      const answer = await lab.a.send('POST', '/api/session/create', form, {
        'content-type': 'application/x-www-form-urlencoded',
      })
      assert.equal(answer.status, status, form)
      if (status === 200) continue
      assert.deepEqual(answer.json, refused, form)
      assert.equal(answer.headers['set-cookie'], undefined)
    }

    const fields = { j_username: 'admin', j_password: labPassword }
    const form = new URLSearchParams(fields).toString()
    for (const [type, body, status] of [
      ['application/x-www-form-urlencoded; charset=UTF-8', form, 200],
      ['application/json', JSON.stringify(fields), 415],
      ['text/plain', form, 415],
      ['', form, 415],
    ] as const) {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      const answer = await lab.a.send('POST', '/api/session/create', body, headers)
      assert.equal(answer.status, status, type)
      if (status === 415) assert.equal(answer.json.httpStatus, 'UNSUPPORTED_MEDIA_TYPE')
    }
    assertRefused(await lab.a.send('POST', '/api/session/create'))
  })

  test(`${database.kind}: without cookie-based authentication no session is created`, database, async () => {
    await using lab = await openLab(database)
    const earlier = await lab.a.signIn('admin', labPassword)
    const switchTo = async (cookie_based_authentication_enabled: boolean) => {
      const { json } = await lab.admin.get(apiService)
      return lab.admin.put(apiService, { ...json, cookie_based_authentication_enabled })
    }

    assert.equal((await switchTo(false)).status, 200)
    for (const manager of [lab.a, lab.b]) {
      const { answer } = await manager.signIn('admin', labPassword)
      assertRefused(answer)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    assert.equal((await earlier.client.get(segments)).status, 200)

    assert.equal((await switchTo(true)).status, 200)
    assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
  })

  test(`${database.kind}: where both come, Authorization counts and the cookie does not`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post('/api/v1/node/users?action=create_user', { username: 'watcher', password })
    const session = await lab.a.signIn('admin', labPassword)

    const both = await session.client.as('watcher', password).get(userInfo)
    assert.equal(both.json.user_name, 'watcher')
    assert.equal((await session.client.get(userInfo)).json.user_name, 'admin')
    assertRefused(await session.client.as('watcher', 'Wrong-Lantern-77').get(userInfo))
    const stale = lab.a.with({ headers: { cookie: 'JSESSIONID=0123456789ABCDEF0123456789ABCDEF' } })
    assertRefused(await stale.get(userInfo))
    assert.equal((await stale.as('watcher', password).get(userInfo)).json.user_name, 'watcher')

    const cookie = `theme=dark; ${cookieOf(session.answer)}; lang=en`
    assert.equal((await session.client.with({ headers: { cookie } }).get(userInfo)).json.user_name, 'admin')
  })
}
