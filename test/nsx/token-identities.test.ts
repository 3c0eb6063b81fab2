import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { JWTPayload } from 'jose'
import type { Answer, Client } from '../client.ts'
import { databases, labPassword, type TestDatabase } from '../lab.ts'
import { type OpenIdLab, openOpenIdLab, vidm } from '../openid-lab.ts'
import { clientId, startOpenIdProvider } from '../servers/openid-provider.ts'
import { freePort } from '../servers/programs.ts'

const tokens = '/api/v1/trust-management/token-principal-identities'
const bindings = '/policy/api/v1/aaa/role-bindings'
const userInfo = '/api/v1/aaa/user-info'
const segments = '/policy/api/v1/infra/segments'
const users = '/api/v1/node/users'
const password = 'Harbour:Lantern-77'

// People whose names, or identifiers, are those of programs.
const people = {
  'ci-bot@corp.example': { password, sub: 'ci-bot', preferred_username: 'ci-bot' },
  'sub@corp.example': { password, sub: 'ci-bot' },
}
const programs = {
  'ci-bot': { secret: 'Secret-of-the-pipeline' },
  'ci-bot-2': { secret: 'Secret-of-the-other', claims: { node_id: 'n2' } },
  stranger: { secret: 'Secret-of-a-stranger' },
}

const bearer = (client: Client, token: string) => client.with({ headers: { authorization: `Bearer ${token}` } })
const atRoot = (...roles: string[]) => [{ path: '/', roles: roles.map((role) => ({ role })) }]

function assertRefused({ status, json }: Answer, about?: string): void {
  assert.deepEqual([status, json.error_code], [403, 403], about)
}

interface World extends OpenIdLab {
  /** A client of the first manager with a token that a program was given. */
  program(id: keyof typeof programs): Promise<Client>
  /** The same with a token of any claims. */
  claiming(claims: JWTPayload): Promise<Client>
  /** Registers an identity with a role. @returns its id. */
  register(name: string, role?: string, node?: string, more?: object): Promise<string>
}

async function openWorld(database: TestDatabase): Promise<World> {
  const world = await openOpenIdLab(database, { people, programs })
  const { lab, provider, settings } = world
  const node = `https://${settings.node_host_name}`
  return {
    ...world,
    program: async (id) => bearer(lab.a, await provider.programToken(id, node)),
    claiming: async (claims) => bearer(lab.a, await provider.sign({ aud: node, ...claims })),
    async register(name, role, node_id = 'n1', more = {}) {
      const { status, json, text } = await lab.admin.post(tokens, { name, node_id, ...more })
      assert.equal(status, 201, text)
      if (role !== undefined) {
        const given = await lab.admin.put(`${bindings}/${json.id}`, { roles_for_paths: atRoot(role) })
        assert.equal(given.status, 200, given.text)
      }
      return json.id
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

for (const database of databases) {
  test(
    `${database.kind}: a token identity may have a name with a domain, and comes with its roles`,
    database,
    async () => {
      await using world = await openWorld(database)
      const { lab } = world
      const robot = await world.claiming({ sub: 'deploy@corp.example', client_id: 'deploy@corp.example' })
      assertRefused(await robot.get(userInfo), 'not registered yet')
      const id = await world.register('deploy@corp.example', undefined, 'n1', { roles_for_paths: atRoot('network_op') })
      assert.deepEqual((await lab.admin.get(`${tokens}/${id}`)).json.roles_for_paths, [
        { path: '/', roles: [{ role: 'network_op', role_display_name: 'Network Operator' }] },
      ])
      const info = await robot.get(userInfo)
      assert.deepEqual([info.json.user_name, info.json.roles[0].role], ['deploy@corp.example', 'network_op'])
      assert.equal((await robot.get(segments)).status, 200)

      for (const wrong of ['@corp', 'a@', 'a@@b', 'a b']) {
        const { status, json } = await lab.admin.post(tokens, { name: wrong, node_id: 'n2' })
        assert.equal(status, 400, wrong)
        assert.match(json.error_message, /name/)
      }
      // Nobody gives rights that they do not have.
      const audit = await world.register('auditor-bot', 'auditor', 'n3')
      assert.ok(audit)
      const unknown = await lab.admin.post(tokens, { name: 'x', node_id: 'n4', roles_for_paths: atRoot('nothing') })
      assert.match(unknown.json.error_message, /value nothing of property role does not exist/)
    },
  )

  test(`${database.kind}: a program signs in with a token of its own as its principal identity`, database, async () => {
    await using world = await openWorld(database)
    const { lab } = world
    const robot = await world.program('ci-bot')
    assertRefused(await robot.get(userInfo), 'not registered yet')

    const id = await world.register('ci-bot')
    const info = await robot.get(userInfo)
    assert.deepEqual([info.status, info.json.user_name, info.json.roles], [200, 'ci-bot', []])
    assert.equal((await robot.get(segments)).json.error_code, 401, 'no role yet')

    // Its role binding comes with it, and counts from the next request on.
    const [bound] = (await lab.admin.get(`${bindings}?type=principal_identity`)).json.results
    assert.deepEqual([bound.id, bound.name, bound.roles_for_paths, bound._revision], [id, 'ci-bot', [], 0])
    const given = await lab.admin.put(`${bindings}/${id}`, { ...bound, roles_for_paths: atRoot('network_engineer') })
    assert.equal(given.status, 200, given.text)
    assert.deepEqual((await lab.admin.get(`${bindings}/${id}`)).json, given.json)
    assert.equal(given.json._revision, 1)
    assert.equal((await robot.put(`${segments}/own`, {})).json._create_user, 'ci-bot')
    assert.equal((await robot.get(users)).json.error_code, 401)
    assert.equal((await bearer(lab.b, await tokenOf(world)).get(userInfo)).json.user_name, 'ci-bot')
    await lab.restart()
    const again = bearer(lab.a, await tokenOf(world))
    assert.equal((await again.get(segments)).status, 200, 'roles outlive a restart')

    // What it makes is protected, and its alone.
    assert.equal((await again.get(`${segments}/own`)).json._protection, 'NOT_PROTECTED')
    assert.equal((await lab.admin.get(`${segments}/own`)).json._protection, 'REQUIRE_OVERRIDE')
    assert.equal((await lab.admin.delete(`${segments}/own`)).json.error_code, 289)
    assert.equal((await again.patch(`${segments}/own`, { description: 'mine' })).status, 200)

    const log = readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')
    assert.match(log, /UserName="ci-bot".*Operation="CreateOrUpdateInfraSegment"/)
    assert.match(log, /UserName="ci-bot@127\.0\.0\.1".*"LOGIN".*failure/i)
    assert(!log.includes((await tokenOf(world)).split('.')[1] as string))

    // Without the role, and without the identity, the same token opens nothing from the next request on.
    assert.equal((await lab.admin.delete(`${bindings}/${id}`)).status, 400, 'it goes with the identity')
    assert.equal((await lab.admin.delete(`${bindings}/${id}?path=/`)).status, 200)
    assert.equal((await again.get(segments)).json.error_code, 401)
    assert.equal((await lab.admin.delete(`${tokens}/${id}`)).status, 200)
    assertRefused(await again.get(userInfo))
    assert.equal((await lab.admin.get(`${bindings}/${id}`)).status, 404)
  })

  test(
    `${database.kind}: a session that a token began is its identity's, and ends with the token`,
    database,
    async () => {
      await using world = await openWorld(database)
      const { lab, settings } = world
      const id = await world.register('ci-bot', 'network_engineer')
      const robot = await world.program('ci-bot')
      /** Headers of a session, without the token. */
      async function begin(client: Client, name = '', secret = ''): Promise<Record<string, string>> {
        const { answer } = await client.signIn(name, secret)
        assert.equal(answer.status, 200, answer.text)
        const cookie = String(answer.headers['set-cookie']).split(';')[0] as string
        return { cookie, 'x-xsrf-token': String(answer.headers['x-xsrf-token']) }
      }
      const within = (headers: Record<string, string>) => lab.a.with({ headers })
      const first = await begin(robot)
      assert.equal((await within(first).get(userInfo)).json.user_name, 'ci-bot')
      assert.match(
        readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'),
        /UserName="ci-bot@127\.0\.0\.1".*"LOGIN".*success/i,
      )
      // A name and a password win.
      const admin = await begin(robot, 'admin', labPassword)
      assert.equal((await within(admin).get(userInfo)).json.user_name, 'admin')
      assertRefused((await robot.signIn('admin', 'wrong')).answer)
      // People may do the same.
      const person = await begin(
        await world.claiming({
          sub: '7f',
          preferred_username: 'jdoe@corp.example',
          exp: Math.floor(lab.clock.now / 1000) + 300,
        }),
      )
      assert.equal((await within(person).get(userInfo)).json.user_name, 'jdoe@corp.example')

      await lab.restart()
      // The idle timeout is longer than what the tokens last: five minutes, and the ten of the provider.
      lab.clock.advance({ seconds: 290 })
      for (const session of [first, person]) assert.equal((await within(session).get(userInfo)).status, 200)
      lab.clock.advance({ seconds: 41 })
      assertRefused(await within(person).get(userInfo), 'it outlives its token')
      lab.clock.advance({ seconds: 250 })
      for (const session of [first, admin]) assert.equal((await within(session).get(userInfo)).status, 200)
      lab.clock.advance({ seconds: 119 })
      assertRefused(await within(first).get(userInfo), 'it outlives its token')
      assert.equal((await within(admin).get(userInfo)).status, 200)
      lab.clock.advance({ seconds: -700 })
      for (const session of [first, person]) assertRefused(await within(session).get(userInfo), 'it has ended for good')

      // Changed roles, another provider and deletion end sessions.
      const anew = async () => within(await begin(await world.program('ci-bot')))
      const second = await anew()
      await lab.admin.put(`${bindings}/${id}`, { roles_for_paths: atRoot('auditor') })
      assertRefused(await second.get(userInfo))
      const third = await anew()
      assert.equal((await third.get(segments)).status, 200)
      const late = await world.program('ci-bot')
      assert.equal((await lab.admin.put(vidm, { ...settings, vidm_enable: false })).status, 202)
      for (const client of [third, late]) assertRefused(await client.get(userInfo))
      assertRefused((await late.signIn('', '')).answer)
      assert.equal((await lab.admin.put(vidm, settings)).status, 202)
      assertRefused(await third.get(userInfo))
      const fourth = await anew()
      assert.equal((await lab.admin.delete(`${tokens}/${id}`)).status, 200)
      assertRefused(await fourth.get(userInfo))
      assertRefused((await late.signIn('', '')).answer)
    },
  )

  test(`${database.kind}: no person is taken for a principal identity, nor it for a person`, database, async () => {
    await using world = await openWorld(database)
    const { lab } = world
    await world.register('ci-bot', 'enterprise_admin')
    await world.bind('remote_user', 'ci-bot@127.0.0.1', 'auditor')
    await world.bind('remote_group', 'admins', 'enterprise_admin')
    const isPerson = async (client: Client, about: string) => {
      const { json } = await client.get(userInfo)
      assert.equal(json.user_name, 'ci-bot@127.0.0.1', about)
      assert.deepEqual(
        json.roles.map(({ role }: { role: string }) => role),
        ['auditor'],
        about,
      )
    }
    for (const claims of [
      { sub: 'ci-bot' },
      { sub: 'ci-bot', client_id: clientId },
      { sub: 'ci-bot', client_id: clientId, azp: 'ci-bot' },
      { sub: '7f', preferred_username: 'ci-bot', client_id: 'ci-bot' },
      { sub: 'ci-bot', preferred_username: 'ci-bot', client_id: 'ci-bot' },
      { sub: 'ci-bot', client_id: 'ci-bot', auth_time: 1 },
      { sub: 'ci-bot', client_id: 'ci-bot', scope: 'openid infra' },
      { sub: 'ci-bot', azp: 'ci-bot', nonce: 'x' },
    ]) {
      await isPerson(await world.claiming(claims), JSON.stringify(claims))
    }
    for (const name of Object.keys(people)) {
      const remote = `Remote ${Buffer.from(`${name}:${password}`).toString('base64')}`
      const { json } = await lab.a.with({ headers: { authorization: remote } }).get(userInfo)
      assert(json.user_name.startsWith('ci-bot@') || json.user_name === name, json.user_name)
      assert.notEqual(json.roles[0]?.role, 'enterprise_admin')
    }
    // The client that people sign in through is nobody's own.
    await world.register(clientId, 'enterprise_admin')
    const own = await world.claiming({ sub: clientId, client_id: clientId })
    assert.equal((await own.get(userInfo)).json.user_name, `${clientId}@127.0.0.1`)

    // What is bound to groups and names of the provider's is nothing to a program.
    const robot = await world.register('stranger')
    const grouped = await world.claiming({ sub: 'stranger', client_id: 'stranger', groups: ['admins'] })
    assert.deepEqual((await grouped.get(userInfo)).json.roles, [])
    assert.equal((await lab.admin.delete(`${tokens}/${robot}`)).status, 200)
    assertRefused(await grouped.get(userInfo))
    await world.bind('remote_user', 'stranger@127.0.0.1', 'auditor')
    assertRefused(await grouped.get(userInfo), 'a program that is no identity is no remote user either')
  })

  test(`${database.kind}: programs of one name are told apart by their nodes`, database, async () => {
    await using world = await openWorld(database)
    const { lab } = world
    const token = (node_id?: unknown) => world.claiming({ sub: 'fleet', client_id: 'fleet', node_id })
    await world.register('fleet', 'auditor', 'n1')
    assert.equal((await (await token()).get(segments)).status, 200)
    assert.equal((await (await token('n1')).get(segments)).status, 200)
    for (const node of ['n2', '', 'N1', ['n1'], 7, null])
      assertRefused(await (await token(node)).get(userInfo), `${node}`)

    const second = await world.register('fleet', 'network_engineer', 'n2')
    assertRefused(await (await token()).get(userInfo), 'which of the two')
    const [one, two] = [await token('n1'), await token('n2')]
    assert.equal((await one.put(`${segments}/a`, {})).json.error_code, 401)
    assert.equal((await two.put(`${segments}/a`, {})).status, 200)
    await lab.admin.put(`${bindings}/${second}`, { roles_for_paths: [] })
    assert.equal((await lab.admin.delete(`${tokens}/${second}`)).status, 200)
    assertRefused(await two.get(userInfo))
    assert.equal((await (await token()).get(userInfo)).status, 200)

    // As a real provider says it.
    await world.register('ci-bot-2', 'auditor', 'n1')
    assertRefused(await (await world.program('ci-bot-2')).get(userInfo))
    await world.register('ci-bot-2', 'auditor', 'n2')
    assert.equal((await (await world.program('ci-bot-2')).get(userInfo)).json.user_name, 'ci-bot-2')
  })

  test(`${database.kind}: a token that proves no program opens nothing and locks nobody out`, database, async () => {
    await using world = await openWorld(database)
    await using other = await startOpenIdProvider({ people, programs, redirectUris: ['https://127.0.0.1/cb'] })
    const { lab, provider, settings } = world
    await world.register('ci-bot', 'auditor')
    const node = `https://${settings.node_host_name}`
    const robot = await world.program('ci-bot')
    assert.equal((await robot.get(userInfo)).status, 200)

    const seconds = Math.floor(lab.clock.now / 1000)
    const own = { sub: 'ci-bot', client_id: 'ci-bot', aud: node }
    const [header, payload, signature] = (await provider.sign(own)).split('.') as [string, string, string]
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const bad: [string, string][] = [
      ['another provider', await other.programToken('ci-bot', node)],
      ['another issuer', await provider.sign({ ...own, iss: other.issuer })],
      ['another audience, really given', await provider.programToken('ci-bot', 'https://elsewhere.example')],
      ['expired', await provider.sign({ ...own, exp: seconds - 31 })],
      ['no expiry', await provider.sign({ ...own, exp: undefined })],
      ['alg none', `${part({ alg: 'none' })}.${payload}.`],
      ['alg none with a signature', `${part({ alg: 'none' })}.${payload}.${signature}`],
      [
        'another name under the signature',
        `${header}.${part({ ...own, sub: 'root', client_id: 'root' })}.${signature}`,
      ],
      ['bound to a key of its client', await provider.sign({ ...own, cnf: { jkt: 'x' } })],
      ['unknown name', await provider.sign({ ...own, sub: 'stranger', client_id: 'stranger' })],
      ['unknown name, really given', await provider.programToken('stranger', node)],
      ['name in another case', await provider.sign({ ...own, sub: 'CI-Bot', client_id: 'CI-Bot' })],
    ]
    for (let round = 0; round < 2; round++) {
      for (const [why, token] of bad) {
        assertRefused(await bearer(lab.a, token).get(userInfo), why)
        assertRefused((await bearer(lab.a, token).signIn('', '')).answer, why)
      }
    }
    assert.equal((await robot.get(userInfo)).status, 200)
    assert.equal((await lab.admin.get(userInfo)).status, 200)
    const lockouts = await lab.server.services.journal.change(
      ({ stores }) => stores.lockouts.list(),
      () => undefined,
    )
    assert.deepEqual(lockouts, [])

    // A new key of the provider's counts, an old one no longer.
    const old = await provider.programToken('ci-bot', node)
    await provider.rotate()
    lab.clock.advance({ seconds: 30 })
    assert.equal((await (await world.program('ci-bot')).get(userInfo)).status, 200)
    assertRefused(await bearer(lab.a, old).get(userInfo))

    // With the provider down nothing is verified anew, and nobody else is concerned.
    const fresh = await provider.programToken('ci-bot', node)
    await lab.admin.put(vidm, { ...settings, host_name: `127.0.0.1:${await freePort()}` })
    for (let i = 0; i < 7; i++) assertRefused(await bearer(lab.a, fresh).get(userInfo))
    assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
    await lab.admin.put(vidm, settings)
    assert.equal((await bearer(lab.a, fresh).get(userInfo)).status, 200)
  })

  test(`${database.kind}: roles are given to a principal identity by who has them`, database, async () => {
    await using world = await openWorld(database)
    const { lab } = world
    const boss = await world.register('boss', 'enterprise_admin')
    const cloud = await world.register('cloud', 'cloud_admin')
    const robot = await world.register('robot')
    const asCloud = await world.claiming({ sub: 'cloud', client_id: 'cloud' })
    const asBoss = await world.claiming({ sub: 'boss', client_id: 'boss' })
    const put = (client: Client, id: string, ...roles: string[]) =>
      client.put(`${bindings}/${id}`, { type: 'principal_identity', roles_for_paths: atRoot(...roles) })

    assert.equal((await put(asCloud, robot, 'cloud_admin')).status, 200)
    for (const [client, id, role, why] of [
      [asCloud, robot, 'enterprise_admin', 'more than its own'],
      [asCloud, boss, 'auditor', 'of somebody with more'],
      [asCloud, cloud, 'auditor', 'its own'],
      [asBoss, boss, 'auditor', 'its own'],
      [lab.a, robot, 'auditor', 'nobody'],
    ] as const) {
      const answer = await put(client, id, role)
      assert([400, 403].includes(answer.status), `${why}: ${answer.text}`)
    }
    assert.equal((await put(lab.admin, robot, 'no-such-role')).status, 400)
    const made = await lab.admin.post(bindings, {
      name: 'robot',
      type: 'principal_identity',
      roles_for_paths: atRoot('auditor'),
    })
    assert.equal(made.status, 400, 'its binding is there already')
    assert.deepEqual(
      (await lab.admin.get(`${bindings}?type=principal_identity&sort_by=name`)).json.results.map(
        ({ name, roles }: { name: string; roles: { role: string }[] }) => [name, roles[0]?.role],
      ),
      [
        ['boss', 'enterprise_admin'],
        ['cloud', 'cloud_admin'],
        ['robot', 'cloud_admin'],
      ],
    )
    // A role that an identity has cannot go.
    const { status } = await lab.admin.post('/policy/api/v1/aaa/roles/auditor?action=clone', {
      new_role_id: 'reader',
      new_role_name: 'Reader',
    })
    assert.equal(status, 200)
    assert.equal((await put(lab.admin, robot, 'reader')).status, 200)
    assert.equal((await lab.admin.delete('/policy/api/v1/aaa/roles/reader')).status, 400)
  })
}

async function tokenOf({ provider, settings }: OpenIdLab): Promise<string> {
  return provider.programToken('ci-bot', `https://${settings.node_host_name}`)
}
