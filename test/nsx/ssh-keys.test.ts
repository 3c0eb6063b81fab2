import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const users = '/api/v1/node/users'
const password = 'Zk7!vbQp2$wLm'

/** A public key as authorized_keys has it: fields with their lengths before them, in base64. */
function blob(...fields: (string | Buffer)[]): string {
  const parts = fields.map((field) => {
    const bytes = Buffer.from(field)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  })
  return Buffer.concat(parts).toString('base64')
}

function ellipticKey(type: string, curve: string): string {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' })
  const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  return blob(type, type.replace('ecdsa-sha2-', ''), Buffer.concat(point))
}

const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
const number = (bytes: string | undefined) => Buffer.concat([Buffer.from([0]), Buffer.from(bytes ?? '', 'base64url')])

const keys: Record<string, string> = {
  'ecdsa-sha2-nistp256': ellipticKey('ecdsa-sha2-nistp256', 'P-256'),
  'ecdsa-sha2-nistp384': ellipticKey('ecdsa-sha2-nistp384', 'P-384'),
  'ecdsa-sha2-nistp521': ellipticKey('ecdsa-sha2-nistp521', 'P-521'),
  'ssh-dss': blob('ssh-dss', number('p1'), number('q1'), number('g1'), number('y1')),
  'ssh-ed25519': blob('ssh-ed25519', Buffer.from(ed25519.x ?? '', 'base64url')),
  'ssh-rsa': blob('ssh-rsa', Buffer.from(rsa.e ?? '', 'base64url'), number(rsa.n)),
}
const key = (label: string, type = 'ssh-ed25519') => ({ label, type, value: keys[type] })

for (const database of databases) {
  test(`${database.kind}: SSH keys of every type are added, listed and removed by their labels`, database, async () => {
    await using lab = await openLab(database)
    const url = `${users}/10003/ssh-keys`
    const none = await lab.admin.get(url)
    assert.equal(none.status, 200)
    assert.deepEqual(none.json, {
      _schema: 'SshKeyPropertiesListResult',
      _self: { href: '/node/users/10003/ssh-keys', rel: 'self' },
      result_count: 0,
      results: [],
    })

    const types = Object.keys(keys)
    for (const type of types) {
      const added = await lab.admin.post(`${url}?action=add_ssh_key`, key(`user1@${type}`, type))
      assert.equal(added.status, 200, added.text)
      assert.equal(added.text, '')
    }
    const listed = (await lab.admin.get(url)).json
    assert.equal(listed.result_count, types.length)
    assert.deepEqual(
      listed.results,
      types.map((type) => key(`user1@${type}`, type)),
    )

    const removed = await lab.admin.post(`${url}?action=remove_ssh_key`, { label: 'user1@ssh-rsa' })
    assert.equal(removed.status, 200)
    assert.equal(removed.text, '')
    assert.equal(
      (await lab.admin.post(`${url}?action=remove_ssh_key`, { ...key('user1@ssh-dss', 'ssh-dss'), password })).status,
      200,
    )
    await lab.restart()
    assert.deepEqual(
      (await lab.admin.get(url)).json.results.map(({ type }: { type: string }) => type),
      types.filter((type) => type !== 'ssh-rsa' && type !== 'ssh-dss'),
    )
  })

  test(`${database.kind}: a key must be what its type says, whole and in base64`, database, async () => {
    await using lab = await openLab(database)
    const url = `${users}/10003/ssh-keys`
    const good = keys['ssh-ed25519'] as string
    const refused: [body: unknown, text: RegExp][] = [
      [{ type: 'ssh-ed25519', value: good }, /required property label is missing/],
      [{ label: 'k', value: good }, /required property type is missing/],
      [{ label: 'k', type: 'ssh-ed25519' }, /required property value is missing/],
      [{ label: '', type: 'ssh-ed25519', value: good }, /label/],
      [{ label: 7, type: 'ssh-ed25519', value: good }, /label/],
      [{ label: 'k', type: 'ssh-foo', value: good }, /type/],
      [{ label: 'k', type: 'xssh-rsa', value: good }, /type/],
      [{ label: 'k', type: 'SSH-ED25519', value: good }, /type/],
      [{ label: 'k', type: 'ssh-rsa', value: good }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: '' }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: `ssh-ed25519 ${good} k` }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: `${good.slice(0, -4)}*~!=` }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: good.slice(0, -8) }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: blob('ssh-ed25519') }, /value/],
      [{ label: 'k', type: 'ssh-ed25519', value: blob('ssh-ed25519', 'x', 'y') }, /value/],
      [undefined, /body/],
      [[], /body/],
    ]
    for (const [body, text] of refused) {
      const answer = await lab.admin.post(`${url}?action=add_ssh_key`, body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.json.error_message, text)
    }
    assert.equal((await lab.admin.get(url)).json.result_count, 0)
    assert.equal((await lab.admin.post(`${url}?action=remove_ssh_key`, {})).status, 400)
    assert.equal((await lab.admin.post(`${url}?action=forget_ssh_key`, { label: 'k' })).status, 400)
    assert.equal((await lab.admin.post(url, key('k'))).status, 400)
  })

  test(`${database.kind}: a label is one user's once; an unknown label or user is not found`, database, async () => {
    await using lab = await openLab(database)
    const add = (userid: number, body: unknown) =>
      lab.admin.post(`${users}/${userid}/ssh-keys?action=add_ssh_key`, body)
    assert.equal((await add(10003, key('laptop'))).status, 200)
    const again = await add(10003, key('laptop', 'ssh-rsa'))
    assert.equal(again.status, 400)
    assert.equal(again.json.httpStatus, 'BAD_REQUEST')
    assert.equal((await add(10004, key('laptop'))).status, 200)
    assert.deepEqual((await lab.admin.get(`${users}/10003/ssh-keys`)).json.results, [key('laptop')])

    const unknownLabel = await lab.admin.post(`${users}/10003/ssh-keys?action=remove_ssh_key`, { label: 'Laptop' })
    assert.equal(unknownLabel.status, 404)
    assert.equal((await lab.admin.get(`${users}/4711/ssh-keys`)).json.error_code, 36500)
    assert.equal((await add(4711, key('laptop'))).status, 404)
    assert.equal(
      (await lab.admin.post(`${users}/4711/ssh-keys?action=remove_ssh_key`, { label: 'laptop' })).status,
      404,
    )
  })

  test(`${database.kind}: keys of root and admin change only with their holder's password`, database, async () => {
    await using lab = await openLab(database)
    for (const userid of [0, 10000]) {
      const url = `${users}/${userid}/ssh-keys`
      for (const action of ['add_ssh_key', 'remove_ssh_key']) {
        for (const wrong of [{}, { password: '' }, { password }]) {
          const answer = await lab.admin.post(`${url}?action=${action}`, { ...key('laptop'), ...wrong })
          assert.equal(answer.status, 400)
          assert.ok(!answer.text.includes(password))
        }
        const right = await lab.admin.post(`${url}?action=${action}`, { ...key('laptop'), password: labPassword })
        assert.equal(right.status, 200, right.text)
        const listed = await lab.admin.get(url)
        assert.deepEqual(listed.json.results, action === 'add_ssh_key' ? [key('laptop')] : [])
        assert.ok(!listed.text.includes('password'))
      }
    }
  })

  test(`${database.kind}: a user keeps its keys while deactivated and loses them when deleted`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10003?action=activate`, { password })
    await lab.admin.post(`${users}/10003/ssh-keys?action=add_ssh_key`, key('laptop'))
    await lab.admin.post(`${users}/10003?action=deactivate`)
    await lab.admin.post(`${users}/10003/ssh-keys?action=add_ssh_key`, key('desktop'))
    const { results } = (await lab.admin.get(`${users}/10003/ssh-keys`)).json
    assert.deepEqual(results.map(({ label }: { label: string }) => label).sort(), ['desktop', 'laptop'])

    await lab.admin.post(`${users}/10002/ssh-keys?action=add_ssh_key`, key('laptop'))
    await lab.admin.delete(`${users}/10002`)
    assert.equal((await lab.admin.get(`${users}/10002/ssh-keys`)).status, 404)
    await lab.admin.post(`${users}?action=create_audit_user`, {})
    assert.deepEqual((await lab.admin.get(`${users}/10002/ssh-keys`)).json.results, [])
  })

  test(`${database.kind}: keys stay on the node they were added to`, database, async () => {
    await using lab = await openLab(database)
    const scopes = [
      '',
      `/cluster/${lab.managerIds[1]}`,
      `/transport-nodes/${lab.edgeIds[0]}`,
      `/transport-nodes/${lab.edgeIds[1]}`,
    ]
    const url = (scope: string) => `/api/v1${scope}/node/users/10003/ssh-keys`
    for (const [n, scope] of scopes.entries()) {
      assert.equal((await lab.admin.post(`${url(scope)}?action=add_ssh_key`, key(`node${n}`))).status, 200)
    }
    for (const [n, scope] of scopes.entries()) {
      assert.deepEqual((await lab.admin.get(url(scope))).json, {
        _schema: 'SshKeyPropertiesListResult',
        _self: { href: `${scope}/node/users/10003/ssh-keys`, rel: 'self' },
        result_count: 1,
        results: [key(`node${n}`)],
      })
    }
    const adminAtB = lab.b.as('admin', labPassword)
    assert.deepEqual((await adminAtB.get(url(''))).json.results, [key('node1')])
    assert.deepEqual((await adminAtB.get(url(`/cluster/${lab.managerIds[0]}`))).json.results, [key('node0')])

    const elsewhere = await adminAtB.post(`${url('')}?action=remove_ssh_key`, { label: 'node0' })
    assert.equal(elsewhere.status, 404)
    await lab.admin.delete(`${users}/10003`)
    for (const scope of scopes.slice(0, 2)) assert.equal((await lab.admin.get(url(scope))).status, 404)
    for (const scope of scopes.slice(2)) assert.equal((await lab.admin.get(url(scope))).json.result_count, 1)
  })

  test(`${database.kind}: an auditor reads SSH keys and changes none, not even their own`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10002?action=activate`, { password })
    await lab.admin.post(`${users}/10002/ssh-keys?action=add_ssh_key`, key('laptop'))
    const auditor = lab.a.as('audit', password)
    const url = `${users}/10002/ssh-keys`
    assert.equal((await auditor.get(url)).json.result_count, 1)
    for (const action of ['add_ssh_key', 'remove_ssh_key']) {
      const refused = await auditor.post(`${url}?action=${action}`, { ...key('laptop'), password })
      assert.equal(refused.status, 403)
      assert.equal(refused.json.error_code, 401)
    }
    assert.equal((await lab.a.get(url)).json.error_code, 403)
    assert.equal((await lab.admin.get(url)).json.result_count, 1)
  })
}
