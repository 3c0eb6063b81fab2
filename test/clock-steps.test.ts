import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labPassword } from '../src/lab.ts'
import { databases, openLab } from './lab.ts'
import { signedIn } from './vcenter/clients.ts'

const segments = '/policy/api/v1/infra/segments'
const users = '/api/2.0/services/usermgmt/users/vsm'
const session = '/api/session'
const day = 86_400_000

for (const database of databases) {
  for (const [how, step] of [
    ['ahead', day],
    ['back', -day],
  ] as const) {
    test(`${database.kind}: a wall clock that is set ${how} neither ends nor prolongs anything`, database, async () => {
      await using lab = await openLab(database)
      const nsx = (await lab.a.signIn('admin', labPassword)).client
      const vcenter = await signedIn(lab.a)
      const { text } = await lab.admin.send('POST', '/api/2.0/services/auth/token?expiresInMinutes=30')
      const token = /<value>(.*?)<\/value>/.exec(text)?.[1]
      const nsxv = lab.a.with({ headers: { authorization: `AUTHTOKEN ${token}` } })
      const statuses = async () => [
        (await nsx.get(segments)).status,
        (await vcenter.get(session)).status,
        (await nsxv.get(users)).status,
      ]

      lab.clock.step(step)
      assert.deepEqual(await statuses(), [200, 200, 200])
      lab.clock.advance({ seconds: 1799 })
      assert.deepEqual(await statuses(), [200, 200, 200])
      lab.clock.advance({ seconds: 1 })
      lab.clock.step(-step)
      assert.deepEqual(await statuses(), [200, 200, 401])
      lab.clock.step(step)
      lab.clock.advance({ days: 3 })
      assert.deepEqual(await statuses(), [403, 401, 401])
    })

    test(`${database.kind}: a lock lasts as long, whether the wall clock is set ${how} or not`, database, async () => {
      await using lab = await openLab(database)
      const status = async (password: string) => (await lab.a.as('admin', password).get(segments)).status
      for (let tries = 0; tries < 5; tries++) assert.equal(await status(`Wrong-Lantern-${tries}`), 403)
      lab.clock.step(step)
      lab.clock.advance({ seconds: 899 })
      assert.equal(await status(labPassword), 403)
      lab.clock.advance({ seconds: 1 })
      assert.equal(await status(labPassword), 200)
    })

    test(
      `${database.kind}: what a start finds is as old as the wall clock says, which was set ${how} before`,
      database,
      async () => {
        await using lab = await openLab(database)
        lab.clock.step(step)
        const { answer } = await lab.a.signIn('admin', labPassword)
        const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
        const shown = { cookie, 'x-xsrf-token': String(answer.headers['x-xsrf-token']) }
        const status = async () => (await lab.a.with({ headers: shown }).get(segments)).status
        lab.clock.advance({ seconds: 1000 })
        await lab.restart()
        lab.clock.advance({ seconds: 799 })
        assert.equal(await status(), 200)
        lab.clock.advance({ seconds: 1000 })
        await lab.restart()
        lab.clock.advance({ seconds: 800 })
        assert.equal(await status(), 403)
      },
    )
  }
}
