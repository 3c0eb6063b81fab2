import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newest, versionAskedFor } from '../../src/http/vcenter/sdk/release.ts'
import { databases, openLab } from '../lab.ts'
import { managers, type Ref, ref, Vim } from './soap-client.ts'

const sqlite = databases[0] ?? assert.fail('no database')

test('the version is that of the header SOAPAction, or the newest', () => {
  const same = (...actions: string[]) => new Set(actions.map(versionAskedFor)).size === 1
  for (const action of ['', '""', 'urn:vim25', '"urn:vim25/9.0.0.0"', 'urn:vim25/9.1.0.0', 'urn:pbm/2.0']) {
    assert.equal(versionAskedFor(action), newest, action)
  }
  assert(same('urn:vim25/6.7', '"urn:vim25/6.7"', ' urn:vim25/6.7 '))
  assert(same('urn:vim25/6.5', 'urn:vim25/6.6.9'))
  assert(same('urn:vim25/2.5u2', 'urn:vim25/2.5u2'))
  assert(same('urn:vim25/2.5', 'urn:vim25/2.0', 'urn:vim25/1.0'))
  const order = ['2.5', '2.5u2', '2.5u2server', '4.0', '4.1', '5.0', '6.7.1', '6.9.1', '7.0.0.0', '8.0.3.0', '9.0.0.0']
  const places = order.map((version) => versionAskedFor(`urn:vim25/${version}`))
  assert.deepEqual(
    places,
    [...new Set(places)].sort((a, b) => a - b),
  )
})

test('a client is told of no property, field and method that came after its version', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const at = (version: string) => vim.of(version)
  const machine = await vim.at('DC0/vm/DC0_H0_VM0')

  const guestOf = async (version: string) => Object.keys((await at(version).read(machine, 'guest')).guest).sort()
  const always = ['guestState', 'toolsStatus', 'xsi:type']
  assert.deepEqual(await guestOf('2.5'), always)
  assert.deepEqual(await guestOf('4.0'), [...always, 'toolsRunningStatus', 'toolsVersionStatus'].sort())
  assert.deepEqual(await guestOf('8.0.3.0'), await guestOf('9.0.0.0'))
  assert((await guestOf('9.0.0.0')).includes('guestStateChangeSupported'))

  // By itself, as a field within a property, with all properties, and among changes.
  await at('4.1').refused('InvalidProperty', 'Fetch', machine, { prop: 'guest.toolsVersionStatus2' })
  assert.equal(await at('5.0').call('Fetch', machine, { prop: 'guest.toolsVersionStatus2' }), 'guestToolsNotInstalled')
  await at('2.5').refused('InvalidProperty', 'Fetch', machine, { prop: 'layoutEx' })
  assert.equal(await at('4.0').call('Fetch', machine, { prop: 'layoutEx' }), undefined)
  const all = async (version: string) =>
    Object.keys((await at(version).retrieve([{ type: 'ManagedEntity', all: true }], [machine]))[0]?.values ?? {})
  const before = await all('2.5')
  const added = (await all('4.0')).filter((name) => !before.includes(name))
  assert.deepEqual(added, ['alarmActionsEnabled', 'tag'])

  const spec = { propSet: { type: 'VirtualMachine', pathSet: 'summary' }, objectSet: { obj: ref('obj', machine) } }
  const changed = async (version: string) => {
    const old = at(version)
    const filter: Ref = await old.call('CreateFilter', managers.properties, { spec, partialUpdates: false })
    const { filterSet } = await old.call('WaitForUpdates', managers.properties)
    await old.call('DestroyPropertyFilter', filter)
    return Object.keys(filterSet.objectSet.changeSet.val.guest)
  }
  assert.deepEqual(await changed('2.5'), ['guestId', 'guestFullName', 'toolsStatus'])
  assert((await changed('5.0')).includes('toolsVersionStatus2'))

  // What a method returns, and the methods themselves.
  const content = async (version: string) =>
    Object.keys(await at(version).call('RetrieveServiceContent', managers.service))
  assert.equal((await content('2.0')).includes('viewManager'), (await content('2.5')).includes('viewManager'))
  const session = async (version: string) =>
    Object.keys(await at(version).call('Fetch', managers.sessions, { prop: 'currentSession' }))
  assert.equal((await session('4.1')).includes('callCount'), false)
  assert.equal((await session('5.1')).includes('callCount'), true)
  const page = { specSet: spec, options: {} }
  await at('4.0').refused('MethodNotFound', 'RetrievePropertiesEx', managers.properties, page)
  await at('4.1').call('RetrievePropertiesEx', managers.properties, page)
  await at('4.0').refused('MethodNotFound', 'AttachDisk_Task', machine, {})
})

test('/sdk/vimService is /sdk', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim, id } = await new Vim(lab.a).signIn()
  const service = new Vim(lab.a, '/sdk/vimService')
  const { about } = await service.call('RetrieveServiceContent', managers.service)
  assert.equal(about.apiType, 'VirtualCenter')
  assert.equal(await service.withSession(id).at('DC0'), await vim.at('DC0'))
  assert.equal((await service.signIn()).session.userName, 'VSPHERE.LOCAL\\Administrator')
})
