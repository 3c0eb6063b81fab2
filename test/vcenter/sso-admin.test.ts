import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { administrator } from './clients.ts'
import { type Ref, returned, sessionIn, Vim } from './soap-client.ts'
import { bearerToken, secured } from './tokens.ts'

const discovery: Ref = 'SsoAdminPrincipalDiscoveryService:principalDiscoveryService'
const management: Ref = 'SsoAdminPrincipalManagementService:principalManagementService'
const path = '/sso-adminserver/sdk/vsphere.local'
const password = 'Another-1-password!'
const id = (name: string, domain = 'vsphere.local') => ({ name, domain })
const all = (searchString = '', domain = 'vsphere.local') => ({ criteria: { searchString, domain }, limit: 2147483647 })
const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')

/** Signs in with a token, as clients do. */
async function signIn(lab: Lab, name = administrator, secret = labSsoPassword): Promise<Vim> {
  const token = await bearerToken(lab, name, secret)
  const login = '<Login xmlns="urn:sso"><_this type="SsoAdminSessionManager">sessionManager</_this></Login>'
  const nobody = new Vim(lab.a, path, 'urn:sso')
  const answer = await nobody.post(secured(login, { now: lab.clock.now, token }))
  assert.deepEqual(returned(answer), [])
  return nobody.withSession(sessionIn(answer))
}

for (const database of databases) {
  test(
    `${database.kind}: users and groups are made, changed, put together and taken away again`,
    database,
    async () => {
      await using lab = await openLab(database)
      const sso = await signIn(lab)
      const userDetails = { description: 'd', emailAddress: 'a@example.com', firstName: 'Ann', lastName: 'Other' }
      await sso.call('CreateLocalPersonUser', management, { userName: 'ann', userDetails, password })
      const ann = { id: id('ann'), details: userDetails, disabled: 'false', locked: 'false' }
      assert.deepEqual(await sso.call('FindPersonUser', discovery, { userId: id('ANN') }), ann)
      assert.deepEqual(await sso.list('FindPersonUsers', discovery, all('an')), [ann])
      assert.deepEqual(await sso.call('FindUser', discovery, { userId: id('ann') }), {
        id: id('ann'),
        kind: 'person',
        description: 'd',
      })

      await sso.call('UpdateLocalPersonUserDetails', management, {
        userName: 'ann',
        userDetails: { firstName: 'Anne' },
      })
      const { details } = await sso.call('FindPersonUser', discovery, { userId: id('ann') })
      assert.deepEqual(details, { description: '', emailAddress: '', firstName: 'Anne', lastName: '' })

      const groupDetails = { description: 'of a test' }
      for (const groupName of ['inner', 'outer'])
        await sso.call('CreateLocalGroup', management, { groupName, groupDetails })
      const add = { userIds: [id('ann'), id('holouser')], groupName: 'inner' }
      assert.deepEqual(await sso.list('AddUsersToLocalGroup', management, add), ['true', 'true'])
      assert.deepEqual(await sso.list('AddUsersToLocalGroup', management, add), ['false', 'false'])
      const nest = { groupIds: id('inner'), groupName: 'outer' }
      assert.deepEqual(await sso.list('AddGroupsToLocalGroup', management, nest), ['true'])
      const check: Ref = 'SsoGroupcheckGroupCheckService:groupCheckService'
      assert.deepEqual(await sso.list('FindAllParentGroups', check, { userId: id('ann') }), [
        id('inner'),
        id('outer'),
        id('Users'),
      ])
      const within = { groupId: id('inner'), searchString: '', limit: 100 }
      assert.deepEqual(
        (await sso.list('FindUsersInGroup', discovery, within)).map((one) => one.id.name),
        ['ann', 'holouser'],
      )
      assert.deepEqual(
        (await sso.list('FindGroupsInGroup', discovery, { ...within, groupId: id('outer') })).map((one) => one.id.name),
        ['inner'],
      )
      const remove = { principalsIds: [id('ann'), id('nobody')], groupName: 'inner' }
      assert.deepEqual(await sso.list('RemovePrincipalsFromLocalGroup', management, remove), ['true', 'false'])

      await sso.call('ResetLocalPersonUserPassword', management, { userName: 'ann', newPassword: `${password}2` })
      await bearerToken(lab, 'ann@vsphere.local', `${password}2`)
      await sso.call('DeleteLocalPrincipal', management, { principalName: 'ann' })
      for (const principalName of ['inner', 'outer'])
        await sso.call('DeleteLocalPrincipal', management, { principalName })
      assert.equal(await sso.call('FindPersonUser', discovery, { userId: id('ann') }), undefined)
      assert.deepEqual(await sso.list('FindGroups', discovery, all('inner')), [])
      const log = auditLog(lab)
      assert.match(log, /sso\.SsoAdminPrincipalManagementService\.CreateLocalPersonUser/)
      assert(!log.includes(password))
    },
  )

  test(`${database.kind}: of several members all are put in, or none`, database, async () => {
    await using lab = await openLab(database)
    const sso = await signIn(lab)
    await sso.call('CreateLocalGroup', management, { groupName: 'g', groupDetails: {} })
    const args = { userIds: [id('holouser'), id('none-such')], groupName: 'g' }
    await sso.refused('InvalidArgument', 'AddUsersToLocalGroup', management, args)
    const within = { groupId: id('g'), searchString: '', limit: 100 }
    assert.deepEqual(await sso.list('FindUsersInGroup', discovery, within), [])
  })
}

const [database] = databases as [(typeof databases)[0]]

test('what cannot be is refused, and says what is wrong', database, async () => {
  await using lab = await openLab(database)
  const sso = await signIn(lab)
  const create = (userName: string, secret = password) =>
    sso.refused('InvalidArgument', 'CreateLocalPersonUser', management, { userName, userDetails: {}, password: secret })
  assert.deepEqual(await create('a/b'), { invalidProperty: 'name' })
  assert.deepEqual(await create('ann', 'short'), { invalidProperty: 'password' })
  assert.deepEqual(await create('ann@localos'), { invalidProperty: 'userName' })
  const again = { userName: 'holouser', userDetails: {}, password }
  await sso.refused('AlreadyExists', 'CreateLocalPersonUser', management, again)
  await sso.refused('UserNotFound', 'DeleteLocalPrincipal', management, { principalName: 'none-such' })
  await sso.refused('NotSupported', 'DeleteLocalPrincipal', management, { principalName: 'Administrator' })
  const admins = { principalsIds: id('Administrator'), groupName: 'Administrators' }
  await sso.refused('AuthMinimumAdminPermission', 'RemovePrincipalsFromLocalGroup', management, admins)
  await sso.refused(
    'NotSupported',
    'UpdateLocalPasswordPolicy',
    'SsoAdminPasswordPolicyService:passwordPolicyService',
    {
      policy: {},
    },
  )
  await sso.refused('MethodNotFound', 'NoSuchMethod', management)
})

test('localos is a domain without anybody in it', database, async () => {
  await using lab = await openLab(database)
  const sso = await signIn(lab)
  const identitySources: Ref = 'SsoAdminIdentitySourceManagementService:identitySourceManagementService'
  const sources = await sso.call('Get', identitySources)
  assert.deepEqual(await sso.list('IdS_getDefaultDomains', identitySources), ['vsphere.local'])
  assert.equal(sources.system.name, 'vsphere.local')
  assert.equal(sources.localOS.name, 'localos')
  for (const find of ['FindPersonUsers', 'FindUsers', 'FindGroups']) {
    assert.deepEqual(await sso.list(find, discovery, all('', 'localos')), [])
    assert.notDeepEqual(await sso.list(find, discovery, all()), [])
  }
  assert.equal(await sso.call('FindUser', discovery, { userId: id('root', 'localos') }), undefined)
})

test('only members of Administrators may, and who is one now', database, async () => {
  await using lab = await openLab(database)
  const sso = await signIn(lab)
  const other = await signIn(lab, 'holouser@vsphere.local')
  await other.refused('NoPermission', 'FindPersonUsers', discovery, all())
  const member = { userIds: id('holouser'), groupName: 'Administrators' }
  await other.refused('NoPermission', 'AddUsersToLocalGroup', management, member)
  await sso.call('AddUsersToLocalGroup', management, member)
  assert.equal((await other.list('FindPersonUsers', discovery, all())).length, 3)
  await sso.call('RemovePrincipalsFromLocalGroup', management, {
    principalsIds: id('holouser'),
    groupName: 'Administrators',
  })
  await other.refused('NoPermission', 'FindPersonUsers', discovery, all())
  const nobody = new Vim(lab.a, path, 'urn:sso')
  await nobody.refused('NotAuthenticated', 'FindPersonUsers', discovery, all())
  await nobody.refused('InvalidLogin', 'Login', 'SsoAdminSessionManager:sessionManager')
})

test('the lookup service knows where the others are, also for whoever is not signed in', database, async () => {
  await using lab = await openLab(database)
  const lookup = new Vim(lab.a, '/lookupservice/sdk', 'urn:lookup')
  const content = await lookup.call('RetrieveServiceContent', 'LookupServiceInstance:ServiceInstance')
  const registration: Ref = content.serviceRegistration
  const { host } = new URL(lab.a.url)
  const urls = async (filterCriteria: object) =>
    (await lookup.list('List', registration, { filterCriteria })).flatMap(({ serviceEndpoints }) =>
      [serviceEndpoints].flat().map(({ url }) => url),
    )
  const serviceType = { product: 'com.vmware.cis', type: 'cs.identity' }
  const sts = { protocol: 'wsTrust', type: 'com.vmware.cis.cs.identity.sso' }
  assert.deepEqual(await urls({ serviceType, endpointType: sts }), [`https://${host}/sts/STSService/vsphere.local`])
  const admin = { protocol: 'vmomi', type: 'com.vmware.cis.cs.identity.admin' }
  assert.deepEqual(await urls({ serviceType, endpointType: admin }), [`https://${host}${path}`])
  assert.deepEqual(await urls({ siteId: 'none-such' }), [])
  assert.equal(await lookup.call('GetSiteId', registration), 'default-site')
  await lookup.refused('NotFound', 'Get', registration, { serviceId: 'none-such' })
})
