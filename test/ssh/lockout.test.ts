import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'

const users = '/api/v1/node/users'
const policy = '/api/v1/node/aaa/auth-policy'
const password = 'Zk7!vbQp2$wLm'
const command = 'get cli-timeout'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const manager = (lab: Lab, index = 0) => lab.server.ready.managers[index]?.ssh as string

async function openLabWith(database: (typeof databases)[0], username: string): Promise<Lab & { userid: number }> {
  const lab = await openLab(database)
  const answer = await lab.admin.post(`${users}?action=create_user`, { username, password })
  assert.equal(answer.status, 201, answer.text)
  return Object.assign(lab, { userid: answer.json.userid as number })
}

for (const database of databases) {
  const options = { skip: database.skip || noOpenSsh }
  const { kind } = database

  /** So many wrong passwords, as few connections as it takes. */
  async function guess(lab: Lab, user: string, times: number, from?: string, secret = 'Wrong-Lantern-9') {
    for (let left = times; left > 0; left -= 3) {
      const args = ['-o', `NumberOfPasswordPrompts=${Math.min(3, left)}`, '-o', 'PreferredAuthentications=password']
      const wrong = { user, password: secret, args, command, ...(from === undefined ? {} : { from }) }
      assert.equal((await ssh.run(manager(lab), wrong)).status, 255)
    }
  }
  const enters = async (lab: Lab, user: string, more: object = {}, index = 0) =>
    (await ssh.run(manager(lab, index), { user, password, command, ...more })).status === 0

  test(
    `${kind}: five failures lock an account on the console of one appliance, from wherever they come`,
    options,
    async () => {
      await using lab = await openLabWith(database, 'svc')
      await guess(lab, 'svc', 3)
      await guess(lab, 'SVC', 2, '127.0.0.2')
      assert.equal(await enters(lab, 'svc'), false)
      assert.equal(await enters(lab, 'svc', { from: '127.0.0.3' }), false)
      // Another appliance counts for itself, and so does the API.
      assert.equal(await enters(lab, 'svc', {}, 1), true)
      assert.equal((await lab.a.as('svc', password).get(policy)).status, 200)

      // An attempt during the lock makes it begin anew, with the right password too.
      lab.clock.advance({ seconds: 600 })
      assert.equal(await enters(lab, 'svc'), false)
      lab.clock.advance({ seconds: 899 })
      assert.equal(await enters(lab, 'svc'), false)
      lab.clock.advance({ seconds: 900 })
      assert.equal(await enters(lab, 'svc'), true)
    },
  )

  test(
    `${kind}: failures on the API lock nobody out of the console, and a lock outlives a restart`,
    options,
    async () => {
      await using lab = await openLabWith(database, 'svc')
      for (let i = 0; i < 5; i++) {
        assert.equal((await lab.a.as('svc', `Wrong-Lantern-${i}`).get(policy)).status, 403)
      }
      assert.equal((await lab.a.as('svc', password).get(policy)).status, 403)
      assert.equal(await enters(lab, 'svc'), true)

      // A good sign-in forgets the failures before it.
      await guess(lab, 'svc', 4)
      assert.equal(await enters(lab, 'svc'), true)
      await guess(lab, 'svc', 4)
      lab.clock.advance({ days: 3 })
      await lab.restart()
      await guess(lab, 'svc', 1)
      await lab.restart()
      assert.equal(await enters(lab, 'svc'), false)
      lab.clock.advance({ seconds: 900 })
      assert.equal(await enters(lab, 'svc'), true)
    },
  )

  test(`${kind}: a locked account does not come in with a key, nor by keyboard-interactive`, options, async () => {
    await using lab = await openLabWith(database, 'svc')
    const { file, type, value } = await ssh.makeKey('-t', 'ed25519')
    const key = { label: 'laptop', type, value }
    const added = await lab.admin.post(`${users}/${lab.userid}/ssh-keys?action=add_ssh_key`, key)
    assert.equal(added.status, 200)
    const byKey = async () => (await ssh.run(manager(lab), { user: 'svc', key: file, command })).status === 0
    assert.equal(await byKey(), true)
    await guess(lab, 'svc', 5)
    assert.equal(await byKey(), false)
    const interactive = { args: ['-o', 'PreferredAuthentications=keyboard-interactive'] }
    assert.equal(await enters(lab, 'svc', interactive), false)
    lab.clock.advance({ seconds: 900 })
    assert.equal(await byKey(), true)
  })

  test(`${kind}: the policy says how many failures lock on the console, and for how long`, options, async () => {
    await using lab = await openLabWith(database, 'svc')
    const set = async (change: object) => assert.equal((await lab.admin.put(policy, change)).status, 202)
    await set({ cli_max_auth_failures: 2, cli_failed_auth_lockout_period: 60 })
    await guess(lab, 'svc', 2)
    assert.equal(await enters(lab, 'svc'), false)
    // A shorter period frees whom it was too long for.
    await set({ cli_failed_auth_lockout_period: 1 })
    lab.clock.advance({ seconds: 1 })
    assert.equal(await enters(lab, 'svc'), true)
    await set({ cli_max_auth_failures: 0 })
    await guess(lab, 'svc', 6)
    assert.equal(await enters(lab, 'svc'), true)
    await set({ cli_max_auth_failures: 2, cli_failed_auth_lockout_period: 0 })
    await guess(lab, 'svc', 3)
    assert.equal(await enters(lab, 'svc'), true)
  })

  test(`${kind}: wrong current passwords on the console count like failed sign-ins`, options, async () => {
    await using lab = await openLabWith(database, 'svc')
    await using console = await ssh.connect(manager(lab), { user: 'svc', password })
    for (let i = 0; i < 5; i++) {
      const { status, stdout } = await console.run(
        `set user svc password Qx9-wTzr4+Lpd old-password Wrong-Lantern-${i}`,
      )
      assert.deepEqual([status, stdout], [1, '% The old password is incorrect\n'])
    }
    assert.equal(await enters(lab, 'svc'), false)
    assert.equal((await lab.a.as('svc', password).get(policy)).status, 200)
  })

  test(`${kind}: the right password behind guesses from many connections at once is refused`, options, async () => {
    await using lab = await openLabWith(database, 'svc')
    const guesses = Array.from({ length: 6 }, (_, i) => guess(lab, 'svc', 1, undefined, `Wrong-Lantern-${i}`))
    await Promise.all(guesses)
    assert.equal(await enters(lab, 'svc'), false)
    assert.equal((await lab.a.as('svc', password).get(policy)).status, 200)
    assert.equal(await enters(lab, 'admin', { password: labPassword }), true)
  })
}
