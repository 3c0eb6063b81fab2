import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inferred } from '../../src/http/vcenter/sdk/inferred.ts'
import { databases, openLab } from '../lab.ts'
import { argumentsXml, managers, type Ref, ref, Vim, Xml } from './soap-client.ts'

const sqlite = databases[0] ?? assert.fail('no database')
const { root, service, views, index, authorization } = managers

const readOnly = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate: true }

test(
  'every manager that the service content names can be asked, and what it would manage is empty',
  sqlite,
  async () => {
    await using lab = await openLab(sqlite)
    const { vim } = await new Vim(lab.a).signIn()
    const content = await vim.call('RetrieveServiceContent', service)
    const { licenseManager, perfManager, customFieldsManager, extensionManager, setting } = content
    const machine = await vim.at('DC0/vm/DC0_H0_VM0')

    assert.deepEqual(await vim.read(licenseManager, 'licenses'), { licenses: [] })
    const { licenseAssignmentManager } = await vim.read(licenseManager, 'licenseAssignmentManager')
    assert.deepEqual(await vim.list('QueryAssignedLicenses', licenseAssignmentManager), [])
    assert.deepEqual(await vim.read(perfManager, 'perfCounter', 'historicalInterval'), {
      perfCounter: [],
      historicalInterval: [],
    })
    const entity = ref('entity', machine)
    assert.deepEqual(await vim.list('QueryPerf', perfManager, { querySpec: { entity } }), [])
    assert.deepEqual(await vim.list('QueryAvailablePerfMetric', perfManager, { entity }), [])
    const summary = await vim.call('QueryPerfProviderSummary', perfManager, { entity })
    assert.deepEqual([summary.entity, summary.currentSupported], [machine, 'false'])
    const metricId = { counterId: 2, instance: '' }
    const { invalidProperty } = await vim.refused('InvalidArgument', 'QueryPerf', perfManager, {
      querySpec: new Xml(`<querySpec>${entity.text}${argumentsXml({ metricId })}</querySpec>`),
    })
    assert.equal(invalidProperty, 'querySpec.metricId')
    assert.deepEqual(await vim.read(customFieldsManager, 'field'), { field: [] })
    assert.equal(await vim.call('FindExtension', extensionManager, { extensionKey: 'com.vmware.vim.eam' }), undefined)
    await vim.refused('NotSupported', 'AddCustomFieldDef', customFieldsManager, { name: 'owner' })

    const options = await vim.list('QueryOptions', setting, { name: 'config.vmacore.soap.' })
    assert.deepEqual(options, [
      { key: 'config.vmacore.soap.maxSessionCount', value: '3000' },
      { key: 'config.vmacore.soap.sessionTimeout', value: '120' },
    ])
    assert.equal((await vim.list('QueryOptions', setting)).length, 3)
    assert.equal((await vim.refused('InvalidName', 'QueryOptions', setting, { name: 'enoent' })).name, 'enoent')

    // Whoever may only read is told so before they are told that it is not built.
    await vim.call('SetEntityPermissions', authorization, { entity: ref('entity', root), permission: readOnly })
    const { vim: reader } = await new Vim(lab.a).signIn('holouser@vsphere.local')
    for (const [method, target, args, privilege] of [
      ['AddCustomFieldDef', customFieldsManager, { name: 'owner' }, 'Global.ManageCustomFields'],
      ['UpdateOptions', setting, { changedValue: { key: 'x' } }, 'Global.Settings'],
      ['AddLicense', licenseManager, { licenseKey: '0' }, 'Global.Licenses'],
      ['RemovePerfInterval', perfManager, { samplePeriod: 300 }, 'Performance.ModifyIntervals'],
      ['SetField', customFieldsManager, { entity, key: 1, value: 'x' }, 'Global.SetCustomField'],
    ] as [string, Ref, object, string][]) {
      assert.equal((await reader.refused('NoPermission', method, target, args)).privilegeId, privilege, method)
      await vim.refused('NotSupported', method, target, args)
    }
  },
)

test('a list view has what its client puts into it, and its reader may see', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const machine = await vim.at('DC0/vm/DC0_H0_VM0')
  const host = await vim.at('DC0/host/DC0_C0/DC0_C0_H0')
  const view: Ref = await vim.call('CreateListView', views, {
    obj: [ref('obj', machine), ref('obj', 'VirtualMachine:vm-4711')],
  })
  assert.match(view, /^ListView:/)
  assert.deepEqual(await vim.read(view, 'view'), { view: [machine] })
  const gone = await vim.list('ModifyListView', view, {
    add: [ref('add', host), ref('add', 'HostSystem:host-4711')],
    remove: ref('remove', machine),
  })
  assert.deepEqual(gone, ['HostSystem:host-4711'])
  assert.deepEqual(await vim.read(view, 'view'), { view: [host] })

  // Properties of what is in it, as clients collect them.
  const step = '<selectSet xsi:type="TraversalSpec"><type>ListView</type><path>view</path></selectSet>'
  const from = new Xml(`<objectSet>${ref('obj', view).text}<skip>true</skip>${step}</objectSet>`)
  const [content] = await vim.retrieve([{ type: 'HostSystem', pathSet: 'name' }], [from])
  assert.deepEqual([content?.obj, content?.values], [host, { name: 'DC0_C0_H0' }])

  const all = await vim.call('CreateContainerView', views, {
    container: ref('container', root),
    type: 'HostSystem',
    recursive: true,
  })
  await vim.call('ResetListViewFromView', view, { view: ref('view', all) })
  assert.deepEqual((await vim.read(view, 'view')).view, (await vim.read(all, 'view')).view)
  assert.deepEqual((await vim.read(managers.views, 'viewList')).viewList, [all, view])
  assert.deepEqual(await vim.list('ResetListView', view), [])
  assert.deepEqual(await vim.read(view, 'view'), { view: [] })
  const copy = await vim.call('CreateListViewFromView', views, { view: ref('view', all) })
  assert((await vim.read(copy, 'view')).view.includes(host))
  await vim.call('DestroyView', view)
  await vim.refused('ManagedObjectNotFound', 'ResetListView', view)
  assert(inferred.objectsOfListView > 10_000)
})

test('a host is found by its DNS name; guests have none here', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const host = await vim.at('DC0/host/DC0_C0/DC0_C0_H0')
  const find = (args: object) => vim.call('FindByDnsName', index, args)
  assert.equal(await find({ dnsName: 'dc0_c0_h0', vmSearch: false }), host)
  assert.equal(await find({ dnsName: 'DC0_C0_H0', vmSearch: true }), undefined)
  assert.equal(await find({ dnsName: 'none-such', vmSearch: false }), undefined)
  const dc0 = ref('datacenter', await vim.at('DC0'))
  assert.deepEqual(
    await vim.list('FindAllByDnsName', index, { datacenter: dc0, dnsName: 'DC0_C0_H0', vmSearch: false }),
    [host],
  )
  assert.equal(await vim.call('FindByIp', index, { ip: '192.0.2.1', vmSearch: true }), undefined)
  assert.equal(
    await vim.call('FindByDatastorePath', index, { datacenter: dc0, path: '[LocalDS_0] a/a.vmx' }),
    undefined,
  )
  assert.deepEqual(
    await new Vim(lab.a).refused('NotAuthenticated', 'FindByDnsName', index, { dnsName: 'x', vmSearch: true }),
    {
      object: 'Folder:group-d1',
      privilegeId: 'System.View',
    },
  )
})
