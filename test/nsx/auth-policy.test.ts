import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const policy = '/api/v1/node/aaa/auth-policy'
const users = '/api/v1/node/users'
const whoAmI = '/api/v1/aaa/user-info'

const defaults = {
  api_failed_auth_lockout_period: 900,
  api_failed_auth_reset_period: 900,
  api_max_auth_failures: 5,
  cli_failed_auth_lockout_period: 900,
  cli_max_auth_failures: 5,
  digits: -1,
  hash_algorithm: 'sha512',
  lower_chars: -1,
  max_repeats: 0,
  max_sequence: 0,
  maximum_password_length: 128,
  minimum_password_length: 12,
  minimum_unique_chars: 0,
  password_remembrance: 0,
  special_chars: -1,
  upper_chars: -1,
}
const others = {
  api_failed_auth_lockout_period: 1,
  api_failed_auth_reset_period: 2,
  api_max_auth_failures: 3,
  cli_failed_auth_lockout_period: 4,
  cli_max_auth_failures: 6,
}
const otherRules = {
  digits: -2,
  hash_algorithm: 'sha256',
  lower_chars: 0,
  max_repeats: 7,
  max_sequence: 8,
  maximum_password_length: 64,
  minimum_password_length: 9,
  minimum_unique_chars: 3,
  password_remembrance: 4,
  special_chars: 1,
  upper_chars: -3,
}
const answer = (fields: object, href = '/node/aaa/auth-policy') => ({
  _retry_prompt: 3,
  _schema: 'AuthenticationPolicyProperties',
  _self: { href, rel: 'self' },
  ...defaults,
  ...fields,
})

const ranges: [field: string, minimum: number, maximum: number][] = [
  ['api_failed_auth_lockout_period', 0, 9000],
  ['api_failed_auth_reset_period', 0, 9000],
  ['api_max_auth_failures', 0, 50],
  ['cli_failed_auth_lockout_period', 0, 604800],
  ['cli_max_auth_failures', 0, 10],
  ['minimum_password_length', 8, 128],
  ['maximum_password_length', 8, 128],
  ['lower_chars', -128, 128],
  ['upper_chars', -128, 128],
  ['digits', -128, 128],
  ['special_chars', -128, 128],
  ['minimum_unique_chars', 0, 128],
  ['max_repeats', 0, 128],
  ['max_sequence', 0, 128],
  ['password_remembrance', 0, 100],
]

interface Rule {
  name: string
  policy: object
  taken: string[]
  refused: [password: string, why: RegExp][]
}

const rules: Rule[] = [
  {
    name: 'the defaults',
    policy: {},
    taken: ['Zk7!vbQp2$wL'],
    refused: [
      ['Zk7!vbQp2$w', /shorter than 12/],
      ['ZK7!VBQP2$WL', /1 lowercase/],
      ['zk7!vbqp2$wl', /1 uppercase/],
      ['Zkm!vbQpx$wL', /1 numeric/],
      ['Zk7mvbQp2xwL', /1 special/],
    ],
  },
  {
    name: 'a minimum length',
    policy: { minimum_password_length: 20 },
    taken: ['Zk7!vbQp2$wLmRw5#tgH'],
    refused: [['Zk7!vbQp2$wLmRw5#tg', /shorter than 20/]],
  },
  {
    name: 'eight is the least, whatever the credits',
    policy: { minimum_password_length: 8, upper_chars: 3 },
    taken: ['ZKB7!vqp'],
    refused: [['ZKB7!vq', /shorter than 8/]],
  },
  {
    name: 'a maximum length',
    policy: { maximum_password_length: 14 },
    taken: ['Zk7!vbQp2$wLmR'],
    refused: [['Zk7!vbQp2$wLmRw', /longer than 14/]],
  },
  { name: 'digits', policy: { digits: -3 }, taken: ['Zk7!vbQp2$w4'], refused: [['Zk7!vbQp2$wL', /3 numeric/]] },
  {
    name: 'lower-case letters',
    policy: { lower_chars: -5 },
    taken: ['Zk7!vbQp2$wm'],
    refused: [['Zk7!vbQp2$WM', /5 lowercase/]],
  },
  {
    name: 'upper-case letters',
    policy: { upper_chars: -3 },
    taken: ['Zk7!vbQp2$wL'],
    refused: [['Zk7!vbQp2$wl', /3 uppercase/]],
  },
  {
    name: 'other characters',
    policy: { special_chars: -3 },
    taken: ['Zk7!vbQp2$w#'],
    refused: [['Zk7!vbQp2$wL', /3 special/]],
  },
  {
    name: 'no class counts',
    policy: { lower_chars: 0, upper_chars: 0, digits: 0, special_chars: 0 },
    taken: ['zkmvbqpxwlrt', '483910275619'],
    refused: [['zkmvbqpxwlr', /shorter than 12/]],
  },
  {
    name: 'up to two upper-case letters shorten the minimum',
    policy: { upper_chars: 2 },
    taken: ['zk7!vbqp2$W', 'zk7!vbQp2W', 'zk7!vBQp2W'],
    refused: [
      ['zk7!vbqp2W', /shorter than 11/],
      ['zk7!vBQ2W', /shorter than 10/],
      ['zk7!vbqp2$w', /shorter than 12/],
    ],
  },
  {
    name: 'credits of several classes add up',
    policy: { upper_chars: 1, digits: 1, special_chars: 1, lower_chars: 1 },
    taken: ['zK7!vbqp', 'KM79MBQXT4'],
    refused: [
      ['K7!9MBQT', /shorter than 9/],
      ['KM79MBQXT', /shorter than 10/],
    ],
  },
  {
    name: 'runs of one character',
    policy: { max_repeats: 2 },
    taken: ['Zk7!vbbQp2$w'],
    refused: [
      ['Zk7!vbbbQp2$', /more than 2 same/],
      ['Zk7!vbQp2$$$', /more than 2 same/],
    ],
  },
  {
    name: 'sequences',
    policy: { max_sequence: 3 },
    taken: ['Zk7!abcQp2$w', 'Zk7!vbQp123$', 'Zk!abcacbQp2'],
    refused: [
      ['Zk7!abcdQp2$', /sequence longer than 3/],
      ['Zk!4321vbQp$', /sequence longer than 3/],
      ['Zk7!FEDCvbp$', /sequence longer than 3/],
    ],
  },
  {
    name: 'code points are counted, not bytes',
    policy: {},
    taken: ['Zk7!vbQp2$w\u{1f511}'],
    refused: [['Zk7!vbQp2$\u{1f511}', /shorter than 12/]],
  },
  { name: 'another hash', policy: { hash_algorithm: 'sha256' }, taken: ['Zk7!vbQp2$wLm'], refused: [] },
  {
    name: 'palindromes',
    policy: {},
    taken: [],
    refused: [
      ['Zk7!vb$$bv!7kZ', /palindrome/],
      ['Zk7!vB$b$bV!7Kz', /palindrome/],
    ],
  },
  {
    name: 'words',
    policy: {},
    taken: ['Zk7!chairQp2$wLm'],
    refused: [
      ['Password123!', /dictionary/],
      ['P@ssw0rd!123', /dictionary/],
      ['1!Elephant!1', /dictionary/],
      ['321tnahpelE!', /dictionary/],
      ['!!Elephant77', /dictionary/],
      ['B-a-s-e-b-a-l-l-7', /dictionary/],
    ],
  },
]

for (const database of databases) {
  test(`${database.kind}: the policy has sixteen fields in order, and a link to itself`, database, async () => {
    await using lab = await openLab(database)
    const read = await lab.admin.get(policy)
    assert.equal(read.status, 200)
    assert.equal(read.text, JSON.stringify(answer({})))
    assert.equal(Object.keys(defaults).length, 16)
    for (const scope of [`/cluster/${lab.managerIds[1]}`, `/transport-nodes/${lab.edgeIds[0]}`]) {
      const scoped = await lab.admin.get(`/api/v1${scope}/node/aaa/auth-policy`)
      assert.equal(scoped.text, JSON.stringify(answer({}, `${scope}/node/aaa/auth-policy`)))
    }
  })

  test(`${database.kind}: PUT changes the fields it is given and answers 202 with all of them`, database, async () => {
    await using lab = await openLab(database)
    const one = await lab.admin.put(policy, { digits: -2 })
    assert.equal(one.status, 202)
    assert.equal(one.text, JSON.stringify(answer({ digits: -2 })))

    const given: Record<string, unknown> = {}
    for (const [field, value] of Object.entries({ ...others, ...otherRules })) {
      given[field] = value
      const { status, json } = await lab.admin.put(policy, { [field]: value })
      assert.equal(status, 202)
      assert.deepEqual(json, answer({ digits: -2, ...given }))
    }
    const read = await lab.admin.get(policy)
    assert.equal(read.text, JSON.stringify(answer({ ...others, ...otherRules })))

    assert.deepEqual((await lab.admin.put(policy, {})).json, read.json)
    const back = await lab.admin.put(policy, { ...read.json, _retry_prompt: 9, _schema: 'x', _self: {}, later: true })
    assert.equal(back.status, 202)
    assert.equal(back.text, read.text)
    await lab.restart()
    assert.equal((await lab.admin.get(policy)).text, read.text)
  })

  test(`${database.kind}: every field has its range, and a value outside of it changes nothing`, database, async () => {
    await using lab = await openLab(database)
    for (const [field, minimum, maximum] of ranges) {
      for (const value of [minimum - 1, maximum + 1]) {
        const { status, json } = await lab.admin.put(policy, { cli_max_auth_failures: 9, [field]: value })
        assert.equal(status, 400, `${field} ${value}`)
        assert.equal(json.error_code, 255)
        assert.equal(
          json.error_message,
          `Field level validation errors: {value ${value} of property ${field} is out of range [${minimum}, ${maximum}]}`,
        )
      }
      for (const value of ['1', 9.5, null, true, [], {}]) {
        assert.equal((await lab.admin.put(policy, { [field]: value })).status, 400, `${field} ${value}`)
      }
    }
    for (const hash_algorithm of ['md5', 'SHA512', '', 512]) {
      assert.equal((await lab.admin.put(policy, { digits: -5, hash_algorithm })).status, 400)
    }
    assert.equal(
      (await lab.admin.put(policy, { minimum_password_length: 30, maximum_password_length: 20 })).status,
      400,
    )
    assert.equal((await lab.admin.put(policy, { maximum_password_length: 11 })).status, 400)
    for (const body of [undefined, [], 'digits', null]) assert.equal((await lab.admin.put(policy, body)).status, 400)
    assert.equal((await lab.admin.get(policy)).text, JSON.stringify(answer({})))

    for (const [field, minimum, maximum] of ranges) {
      const lengths = { minimum_password_length: 8, maximum_password_length: 128 }
      for (const value of [minimum, maximum]) {
        const { status, json } = await lab.admin.put(policy, { ...lengths, [field]: value })
        assert.equal(status, 202, `${field} ${value}`)
        assert.equal(json[field], value)
      }
    }
  })

  test(`${database.kind}: a reset brings back the defaults of one group of fields or both`, database, async () => {
    await using lab = await openLab(database)
    const resets: [action: string, left: object][] = [
      ['reset-auth-policies', otherRules],
      ['reset-pwd-complexity', others],
      ['reset-all', {}],
    ]
    const scopes = ['', `/cluster/${lab.managerIds[1]}`, `/transport-nodes/${lab.edgeIds[0]}`]
    for (const scope of scopes) {
      const url = `/api/v1${scope}/node/aaa/auth-policy`
      for (const [action, left] of resets) {
        const changed = await lab.admin.put(url, { ...others, ...otherRules })
        const expected = answer(left, `${scope}/node/aaa/auth-policy`)
        // Edges have no API of their own to be locked out of.
        if (scope.startsWith('/transport')) {
          for (const field of Object.keys(defaults)) {
            if (field.startsWith('api_')) Object.assign(expected, { [field]: changed.json[field] })
          }
        }
        const reset = await lab.admin.post(`${url}?action=${action}`)
        assert.equal(reset.status, 202)
        assert.equal(reset.text, JSON.stringify(expected))
        assert.equal((await lab.admin.get(url)).text, reset.text)
      }
      assert.equal((await lab.admin.post(`${url}?action=reset-password-complexity`)).status, 400)
      assert.equal((await lab.admin.post(url)).status, 400)
    }
  })

  test(`${database.kind}: the policy is the same on every manager, and each edge has its own`, database, async () => {
    await using lab = await openLab(database)
    const edge = (n: 0 | 1) => `/api/v1/transport-nodes/${lab.edgeIds[n]}/node/aaa/auth-policy`
    const href = (n: 0 | 1) => `/transport-nodes/${lab.edgeIds[n]}/node/aaa/auth-policy`
    const adminAtB = lab.b.as('admin', labPassword)

    await lab.admin.put(`/api/v1/cluster/${lab.managerIds[1]}/node/aaa/auth-policy`, { digits: -2 })
    await adminAtB.put(policy, { max_repeats: 3 })
    const everywhere = answer({ digits: -2, max_repeats: 3 })
    assert.deepEqual((await lab.admin.get(policy)).json, everywhere)
    assert.deepEqual((await adminAtB.get(policy)).json, everywhere)
    assert.deepEqual((await lab.admin.get(edge(0))).json, answer({}, href(0)))

    await lab.admin.put(edge(0), { lower_chars: -4, cli_max_auth_failures: 2 })
    assert.deepEqual((await adminAtB.get(edge(0))).json, answer({ lower_chars: -4, cli_max_auth_failures: 2 }, href(0)))
    assert.deepEqual((await lab.admin.get(edge(1))).json, answer({}, href(1)))
    assert.deepEqual((await lab.admin.get(policy)).json, everywhere)
  })

  test(`${database.kind}: an edge ignores the API's lockout rules and has its own others`, database, async () => {
    await using lab = await openLab(database)
    const edge = `/api/v1/transport-nodes/${lab.edgeIds[0]}/node`
    const href = `/transport-nodes/${lab.edgeIds[0]}/node/aaa/auth-policy`
    const put = await lab.admin.put(`${edge}/aaa/auth-policy`, { ...others, ...otherRules })
    assert.equal(put.status, 202)
    assert.deepEqual(
      put.json,
      answer({ cli_failed_auth_lockout_period: 4, cli_max_auth_failures: 6, ...otherRules }, href),
    )
    assert.equal((await lab.admin.put(`${edge}/aaa/auth-policy`, { api_max_auth_failures: 51 })).status, 400)

    await lab.admin.put(`${edge}/aaa/auth-policy`, { ...defaults, minimum_password_length: 20 })
    const short = { password: 'Zk7!vbQp2$wLm', old_password: '' }
    assert.equal((await lab.admin.put(`${edge}/users/10002`, short)).json.error_code, 36502)
    assert.equal((await lab.admin.post(`${users}/10002?action=activate`, { password: short.password })).status, 200)
    const long = { password: 'Zk7!vbQp2$wLmRw5#tgHn', old_password: '' }
    assert.equal((await lab.admin.put(`${edge}/users/10002`, long)).status, 200)
  })

  test(`${database.kind}: a new password must keep every rule of the policy in force`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password: 'Zk7!vbQp2$wLm' })

    for (const { name, policy: given, taken, refused } of rules) {
      assert.equal((await lab.admin.put(policy, { ...defaults, ...given })).status, 202)
      for (const password of taken) {
        const { status, text } = await lab.admin.post(`${users}/10003?action=reset_password`, { password })
        assert.equal(status, 200, `${name}: ${password}: ${text}`)
      }
      for (const [password, why] of refused) {
        const answer = await lab.admin.post(`${users}/10003?action=reset_password`, { password })
        assert.equal(answer.status, 400, `${name}: ${password}`)
        assert.equal(answer.json.error_code, 36502)
        assert.match(answer.json.error_message, /^BAD PASSWORD: /)
        assert.match(answer.json.error_message, why)
        assert.ok(!answer.text.includes(password))
      }
    }
  })

  test(`${database.kind}: a new password must have characters that the old one has not`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.put(policy, { minimum_unique_chars: 4 })
    await lab.admin.post(`${users}?action=create_user`, { username: 'svc1', password: 'Zk7!vbQp2$wLm' })
    const svc = lab.a.as('svc1', 'Zk7!vbQp2$wLm')
    const put = (password: string) => lab.admin.put(`${users}/10005`, { password, old_password: 'Zk7!vbQp2$wLm' })
    const own = (password: string) =>
      svc.post(`${users}?action=reset_own_password`, { password, old_password: 'Zk7!vbQp2$wLm' })
    for (const change of [put, own]) {
      for (const password of ['Zk7!vbQp2$wLm', 'mLw$2pQbv!7kZk', 'Zk7!vbQp2$xGH', 'Zk7!vbQp2xGHx']) {
        const refused = await change(password)
        assert.equal(refused.status, 400)
        assert.equal(refused.json.error_code, 36502)
      }
    }
    assert.equal((await own('Zk7!vbQp2xGHT')).status, 200)
  })

  test(`${database.kind}: as many passwords as the policy remembers may not be used again`, database, async () => {
    await using lab = await openLab(database)
    const [first, second, third, fourth] = ['Zk7!vbQp2$wLm', 'Rw5#tgHn8%xJd', 'Bp3&mkFs9*qVc', 'Tn6+zdJr4=gXw'] as const
    const reset = async (password: string) => {
      const { status, text } = await lab.admin.post(`${users}/10003?action=reset_password`, { password })
      if (status !== 200) assert.deepEqual([status, JSON.parse(text).error_code], [400, 36502])
      return status === 200
    }
    await lab.admin.post(`${users}/10003?action=activate`, { password: first })
    assert.ok(await reset(second))
    assert.ok(await reset(first), 'nothing is remembered')
    await lab.admin.put(policy, { password_remembrance: 3 })
    assert.equal(await reset(first), false, 'it is the one in use')
    assert.equal(await reset(second), false, 'what came before the rule counts too')
    assert.ok(await reset(third))
    assert.equal(await reset(first), false)
    assert.equal(await reset(second), false)
    assert.ok(await reset(fourth))
    assert.equal(await reset(third), false)
    assert.ok(await reset(second), 'three have come since')

    await lab.admin.post(`${users}/10003?action=deactivate`)
    const again = await lab.admin.post(`${users}/10003?action=activate`, { password: fourth })
    assert.equal(again.json.error_code, 36502)
    const put = await lab.admin.post(`${users}/10003?action=activate`, { password: first })
    assert.equal(put.status, 200)
    const own = { old_password: first, password: second }
    assert.equal((await lab.admin.put(`${users}/10003`, own)).json.error_code, 36502)
    const guest = lab.a.as('guestuser1', first)
    assert.equal((await guest.post(`${users}?action=reset_own_password`, own)).json.error_code, 36502)
    await lab.admin.put(policy, { password_remembrance: 0 })
    assert.equal((await guest.post(`${users}?action=reset_own_password`, own)).status, 200)
  })

  test(`${database.kind}: every way to set a password keeps the policy; old ones stay`, database, async () => {
    await using lab = await openLab(database)
    const good = 'Zk7!vbQp2$wLm'
    await lab.admin.post(`${users}?action=create_user`, { username: 'svc1', password: good })
    const svc = lab.a.as('svc1', good)
    assert.equal((await lab.admin.put(policy, { minimum_password_length: 16 })).status, 202)
    assert.equal((await svc.get(whoAmI)).status, 200)
    assert.equal((await lab.a.signIn('svc1', good)).answer.status, 200)
    await lab.admin.delete(`${users}/10002`)

    const short = 'Rw5#tgHn8%xJdQp'
    const ways = (password: string) => [
      () => lab.admin.post(`${users}?action=create_user`, { username: 'svc2', password }),
      () => lab.admin.post(`${users}?action=create_audit_user`, { password }),
      () => lab.admin.post(`${users}/10003?action=activate`, { password }),
      () => lab.admin.post(`${users}/10005?action=reset_password`, { password }),
      () => lab.admin.put(`${users}/10005`, { old_password: good, password }),
      () => svc.post(`${users}?action=reset_own_password`, { old_password: good, password }),
    ]
    for (const set of ways(short)) {
      const { status, json } = await set()
      assert.equal(status, 400)
      assert.deepEqual([json.httpStatus, json.error_code, json.module_name], ['BAD_REQUEST', 36502, 'node-services'])
      assert.match(json.error_message, /^BAD PASSWORD: .*16/)
    }
    assert.equal((await lab.admin.get(users)).json.result_count, 5)
    const [create, createAudit, activate, , , own] = ways(`${short}7`)
    for (const [set, status] of [
      [create, 201],
      [createAudit, 201],
      [activate, 200],
      [own, 200],
    ] as const) {
      assert.equal((await set?.())?.status, status)
    }
  })

  test(`${database.kind}: everyone reads the policy, and only an enterprise admin changes it`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10002?action=activate`, { password: 'Zk7!vbQp2$wLm' })
    const auditor = lab.a.as('audit', 'Zk7!vbQp2$wLm')
    assert.equal((await auditor.get(policy)).status, 200)
    const calls = [
      () => auditor.put(policy, { digits: -2 }),
      () => auditor.put(policy, {}),
      () => auditor.post(`${policy}?action=reset-all`),
      () => auditor.post(`${policy}?action=reset-auth-policies`),
      () => auditor.post(`${policy}?action=reset-pwd-complexity`),
    ]
    for (const call of calls) {
      const { status, json } = await call()
      assert.equal(status, 403)
      assert.equal(json.error_code, 401)
    }
    assert.equal((await lab.a.get(policy)).json.error_code, 403)
    assert.equal((await lab.admin.get(policy)).text, JSON.stringify(answer({})))
  })
}
