import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { databases, labPassword, openLab } from '../lab.ts'

const nsx = '/sallyport/v1/nsx/password-check'
const sso = '/sallyport/v1/sso/password-check'
const users = '/api/v1/node/users'
const administrator = 'administrator@vsphere.local'

interface Rule {
  field: string
  text: string
  met: boolean | null
}

/** What is broken, by the fields. */
const broken = ({ json }: Answer) =>
  json.rules.filter((rule: Rule) => rule.met === false).map(({ field }: Rule) => field)
const metOf = ({ json }: Answer, field: string) => json.rules.find((rule: Rule) => rule.field === field)?.met

for (const database of databases) {
  const { kind } = database

  test(
    `${kind}: a password is put to every rule of a policy that is in force or not saved yet`,
    database,
    async (t) => {
      await using lab = await openLab(database)
      const { admin } = lab
      const vcenter = lab.a.as(administrator, labSsoPassword)

      await t.test('each rule is told, in the words of people and the fields of the policy', async () => {
        const { status, json } = await admin.post(nsx, { password: 'Zk7!vbQp2$w' })
        assert.equal(status, 200)
        assert.equal(json.acceptable, false)
        assert.deepEqual(json.rules, [
          { field: 'lower_chars', text: 'At least 1 lower-case letter', met: true },
          { field: 'upper_chars', text: 'At least 1 upper-case letter', met: true },
          { field: 'digits', text: 'At least 1 digit', met: true },
          { field: 'special_chars', text: 'At least 1 other character', met: true },
          { field: 'minimum_password_length', text: 'At least 12 characters', met: false },
          { field: 'maximum_password_length', text: 'At most 128 characters', met: true },
          { field: 'old', text: 'Another one than the password that it replaces', met: null },
          { field: 'palindrome', text: 'Not the same when read backwards', met: true },
          { field: 'dictionary', text: 'Not based on a well-known password, a word or a name', met: true },
        ])
        assert.deepEqual(broken(await admin.post(nsx, { password: '' })).slice(0, 5), [
          'lower_chars',
          'upper_chars',
          'digits',
          'special_chars',
          'minimum_password_length',
        ])
      })

      await t.test('what is refused when it is set is what the check finds, and nothing else', async () => {
        await admin.post(`${users}/10003?action=activate`, { password: 'Zk7!vbQp2$wLm' })
        for (const policy of [
          {},
          { upper_chars: 2, max_repeats: 2, max_sequence: 3 },
          { lower_chars: 0, upper_chars: 0, digits: 0, special_chars: 1, maximum_password_length: 16 },
        ]) {
          const answers = new Map<string, boolean>()
          const passwords = [
            'Zk7!vbQp2$wL',
            'Zk7!vbQp2$w',
            'Zk7!vbbbQp2$w',
            'Zk7!abcdQp2$',
            'Password123!',
            'zkmvbqpxwlrt',
            'Zk7!vb$$bv!7kZ',
            'Zk7!vbQp2$wLmRw5#tgH',
          ]
          for (const password of passwords) {
            answers.set(password, (await admin.post(nsx, { password, policy })).json.acceptable)
          }
          await admin.put('/api/v1/node/aaa/auth-policy', policy)
          for (const password of passwords) {
            const { status } = await admin.post(`${users}/10003?action=reset_password`, { password })
            assert.equal(status === 200, answers.get(password), `${JSON.stringify(policy)} ${password}`)
            assert.equal((await admin.post(nsx, { password })).json.acceptable, answers.get(password))
          }
          await admin.post('/api/v1/node/aaa/auth-policy?action=reset-all')
        }
        for (const password of ['Ab1!efgh', 'Ab1!efg', 'ab1!efgh', 'Ab1!eeee', 'Abcdefg1', 'Ab1!'.repeat(6)]) {
          const found = await vcenter.post(sso, { password })
          const made = await vcenter.post('/sallyport/v1/sso/users', { name: 'sample', password })
          assert.equal(made.status === 201, found.json.acceptable, password)
          if (made.status === 201) await vcenter.delete('/sallyport/v1/sso/users/sample')
        }
      })

      await t.test('a policy that is not saved yet counts field by field, and nothing is saved', async () => {
        const policy = { minimum_password_length: 8, digits: -3, password_remembrance: 4 }
        const answer = await admin.post(nsx, { password: 'Zk7!vbQp', policy })
        assert.deepEqual(broken(answer), ['digits'])
        assert.equal(metOf(answer, 'password_remembrance'), null)
        assert.equal((await admin.get('/api/v1/node/aaa/auth-policy')).json.minimum_password_length, 12)
        const own = await vcenter.post(sso, { password: 'Zk7!vbQp', policy: { minimum_digits: 3, remembrance: 1 } })
        assert.deepEqual(broken(own), ['minimum_digits'])
        assert.equal(own.json.rules.at(-1).text, 'Not the password in use')
        assert.equal((await vcenter.get('/sallyport/v1/sso/policy')).json.minimum_digits, 1)
      })

      await t.test('an edge has a policy of its own', async () => {
        const [edge] = lab.edgeIds
        await admin.put(`/api/v1/transport-nodes/${edge}/node/aaa/auth-policy`, { minimum_password_length: 20 })
        const password = 'Zk7!vbQp2$wL'
        assert.deepEqual(broken(await admin.post(nsx, { password, appliance: edge })), ['minimum_password_length'])
        assert.deepEqual(broken(await admin.post(nsx, { password, appliance: lab.managerIds[1] })), [])
        const unknown = await admin.post(nsx, { password, appliance: 'none' })
        assert.deepEqual([unknown.status, unknown.json.error.field], [404, 'appliance'])
      })

      await t.test('what is compared with the old password is compared with the one that is given', async () => {
        const policy = { minimum_unique_chars: 4 }
        const answer = await admin.post(nsx, { password: 'Zk7!vbQp2$wLm', old_password: 'Zk7!vbQp2$wLm', policy })
        assert.deepEqual(broken(answer), ['old', 'minimum_unique_chars'])
        // No way to guess passwords: nobody is told whether one is in use.
        const own = await admin.post(nsx, { password: labPassword, policy: { password_remembrance: 5 } })
        const other = await admin.post(nsx, { password: 'Sallyport!Lab-2027', policy: { password_remembrance: 5 } })
        assert.equal(own.text, other.text)
      })
    },
  )

  test(`${kind}: whoever may read a policy may put passwords to it, and nobody else`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}/10002?action=activate`, { password: 'Zk7!vbQp2$wLm' })
    const status = async (client: Client, path: string) => (await client.post(path, { password: 'x' })).status
    assert.deepEqual([await status(lab.a, nsx), await status(lab.a, sso)], [401, 401])
    const auditor = lab.a.as('audit', 'Zk7!vbQp2$wLm')
    assert.equal((await auditor.put('/api/v1/node/aaa/auth-policy', { digits: -2 })).status, 403)
    assert.deepEqual([await status(auditor, nsx), await status(auditor, sso)], [200, 403])
    const vcenter = lab.a.as(administrator, labSsoPassword)
    assert.deepEqual([await status(vcenter, nsx), await status(vcenter, sso)], [403, 200])
    const ordinary = lab.a.as('holouser@vsphere.local', labSsoPassword)
    assert.deepEqual([await status(ordinary, nsx), await status(ordinary, sso)], [403, 403])
    const { client } = await lab.a.signIn('admin', labPassword)
    assert.equal(await status(client, nsx), 200)
    const cookie = { cookie: 'JSESSIONID=none' }
    assert.equal(await status(lab.a.with({ headers: cookie }), nsx), 401)
  })

  test(`${kind}: a password that is checked is in no answer, no log and no record`, database, async () => {
    await using lab = await openLab(database)
    const vcenter = lab.a.as(administrator, labSsoPassword)
    const password = 'Needle-in-9-haystacks'
    const old_password = 'Older-needle-8'
    const bodies: unknown[] = [
      { password, old_password },
      { password, policy: { digits: 129, minimum_digits: 129 } },
      { password: [password] },
      { password: { password } },
      { password: password.repeat(100) },
      { password, old_password: [old_password] },
      { password, [password]: 1 },
      { policy: { [password]: 1 }, password },
      [password],
      password,
    ]
    for (const [client, path] of [
      [lab.admin, nsx],
      [vcenter, sso],
    ] as const) {
      for (const body of bodies) {
        const answer = await client.post(path, body)
        assert.ok([200, 400].includes(answer.status), answer.text)
        const names = JSON.stringify(body).includes(`{"${password}"`) || Object.hasOwn(body as object, password)
        // What is given as a field's name is a name.
        if (!names) assert.ok(!answer.text.includes('eedle'), answer.text)
      }
    }
    const { json } = await lab.admin.post(nsx, { password, policy: { digits: 129 } })
    assert.equal(json.error.field, 'policy.digits')
    const lengths = await lab.admin.post(nsx, {
      password,
      policy: { minimum_password_length: 30, maximum_password_length: 20 },
    })
    assert.deepEqual([lengths.status, lengths.json.error.code], [400, 'invalid_field'])

    await lab.restart()
    const logs = readdirSync(lab.dataDir).filter((name) => name.endsWith('.log'))
    assert.ok(logs.length > 1)
    const kept = logs.map((name) => readFileSync(join(lab.dataDir, name), 'utf8')).join('')
    assert.match(kept, /sallyport\.nsx\.password-check/)
    assert.match(kept, /sallyport\.sso\.password-check/)
    assert.ok(!kept.includes('eedle'))
    for (const name of readdirSync(lab.dataDir, { withFileTypes: true })) {
      if (name.isFile()) assert.ok(!readFileSync(join(lab.dataDir, name.name)).includes('eedle'), name.name)
    }
  })

  test(`${kind}: whoever has signed in is told how they are connected`, database, async () => {
    await using lab = await openLab(database)
    const url = '/sallyport/v1/connection'
    assert.equal((await lab.a.get(url)).status, 401)
    const { json } = await lab.admin.from('127.0.0.2').get(url)
    assert.equal(json.address, '127.0.0.2')
    assert.equal(json.protocol_version, 'TLSv1.3')
    assert.ok(['rsa', 'ec'].includes(json.certificate_key), json.certificate_key)
    const { cipher_suites } = (await lab.admin.get('/api/v1/cluster/api-service')).json
    assert.ok(
      cipher_suites.some(({ name }: { name: string }) => name === json.cipher_suite),
      json.cipher_suite,
    )
  })
}
