import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { assign, makeCliUser, sendXml, usermgmt } from '../nsxv/nsxv.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'

const users = '/api/v1/node/users'
const nsxvUser = `${usermgmt}/user/admin`
const password = 'Harbour-Lantern-77'
const other = 'Signal-Quarry-58'
const rounds = 12

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const credentials = (name: string, secret: string) =>
  `<credentials><username>${name}</username><password>${secret}</password></credentials>`

for (const database of databases) {
  const options = { skip: database.skip || noOpenSsh }

  test(
    `${database.kind}: guesses over SSH, Basic, session create and token create together meet the lockouts`,
    options,
    async () => {
      await using lab = await openLab(database)
      for (const [username, secret] of [
        ['svc', password],
        ['bystander', other],
      ] as const) {
        const made = await lab.admin.post(`${users}?action=create_user`, { username, password: secret })
        assert.equal(made.status, 201, made.text)
        await makeCliUser(lab, username, secret)
        assert.equal((await assign(lab, username, '?isCli=true', 'auditor')).status, 204)
      }
      const { managers, nsxv } = lab.server.ready
      const consoles = [managers[0]?.ssh as string, nsxv?.ssh as string]
      const enters = async (address: string, user: string, secret: string) =>
        (await ssh.run(address, { user, password: secret, command: 'list' })).status === 0
      const ways: Record<string, (user: string, secret: string) => Promise<boolean>> = {
        Basic: async (user, secret) => (await lab.a.as(user, secret).get('/api/v1/node')).status === 200,
        'session create': async (user, secret) => (await lab.a.signIn(user, secret)).answer.status === 200,
        'Basic of NSX-v': async (user, secret) => (await lab.a.as(user, secret).get(nsxvUser)).status === 200,
        'token create': async (user, secret) =>
          (await sendXml(lab.a, 'POST', '/api/3.0/services/auth/token', credentials(user, secret))).status === 200,
        'SSH of a manager': (user, secret) => enters(consoles[0] as string, user, secret),
        'SSH of the NSX-v Manager': (user, secret) => enters(consoles[1] as string, user, secret),
      }

      const guesses = Object.values(ways).flatMap((enter) =>
        Array.from({ length: rounds }, (_, n) => enter('svc', `Wrong-Lantern-${n}`)),
      )
      assert.deepEqual(new Set(await Promise.all(guesses)), new Set([false]))
      for (const [way, enter] of Object.entries(ways)) {
        assert.equal(await enter('svc', password), false, `${way}, the right password behind the guesses`)
        assert.equal(await enter('bystander', other), true, `${way}, somebody else`)
      }

      lab.clock.advance({ seconds: 900 })
      for (const [way, enter] of Object.entries(ways)) assert.equal(await enter('svc', password), true, way)
    },
  )
}
