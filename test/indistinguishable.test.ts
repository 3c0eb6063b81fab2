import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import type { Answer, Client } from './client.ts'
import type { TestDatabase } from './database.ts'

// What verifies passwords is wrapped before anything has imported it, so that every verification there is is seen.
const argon2 = createRequire(import.meta.url)('@node-rs/argon2') as typeof import('@node-rs/argon2')
const { verify } = argon2
/** The cost of each verification, as its hash says: `$argon2id$v=19$m=19456,t=2,p=1`. */
let verified: string[] = []
argon2.verify = (hashed, ...rest) => {
  verified.push(String(hashed).split('$').slice(0, 4).join('$'))
  return verify(hashed, ...rest)
}
const { databases, labPassword, openLab, withoutLimits } = await import('./lab.ts')
const { createPasswordHashing } = await import('../src/access/passwords/hashing.ts')
const { labSsoPassword } = await import('../src/lab.ts')
const { rpc, userPass } = await import('./vcenter/clients.ts')
const { assign, makeCliUser, sendXml, usermgmt } = await import('./nsxv/nsxv.ts')

/** Where a guess costs what it does for everybody else. */
const openCostlyLab = (database: TestDatabase) =>
  openLab(database, {}, withoutLimits, undefined, createPasswordHashing())

const guest = '/api/v1/node/users/10003'
const nsxvUser = `${usermgmt}/user/admin`
const right = 'Right!Guest-Password1'
const ssoRight = 'Right!Password-19'
const wrong = 'Wrong!Guest-Password1'

for (const database of databases) {
  test(
    `${database.kind}: an unknown user, a wrong password, an empty one, a locked and a deactivated account cannot be told apart`,
    database,
    async () => {
      await using lab = await openCostlyLab(database)
      await lab.admin.post(`${guest}?action=activate`, { password: right })
      await lab.admin.put('/api/v1/node/aaa/auth-policy', { api_max_auth_failures: 2 })
      const lockedFrom = '127.0.0.9'
      for (const _ of [1, 2]) await lab.a.from(lockedFrom).as('guestuser1', wrong).get('/api/v1/node')

      const refused: Record<string, [name: string, password: string, from?: string]> = {
        'a wrong password': ['guestuser1', wrong],
        'an unknown user': ['nobody-here', wrong],
        'an unknown user, the name as long as can be': ['n'.repeat(4000), wrong],
        'an unknown user with a password others have': ['nobody-here', labPassword],
        'no name': ['', wrong],
        'an empty password': ['guestuser1', ''],
        'an unknown user with an empty password': ['nobody-here', ''],
        'a password as long as can be': ['guestuser1', 'p'.repeat(4000)],
        'a locked account': ['guestuser1', wrong, lockedFrom],
        'a locked account with its right password': ['guestuser1', right, lockedFrom],
        'a deactivated account': ['guestuser2', wrong],
        'a deactivated account with an empty password': ['guestuser2', ''],
        'root, who has a console only': ['root', labPassword],
        'a name at another domain': ['admin@other.example', labPassword],
      }
      const ways: Record<string, (name: string, password: string, from: string) => Promise<Answer>> = {
        Basic: (name, password, from) => lab.a.from(from).as(name, password).get('/api/v1/node'),
        'Basic on a path there is not': (name, password, from) =>
          lab.a.from(from).as(name, password).get('/api/v1/nothing-here'),
        'session create': async (name, password, from) => (await lab.a.from(from).signIn(name, password)).answer,
      }
      for (const [way, signIn] of Object.entries(ways)) {
        let first: object | undefined
        for (const [index, [what, [name, password, from]]] of Object.entries(refused).entries()) {
          verified = []
          const { status, headers, text } = await signIn(name, password, from ?? `127.0.1.${index}`)
          const seen = { status, text, headers: Object.keys(headers).sort(), verified }
          assert.equal(status, 403, `${what}, ${way}`)
          assert.deepEqual(verified, ['$argon2id$v=19$m=19456,t=2,p=1'], `${what}, ${way}`)
          assert.deepEqual(seen, first ?? seen, `${what}, ${way}`)
          first = seen
        }
      }
    },
  )

  test(
    `${database.kind}: what makes a password worthless is told to nobody who does not know it`,
    database,
    async () => {
      await using lab = await openCostlyLab(database)
      await lab.admin.post(`${guest}?action=activate`, { password: right })
      const before = await lab.a.as('guestuser1', wrong).get('/api/v1/node')
      lab.clock.advance({ days: 91 })
      const expired = await lab.a.from('127.0.0.2').as('guestuser1', wrong).get('/api/v1/node')
      assert.deepEqual([expired.status, expired.text], [before.status, before.text])
      assert.equal((await lab.a.from('127.0.0.3').as('guestuser1', right).get('/api/v1/node')).json.error_code, 10006)
    },
  )

  test(`${database.kind}: neither can they at the ways into NSX-v, which knows more reasons`, database, async () => {
    await using lab = await openCostlyLab(database)
    for (const name of ['svc', 'asleep']) {
      await makeCliUser(lab, name, right)
      await assign(lab, name, '?isCli=true', 'auditor')
    }
    await makeCliUser(lab, 'bare', right, false)
    await assign(lab, 'holouser@vsphere.local', '', 'auditor')
    assert.equal((await lab.a.as('holouser@vsphere.local', labSsoPassword).get(nsxvUser)).status, 200)
    for (const name of ['asleep', 'holouser@vsphere.local']) {
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/${name}/enablestate/0`)).status, 204)
    }
    const lockedFrom = '127.0.0.9'
    for (let times = 0; times < 5; times++) await lab.a.from(lockedFrom).as('svc', wrong).get(nsxvUser)

    const refused: Record<string, [name: string, password: string, from?: string]> = {
      'a wrong password': ['svc', wrong],
      'an unknown user': ['nobody-here', wrong],
      'an unknown user with a password others have': ['nobody-here', right],
      'an empty password': ['svc', ''],
      'a locked account with its right password': ['svc', right, lockedFrom],
      'an account without the privilege': ['bare', wrong],
      'an account without the privilege, with its right password': ['bare', right],
      'the same once more': ['bare', right],
      'a disabled account with its right password': ['asleep', right],
      'a wrong password of a user of vCenter': ['administrator@vsphere.local', wrong],
      'an unknown user of vCenter': ['nobody-here@vsphere.local', wrong],
      'a disabled user of vCenter with the right password': ['holouser@vsphere.local', labSsoPassword],
      'a name at another domain': ['admin@mywork.com', labPassword],
    }
    const ways: Record<string, (client: Client, name: string, password: string) => Promise<Answer>> = {
      Basic: (client, name, password) => client.as(name, password).get(nsxvUser),
      'a token': (client, name, password) =>
        sendXml(
          client,
          'POST',
          '/api/3.0/services/auth/token',
          `<credentials><username>${name}</username><password>${password}</password></credentials>`,
        ),
    }
    for (const [way, signIn] of Object.entries(ways)) {
      let first: object | undefined
      for (const [index, [what, [name, password, from]]] of Object.entries(refused).entries()) {
        verified = []
        const { status, headers, text } = await signIn(lab.a.from(from ?? `127.0.1.${index}`), name, password)
        const seen = { status, text, headers: Object.keys(headers).sort(), verified }
        assert.equal(status, 403, `${what}, ${way}`)
        assert.deepEqual(verified, ['$argon2id$v=19$m=19456,t=2,p=1'], `${what}, ${way}`)
        assert.deepEqual(seen, first ?? seen, `${what}, ${way}`)
        first = seen
      }
    }
  })

  test(`${database.kind}: neither can they at any of the ways into vCenter`, database, async () => {
    await using lab = await openCostlyLab(database)
    const users = '/sallyport/v1/sso/users'
    const admin = lab.a.as('administrator@vsphere.local', labSsoPassword)
    await admin.patch('/sallyport/v1/sso/policy', { max_failures: 2 })
    await admin.post(users, { name: 'asleep', password: ssoRight, disabled: true })
    await admin.post(users, { name: 'locked', password: right })
    await admin.post(users, { name: 'renewed', password: ssoRight, password_must_change: true })
    const lock = async () => {
      for (const _ of [1, 2]) await lab.a.from('127.0.0.9').as('locked', wrong).post('/api/session')
    }

    // Failures are counted for an account wherever they come from, so each but the administrator's is its own.
    const refused: Record<string, [name: string, password: string]> = {
      'a wrong password': ['administrator@vsphere.local', wrong],
      'an unknown user': ['nobody-here@vsphere.local', wrong],
      'an unknown user, the name as long as can be': ['n'.repeat(4000), wrong],
      'an unknown user with a password others have': ['nobody-here', labSsoPassword],
      'no name': ['', wrong],
      'a domain and no name': ['@vsphere.local', wrong],
      'an empty password': ['administrator', ''],
      'an unknown user with an empty password': ['nobody-here', ''],
      'a password as long as can be': ['VSPHERE.LOCAL\\Administrator', 'p'.repeat(4000)],
      'a locked account': ['locked', wrong],
      'a locked account with its right password': ['locked', ssoRight],
      'a disabled account': ['asleep', wrong],
      'a disabled account with its right password': ['asleep', ssoRight],
      'a password that must change, and is wrong': ['renewed', wrong],
      'a name at another domain': ['administrator@other.example', labSsoPassword],
      "a user of the appliance's own": ['root@localos', labSsoPassword],
    }
    const ways: Record<string, (client: Client, name: string, password: string) => Promise<Answer>> = {
      REST: (client, name, password) => client.as(name, password).post('/api/session'),
      body: (client, username, password) => client.post('/api/session', { username, password }),
      legacy: (client, name, password) => client.as(name, password).post('/rest/com/vmware/cis/session'),
      'JSON-RPC': (client, name, password) =>
        rpc(client, 'com.vmware.cis.session', 'create', {}, userPass(name, password)),
      SOAP: (client, name, password) =>
        client.send('POST', '/sdk', login(name, password), { 'content-type': 'text/xml' }),
      "our own API's Basic": (client, name, password) => client.as(name, password).get(users),
    }
    let address = 0
    for (const [way, signIn] of Object.entries(ways)) {
      let first: object | undefined
      await admin.post(`${users}/locked/unlock`)
      await admin.post(`${users}/asleep/unlock`)
      await admin.post(`${users}/renewed/unlock`)
      await lock()
      for (const [what, [name, password]] of Object.entries(refused)) {
        verified = []
        const { status, headers, text } = await signIn(lab.a.from(`127.0.1.${++address}`), name, password)
        const seen = { status, text, headers: Object.keys(headers).sort(), verified }
        assert.deepEqual(verified, ['$argon2id$v=19$m=19456,t=2,p=1'], `${what}, ${way}`)
        assert.deepEqual(seen, first ?? seen, `${what}, ${way}`)
        first = seen
      }
    }
  })
}

const login = (name: string, password: string) =>
  `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>${name}</userName><password>${password}</password></Login></soapenv:Body></soapenv:Envelope>`
