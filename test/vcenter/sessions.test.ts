import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { VcenterSession } from '../../src/access/vcenter/sessions.ts'
import type { Change } from '../../src/audit/journal.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, type Lab, openLab, type TestDatabase } from '../lab.ts'
import { administrator, signedIn, withSession } from './clients.ts'

const sso = '/sallyport/v1/sso'
const users = `${sso}/users`
const password = 'Winter-is-9-coming'
const from = { source: '192.0.2.1', agent: 'test/1.0' }
const hour = 3600

const adminOf = (lab: Lab) => lab.a.as(administrator, labSsoPassword)
const sessionsOf = (lab: Lab) => lab.server.services.vcenterSessions
const works = async (lab: Lab, id: string) => (await withSession(lab.a, id).get('/api/session')).status === 200

/** Makes a change outside of any call. */
function change<T>({ server }: Lab, work: (change: Change) => Promise<T>): Promise<T> {
  return server.services.journal.change(work, () => undefined)
}

async function make(lab: Lab, name: string): Promise<void> {
  await adminOf(lab).delete(`${users}/${name}`)
  assert.equal((await adminOf(lab).post(users, { name, password })).status, 201)
}

/** Begins a session. @returns what SOAP would have of it. */
async function begin(lab: Lab, name: string, given = password): Promise<{ id: string; session: VcenterSession }> {
  const { vcenterDoor, vcenterSessions } = lab.server.services
  const principal = await vcenterDoor.signIn({ name, password: given, source: from.source })
  return change(lab, (inside) => vcenterSessions.create(inside, { principal, ...from, locale: 'de' }))
}

/** One lab for most of a database's tests. */
const labs = new Map<TestDatabase, Promise<Lab>>()
function labOn(database: TestDatabase): Promise<Lab> {
  const lab = labs.get(database) ?? openLab(database)
  labs.set(database, lab)
  return lab
}
after(async () => {
  for (const lab of labs.values()) await (await lab)[Symbol.asyncDispose]()
})

for (const database of databases) {
  const { kind } = database

  test(`${kind}: a session is listed with what a UserSession has, by a key that opens nothing`, database, async () => {
    const lab = await labOn(database)
    await make(lab, 'lister')
    const { id, session } = await begin(lab, 'LISTER@vsphere.local')
    assert.match(id, /^[0-9a-f]{32}$/)
    const began = lab.clock.now
    lab.clock.advance({ seconds: 5 })
    assert(await works(lab, id))
    assert(await works(lab, id))
    const listed = sessionsOf(lab)
      .list()
      .find(({ key }) => key === session.key)
    const { principal, ...shown } = listed as VcenterSession
    assert.deepEqual(shown, {
      key: session.key,
      createdAt: began,
      usedAt: began + 5000,
      callCount: 2,
      locale: 'de',
      ipAddress: from.source,
      userAgent: from.agent,
      extensionSession: false,
    })
    assert.deepEqual([principal.name, principal.domain], ['lister', 'vsphere.local'])
    assert.notEqual(session.key, id)
    assert.equal(await works(lab, session.key), false)
    assert(!JSON.stringify(sessionsOf(lab).list()).includes(id))
    assert.equal(sessionsOf(lab).find(id), undefined)
  })

  test(`${kind}: the store has no id, and what is stored survives a restart`, database, async () => {
    const lab = await labOn(database)
    await make(lab, 'stored')
    const { id, session } = await begin(lab, 'stored')
    lab.clock.advance({ seconds: 60 })
    for (const _ of [1, 2, 3]) assert(await works(lab, id))
    const used = lab.clock.now
    await sessionsOf(lab).keepHouse()
    await lab.restart()
    const rows = await change(lab, ({ stores }) => stores.vcenterSessions.list())
    assert(rows.some(({ key, callCount, usedAt }) => key === session.key && callCount === 3 && usedAt === used))
    assert(!JSON.stringify(rows).includes(id))
    assert(await works(lab, id))
    assert.equal(sessionsOf(lab).find(session.key)?.callCount, 4)
  })

  test(`${kind}: an id that is not one opens nothing, however near it is`, database, async () => {
    const lab = await labOn(database)
    const { id } = await begin(lab, administrator, labSsoPassword)
    for (const other of [id.toUpperCase(), id.slice(0, -1), `${id}0`, `${id.slice(0, -1)}g`, '', '0'.repeat(32)]) {
      if (other !== id) assert.equal(sessionsOf(lab).authenticate(other), undefined, other)
    }
  })

  test(`${kind}: each call is its user's with the groups of now`, database, async () => {
    const lab = await labOn(database)
    await make(lab, 'joiner')
    const { id } = await begin(lab, 'joiner')
    const groups = () => [...(sessionsOf(lab).authenticate(id)?.principal.groups ?? [])].sort()
    assert.deepEqual(groups(), ['vsphere.local\\users'])
    const members = `${sso}/groups/LicenseService.Administrators/members`
    await adminOf(lab).post(members, { type: 'user', name: 'joiner' })
    assert.deepEqual(groups(), ['vsphere.local\\licenseservice.administrators', 'vsphere.local\\users'])
    await adminOf(lab).delete(`${members}/user/joiner@vsphere.local`)
    assert.deepEqual(groups(), ['vsphere.local\\users'])
    assert.equal(sessionsOf(lab).authenticate(id)?.principal, sessionsOf(lab).authenticate(id)?.principal)
  })

  test(`${kind}: sessions end with their user: deleted, disabled, or with another password`, database, async () => {
    const lab = await labOn(database)
    const admin = adminOf(lab)
    for (const end of [
      () => admin.delete(`${users}/leaver`),
      () => admin.patch(`${users}/leaver`, { disabled: true }),
      () => admin.post(`${users}/leaver/reset-password`, { password: 'New-Pass-9' }),
      () =>
        lab.a
          .as('leaver@vsphere.local', password)
          .post(`${sso}/change-password`, { old_password: password, password: 'New-Pass-9' }),
    ]) {
      await make(lab, 'leaver')
      const { id, session } = await begin(lab, 'leaver')
      const other = await signedIn(lab.a)
      assert(await works(lab, id))
      assert((await end()).status < 300)
      assert.equal(await works(lab, id), false)
      assert.equal(sessionsOf(lab).find(session.key), undefined)
      assert.equal((await other.get('/api/session')).status, 200)
    }
  })

  test(`${kind}: a session of a user who was deleted is not that of the next of the name`, database, async () => {
    const lab = await labOn(database)
    await make(lab, 'again')
    const { id } = await begin(lab, 'again')
    await make(lab, 'again')
    assert.equal(await works(lab, id), false)
    await lab.restart()
    assert.equal(await works(lab, id), false)
  })

  test(`${kind}: no session begins with what has changed since the password was checked`, database, async () => {
    const lab = await labOn(database)
    const { vcenterDoor } = lab.server.services
    const admin = adminOf(lab)
    for (const change of [
      () => admin.delete(`${users}/hasty`),
      () => admin.patch(`${users}/hasty`, { disabled: true }),
      () => admin.post(`${users}/hasty/reset-password`, { password: 'New-Pass-9' }),
    ]) {
      await make(lab, 'hasty')
      const principal = await vcenterDoor.signIn({ name: 'hasty', password, source: from.source })
      assert((await change()).status < 300)
      await assert.rejects(create(lab, { principal, ...from }), { code: 'unauthenticated' })
    }
    await make(lab, 'hasty')
    const principal = await vcenterDoor.signIn({ name: 'hasty', password, source: from.source })
    await admin.post(`${users}/hasty/reset-password`, { password: 'New-Pass-9', password_must_change: true })
    await assert.rejects(create(lab, { principal, ...from }), { code: 'unauthenticated' })
    const renewed = await vcenterDoor.signIn({ name: 'hasty', password: 'New-Pass-9', source: from.source })
    await assert.rejects(create(lab, { principal: renewed, ...from }), { code: 'password_must_change' })
  })

  test(`${kind}: a sign-in that meets the deletion of its user leaves no session`, database, async () => {
    const lab = await labOn(database)
    for (const delay of [0, 5, 10, 20, 40]) {
      await make(lab, 'racer')
      const begun = lab.a.as('racer', password).post('/api/session')
      await setTimeout(delay)
      assert.equal((await adminOf(lab).delete(`${users}/racer`)).status, 204)
      const answer = await begun
      if (answer.status === 201) assert.equal(await works(lab, answer.json), false)
      else assert.equal(answer.status, 401)
    }
  })

  test(`${kind}: a session ends by its key, once, and each for itself`, database, async () => {
    const lab = await labOn(database)
    const first = await begin(lab, administrator, labSsoPassword)
    const second = await begin(lab, administrator, labSsoPassword)
    const end = (key: string) => change(lab, (inside) => sessionsOf(lab).end(inside, key))
    await end(first.session.key)
    assert.deepEqual([await works(lab, first.id), await works(lab, second.id)], [false, true])
    await assert.rejects(end(first.session.key), { code: 'not_found' })
    // The id is no key.
    await assert.rejects(end(second.id), { code: 'not_found' })
    const both = await Promise.allSettled([end(second.session.key), end(second.session.key)])
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  })

  test(
    `${kind}: a clone ticket is good once, whatever comes of it, and not without its session`,
    database,
    async () => {
      const lab = await labOn(database)
      const clone = (ticket: string) =>
        change(lab, (inside) => sessionsOf(lab).clone(inside, ticket, { source: '192.0.2.2', agent: 'cloner' }))
      const refused = (ticket: string) => assert.rejects(clone(ticket), { code: 'unauthenticated' })
      const original = await begin(lab, administrator, labSsoPassword)
      const ticket = sessionsOf(lab).acquireCloneTicket(original.session.key)
      const copy = await clone(ticket)
      assert(await works(lab, copy.id))
      assert.notEqual(copy.id, original.id)
      assert.equal(copy.session.principal, sessionsOf(lab).find(original.session.key)?.principal)
      assert.deepEqual(
        [copy.session.locale, copy.session.ipAddress, copy.session.userAgent],
        ['de', '192.0.2.2', 'cloner'],
      )
      await refused(ticket)
      for (const no of ['', 'cst-VCT-', original.id, original.session.key]) await refused(no)

      const twice = sessionsOf(lab).acquireCloneTicket(original.session.key)
      const both = await Promise.allSettled([clone(twice), clone(twice)])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])

      const many = Array.from({ length: 11 }, () => sessionsOf(lab).acquireCloneTicket(original.session.key))
      await refused(many[0] as string)
      await clone(many[1] as string)
      await change(lab, (inside) => sessionsOf(lab).end(inside, original.session.key))
      await refused(many[2] as string)
      assert.throws(() => sessionsOf(lab).acquireCloneTicket(original.session.key), { code: 'unauthenticated' })
      assert(await works(lab, copy.id))
    },
  )

  test(
    `${kind}: whoever was shown a password a day ago is shown out, however often they were cloned`,
    database,
    async () => {
      const lab = await labOn(database)
      let { id, session } = await begin(lab, administrator, labSsoPassword)
      const mine = session.key
      for (let hours = 0; hours < 23; hours++) {
        lab.clock.advance({ seconds: hour })
        const ticket = sessionsOf(lab).acquireCloneTicket(session.key)
        ;({ id, session } = await change(lab, (inside) => sessionsOf(lab).clone(inside, ticket, from)))
        assert(await works(lab, id))
      }
      const { vcenterSessions, principalLookup } = lab.server.services
      const other = await principalLookup.user('holouser', 'vsphere.local')
      assert(other)
      const taken = await change(lab, (inside) =>
        vcenterSessions.impersonate(inside, session.key, { principal: other, ...from }),
      )
      assert.equal((await withSession(lab.a, taken.id).get('/api/session')).json.user, 'holouser@vsphere.local')
      lab.clock.advance({ seconds: hour - 1 })
      assert.deepEqual([await works(lab, id), await works(lab, taken.id)], [true, true])
      lab.clock.advance({ seconds: 1 })
      assert.deepEqual([await works(lab, id), await works(lab, taken.id)], [false, false])
      assert.equal(vcenterSessions.find(mine), undefined)
    },
  )

  test(`${kind}: ended sessions make room for new ones, and their number is a setting`, database, async () => {
    const settings = { vcenterMaxSessions: '3', vcenterSessionIdleTimeout: '60', vcenterSessionLifetime: '100' }
    await using lab = await openLab(database, settings)
    const { id } = await begin(lab, administrator, labSsoPassword)
    lab.clock.advance({ seconds: 59 })
    assert(await works(lab, id))
    const all = await Promise.allSettled(Array.from({ length: 4 }, () => begin(lab, administrator, labSsoPassword)))
    assert.deepEqual(all.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    lab.clock.advance({ seconds: 40 })
    assert(await works(lab, id))
    await assert.rejects(begin(lab, administrator, labSsoPassword), { code: 'too_many_sessions' })
    lab.clock.advance({ seconds: 1 })
    // The first is as old as a session can be.
    await begin(lab, administrator, labSsoPassword)
    await assert.rejects(begin(lab, administrator, labSsoPassword), { code: 'too_many_sessions' })
    lab.clock.advance({ seconds: 60 })
    await sessionsOf(lab).keepHouse()
    assert.deepEqual(sessionsOf(lab).list(), [])
    assert.deepEqual(await change(lab, ({ stores }) => stores.vcenterSessions.list()), [])
  })
}

for (const database of databases) {
  test(
    `${database.kind}: a user begins so many sessions over REST and JSON-RPC, also at once, and is told how many`,
    database,
    async () => {
      await using lab = await openLab(database, { vcenterMaxUserSessions: '4', vcenterSessionIdleTimeout: '60' })
      await make(lab, 'eager')
      const signIn = () => lab.a.as('eager@vsphere.local', password).post('/api/session')
      const first = (await signIn()).json
      const answers = await Promise.all(Array.from({ length: 8 }, signIn))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 201, ...Array(5).fill(503)])
      const refused = answers.find(({ status }) => status === 503)?.json.messages[0]
      assert.equal(refused.id, 'com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached')
      assert.match(refused.default_message, /eager@vsphere.local has 4 sessions already/)
      const legacy = await lab.a.as('eager@vsphere.local', password).post('/rest/com/vmware/cis/session')
      assert.equal(legacy.status, 503)
      assert.equal((await adminOf(lab).post('/api/session')).status, 201, 'others go on')
      await begin(lab, 'eager@vsphere.local')

      await withSession(lab.a, first).delete('/api/session')
      lab.clock.advance({ seconds: 61 })
      assert.equal((await signIn()).status, 201, 'ended ones do not count')
    },
  )
}

function create(lab: Lab, begun: Parameters<Lab['server']['services']['vcenterSessions']['create']>[1]) {
  return change(lab, (inside) => sessionsOf(lab).create(inside, begun))
}
