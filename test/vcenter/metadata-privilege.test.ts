import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { administrator, signedIn } from './clients.ts'

const [sqlite] = databases
const path = '/api/vapi/metadata/privilege'

test('which privileges operations ask for is told by service, package and component', async () => {
  await using lab = await openLab(sqlite!)
  const session = await signedIn(lab.a, administrator)
  const read = async (below: string) => {
    const { status, json } = await session.get(`${path}${below}`)
    assert.equal(status, 200, below)
    return json
  }
  const services: string[] = await read('/service')
  assert.deepEqual(await read('/service'), services)
  const power = 'com.vmware.vcenter.vm.power'
  assert.ok(services.includes(power) && services.includes('com.vmware.content.library'))
  assert.deepEqual((await read(`/service/${power}`)).operations.start, {
    privileges: [],
    privilege_info: [{ property_path: 'vm', privileges: ['VirtualMachine.Interact.PowerOn'] }],
  })
  assert.deepEqual(await read(`/service/${power}/operation`), ['get', 'reset', 'start', 'stop', 'suspend'])
  const checks = 'com.vmware.vcenter.authorization.privilege_checks'
  assert.deepEqual(await read(`/service/${checks}/operation/list`), {
    privileges: ['Sessions.CollectPrivilegeChecks'],
    privilege_info: [],
  })
  assert.ok((await read('/package')).includes('com.vmware.vcenter.vm'))
  const inPackage = await read('/package/com.vmware.vcenter.vm')
  assert.deepEqual(inPackage.services[power], await read(`/service/${power}`))
  assert.ok((await read('/component')).includes('com.vmware.vcenter'))
  const component = await read('/component/com.vmware.vcenter')
  assert.deepEqual(component.info.packages['com.vmware.vcenter.vm'], inPackage)
  assert.equal(component.fingerprint, await read('/component/com.vmware.vcenter/fingerprint'))

  for (const nothing of [
    '/service/com.vmware.nothing',
    `/service/${power}/operation/constructor`,
    '/package/constructor',
    '/component/com.vmware',
  ]) {
    const { status, json } = await session.get(`${path}${nothing}`)
    assert.deepEqual([status, json.error_type], [404, 'NOT_FOUND'], nothing)
  }
  assert.equal((await lab.a.get(`${path}/service`)).status, 401)
})
