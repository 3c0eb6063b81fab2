import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { Client } from '../client.ts'
import { databases, openLab } from '../lab.ts'
import { done, refused, restFace, rpcFace } from './authorization-faces.ts'
import { administrator, signedIn, withSession } from './clients.ts'

const checks = 'privilege_checks'

for (const database of databases) {
  test(`${database.kind}: what an operation needs is found by its privilege checks`, database, async () => {
    await using lab = await openLab(database)
    const sessionId = (await lab.a.as(administrator, labSsoPassword).post('/api/session')).json
    const session = withSession(lab.a, sessionId)
    const work = session.with({ headers: { 'vapi-ctx-opid': 'my-work' } })
    for (const face of [restFace(session), rpcFace(session)]) {
      const list = async (iteration: object, filter?: object) =>
        done(face.call(checks, 'list', { iteration, ...(filter ? { filter } : {}) }))
      const before = await done(face.call(`${checks}.latest`, 'get'))
      const opId = `work on ${face.name}`
      const { json: role } = await work
        .with({ headers: { 'vapi-ctx-opid': opId } })
        .post('/api/vcenter/authorization/roles', { name: face.name, description: '', privileges: [] })
      await work
        .with({ headers: { 'vapi-ctx-opid': `other work on ${face.name}` } })
        .get(`/api/vcenter/authorization/roles/${role}`)
      const after = await done(face.call(`${checks}.latest`, 'get'))
      assert.notEqual(after, before)

      const root = { type: 'Folder', id: 'group-d1' }
      const principal = { name: 'Administrator', domain: 'vsphere.local' }
      const modify = { object: root, principal, privilege: 'Authorization.ModifyRoles' }
      const all = await list({ marker: before, end_marker: after })
      assert.deepEqual(all, {
        items: [modify, { object: root, principal, privilege: 'System.Read' }],
        marker: after,
        truncated: false,
      })
      for (const filter of [
        { op_ids: [opId] },
        { privileges: [modify.privilege] },
        { objects: [{ type: 'VirtualMachine', id: 'vm-1' }], privileges: [modify.privilege] },
      ]) {
        assert.deepEqual((await list({ marker: before }, filter)).items, [modify])
      }
      const ofAll = {
        objects: [{ type: 'folder', id: 'group-d1' }],
        principals: [{ ...principal, name: 'ADMINISTRATOR' }],
      }
      assert.deepEqual((await list({ marker: before }, ofAll)).items, all.items)
      assert.deepEqual((await list({ marker: before, size: 1 }, { principals: [null] })).items, [])

      const sessions = [sessionId]
      assert.deepEqual((await list({ marker: before }, { sessions })).items, all.items)
      assert.deepEqual((await list({ marker: before }, { sessions: ['x'] })).items, [])

      const first = await list({ marker: before, size: 1 })
      assert.deepEqual(first.items, [modify])
      assert.deepEqual((await list({ marker: first.marker })).items, all.items.slice(1))

      await refused(face.call(checks, 'list', { iteration: { marker: 'x' } }), 'NOT_FOUND')
      await refused(face.call(checks, 'list', { iteration: { size: 0 } }), 'INVALID_ARGUMENT')
      await refused(face.call(checks, 'list', { iteration: { timeout_ms: -1 } }), 'INVALID_ARGUMENT')

      const waiting = list({ marker: after, timeout_ms: 60_000 })
      await work.with({ headers: { 'vapi-ctx-opid': `later on ${face.name}` } }).get('/api/vcenter/authorization/roles')
      assert.equal((await waiting).items[0].privilege, 'System.Read')
      assert.deepEqual(
        (await list({ marker: await done(face.call(`${checks}.latest`, 'get')), timeout_ms: 10 })).items,
        [],
      )
    }

    // The server stops at once, whoever waits.
    const marker = (await session.get('/api/vcenter/authorization/privilege-checks/latest')).json
    const path = '/api/vcenter/authorization/privilege-checks?action=list'
    const other = withSession(new Client(lab.a.url, lab.a.ca), sessionId)
    const waiting = other.post(`${path}&timeout_ms=60000&marker=${marker}`)
    await session.get('/api/session')
    const from = performance.now()
    await lab.restart()
    assert(performance.now() - from < 5000)
    assert.deepEqual((await waiting).json.items, [])
    other.close()
    const again = await signedIn(lab.a)
    assert.equal((await again.post(`${path}&marker=${marker}`)).json.error_type, 'NOT_FOUND')
  })
}
