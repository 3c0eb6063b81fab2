import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findMethod, type ManagedType } from '../../src/http/vcenter/sdk/managed-type.ts'
import { registry } from '../../src/http/vcenter/sdk/managed-types.ts'
import { newest } from '../../src/http/vcenter/sdk/release.ts'
import { events } from '../../src/http/vcenter/sdk/types/event.ts'
import { faults } from '../../src/http/vcenter/sdk/types/faults.ts'
import type { VimType } from '../../src/http/vcenter/sdk/types/vim-type.ts'
import { notBuiltMethod } from '../../src/http/vcenter/sdk/vim25/not-built.ts'
import {
  basesOf,
  definedField,
  definedFields,
  definedMethod,
  definedMethods,
  definedProperties,
  definedProperty,
  readMember,
} from '../../src/http/vcenter/sdk/vim25/table.ts'
import { attribute, type XmlElement } from '../../src/http/xml/element.ts'
import { readXml } from '../../src/http/xml/read.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, openLab } from '../lab.ts'
import { faultIn, managers, type Ref, ref, Vim } from './soap-client.ts'

const sqlite = databases[0] ?? assert.fail('no database')
const instance = 'http://www.w3.org/2001/XMLSchema-instance'

const types = registry.types()
const chainOf = (type: ManagedType): ManagedType[] => [type, ...(type.base ? chainOf(type.base) : [])]

test('types, properties, methods and what it takes to read and call them are those of vim25', () => {
  const wrong: string[] = []
  const check = (is: boolean, what: string) => {
    if (!is) wrong.push(what)
    return is
  }
  for (const type of types) {
    if (type.name === 'ManagedObject') continue
    assert.deepEqual(
      chainOf(type)
        .slice(1)
        .map(({ name }) => name),
      basesOf(type.name),
    )
    for (const [name, { type: is, privilege }] of Object.entries(type.properties)) {
      const at = `${type.name}.${name}`
      const defined = definedProperty(type.name, name)
      check(defined !== undefined, `${at} is not defined`)
      check(defined?.list === (is.item !== undefined), `${at} is no list, or is one`)
      check((defined?.privilege ?? privilege) === privilege, `${at} takes ${defined?.privilege}, not ${privilege}`)
    }
    for (const [name, { requires, parameters }] of Object.entries(type.methods)) {
      const at = `${type.name}.${name}`
      const defined = definedMethod(type.name, name)
      if (!check(defined !== undefined, `${at} is not defined`) || !defined) continue
      const privilege = defined.privilege === 'System.Anonymous' ? undefined : defined.privilege
      // A use case that asks for the right itself is met by every kind of caller in its own test.
      if (typeof requires === 'object' && privilege) check(requires.privilege === privilege, `${at} takes ${privilege}`)
      for (const [parameter, is] of Object.entries(parameters)) {
        const text = defined.parameters[parameter]
        if (!check(text !== undefined, `${at} has no ${parameter}`) || !text) continue
        const { list, optional } = readMember(text)
        check(list === ((is as VimType<unknown>).item !== undefined), `${at}: ${parameter} is no list, or is one`)
        check(list || optional === 'optional' in (is as object), `${at}: ${parameter} is optional: ${optional}`)
      }
      for (const [parameter, text] of Object.entries(defined.parameters)) {
        check(readMember(text).optional || parameter in parameters, `${at} lacks ${parameter}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
})

test('data objects have fields of vim25, in its order', () => {
  const met = new Set<string>()
  const wrong: string[] = []
  function look({ name, item, fields }: VimType<unknown>): void {
    if (item) return look(item)
    if (!fields || met.has(name)) return
    met.add(name)
    const defined = definedFields(name)
    const order = Object.keys(fields).map((field) => defined.indexOf(field))
    if (order.includes(-1)) wrong.push(`${name} has no ${Object.keys(fields)[order.indexOf(-1)]}`)
    if (!order.every((at, i) => i === 0 || at > (order[i - 1] as number))) wrong.push(`${name} is in another order`)
    for (const [field, type] of Object.entries(fields)) {
      const member = definedField(name, field)
      if (member && member.list !== (type.item !== undefined)) wrong.push(`${name}.${field} is a list: ${member.list}`)
      look(type)
    }
    // Of what has no fields there is none.
    if (order.length === 0) return
    for (const field of defined) {
      const { optional, list } = definedField(name, field) ?? {}
      if (!optional && !list && !(field in fields)) wrong.push(`${name} lacks ${field}`)
    }
  }
  for (const type of types) {
    for (const { type: is } of Object.values(type.properties)) look(is)
    for (const { result } of Object.values(type.methods)) if (result) look(result)
  }
  for (const type of Object.values({ ...events, ...faults })) look(type)
  assert(met.size > 30)
  assert.deepEqual(wrong, [])
})

/** One object of every type that there is one of. */
async function objectsIn(vim: Vim): Promise<Ref[]> {
  const view = await vim.call('CreateContainerView', managers.views, {
    container: ref('container', managers.root),
    recursive: true,
  })
  const all = (await vim.read(view, 'view')).view as Ref[]
  const first = new Map(all.map((one) => [one.split(':')[0], one]))
  const inventory = [managers.root, ...first.values()]
  const singletons = registry.singletons().map(({ type, id }): Ref => `${type.name}:${id}`)
  const [machine] = inventory.filter((one) => one.startsWith('VirtualMachine:'))
  assert(machine)
  const task = await vim.call('PowerOffVM_Task', machine)
  const spec = { propSet: { type: 'Folder', pathSet: 'name' }, objectSet: { obj: ref('obj', managers.root) } }
  const filter = await vim.call('CreateFilter', managers.properties, { spec, partialUpdates: false })
  const collector = await vim.call('CreateCollectorForEvents', 'EventManager:EventManager', { filter: {} })
  const listed = await vim.call('CreateListView', managers.views, { obj: ref('obj', machine) })
  return [...new Set([...singletons, collector, listed, ...inventory, view, task, filter])]
}

/** Values say their types once, each element is one that vim25 defines. */
function undefinedElements(from: XmlElement, type: string): string[] {
  return from.children.flatMap((child) => {
    const says = attribute(child, 'type', instance)?.replace(/^xsd:/, '')
    const member = definedField(type, child.name)
    if (!member && definedFields(type).length > 0) return [`${type}.${child.name}`]
    return undefinedElements(child, says ?? member?.type ?? '')
  })
}

test('every property of every type is read, by itself and with all others', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const objects = await objectsIn(vim)
  const served = new Set(objects.map((one) => one.split(':')[0]))
  assert(served.size >= 22, [...served].join())
  let set = 0
  let unset = 0
  for (const object of objects) {
    const [type = ''] = object.split(':')
    const propSet = { type, all: true }
    const answer = await vim.send('RetrieveProperties', managers.properties, {
      specSet: { propSet, objectSet: { obj: ref('obj', object) } },
    })
    assert.equal(answer.status, 200, `${object} ${answer.text}`)
    const content = readXml(Buffer.from(answer.text)).children[0]?.children[0]?.children[0]
    assert(content, object)
    assert.deepEqual(undefinedElements(content, 'ObjectContent'), [])
    const values = new Map<string, XmlElement>()
    for (const { name, children } of content.children) {
      assert.notEqual(name, 'missingSet', answer.text)
      if (name === 'propSet') values.set(children[0]?.text ?? '', children[1] ?? assert.fail(object))
    }
    for (const name of definedProperties(type)) {
      const read = await vim.send('Fetch', object, { prop: name })
      assert.equal(read.status, 200, `${object} ${name}: ${read.text}`)
      const [value] = readXml(Buffer.from(read.text)).children[0]?.children[0]?.children ?? []
      assert.equal(value === undefined, !values.has(name), `${object} ${name}`)
      if (value) set++
      else unset++
    }
  }
  assert(set > 150 && unset > 60, `${set} ${unset}`)
})

test('what vim25 defines and nobody keeps is not set; what it does not define is InvalidProperty', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const machine = await vim.at('DC0/vm/DC0_H0_VM0')
  const host = await vim.at('DC0/host/DC0_C0/DC0_C0_H0')
  const unset: [Ref, string[]][] = [
    [machine, ['config.files.vmPathName', 'config.extraConfig', 'config.hardware.numCoresPerSocket', 'layoutEx']],
    [machine, ['runtime.question', 'capability', 'environmentBrowser', 'guest.net', 'guest.ipAddress', 'snapshot']],
    [machine, ['config.hardware.device[4000].backing', 'config.extraConfig["guestinfo.a.b"].value', 'guest.ipStack']],
    [host, ['configManager', 'config.network.vnic', 'capability.maintenanceModeSupported', 'runtime.bootTime']],
    [
      await vim.at('DC0/host/DC0_C0'),
      ['configurationEx.rule', 'configuration.dasConfig.failoverLevel', 'environmentBrowser'],
    ],
    [await vim.at('DC0/datastore/LocalDS_0'), ['info', 'info.url', 'browser', 'capability', 'iormConfiguration']],
  ]
  for (const [object, paths] of unset) assert.deepEqual(await vim.read(object, ...paths), {})
  for (const path of ['layoutEx.enoent', 'config.enoent', 'runtime.host.name', 'name[0]', 'guest.', 'config..files']) {
    const [type] = machine.split(':')
    const specSet = { propSet: { type, pathSet: path }, objectSet: { obj: ref('obj', machine) } }
    assert.equal(
      (await vim.refused('InvalidProperty', 'RetrieveProperties', managers.properties, { specSet })).name,
      path,
    )
    assert.equal((await vim.refused('InvalidProperty', 'Fetch', machine, { prop: path })).name, path)
  }
  // Of 9.1, and the release that is served is 9.0.
  await vim.refused('InvalidProperty', 'Fetch', machine, { prop: 'guest.guestRebootStatus' })
  const path = 'description.privilegeGroup["VirtualMachine.Interact"].label'
  assert.deepEqual(await vim.read(managers.authorization, path), { [path]: 'Virtual machine > Interaction' })

  const { guest } = await vim.read(machine, 'guest')
  assert.equal(guest.toolsStatus, 'toolsNotInstalled')
  assert.equal(guest.toolsRunningStatus, 'guestToolsNotRunning')
  const { configurationEx } = await vim.read(await vim.at('DC0/host/DC0_C0'), 'configurationEx')
  assert.deepEqual(
    [configurationEx['xsi:type'], configurationEx.drsConfig],
    ['ClusterConfigInfoEx', { enabled: 'true' }],
  )
  const pool = await vim.at('DC0/host/DC0_C0/Resources')
  assert.deepEqual(await vim.read(pool, 'config.cpuAllocation.limit'), { 'config.cpuAllocation.limit': '-1' })
  const { summary, hardware } = await vim.read(host, 'summary', 'hardware')
  assert.match(summary.hardware.uuid, /^[0-9a-f-]{36}$/)
  assert.equal(hardware.systemInfo.uuid, summary.hardware.uuid)
  assert.deepEqual([summary.hardware.memorySize, summary.hardware.numCpuCores], ['0', '0'])
})

test('a method that is not built asks for its rights, and then says that it is not supported', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const nobody = new Vim(lab.a)
  const permission = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate: true }
  await vim.call('SetEntityPermissions', managers.authorization, { entity: ref('entity', managers.root), permission })
  const { vim: reader } = await nobody.signIn('holouser@vsphere.local')
  const machine = await vim.at('DC0/vm/DC0_H0_VM0')
  const host = await vim.at('DC0/host/DC0_C0/DC0_C0_H0')
  const args = { name: 'before', memory: false, quiesce: false }
  await nobody.refused('NotAuthenticated', 'CreateSnapshot_Task', machine, args)
  const missing = await reader.refused('NoPermission', 'CreateSnapshot_Task', machine, args)
  assert.deepEqual(missing, { object: machine, privilegeId: 'VirtualMachine.State.CreateSnapshot' })
  await vim.refused('NotSupported', 'CreateSnapshot_Task', machine, args)
  await vim.refused('NotSupported', 'EnterMaintenanceMode_Task', host, { timeout: 0 })
  assert.equal(
    (await vim.refused('InvalidArgument', 'CreateSnapshot_Task', machine, { memory: true, quiesce: true }))
      .invalidProperty,
    'name',
  )
  await vim.refused('MethodNotFound', 'CreateSnapshot_Task', host, args)
  await vim.refused('MethodNotFound', '__proto__', host)
})

test("faults are told in vCenter's own words", sqlite, async () => {
  await using lab = await openLab(sqlite)
  const nobody = new Vim(lab.a)
  const { vim } = await nobody.signIn()
  const machine = await vim.at('DC0/vm/DC0_H0_VM0')
  const role = { name: 'ops', privIds: ['System.Read'] }
  await vim.call('AddAuthorizationRole', managers.authorization, role)
  const permission = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate: true }
  await vim.call('SetEntityPermissions', managers.authorization, { entity: ref('entity', managers.root), permission })
  const { vim: reader } = await nobody.signIn('holouser@vsphere.local')
  const stranger = { ...permission, principal: 'VSPHERE.LOCAL\\none-such' }
  const words: [Vim, string, Ref, object, string][] = [
    [reader, 'PowerOffVM_Task', machine, {}, 'Permission to perform this operation was denied.'],
    [reader, 'AddAuthorizationRole', managers.authorization, role, 'Permission to perform this operation was denied.'],
    [nobody, 'PowerOffVM_Task', machine, {}, 'The session is not authenticated.'],
    [
      vim,
      'PowerOnVM_Task',
      machine,
      {},
      'The attempted operation cannot be performed in the current state (Powered on).',
    ],
    [vim, 'CreateDatacenter', managers.root, { name: 'DC0' }, "The name 'DC0' already exists."],
    [
      vim,
      'AddAuthorizationRole',
      managers.authorization,
      role,
      "The specified key, name, or identifier 'ops' already exists.",
    ],
    [
      vim,
      'PowerOnVM_Task',
      'VirtualMachine:vm-4711',
      {},
      "The object 'vim.VirtualMachine:vm-4711' has already been deleted or has not been completely created",
    ],
    [
      vim,
      'SetEntityPermissions',
      managers.authorization,
      { entity: ref('entity', managers.root), permission: stranger },
      "The user or group named 'VSPHERE.LOCAL\\none-such' does not exist.",
    ],
    [vim, 'ResetGuestInformation', machine, {}, 'The operation is not supported on the object.'],
  ]
  for (const [as, method, target, args, wanted] of words) {
    assert.equal(faultIn(await as.send(method, target, args)).message, wanted)
  }
})

test('every method that is not built meets every kind of caller as its definition says', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const nobody = new Vim(lab.a)
  const { vim } = await nobody.signIn()
  const permission = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate: true }
  await vim.call('SetEntityPermissions', managers.authorization, { entity: ref('entity', managers.root), permission })
  const { vim: reader } = await nobody.signIn('holouser@vsphere.local')
  const objects = await objectsIn(vim)
  const asked = new Set<string>()
  let refused = 0
  for (const target of objects) {
    const type = registry.typeNamed(target.split(':')[0] ?? '') ?? assert.fail(target)
    for (const name of definedMethods(type.name)) {
      if (findMethod(type, name) || asked.has(`${type.name}.${name}`)) continue
      asked.add(`${type.name}.${name}`)
      const at = `${type.name}.${name}`
      const { requires } = notBuiltMethod(type.name, name, newest) ?? assert.fail(at)
      const privilege = typeof requires === 'object' ? requires.privilege : undefined
      const { type: fault } = faultIn(await vim.send(name, target))
      assert(['NotSupported', 'InvalidArgument'].includes(fault), `${at}: ${fault}`)
      const own = target.includes('session[') || type.name === 'Task'
      if (requires !== 'nothing') {
        const unknown = faultIn(await nobody.send(name, target)).type
        assert.equal(unknown, 'NotAuthenticated', at)
      }
      if (privilege === undefined || privilege.startsWith('System.') || own) continue
      const { type: told, fields } = faultIn(await reader.send(name, target))
      assert.deepEqual([told, fields.privilegeId], ['NoPermission', privilege], at)
      refused++
    }
  }
  assert(asked.size > 150 && refused > 100, `${asked.size} ${refused}`)

  // Whoever tried to change something is on record, as for any other method; strangers are counted.
  const { json } = await lab.a
    .as('administrator@vsphere.local', labSsoPassword)
    .get('/sallyport/v1/audit?operation=vim25.VirtualMachine.CreateSnapshot_Task')
  const tried = json.results as { user: string; error?: string }[]
  const who = tried.map(({ user, error }) => [user, error])
  assert.deepEqual(who, [
    ['VSPHERE.LOCAL\\holouser', 'unauthorized'],
    ['VSPHERE.LOCAL\\Administrator', 'invalid_argument'],
  ])
})
