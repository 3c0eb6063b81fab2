import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Answer } from './client.ts'
import { databases, type Lab, openLab } from './lab.ts'
import { cheapHashing } from './laid-store.ts'
import { makeCliUser } from './nsxv/nsxv.ts'
import { rpc, userPass } from './vcenter/clients.ts'
import { Vim } from './vcenter/soap-client.ts'

const right = 'Right!Guest-Password1'
const wrong = 'Wrong!Guest-Password1'

/** Every way in that takes a name and a password, and a name that it knows. */
function doorsOf(
  lab: Lab,
): Record<string, { known: string; signIn(name: string, password: string): Promise<unknown> }> {
  const { consoleDoor, appliances } = lab.server.services
  const [manager] = appliances.managers
  const nsx = { known: 'guestuser1' }
  const vcenter = { known: 'robot@vsphere.local' }
  return {
    'NSX Basic': { ...nsx, signIn: (name, password) => lab.a.as(name, password).get('/api/v1/node') },
    'NSX session': { ...nsx, signIn: (name, password) => lab.a.signIn(name, password) },
    'NSX console': {
      ...nsx,
      signIn: (name, password) =>
        consoleDoor
          .signIn({
            applianceId: manager?.id ?? '',
            realmId: manager?.realmId ?? '',
            source: '127.0.0.1',
            name,
            password,
          })
          .catch(() => {}),
    },
    'NSX-v Basic': {
      known: 'cliuser',
      signIn: (name, password) => lab.a.as(name, password).get('/api/2.0/services/usermgmt/users/vsm'),
    },
    'NSX-v as a user of vCenter': {
      ...vcenter,
      signIn: (name, password) => lab.a.as(name, password).get('/api/2.0/services/usermgmt/users/vsm'),
    },
    'vCenter session': { ...vcenter, signIn: (name, password) => lab.a.as(name, password).post('/api/session') },
    'vCenter JSON-RPC': {
      ...vcenter,
      signIn: (name, password) => rpc(lab.a, 'com.vmware.cis.session', 'create', {}, userPass(name, password)),
    },
    'vCenter SOAP': { ...vcenter, signIn: (name, password) => new Vim(lab.a).signIn(name, password).catch(() => {}) },
    'Sallyport Basic': {
      ...vcenter,
      signIn: (name, password) => lab.a.as(name, password).get('/sallyport/v1/sso/users'),
    },
    'web console': {
      ...vcenter,
      signIn: (name, password): Promise<Answer> => lab.a.post('/sallyport/v1/session', { user_name: name, password }),
    },
  }
}

for (const database of databases) {
  test(
    `${database.kind}: a failed sign-in is the same work whether the name is known, locked or nobody's`,
    database,
    async () => {
      const hashing = cheapHashing()
      const { verify } = hashing
      let verified = 0
      hashing.verify = (...given) => {
        verified++
        return verify(...given)
      }
      await using lab = await openLab(database, {}, undefined, undefined, hashing)
      await lab.admin.post('/api/v1/node/users/10003?action=activate', { password: right })
      const administrator = lab.a.as('administrator@vsphere.local', 'VMware123!')
      await administrator.post('/sallyport/v1/sso/users', { name: 'robot', password: 'Robot-Pass-1' })
      await makeCliUser(lab, 'cliuser', right)
      const { journal } = lab.server.services
      let changes = 0
      const { change } = journal
      journal.change = (work, describe) => {
        changes++
        return change(work, describe)
      }
      for (const [door, { known, signIn }] of Object.entries(doorsOf(lab))) {
        const domain = known.includes('@') ? '@vsphere.local' : ''
        const tries: Record<string, readonly [name: string, password: string]> = {
          'a wrong password': [known, wrong],
          'an unknown name': [`nobody${domain}`, wrong],
          'an empty password': [known, ''],
          'an unknown name and an empty password': [`nobody${domain}`, ''],
          // Only of vCenter's own domain is it known beforehand that NSX Manager need not be asked: that is no secret.
          ...(door === 'web console' ? {} : { 'an unknown domain': ['nobody@nowhere.example', wrong] as const }),
        }
        // Locked, and tried again.
        for (let n = 0; n < 8; n++) tries[`the same password for the ${n}th time`] = [known, wrong]
        // An empty password may be refused for itself, whoever's it is.
        const seen = new Map<boolean, object>()
        for (const [what, [name, password]] of Object.entries(tries)) {
          verified = 0
          changes = 0
          await signIn(name, password)
          // What is counted of the next one must not be stored together with it.
          await journal.settled()
          const work = { verified, changes }
          assert.deepEqual(work, seen.get(password === '') ?? work, `${door}: ${what}`)
          assert.ok(work.verified > 0 || password === '', `${door}: ${what}`)
          seen.set(password === '', work)
        }
      }
    },
  )
}
