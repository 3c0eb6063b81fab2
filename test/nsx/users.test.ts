import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const users = '/api/v1/node/users'
const createUser = `${users}?action=create_user`
const createAuditUser = `${users}?action=create_audit_user`
const resetOwnPassword = `${users}?action=reset_own_password`
const whoAmI = '/api/v1/aaa/user-info'

const password = 'Zk7!vbQp2$wLm'
const second = 'Rw5#tgHn8%xJd'
const third = 'Bp3&mkFs9*qVc'

const guest = {
  account_type: 'guest',
  full_name: '',
  last_password_change: 0,
  password_change_frequency: 90,
  password_change_warning: 7,
  password_reset_required: false,
  status: 'NOT_ACTIVATED',
}
const builtIn = [
  { ...guest, account_type: 'root', full_name: 'root', status: 'ACTIVE', userid: 0, username: 'root' },
  { ...guest, account_type: 'administrator', status: 'ACTIVE', userid: 10000, username: 'admin' },
  { ...guest, account_type: 'audit', userid: 10002, username: 'audit' },
  { ...guest, full_name: 'Guest User1', userid: 10003, username: 'guestuser1' },
  { ...guest, full_name: 'Guest User2', userid: 10004, username: 'guestuser2' },
]

for (const database of databases) {
  test(`${database.kind}: a node comes with root, admin, audit and two guests`, database, async () => {
    await using lab = await openLab(database)
    const list = await lab.admin.get(users)
    assert.equal(list.status, 200)
    assert.equal(
      list.text,
      JSON.stringify({
        _schema: 'NodeUserPropertiesListResult',
        _self: { href: '/node/users/', rel: 'self' },
        result_count: 5,
        results: builtIn,
      }),
    )

    const one = await lab.admin.get(`${users}/10003`)
    assert.equal(one.status, 200)
    assert.equal(one.text, JSON.stringify({ _self: { href: '/node/users/10003', rel: 'self' }, ...builtIn[3] }))

    const ofNode = await lab.admin.get(`/api/v1/cluster/${lab.managerIds[1]}/node/users/0`)
    assert.deepEqual(ofNode.json, {
      _self: { href: `/cluster/${lab.managerIds[1]}/node/users/0`, rel: 'self' },
      ...builtIn[0],
    })
    const ofEdge = await lab.admin.get(`/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users`)
    assert.deepEqual(ofEdge.json, {
      ...list.json,
      _self: { href: `/transport-nodes/${lab.edgeIds[0]}/node/users/`, rel: 'self' },
    })

    const unknown = await lab.admin.get(`${users}/4711`)
    assert.equal(unknown.status, 404)
    assert.deepEqual(unknown.json, {
      httpStatus: 'NOT_FOUND',
      error_code: 36500,
      module_name: 'node-services',
      error_message: 'User 4711 not found',
    })
    for (const id of ['admin', '-1', '1.5', '99999999999999999999']) {
      assert.equal((await lab.admin.get(`${users}/${id}`)).status, 400, id)
    }
  })

  test(`${database.kind}: internal=true also lists the system's own accounts`, database, async () => {
    await using lab = await openLab(database)
    const { results, result_count } = (await lab.admin.get(`${users}?internal=true`)).json
    assert.equal(result_count, results.length)
    assert.ok(results.length > builtIn.length)
    for (const user of results) {
      assert.equal(typeof user.group_id, 'number')
      assert.match(user.home_dir, /^\//)
      assert.match(user.login_shell, /^\//)
      const { group_id, home_dir, login_shell, ...shown } = user
      const known = builtIn.find(({ userid }) => userid === user.userid)
      if (known) assert.deepEqual(shown, known)
      else assert.equal(user.account_type, 'system')
    }

    assert.deepEqual((await lab.admin.get(`${users}?internal=false`)).json.results, builtIn)
    assert.equal((await lab.admin.get(`${users}?internal=perhaps`)).status, 400)
  })

  test(`${database.kind}: create_user makes a guest, an active one if a password comes with it`, database, async () => {
    await using lab = await openLab(database)
    const made = await lab.admin.post(createUser, { username: 'svc1', full_name: 'S' })
    assert.equal(made.status, 201)
    assert.equal(
      made.text,
      JSON.stringify({
        _self: { href: '/node/users/10005', rel: 'self' },
        ...{ ...guest, full_name: 'S' },
        userid: 10005,
        username: 'svc1',
      }),
    )
    assert.deepEqual((await lab.admin.get(`${users}/10005`)).json, made.json)

    const whole = await lab.admin.post(`/api/v1/cluster/${lab.managerIds[1]}/node/users?action=create_user`, {
      username: 'A.b_c-de9',
      full_name: 'Zoë',
      password,
      password_change_frequency: 9999,
      password_change_warning: 0,
      userid: 1,
      status: 'NOT_ACTIVATED',
      last_password_change: 5,
      password_reset_required: true,
      account_type: 'administrator',
    })
    assert.equal(whole.status, 201)
    assert.deepEqual(whole.json, {
      _self: { href: `/cluster/${lab.managerIds[1]}/node/users/10006`, rel: 'self' },
      account_type: 'guest',
      full_name: 'Zoë',
      last_password_change: 0,
      password_change_frequency: 9999,
      password_change_warning: 0,
      password_reset_required: false,
      status: 'ACTIVE',
      userid: 10006,
      username: 'A.b_c-de9',
    })
    assert.equal((await lab.b.get(`${users}/10006`)).status, 403)
    for (const manager of [lab.a, lab.b]) {
      const me = await manager.as('A.b_c-de9', password).get(whoAmI)
      assert.deepEqual(me.json.roles, [{ role: 'auditor', permissions: ['read-api', 'read'] }])
    }
    assert.equal((await lab.a.as('svc1', '').get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).status, 403)
  })

  test(`${database.kind}: users of programs are created and listed apart`, database, async () => {
    await using lab = await openLab(database)
    const createService = `${users}?action=create_service_user`
    const made = await lab.admin.post(createService, { username: 'robot', password })
    assert.deepEqual([made.status, made.json.account_type, made.json.status], [201, 'service', 'ACTIVE'])
    const namesOf = async (query: string) =>
      (await lab.admin.get(`${users}${query}`)).json.results.map(({ username }: { username: string }) => username)
    assert.deepEqual(await namesOf('?filter=service'), ['robot'])
    assert.deepEqual(await namesOf('?filter=audit'), ['audit'])
    assert.equal((await lab.admin.get(`${users}?filter=robots`)).status, 400)
    const robot = lab.a.as('robot', password)
    assert.deepEqual((await robot.get(whoAmI)).json.roles, [{ role: 'auditor', permissions: ['read-api', 'read'] }])
    assert.equal((await robot.post(createService, { username: 'other', password })).status, 403)
  })

  test(`${database.kind}: what create_user is given must be a user`, database, async () => {
    await using lab = await openLab(database)
    const refused: [body: unknown, text: RegExp][] = [
      [{}, /required property username is missing/],
      [{ full_name: 'S', password }, /required property username is missing/],
      [{ username: '' }, /username/],
      [{ username: 'a'.repeat(33) }, /username has exceeded maximum size 32/],
      [{ username: 7 }, /username/],
      [{ username: '9lives' }, /username/],
      [{ username: '_svc' }, /username/],
      [{ username: 'two words' }, /username/],
      [{ username: 'svc\\x' }, /username/],
      [{ username: 'svc^' }, /username/],
      [{ username: 'svc@corp' }, /username/],
      [{ username: 'søren' }, /username/],
      [{ username: 'svc', full_name: 1 }, /full_name/],
      [{ username: 'svc', password: 12345678901234 }, /password/],
      [{ username: 'svc', password: 'short' }, /BAD PASSWORD/],
      [{ username: 'svc', password_change_frequency: -1 }, /out of range \[0, 99999\]/],
      [{ username: 'svc', password_change_frequency: 100000 }, /out of range \[0, 99999\]/],
      [{ username: 'svc', password_change_frequency: 1.5 }, /password_change_frequency/],
      [{ username: 'svc', password_change_frequency: '90' }, /password_change_frequency/],
      [{ username: 'svc', password_change_warning: -1 }, /out of range \[0, 99999\]/],
      [{ username: 'svc', password_change_warning: 100000 }, /out of range \[0, 99999\]/],
      [{ username: 'svc', shell: '/bin/sh' }, /shell is not a valid property/],
      [['svc'], /body/],
      [undefined, /body/],
    ]
    for (const [body, text] of refused) {
      const answer = await lab.admin.post(createUser, body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.json.error_message, text)
    }
    assert.equal((await lab.admin.get(users)).json.result_count, 5)

    const longest = await lab.admin.post(createUser, { username: 'a'.repeat(32), full_name: '' })
    assert.equal(longest.status, 201)
    assert.equal((await lab.admin.post(users, { username: 'svc' })).status, 400)
    assert.equal((await lab.admin.post(`${users}?action=create`, { username: 'svc' })).status, 400)
  })

  test(`${database.kind}: root, admin and audit are reserved; case makes no other name`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1' })
    await lab.admin.delete(`${users}/10002`)
    for (const username of ['root', 'admin', 'audit', 'ROOT', 'Admin', 'aUdit']) {
      assert.equal((await lab.admin.post(createUser, { username, password })).status, 400, username)
    }
    for (const username of ['root', 'admin', 'Root']) {
      assert.equal((await lab.admin.post(createAuditUser, { username })).status, 400, username)
      assert.equal((await lab.admin.put(`${users}/10005`, { username })).status, 400, username)
    }
    for (const username of ['svc1', 'SVC1', 'GuestUser1']) {
      const taken = await lab.admin.post(createUser, { username, password })
      assert.equal(taken.status, 409, username)
      assert.equal(taken.json.error_code, 36501)
      assert.equal((await lab.admin.post(createAuditUser, { username })).status, 409, username)
    }
    assert.equal((await lab.admin.put(`${users}/10003`, { username: 'Svc1' })).status, 409)
    assert.equal((await lab.admin.put(`${users}/10003`, { username: 'audit' })).status, 400)
    assert.equal((await lab.admin.get(`${users}/10003`)).json.username, 'guestuser1')
  })

  test(`${database.kind}: there is one audit user, whose name may be chosen`, database, async () => {
    await using lab = await openLab(database)
    const second = await lab.admin.post(createAuditUser, {})
    assert.equal(second.status, 409)
    assert.equal((await lab.admin.post(createAuditUser, { username: 'watcher' })).status, 409)

    await lab.admin.put(`${users}/10002`, { username: 'watcher' })
    assert.equal((await lab.admin.post(createAuditUser, {})).status, 409)

    await lab.admin.delete(`${users}/10002`)
    const again = await lab.admin.post(createAuditUser, {})
    assert.equal(again.status, 201)
    assert.deepEqual(again.json, { _self: { href: '/node/users/10002', rel: 'self' }, ...builtIn[2] })

    await lab.admin.delete(`${users}/10002`)
    const named = await lab.admin.post(createAuditUser, { username: 'inspector', full_name: 'I', password })
    assert.equal(named.status, 201)
    assert.deepEqual(named.json, {
      _self: { href: '/node/users/10002', rel: 'self' },
      ...builtIn[2],
      full_name: 'I',
      status: 'ACTIVE',
      username: 'inspector',
    })
    const me = await lab.a.as('inspector', password).get(whoAmI)
    assert.deepEqual(
      me.json.roles.map((r: { role: string }) => r.role),
      ['auditor'],
    )
  })

  test(`${database.kind}: fourteen accounts beside root, however many ask at once`, database, async () => {
    await using lab = await openLab(database)
    const asked = await Promise.all(
      Array.from({ length: 13 }, (_, n) => lab.admin.post(createUser, { username: `svc${n}` })),
    )
    assert.equal(asked.filter(({ status }) => status === 201).length, 10)
    for (const { json } of asked.filter(({ status }) => status !== 201)) assert.equal(json.httpStatus, 'BAD_REQUEST')
    assert.equal((await lab.admin.get(users)).json.result_count, 15)

    await lab.admin.delete(`${users}/10002`)
    assert.equal((await lab.admin.post(createUser, { username: 'fourteenth' })).status, 201)
    assert.equal((await lab.admin.post(createAuditUser, {})).status, 400)
    await lab.admin.delete(`${users}/10003`)
    assert.equal((await lab.admin.post(createAuditUser, {})).status, 201)
  })

  test(`${database.kind}: of many who ask for one name one gets it`, database, async () => {
    await using lab = await openLab(database)
    const asked = await Promise.all(
      ['svc', 'SVC', 'Svc', 'sVc'].map((username) => lab.admin.post(createUser, { username, password })),
    )
    assert.deepEqual(asked.map(({ status }) => status).sort(), [201, 409, 409, 409])
  })

  test(`${database.kind}: a deleted user is gone for good, and its id is never given again`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password })
    const svc = lab.a.as('svc1', password)
    assert.equal((await svc.get(whoAmI)).status, 200)
    const { client: session } = await lab.a.signIn('svc1', password)

    const gone = await lab.admin.delete(`${users}/10005`)
    assert.equal(gone.status, 200)
    assert.equal(gone.text, '')
    assert.doesNotMatch(gone.headers['content-type'] ?? '', /json/)

    assert.equal((await svc.get(whoAmI)).status, 403)
    assert.equal((await session.get(whoAmI)).status, 403)
    for (const again of [await lab.admin.get(`${users}/10005`), await lab.admin.delete(`${users}/10005`)]) {
      assert.equal(again.status, 404)
      assert.equal(again.json.error_code, 36500)
    }
    const bindings = await lab.admin.get('/api/v1/aaa/role-bindings?name=svc1')
    assert.equal(bindings.json.result_count, 0)

    assert.equal((await lab.admin.post(createUser, { username: 'svc1' })).json.userid, 10006)
    assert.equal((await session.get(whoAmI)).status, 403)
    await lab.admin.delete(`${users}/10006`)
    await lab.restart()
    assert.equal((await lab.admin.post(createUser, { username: 'svc1' })).json.userid, 10007)
  })

  test(`${database.kind}: root and admin are not deleted, activated, deactivated or reset`, database, async () => {
    await using lab = await openLab(database)
    for (const userid of [0, 10000]) {
      const answers = [
        await lab.admin.delete(`${users}/${userid}`),
        await lab.admin.post(`${users}/${userid}?action=activate`, { password }),
        await lab.admin.post(`${users}/${userid}?action=deactivate`),
        await lab.admin.post(`${users}/${userid}?action=reset_password`, { password }),
      ]
      for (const { status, json } of answers) {
        assert.equal(status, 400)
        assert.equal(json.error_code, 36504)
      }
    }
    assert.deepEqual((await lab.admin.get(users)).json.results, builtIn)
    for (const action of ['activate', 'deactivate', 'reset_password']) {
      const body = action === 'deactivate' ? undefined : { password }
      assert.equal((await lab.admin.post(`${users}/4711?action=${action}`, body)).status, 404)
    }
  })

  test(`${database.kind}: a deactivated user stays so until activated with a password`, database, async () => {
    await using lab = await openLab(database)
    lab.clock.advance({ days: 30 })
    const guestuser1 = lab.a.as('guestuser1', password)
    assert.equal((await guestuser1.get(whoAmI)).status, 403)

    for (const body of [undefined, {}, { password: 7 }, { password: 'short' }, { password, old_password: '' }]) {
      assert.equal((await lab.admin.post(`${users}/10003?action=activate`, body)).status, 400)
    }
    const active = await lab.admin.post(`${users}/10003?action=activate`, { password })
    assert.equal(active.status, 200)
    assert.deepEqual(active.json, {
      _self: { href: '/node/users/10003', rel: 'self' },
      ...builtIn[3],
      status: 'ACTIVE',
    })
    assert.equal((await guestuser1.get(whoAmI)).status, 200)

    const { client: session } = await lab.b.signIn('guestuser1', password)
    assert.equal((await session.get(whoAmI)).status, 200)
    lab.clock.advance({ seconds: 60 })
    const inactive = await lab.admin.post(`${users}/10003?action=deactivate`)
    assert.equal(inactive.status, 200)
    assert.equal(inactive.json.status, 'NOT_ACTIVATED')
    assert.equal((await guestuser1.get(whoAmI)).status, 403)
    assert.equal((await session.get(whoAmI)).status, 403)
    assert.equal((await lab.a.signIn('guestuser1', password)).answer.status, 403)

    assert.equal((await lab.admin.post(`${users}/10003?action=activate`, { password: second })).status, 200)
    assert.equal((await guestuser1.get(whoAmI)).status, 403)
    assert.equal((await session.get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('guestuser1', second).get(whoAmI)).status, 200)
  })

  test(`${database.kind}: a password lives for its user's frequency of days, 0 for ever`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.put(`${users}/10000`, { password_change_frequency: 0 })
    await lab.admin.post(createUser, { username: 'svc1', password, password_change_frequency: 10 })
    const svc = lab.a.as('svc1', password)

    lab.clock.advance({ days: 9, seconds: 86399 })
    const { json } = await lab.admin.get(`${users}/10005`)
    assert.equal(json.last_password_change, 9)
    assert.equal(json.status, 'ACTIVE')
    assert.equal((await svc.get(whoAmI)).status, 200)

    lab.clock.advance({ days: 2 })
    const old = await lab.admin.get(`${users}/10005`)
    assert.equal(old.json.last_password_change, 11)
    assert.equal(old.json.status, 'PASSWORD_EXPIRED')
    assert.equal((await svc.get(whoAmI)).status, 403)
    assert.equal((await lab.a.signIn('svc1', password)).answer.status, 403)
    assert.equal((await lab.admin.get(`${users}/10003`)).json.status, 'NOT_ACTIVATED')
    assert.equal((await lab.admin.get(`${users}/10000`)).json.status, 'ACTIVE')

    await lab.admin.put(`${users}/10005`, { password_change_frequency: 0 })
    assert.equal((await svc.get(whoAmI)).status, 200)
    await lab.admin.put(`${users}/10005`, { password_change_frequency: 1 })
    assert.equal((await lab.admin.get(`${users}/10005`)).json.status, 'PASSWORD_EXPIRED')

    const renewed = await lab.admin.put(`${users}/10005`, { old_password: password, password: second })
    assert.equal(renewed.status, 200)
    assert.equal(renewed.json.status, 'ACTIVE')
    assert.equal(renewed.json.last_password_change, 0)
    assert.equal((await lab.a.as('svc1', second).get(whoAmI)).status, 200)
  })

  test(`${database.kind}: a password has expired when its days are more than the frequency`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password, password_change_frequency: 10 })
    lab.clock.advance({ days: 10 })
    const { json } = await lab.admin.get(`${users}/10005`)
    assert.equal(json.last_password_change, 10)
    assert.equal(json.status, 'ACTIVE')
  })

  test(`${database.kind}: the holder of an expired password can do nothing but change it`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password, password_change_frequency: 1 })
    lab.clock.advance({ days: 2 })
    const svc = lab.a.as('svc1', password)
    const refused = await svc.get(whoAmI)
    assert.equal(refused.status, 403)
    assert.equal(refused.json.error_code, 10006)
    assert.equal((await svc.get('/api/v1/node/aaa/auth-policy')).status, 403)

    const changed = await svc.post(resetOwnPassword, { old_password: password, password: second })
    assert.equal(changed.status, 200)
    assert.equal((await lab.a.as('svc1', second).get(whoAmI)).status, 200)
    assert.equal((await lab.admin.get(`${users}/10005`)).json.status, 'ACTIVE')
  })

  test(`${database.kind}: a password that was reset must be changed, and goes on ageing`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password })
    const { client: session } = await lab.a.signIn('svc1', password)
    lab.clock.advance({ days: 10 })
    for (const body of [undefined, {}, { password: 'short' }, { password: second, old_password: password }]) {
      assert.equal((await lab.admin.post(`${users}/10005?action=reset_password`, body)).status, 400)
    }
    const reset = await lab.admin.post(`${users}/10005?action=reset_password`, { password: second })
    assert.equal(reset.status, 200)
    assert.equal(reset.text, '')

    const shown = (await lab.admin.get(`${users}/10005`)).json
    assert.equal(shown.status, 'ACTIVE')
    assert.equal(shown.password_reset_required, true)
    assert.equal(shown.last_password_change, 10)
    assert.equal((await session.get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).json.error_code, 403)
    assert.equal((await lab.a.as('svc1', second).get(whoAmI)).json.error_code, 10006)
    assert.equal((await lab.a.signIn('svc1', second)).answer.status, 403)

    const own = await lab.a.as('svc1', second).post(resetOwnPassword, { old_password: second, password: third })
    assert.equal(own.status, 200)
    assert.equal((await lab.a.as('svc1', third).get(whoAmI)).status, 200)
    const changed = (await lab.admin.get(`${users}/10005`)).json
    assert.equal(changed.password_reset_required, false)
    assert.equal(changed.last_password_change, 0)
  })

  test(`${database.kind}: only the password of an active account is reset`, database, async () => {
    await using lab = await openLab(database)
    const inactive = await lab.admin.post(`${users}/10003?action=reset_password`, { password })
    assert.equal(inactive.status, 400)
    assert.equal(inactive.json.error_code, 36504)
    assert.equal((await lab.admin.get(`${users}/10003`)).json.status, 'NOT_ACTIVATED')
  })

  test(`${database.kind}: an expired password is not reset: its account is activated anew`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password, password_change_frequency: 1 })
    lab.clock.advance({ days: 3 })
    assert.equal((await lab.admin.get(`${users}/10005`)).json.status, 'PASSWORD_EXPIRED')
    const expired = await lab.admin.post(`${users}/10005?action=reset_password`, { password: second })
    assert.equal(expired.status, 400)
    assert.equal(expired.json.error_code, 36504)
    await lab.admin.post(`${users}/10005?action=deactivate`)
    const anew = await lab.admin.post(`${users}/10005?action=activate`, { password: second })
    assert.equal(anew.json.status, 'ACTIVE')
    assert.equal(anew.json.last_password_change, 0)
  })

  test(`${database.kind}: everyone changes their own password, and needs the current one`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password })
    const { client: calling } = await lab.a.signIn('svc1', password)
    const { client: other } = await lab.a.signIn('svc1', password)

    const refused: [body: unknown, code: number, text: RegExp][] = [
      [{ password: second }, 255, /required property old_password is missing/],
      [{ old_password: password }, 255, /required property password is missing/],
      [{ old_password: password, password: second, username: 'admin' }, 255, /username is not a valid property/],
      [{ old_password: 'wrong', password: second }, 36503, /old password/],
      [{ old_password: '', password: second }, 36503, /old password/],
      [{ old_password: password, password: 'short' }, 36502, /BAD PASSWORD/],
      [{ old_password: password, password }, 36502, /BAD PASSWORD/],
    ]
    for (const [body, code, text] of refused) {
      const answer = await calling.post(resetOwnPassword, body)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error_code, code)
      assert.match(answer.json.error_message, text)
    }
    assert.equal((await other.get(whoAmI)).status, 200)

    const changed = await calling.post(resetOwnPassword, { old_password: password, password: second })
    assert.equal(changed.status, 200)
    assert.equal(changed.text, '')
    assert.equal((await calling.get(whoAmI)).status, 200)
    assert.equal((await other.get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).status, 403)
    assert.equal((await lab.b.as('svc1', second).get(whoAmI)).status, 200)

    const byCluster = `/api/v1/cluster/${lab.managerIds[1]}/node/users?action=reset_own_password`
    assert.equal((await calling.post(byCluster, { old_password: second, password: third })).status, 200)
    assert.equal((await lab.a.as('svc1', third).get(whoAmI)).status, 200)

    assert.equal((await lab.admin.post(resetOwnPassword, { old_password: labPassword, password: second })).status, 200)
    assert.equal((await lab.admin.get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('admin', second).get(whoAmI)).status, 200)
  })

  test(`${database.kind}: PUT changes what it is given and leaves the rest`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', full_name: 'One', password })
    const before = (await lab.admin.get(`${users}/10005`)).json

    const named = await lab.admin.put(`${users}/10005`, { full_name: 'Uno' })
    assert.equal(named.status, 200)
    assert.deepEqual(named.json, { ...before, full_name: 'Uno' })
    const days = await lab.admin.put(`${users}/10005`, { password_change_frequency: 30, password_change_warning: 3 })
    assert.deepEqual(days.json, {
      ...before,
      full_name: 'Uno',
      password_change_frequency: 30,
      password_change_warning: 3,
    })
    assert.deepEqual((await lab.admin.put(`${users}/10005`, {})).json, days.json)
    assert.deepEqual((await lab.admin.put(`${users}/10005`, { full_name: '' })).json, { ...days.json, full_name: '' })

    for (const [body, text] of [
      [{ full_name: 'x'.repeat(256) }, /full_name/],
      [{ password_change_frequency: 100000 }, /out of range/],
      [{ password_change_warning: -1 }, /out of range/],
      [{ password_change_warning: null }, /password_change_warning/],
      [{ username: '' }, /username/],
      [{ username: '1svc' }, /username/],
      [{ role: 'enterprise_admin' }, /role is not a valid property/],
    ] as const) {
      const answer = await lab.admin.put(`${users}/10005`, body)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error_code, 255)
      assert.match(answer.json.error_message, text)
    }
    assert.deepEqual((await lab.admin.get(`${users}/10005`)).json, { ...days.json, full_name: '' })
    assert.equal((await lab.admin.put(`${users}/4711`, { full_name: 'New' })).status, 404)
    assert.equal((await lab.admin.get(users)).json.result_count, 6)
  })

  test(`${database.kind}: all that GET gave may be sent back; read-only fields are ignored`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password })
    for (const { userid } of (await lab.admin.get(users)).json.results) {
      const read = await lab.admin.get(`${users}/${userid}`)
      const back = await lab.admin.put(`${users}/${userid}`, read.json)
      assert.equal(back.status, 200)
      assert.equal(back.text, read.text)
    }
    const read = (await lab.admin.get(`${users}/10005`)).json
    const back = await lab.admin.put(`${users}/10005`, {
      ...read,
      _links: [],
      _schema: 'Other',
      userid: 0,
      status: 'NOT_ACTIVATED',
      last_password_change: 80,
      password_reset_required: true,
      group_id: 0,
      home_dir: '/root',
      login_shell: '/bin/sh',
      account_type: 'root',
    })
    assert.equal(back.status, 200)
    assert.deepEqual(back.json, read)
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).status, 200)
  })

  test(`${database.kind}: PUT takes a new password only with the old one`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', password })
    lab.clock.advance({ days: 5 })
    for (const [body, code] of [
      [{ password: second }, 255],
      [{ password: second, old_password: 'wrong' }, 36503],
      [{ password: second, old_password: '' }, 36503],
      [{ password: 'short', old_password: password }, 36502],
      [{ password, old_password: password }, 36502],
    ] as const) {
      const answer = await lab.admin.put(`${users}/10005`, { ...body, full_name: 'Never' })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error_code, code)
    }
    assert.equal((await lab.admin.get(`${users}/10005`)).json.full_name, '')

    const { client: open } = await lab.a.signIn('svc1', password)
    const changed = await lab.admin.put(`${users}/10005`, {
      password: second,
      old_password: password,
      full_name: 'Then',
    })
    assert.equal(changed.status, 200)
    assert.deepEqual(changed.json, {
      _self: { href: '/node/users/10005', rel: 'self' },
      ...{ ...guest, full_name: 'Then', status: 'ACTIVE' },
      userid: 10005,
      username: 'svc1',
    })
    assert.equal((await open.get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).status, 403)
    assert.equal((await lab.a.as('svc1', second).get(whoAmI)).status, 200)

    assert.equal((await lab.admin.put(`${users}/10002`, { password: second })).status, 400)
    assert.equal((await lab.admin.put(`${users}/10002`, { password: second, old_password: '' })).status, 400)
    assert.equal((await lab.admin.get(`${users}/10002`)).json.status, 'NOT_ACTIVATED')
    assert.equal((await lab.admin.put(`${users}/0`, { password: second, old_password: labPassword })).status, 200)
    assert.equal((await lab.a.as('root', second).get(whoAmI)).status, 403)
  })

  test(`${database.kind}: everyone but root can be renamed`, database, async () => {
    await using lab = await openLab(database)
    const root = await lab.admin.put(`${users}/0`, { username: 'toor' })
    assert.equal(root.status, 400)
    assert.equal((await lab.admin.put(`${users}/0`, { username: 'root', full_name: 'The root' })).status, 200)

    await lab.admin.post(createUser, { username: 'svc1', password })
    assert.equal((await lab.admin.put(`${users}/10005`, { username: 'SVC1' })).json.username, 'SVC1')
    assert.equal((await lab.admin.put(`${users}/10005`, { username: 'robot' })).json.username, 'robot')
    assert.equal((await lab.a.as('svc1', password).get(whoAmI)).status, 403)
    assert.equal((await lab.b.as('Robot', password).get(whoAmI)).json.user_name, 'robot')
    const { results } = (await lab.admin.get('/api/v1/aaa/role-bindings?name=robot')).json
    assert.equal(results[0].user_id, '10005')
    assert.equal((await lab.admin.post(createUser, { username: 'svc1' })).status, 201)

    assert.equal((await lab.admin.put(`${users}/10000`, { username: 'boss' })).status, 200)
    assert.equal((await lab.admin.get(whoAmI)).status, 403)
    const boss = lab.a.as('boss', labPassword)
    assert.equal((await boss.get(whoAmI)).json.user_name, 'boss')
    assert.equal((await boss.post(createUser, { username: 'admin' })).status, 400)
    assert.equal((await boss.put(`${users}/10005`, { username: 'admin' })).status, 400)
    assert.equal((await boss.put(`${users}/10000`, { username: 'admin' })).status, 200)
    assert.equal((await lab.admin.put(`${users}/10002`, { username: 'watcher' })).json.username, 'watcher')
    assert.equal((await lab.admin.put(`${users}/10002`, { username: 'audit' })).json.username, 'audit')
  })

  test(
    `${database.kind}: enterprise admins manage users, auditors list them, operators read one`,
    database,
    async () => {
      await using lab = await openLab(database)
      await lab.admin.post(createUser, { username: 'svc1', password })
      const [binding] = (await lab.admin.get('/api/v1/aaa/role-bindings?name=svc1')).json.results
      const giveRole = (role: string) =>
        lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, {
          roles_for_paths: [{ path: '/', roles: [{ role }] }],
        })
      const svc = lab.a.as('svc1', password)
      const calls = async () => [
        (await svc.get(users)).status,
        (await svc.get(`${users}/10003`)).status,
        (await svc.put(`${users}/10003`, { full_name: 'G' })).status,
        (await svc.post(`${users}/10003?action=activate`, { password: second })).status,
        (await svc.post(`${users}/10003?action=reset_password`, { password: third })).status,
        (await svc.post(`${users}/10003?action=deactivate`)).status,
        (await svc.post(createUser, { username: 'svc2' })).status,
        (await svc.post(createAuditUser, {})).status,
        (await svc.delete(`${users}/10000`)).status,
        (await svc.post(`${users}/10000?action=deactivate`)).status,
      ]
      assert.deepEqual(await calls(), [200, 200, 403, 403, 403, 403, 403, 403, 403, 403])
      for (const role of ['network_engineer', 'security_engineer', 'network_op', 'cloud_admin', 'vpn_admin']) {
        assert.equal((await giveRole(role)).status, 200)
        const reads = role === 'vpn_admin' ? 403 : 200
        assert.deepEqual(await calls(), [403, reads, ...Array(8).fill(403)], role)
      }
      await giveRole('enterprise_admin')
      assert.deepEqual(await calls(), [200, 200, 200, 200, 200, 200, 201, 409, 400, 400])
    },
  )

  test(`${database.kind}: an edge has users of its own, and activates audit by PUT`, database, async () => {
    await using lab = await openLab(database)
    const onEdge = `/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users`
    await lab.admin.post(createUser, { username: 'svc1', password })
    assert.equal((await lab.admin.get(onEdge)).json.result_count, 5)

    assert.equal((await lab.admin.put(`${onEdge}/10002`, { password: 'short', old_password: '' })).status, 400)
    assert.equal((await lab.admin.put(`${onEdge}/10002`, { password, old_password: 'x' })).status, 400)
    assert.equal((await lab.admin.put(`${onEdge}/10002`, { password })).status, 400)
    const active = await lab.admin.put(`${onEdge}/10002`, { password, old_password: '' })
    assert.equal(active.status, 200)
    assert.deepEqual(active.json, {
      _self: { href: `/transport-nodes/${lab.edgeIds[0]}/node/users/10002`, rel: 'self' },
      ...builtIn[2],
      status: 'ACTIVE',
    })
    assert.equal((await lab.admin.put(`${onEdge}/10002`, { password: second, old_password: '' })).status, 400)
    assert.equal((await lab.admin.put(`${onEdge}/10002`, { password: second, old_password: password })).status, 200)
    assert.equal((await lab.admin.get(`${users}/10002`)).json.status, 'NOT_ACTIVATED')
    assert.equal((await lab.a.as('audit', second).get(whoAmI)).status, 403)
    const otherEdge = await lab.admin.get(`/api/v1/transport-nodes/${lab.edgeIds[1]}/node/users/10002`)
    assert.equal(otherEdge.json.status, 'NOT_ACTIVATED')

    const gone = await lab.admin.delete(`${onEdge}/10004`)
    assert.equal(gone.status, 200)
    assert.equal(gone.text, '')
    assert.doesNotMatch(gone.headers['content-type'] ?? '', /json/)
    assert.equal((await lab.admin.get(`${onEdge}/10004`)).status, 404)
    assert.equal((await lab.admin.get(`${users}/10004`)).status, 200)
    assert.equal((await lab.admin.post(`${onEdge}?action=create_user`, { username: 'guestuser2' })).status, 405)
  })

  test(`${database.kind}: users are the same on every manager and outlive a restart`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(createUser, { username: 'svc1', full_name: 'S', password, password_change_frequency: 0 })
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    await lab.admin.delete(`${users}/10004`)
    await lab.admin.put(`${users}/10002`, { username: 'watcher' })
    const atA = await lab.admin.get(users)
    const atB = await lab.b.as('admin', labPassword).get(users)
    assert.equal(atB.text, atA.text)

    await lab.restart()
    assert.equal((await lab.admin.get(users)).text, atA.text)
    assert.equal((await lab.b.as('svc1', password).get(whoAmI)).status, 200)
    assert.equal((await lab.a.as('guestuser1', password).get(whoAmI)).status, 200)
  })
}
