import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { element } from '../../src/http/xml/write.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, openLab } from '../lab.ts'
import { signedIn } from './clients.ts'
import { argumentsXml, faultIn, message, type Ref, ref, Vim } from './soap-client.ts'

const service: Ref = 'PbmServiceInstance:ServiceInstance'
const sqlite = databases[0] ?? assert.fail('no database')

const storage = { resourceType: { resourceType: 'STORAGE' } }

/** Every method of the vendor's table, on what, with arguments, its privilege, and what it answers to an administrator. */
const methods: [target: string, method: string, args: object, privilege: 'View' | 'Update', answer: unknown][] = [
  ['profileManager', 'PbmFetchResourceType', {}, 'View', [{ resourceType: 'STORAGE' }]],
  ['profileManager', 'PbmFetchVendorInfo', storage, 'View', []],
  ['profileManager', 'PbmFetchCapabilityMetadata', {}, 'View', []],
  ['profileManager', 'PbmFetchCapabilitySchema', {}, 'View', []],
  ['profileManager', 'PbmQueryProfile', storage, 'View', []],
  ['profileManager', 'PbmQueryProfile', { ...storage, profileCategory: 'REQUIREMENT' }, 'View', []],
  [
    'profileManager',
    'PbmQueryProfile',
    { ...storage, profileCategory: 'x' },
    'View',
    'InvalidArgument profileCategory',
  ],
  [
    'profileManager',
    'PbmQueryProfile',
    { resourceType: { resourceType: 'X' } },
    'View',
    'InvalidArgument resourceType',
  ],
  ['profileManager', 'PbmQueryProfile', {}, 'View', 'InvalidArgument resourceType'],
  ['profileManager', 'PbmRetrieveContent', { profileIds: { uniqueId: 'x' } }, 'View', 'InvalidArgument profileIds'],
  ['profileManager', 'PbmRetrieveContent', {}, 'View', []],
  [
    'profileManager',
    'PbmQueryAssociatedProfile',
    { entity: { objectType: 'virtualMachine', key: 'vm-1' } },
    'View',
    [],
  ],
  [
    'profileManager',
    'PbmQueryAssociatedProfiles',
    { entities: { objectType: 'virtualMachine', key: 'vm-1' } },
    'View',
    [{ object: { objectType: 'virtualMachine', key: 'vm-1' } }],
  ],
  ['profileManager', 'PbmQueryAssociatedEntity', { profile: { uniqueId: 'x' } }, 'View', 'InvalidArgument profile'],
  ['profileManager', 'PbmQueryAssociatedEntities', {}, 'View', []],
  [
    'profileManager',
    'PbmQueryDefaultRequirementProfile',
    { hub: { hubType: 'Datastore', hubId: 'x' } },
    'View',
    'InvalidArgument hub',
  ],
  ['profileManager', 'PbmQueryDefaultRequirementProfiles', {}, 'View', []],
  ['profileManager', 'PbmFindApplicableDefaultProfile', {}, 'View', []],
  ['profileManager', 'PbmQuerySpaceStatsForStorageContainer', {}, 'View', 'NotSupported'],
  ['profileManager', 'PbmCreate', { createSpec: 'x' }, 'Update', 'NotSupported'],
  ['profileManager', 'PbmUpdate', {}, 'Update', 'NotSupported'],
  ['profileManager', 'PbmDelete', { profileId: { uniqueId: 'x' } }, 'Update', 'NotSupported'],
  ['profileManager', 'PbmResetDefaultRequirementProfile', {}, 'Update', 'NotSupported'],
  ['profileManager', 'PbmAssignDefaultRequirementProfile', {}, 'Update', 'NotSupported'],
  ['profileManager', 'PbmResetVSanDefaultProfile', {}, 'Update', 'NotSupported'],
  ['complianceManager', 'PbmFetchComplianceResult', {}, 'View', []],
  ['complianceManager', 'PbmCheckCompliance', {}, 'View', 'NotSupported'],
  ['complianceManager', 'PbmCheckRollupCompliance', {}, 'View', 'NotSupported'],
  ['complianceManager', 'PbmFetchRollupComplianceResult', {}, 'View', 'NotSupported'],
  ['complianceManager', 'PbmQueryByRollupComplianceStatus', { status: 'compliant' }, 'View', 'NotSupported'],
  ['placementSolver', 'PbmQueryMatchingHub', {}, 'View', 'NotSupported'],
  ['placementSolver', 'PbmQueryMatchingHubWithSpec', {}, 'View', 'NotSupported'],
  ['placementSolver', 'PbmCheckCompatibility', {}, 'View', 'NotSupported'],
  ['placementSolver', 'PbmCheckCompatibilityWithSpec', {}, 'View', 'NotSupported'],
  ['placementSolver', 'PbmCheckRequirements', {}, 'View', 'NotSupported'],
  ['replicationManager', 'PbmQueryReplicationGroups', {}, 'View', 'NotSupported'],
]

test(
  'PBM: where storage profiles are asked for, with the sessions of vim25 and privileges of its own',
  sqlite,
  async (t) => {
    await using lab = await openLab(sqlite)
    const nobody = new Vim(lab.a, '/pbm', 'urn:pbm')
    const content = await nobody.call('PbmRetrieveServiceContent', service)
    const { vim, id } = await new Vim(lab.a).signIn()
    const pbm = vim.over('/pbm', 'urn:pbm')

    async function answerOf(client: Vim, target: Ref, method: string, args: object): Promise<unknown> {
      const answer = await client.send(method, target, args)
      if (answer.status === 200) return client.list(method, target, args)
      const { type, fields } = faultIn(answer)
      return fields.invalidProperty === undefined ? type : `${type} ${fields.invalidProperty}`
    }

    await t.test('the service tells of its managers without a session, at both of its paths', async () => {
      assert.equal(content.aboutInfo.name, 'PBM')
      assert.equal(content.profileManager, 'PbmProfileProfileManager:ProfileManager')
      const { about } = await vim.call('RetrieveServiceContent', 'ServiceInstance:ServiceInstance')
      assert.equal(content.aboutInfo.instanceUuid, about.instanceUuid)
      assert.deepEqual(await vim.over('/pbm/sdk', 'urn:pbm').call('PbmRetrieveServiceContent', service), content)
    })

    await t.test('the session is the cookie of vim25, or its value in the header of the message', async () => {
      const profiles: Ref = content.profileManager
      const args = argumentsXml(storage)
      const ask = (header: string) =>
        nobody.post(message('PbmQueryProfile', ref('_this', profiles).text + args, header, 'urn:pbm'))
      assert.equal((await ask(element('vcSessionCookie', id))).status, 200)
      for (const header of ['', element('vcSessionCookie', 'x')])
        assert.equal(faultIn(await ask(header)).type, 'NotAuthenticated')
      assert.deepEqual(await pbm.list('PbmQueryProfile', profiles, storage), [])
    })

    await t.test('every method asks for the privilege of the vendor on the root folder, and answers', async () => {
      const admin = await signedIn(lab.a)
      const signIn = async (name: string, ...privileges: string[]) => {
        const password = 'Sallyport!User-1'
        assert.equal((await admin.post('/sallyport/v1/sso/users', { name, password })).status, 201)
        const { json: role } = await admin.post('/api/vcenter/authorization/roles', {
          name,
          description: '',
          privileges,
        })
        const object = { type: 'Folder', id: 'group-d1' }
        const principal = { type: 'USER', name, domain: 'vsphere.local' }
        const spec = { object, principal, role, propagating: false }
        assert.equal((await admin.post('/api/vcenter/authorization/permissions', spec)).status, 201)
        return (await new Vim(lab.a).signIn(`${name}@vsphere.local`, password)).vim.over('/pbm', 'urn:pbm')
      }
      const users = {
        View: await signIn('viewer', 'StorageProfile.View'),
        Update: await signIn('updater', 'StorageProfile.Update'),
      }
      for (const [manager, method, args, privilege, answer] of methods) {
        const target: Ref = content[manager]
        assert.deepEqual(await answerOf(pbm, target, method, args), answer, method)
        assert.deepEqual(await answerOf(users[privilege], target, method, args), answer, method)
        const other = users[privilege === 'View' ? 'Update' : 'View']
        const fault = await other.refused('NoPermission', method, target, args)
        assert.deepEqual(fault, { object: 'Folder:group-d1', privilegeId: `StorageProfile.${privilege}` }, method)
        await nobody.refused('NotAuthenticated', method, target, args)
      }
    })

    await t.test('datastores are told apart from what is none', async () => {
      const { json } = await (await signedIn(lab.a)).get('/api/vcenter/datastore')
      const hub = { hubType: 'Datastore', hubId: json[0].datastore }
      const profiles: Ref = content.profileManager
      assert.equal(await pbm.call('PbmQueryDefaultRequirementProfile', profiles, { hub }), undefined)
      const found = await pbm.call('PbmQueryDefaultRequirementProfiles', profiles, { datastores: hub })
      assert.deepEqual(found, { datastores: hub })
      const pod = { ...hub, hubType: 'StoragePod' }
      await pbm.refused('InvalidArgument', 'PbmFindApplicableDefaultProfile', profiles, { datastores: pod })
    })

    await t.test('each of the two knows its own objects, methods and namespace only', async () => {
      const missing = await pbm.refused('ManagedObjectNotFound', 'Destroy_Task', 'Folder:group-d1')
      assert.equal(missing.obj, 'Folder:group-d1')
      await pbm.refused('MethodNotFound', 'RetrieveServiceContent', service)
      await vim.refused('ManagedObjectNotFound', 'PbmQueryProfile', content.profileManager, storage)
      const view = await vim.call('CreateContainerView', 'ViewManager:ViewManager', {
        container: ref('container', 'Folder:group-d1'),
        recursive: true,
      })
      await pbm.refused('ManagedObjectNotFound', 'DestroyView', view)
      for (const [client, namespace] of [
        [pbm, 'urn:vim25'],
        [vim, 'urn:pbm'],
      ] as const) {
        const answer = await client.over(client.path, namespace).send('PbmRetrieveServiceContent', service)
        assert.equal(faultIn(answer).type, 'InvalidRequest')
      }
    })

    await t.test('the audit log has its calls by its name', async () => {
      const log = () => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
      await new Vim(lab.a).signIn('administrator@vsphere.local', labSsoPassword)
      await pbm.refused('NotSupported', 'PbmCreate', content.profileManager, { createSpec: 'hidden-word' })
      while (!log().includes('pbm.PbmProfileProfileManager.PbmCreate')) await setTimeout(5)
      assert(!log().includes('hidden-word'))
    })
  },
)
