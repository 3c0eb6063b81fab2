import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'
import {
  assign,
  auditlog,
  commandLine,
  entry,
  getJson,
  listed,
  makeCliUser,
  pageText,
  sendXml,
  usermgmt,
} from './nsxv.ts'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const local = `${usermgmt}/user/local`
const password = 'Lantern-4711-oak'
const other = 'Harbour-815-elm'
const badPassword = 'Bad Username or Credentials presented'
const noRole = 'VC user does not have any role on NSX Manager.'

/** The body of a local user. */
const info = (members: Record<string, string | boolean>, role?: string, ...resources: string[]) =>
  `<userInfo>${Object.entries(members)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}${role === undefined ? '' : entry(role, ...resources).replace(/^<\?.*\?>/, '')}</userInfo>`

const make = (client: Client, body: string) => sendXml(client, 'POST', local, body)
const change = (client: Client, name: string, body: string) => sendXml(client, 'PUT', `${local}/${name}`, body)

async function made(lab: Lab, name: string, role?: string): Promise<Client> {
  const answer = await make(lab.admin, info({ name, password }, role))
  assert.equal(answer.status, 204, answer.text)
  return lab.a.as(name, password)
}

/** How the API meets somebody: the status, and what a page says. */
async function met(client: Client, name: string): Promise<[number, string | undefined]> {
  const answer = await client.get(`${usermgmt}/user/${name}`)
  return [answer.status, pageText(answer)]
}

/** A person of vCenter's who may manage users and no appliance. */
async function manager(lab: Lab): Promise<Client> {
  assert.equal((await assign(lab, 'holouser@vsphere.local', '', 'enterprise_admin')).status, 204)
  return lab.a.as('holouser@vsphere.local', 'VMware123!')
}

for (const database of databases) {
  const { kind } = database

  test(`${kind}: a local user is made by the API, signs in to it, and is changed there`, database, async (t) => {
    await using lab = await openLab(database)
    const admin = lab.admin

    await t.test('POST is 204, and the user is listed as local and not as a CLI user', async () => {
      const body = info(
        { name: 'jdoe', password, fullname: 'Jo Doe', email: 'jo@lab.example', unknown: 'x' },
        'security_admin',
        'edge-7',
      )
      const answer = await make(admin, body)
      assert.deepEqual([answer.status, answer.text], [204, ''])
      const { isLocal, isCli, isEnabled, isGroup, fullname, email, accessControlEntry } = await listed(lab, 'jdoe')
      assert.deepEqual([isLocal, isCli, isEnabled, isGroup], [true, false, true, false])
      assert.deepEqual([fullname, email], ['Jo Doe', 'jo@lab.example'])
      assert.deepEqual([accessControlEntry.role, accessControlEntry.resource[0].objectId], ['security_admin', 'edge-7'])
      assert.deepEqual(await met(lab.a.as('jdoe', password), 'jdoe'), [200, undefined])
      assert.deepEqual(await met(lab.a.as('jdoe', other), 'jdoe'), [403, badPassword])
    })

    await t.test(
      'the body of the Puppet module makes a user, whom nobody can sign in as without a password',
      async () => {
        const members = { name: 'puppet', isEnabled: true, isGroup: false, hasGlobalObjectAccess: true }
        assert.equal((await make(admin, info(members, 'auditor'))).status, 204)
        for (const guess of ['', 'null', 'puppet']) {
          assert.deepEqual(await met(lab.a.as('puppet', guess), 'puppet'), [403, badPassword])
        }
        assert.equal((await change(admin, 'puppet', info({ password }))).status, 200)
        assert.deepEqual(await met(lab.a.as('puppet', password), 'puppet'), [200, undefined])
      },
    )

    await t.test(
      'one without a role is listed without one and told that there is none, until one is given',
      async () => {
        const client = await made(lab, 'plain')
        assert.deepEqual(await met(client, 'plain'), [403, noRole])
        const { accessControlEntry, hasGlobalObjectAccess } = await listed(lab, 'plain')
        assert.deepEqual([accessControlEntry, hasGlobalObjectAccess], [{}, false])
        assert.equal((await admin.get(`${usermgmt}/role/plain`)).status, 200)
        assert.equal((await sendXml(admin, 'PUT', `${usermgmt}/role/plain`, entry('auditor'))).status, 200)
        assert.deepEqual(await met(client, 'plain'), [200, undefined])
      },
    )

    await t.test('PUT answers the user as changed, and what the body does not name stays', async () => {
      const answer = await change(admin, 'jdoe', info({ userId: 'jdoe', fullname: 'Jo &amp; Co', email: '' }))
      assert.equal(answer.status, 200)
      assert.match(answer.text, /^<\?xml [^>]*>\n<userInfo><objectId>userinfo-\d+<.*<fullname>Jo &amp; Co<\/fullname>/)
      const { fullname, email, accessControlEntry, revision } = await listed(lab, 'jdoe')
      assert.deepEqual(
        [fullname, email, accessControlEntry.role, revision],
        ['Jo & Co', undefined, 'security_admin', 1],
      )
      assert.deepEqual(await met(lab.a.as('jdoe', password), 'jdoe'), [200, undefined])
    })

    await t.test('JSON does what XML does', async () => {
      const json = { 'content-type': 'application/json', accept: 'application/json' }
      const body = {
        name: 'json',
        password,
        accessControlEntry: { role: 'auditor', resource: [{ resourceId: 'edge-7' }] },
      }
      assert.equal((await admin.send('POST', local, JSON.stringify(body), json)).status, 204)
      const answer = await admin.send(
        'PUT',
        `${local}/json`,
        JSON.stringify({ fullname: 'Jay', password: other }),
        json,
      )
      assert.deepEqual([answer.status, answer.json.name, answer.json.fullname], [200, 'json', 'Jay'])
      assert.deepEqual(await met(lab.a.as('json', other), 'json'), [200, undefined])
    })

    await t.test('another password or role ends what the user has open, and another full name does not', async () => {
      const client = await made(lab, 'visitor', 'auditor')
      const visits = async () => {
        await met(client, 'visitor')
        const { data } = (await getJson(admin, `${auditlog}?pageSize=1024`)).json.dataPage
        return data.filter((line: { operation: string; resource: string; status: string }) => {
          return line.operation === 'LOGIN' && line.resource === 'visitor' && line.status === 'SUCCESS'
        }).length
      }
      assert.equal(await visits(), 1)
      assert.equal((await change(admin, 'visitor', info({ fullname: 'V' }))).status, 200)
      assert.equal((await change(admin, 'visitor', info({}, 'auditor', 'globalroot-0'))).status, 200)
      assert.equal(await visits(), 1)
      assert.equal((await change(admin, 'visitor', info({}, 'security_admin'))).status, 200)
      assert.equal(await visits(), 2)
      assert.equal((await change(admin, 'visitor', info({ password: other }))).status, 200)
      assert.deepEqual(await met(client, 'visitor'), [403, badPassword])
      assert.deepEqual(await met(lab.a.as('visitor', other), 'visitor'), [200, undefined])
    })

    await t.test('a local user is disabled and enabled, and deleted neither with the role nor without', async () => {
      const client = await made(lab, 'off', 'auditor')
      assert.equal((await admin.send('PUT', `${usermgmt}/user/off/enablestate/0`)).status, 204)
      assert.deepEqual(await met(client, 'off'), [403, badPassword])
      assert.equal((await change(admin, 'off', info({ password: other }))).status, 200)
      assert.deepEqual(await met(lab.a.as('off', other), 'off'), [403, badPassword])
      assert.equal((await change(admin, 'off', info({ isEnabled: true }))).status, 200)
      assert.deepEqual(await met(lab.a.as('off', other), 'off'), [200, undefined])
      for (const path of ['role/off', 'user/off']) {
        const answer = await admin.delete(`${usermgmt}/${path}`)
        assert.equal(answer.status, 400)
        assert.match(answer.text, /This operations is not permitted\..*<errorCode>204</)
      }
      assert.equal((await make(admin, info({ name: 'never', password, isEnabled: false }, 'auditor'))).status, 204)
      assert.deepEqual(await met(lab.a.as('never', password), 'never'), [403, badPassword])
    })

    await t.test('`no user` removes one, and whoever gets the name inherits nothing', async () => {
      await made(lab, 'gone', 'super_user')
      const { cliAccounts, call } = commandLine(lab)
      await cliAccounts.remove(call(), 'gone')
      assert.equal(await listed(lab, 'gone'), undefined)
      await makeCliUser(lab, 'gone', password)
      assert.deepEqual(await met(lab.a.as('gone', password), 'gone'), [403, noRole])
    })

    await t.test('what is wrong with a request is said by name, and nothing is changed', async () => {
      await makeCliUser(lab, 'cli', password)
      assert.equal((await assign(lab, 'boss@vsphere.local', '', 'auditor')).status, 204)
      assert.equal((await assign(lab, 'seed', '', 'auditor')).status, 204)
      const before = (await admin.get(`${usermgmt}/users/vsm`)).text
      const named = (name: string, role?: string, ...resources: string[]) =>
        info({ name, password }, role, ...resources)
      for (const [method, path, body, status, text] of [
        ['POST', '', named('jdoe'), 400, /<details>User already present<\/details><errorCode>203</],
        ['POST', '', named('admin'), 400, /User already present</],
        ['POST', '', named('cli'), 400, /User already present\. cli is a CLI user</],
        ['POST', '', named('seed'), 400, /seed was added as a vCenter user; delete that user before you add a local/],
        ['POST', '', named('Jdoe'), 400, /capital letter/],
        ['POST', '', named('root'), 400, /belongs to the appliance itself/],
        ['POST', '', named('a@vsphere.local'), 400, /user name a@vsphere\.local is not/],
        ['POST', '', named('__proto__'), 400, /is not a lower-case letter/],
        ['POST', '', info({ password }), 400, /name is missing/],
        ['POST', '', info({ name: 'one', userId: 'two', password }), 400, /Only one of name, userId, username/],
        ['POST', '', info({ name: 'new', password: '' }), 400, /A password has 1 to 128 characters/],
        ['POST', '', info({ name: 'new', password: 'x'.repeat(129) }), 400, /A password has 1 to 128 characters/],
        ['POST', '', info({ name: 'new', password: '<a>b</a>' }), 400, /password is missing or is no text/],
        ['POST', '', info({ name: 'new', email: 'nowhere' }), 400, /email is not an address/],
        ['POST', '', info({ name: 'new', fullname: 'x'.repeat(256) }), 400, /fullname is not one line/],
        ['POST', '', info({ name: 'new', fullname: 'a&#10;b' }), 400, /fullname is not one line/],
        ['POST', '', info({ name: 'new', isEnabled: 'yes' }), 400, /isEnabled is missing or neither/],
        ['POST', '', named('new', 'Auditor'), 400, /Invalid role Auditor/],
        ['POST', '', named('new', 'vshield_admin'), 400, /one of auditor, security_admin, super_user</],
        ['POST', '', named('new', 'auditor', 'edge-99'), 404, /object : edge-99 could not be found/],
        ['POST', '', '<userInfo/>', 400, /no userInfo with elements/],
        ['POST', '', entry('auditor'), 400, /no userInfo with elements/],
        ['POST', '', '', 400, /cannot be read/],
        ['POST', '', `<!DOCTYPE a [<!ENTITY x "y">]>${named('new')}`, 400, /document type is not allowed/],
        ['PUT', '/ghost', info({ password }), 400, /object : ghost could not be found/],
        ['PUT', '/cli', info({ password }), 400, /object : cli could not be found/],
        ['PUT', '/jdoe', info({ name: 'jroe' }), 400, /The name of a user never changes/],
        ['PUT', '/jdoe', info({ password: '' }), 400, /A password has 1 to 128 characters/],
        ['PUT', '/jdoe', info({}, 'enterprise_admin'), 400, /one of auditor, security_admin, super_user</],
        ['PUT', '/boss@vsphere.local', info({ password }), 400, /not permitted\..*one of vCenter/],
        ['PUT', '/admin', info({}, 'auditor'), 400, /not permitted\. User admin cannot be given another role/],
        ['PUT', '/admin', info({ isEnabled: false }), 400, /not permitted\. User admin cannot be disabled/],
      ] as const) {
        const answer = await sendXml(admin, method, `${local}${path}`, body)
        assert.equal(answer.status, status, `${method} ${path} ${body} ${answer.text}`)
        assert.match(answer.text, text)
        assert.doesNotMatch(answer.text, new RegExp(password))
      }
      const nul = JSON.stringify({ name: 'new', fullname: 'a\u0000b', password })
      assert.equal((await admin.send('POST', local, nul, { 'content-type': 'application/json' })).status, 400)
      assert.equal((await admin.send('POST', local, named('new'))).status, 415)
      assert.equal((await admin.get(`${usermgmt}/users/vsm`)).text, before)
    })

    await t.test('of many calls at once one makes the user', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => make(admin, info({ name: 'crowd', password }))))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...Array(7).fill(400)])
    })

    await t.test('passwords are in no audit log; the changes of users are', async () => {
      const { text } = await getJson(admin, `${auditlog}?pageSize=1024`)
      const kept = readdirSync(lab.dataDir, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
      for (const secret of [password, other]) assert.ok([text, ...kept].every((one) => !one.includes(secret)))
      const { data } = JSON.parse(text).dataPage
      const lines = data.filter((line: { resource: string; status: string }) => {
        return line.resource === 'puppet' && line.status === 'SUCCESS'
      })
      assert.deepEqual(
        lines.map(({ userName, operation }: { userName: string; operation: string }) => [userName, operation]),
        [
          ['admin', 'CREATE'],
          ['admin', 'UPDATE'],
          ['System', 'LOGIN'],
        ],
      )
      assert.match(lines[1].newValue, /origin=local, role=auditor.*passwordChanged=true/)
    })

    await t.test('the server comes back with all of it', async () => {
      await lab.restart()
      assert.deepEqual(await met(lab.a.as('visitor', other), 'visitor'), [200, undefined])
      assert.deepEqual(await met(lab.a.as('crowd', password), 'crowd'), [403, noRole])
    })
  })

  test(
    `${kind}: only who manages users makes them, and nobody makes of them more than they are`,
    database,
    async (t) => {
      await using lab = await openLab(database)
      await makeCliUser(lab, 'console', password)
      assert.equal((await assign(lab, 'console', '?isCli=true', 'auditor')).status, 204)
      const chief = await made(lab, 'chief', 'super_user')
      const worker = await made(lab, 'worker', 'auditor')
      const people = await manager(lab)
      const refused = async (answer: Promise<{ status: number; text: string }>) => {
        const { status, text } = await answer
        assert.equal(status, 403, text)
        assert.match(text, /feature urm\.user_account_management, .*<errorCode>254</)
      }

      await t.test('an auditor makes and changes nobody, not even themselves', async () => {
        await refused(make(worker, info({ name: 'friend', password }, 'auditor')))
        await refused(change(worker, 'worker', info({ password: other })))
        await refused(change(worker, 'admin', info({ password: other })))
        assert.equal((await make(lab.a, info({ name: 'friend', password }))).status, 401)
      })

      await t.test('an Enterprise Administrator makes no System Administrator, and takes none over', async () => {
        assert.equal((await make(people, info({ name: 'helper', password }, 'security_admin'))).status, 204)
        await refused(make(people, info({ name: 'friend', password }, 'super_user')))
        await refused(change(people, 'helper', info({}, 'super_user')))
        await refused(change(people, 'chief', info({ password: other })))
        await refused(change(people, 'chief', info({}, 'auditor')))
        await refused(change(people, 'chief', info({ isEnabled: false })))
        await refused(change(people, 'admin', info({ password: other })))
        assert.deepEqual(await met(chief, 'chief'), [200, undefined])
      })

      await t.test('nor do they get into a console with the password of a CLI user', async () => {
        await refused(change(people, 'console', info({ password: other })))
        assert.equal((await change(people, 'console', info({ fullname: 'Con' }))).status, 200)
        assert.equal((await listed(lab, 'console')).fullname, 'Con')
        assert.deepEqual(await met(lab.a.as('console', password), 'console'), [200, undefined])
      })

      await t.test('a System Administrator sets the password of admin, which a reboot keeps', async () => {
        const { startup, cliAccounts, call } = commandLine(lab)
        await cliAccounts.create(call(), 'unsaved', password)
        const body = info({ userId: 'admin', password: other }, 'super_user')
        assert.equal((await change(chief, 'admin', body)).status, 200)
        await startup.reboot(call())
        assert.deepEqual(await met(lab.admin, 'admin'), [403, badPassword])
        const admin = lab.a.as('admin', other)
        assert.deepEqual(await met(admin, 'admin'), [200, undefined])
        const names = (await cliAccounts.list()).map(({ username }) => username)
        assert.deepEqual(names, ['admin'])
        // Local users are none of what is saved or forgotten.
        assert.deepEqual(await met(worker, 'worker'), [200, undefined])
        assert.equal((await change(admin, 'admin', info({ password: labPassword }))).status, 200)
        assert.deepEqual(await met(lab.admin, 'admin'), [200, undefined])
      })

      await t.test('the name of a CLI user whom a reboot brings back is taken', async () => {
        const { startup, cliAccounts, call } = commandLine(lab)
        await cliAccounts.create(call(), 'back', password)
        await startup.save(call())
        await cliAccounts.remove(call(), 'back')
        assert.match(
          (await make(lab.admin, info({ name: 'back' }))).text,
          /back is a CLI user of the saved configuration/,
        )
        await startup.reboot(call())
        assert.deepEqual(
          (await cliAccounts.list()).map(({ username }) => username),
          ['admin', 'back'],
        )
        await cliAccounts.remove(call(), 'back')
        await assert.rejects(cliAccounts.remove(call(), 'admin'), { code: 'in_use' })
      })

      await t.test('erasing the database takes local users with it', async () => {
        const { users, call } = commandLine(lab)
        await users.removeAll(call(), 'Administrator@vsphere.local')
        assert.equal(await listed(lab, 'worker'), undefined)
        assert.deepEqual(await met(worker, 'worker'), [403, badPassword])
        assert.equal((await make(lab.admin, info({ name: 'worker', password }))).status, 204)
        assert.deepEqual(await met(worker, 'worker'), [403, noRole])
      })
    },
  )

  test(`${kind}: a local user has no console`, { skip: database.skip || noOpenSsh }, async () => {
    await using lab = await openLab(database)
    await made(lab, 'jdoe', 'super_user')
    const address = lab.server.ready.nsxv?.ssh as string
    const refused = await ssh.run(address, { user: 'jdoe', password, input: 'exit\n' })
    assert.deepEqual([refused.status, refused.stdout], [255, ''])
    assert.match(refused.stderr, /Permission denied/)
    const input = `enable\n${labPassword}\nshow running-config\n`
    const { stdout } = await ssh.run(address, { user: 'admin', password: labPassword, input })
    assert.match(stdout, /hostname/)
    assert.doesNotMatch(stdout, /jdoe/)
  })
}
