import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inferred } from '../../src/http/vcenter/sdk/inferred.ts'
import { databases, openLab } from '../lab.ts'
import { signedIn } from './clients.ts'
import { argumentsXml, contentOf, managers, type Ref, ref, Vim, Xml } from './soap-client.ts'

const { properties, authorization, index, root, service } = managers
const dc0: Ref = 'Datacenter:datacenter-3'

/** A selection that leads on from objects of a type. */
const traversal = (type: string, path: string, fields: object = {}): Xml =>
  new Xml(
    `<selectSet xsi:type="TraversalSpec">${argumentsXml(fields).replace(/<selectSet>.*/, '')}<type>${type}</type>` +
      `<path>${path}</path><skip>false</skip>${argumentsXml({ selectSet: (fields as { selectSet?: unknown }).selectSet })}</selectSet>`,
  )

/** A selection that is defined elsewhere. */
const named = (name: string): Xml => new Xml(`<selectSet><name>${name}</name></selectSet>`)

/** Where a filter begins. */
const start = (obj: Ref, skip: boolean, ...selectSet: Xml[]): Xml =>
  new Xml(
    `<objectSet>${ref('obj', obj).text}<skip>${skip}</skip>${selectSet.map(({ text }) => text).join('')}</objectSet>`,
  )

for (const database of databases) {
  test(`${database.kind}: properties are found along the paths that clients go`, database, async () => {
    await using lab = await openLab(database)
    const { vim } = await new Vim(lab.a).signIn()

    // What govc does to tell where an object is.
    const upwards = (from: Ref) =>
      start(
        from,
        false,
        traversal('ManagedEntity', 'parent', { name: 'up', selectSet: named('up') }),
        traversal('VirtualMachine', 'parentVApp', { selectSet: named('up') }),
      )
    const ancestors = async (from: Ref) => {
      const paths = [
        { type: 'ManagedEntity', pathSet: ['name', 'parent'] },
        { type: 'VirtualMachine', pathSet: 'parentVApp' },
      ]
      return (await vim.retrieve(paths, [upwards(from)])).map(({ values }) => values.name)
    }
    assert.deepEqual(await ancestors(await vim.at('DC0/vm/DC0_H0_VM0')), ['DC0_H0_VM0', 'vm', 'DC0', 'Datacenters'])
    const inVApp = await vim.at('DC0/host/DC0_C0/Resources/DC0_C0_APP0/DC0_C0_APP0_VM0')
    assert.deepEqual(await ancestors(inVApp), [
      'DC0_C0_APP0_VM0',
      'DC0_C0_APP0',
      'Resources',
      'DC0_C0',
      'host',
      'DC0',
      'Datacenters',
    ])

    // Downwards, round and round: every object once.
    const everywhere = start(
      root,
      true,
      traversal('Folder', 'childEntity', { name: 'folder', selectSet: [named('folder'), named('dc'), named('up')] }),
      traversal('Datacenter', 'vmFolder', { name: 'dc', selectSet: [named('folder'), named('up')] }),
      traversal('ManagedEntity', 'parent', { name: 'up', selectSet: [named('folder'), named('up')] }),
    )
    const all = await vim.retrieve([{ type: 'ManagedEntity', pathSet: 'name' }], [everywhere])
    assert.equal(new Set(all.map(({ obj }) => obj)).size, all.length)
    assert(all.some(({ obj }) => obj === root))
    // All but those in vApps, to which no selection leads.
    assert.equal(all.filter(({ obj }) => obj.startsWith('VirtualMachine:')).length, 30)

    // Types stand for those derived from them; of what nothing is asked, nothing is answered.
    const children = start(root, false, traversal('Folder', 'childEntity'))
    const datacenters = await vim.retrieve([{ type: 'Datacenter', pathSet: ['name', 'vmFolder'] }], [children])
    assert.deepEqual(datacenters[0], {
      obj: dc0,
      values: { name: 'DC0', vmFolder: await vim.at('DC0/vm') },
      missing: [],
    })
    assert.equal(datacenters.length, 2)
    assert.deepEqual(await vim.retrieve([{ type: 'HostSystem', pathSet: 'name' }], [root]), [])
    assert.deepEqual(await vim.retrieve([{ type: 'Datacenter' }], [dc0]), [{ obj: dc0, values: {}, missing: [] }])
    const cluster = await vim.at('DC0/host/DC0_C0')
    assert.deepEqual((await vim.read(cluster, 'summary.numHosts', 'host')).host.length, 3)
    const [everything] = await vim.retrieve([{ type: 'ManagedEntity', all: true }], [dc0])
    assert.deepEqual(everything?.missing, [])
    assert.equal(everything?.values.network.length, 2)

    const machine = await vim.at('DC0/vm/DC0_H0_VM0')
    const paths = ['config.uuid', 'summary.config.memorySizeMB', 'runtime.host', 'guest.ipAddress', 'snapshot']
    const read = await vim.read(machine, ...paths)
    assert.deepEqual(Object.keys(read), paths.slice(0, 3))
    const byUuid = { uuid: read['config.uuid'], vmSearch: true }
    assert.equal(await vim.call('FindByUuid', index, byUuid), machine)
    assert.equal(await vim.call('FindByUuid', index, { ...byUuid, datacenter: ref('datacenter', dc0) }), machine)
    const elsewhere = { ...byUuid, datacenter: ref('datacenter', await vim.at('DC1')) }
    assert.equal(await vim.call('FindByUuid', index, elsewhere), undefined)
    assert.equal(await vim.call('FindByUuid', index, { ...byUuid, vmSearch: false }), undefined)

    const refusals: [string, object, object][] = [
      ['InvalidProperty', { propSet: { type: 'Datacenter', pathSet: 'enoent' } }, { name: 'enoent' }],
      ['InvalidProperty', { propSet: { type: 'Datacenter', pathSet: 'name.enoent' } }, { name: 'name.enoent' }],
      ['InvalidProperty', { propSet: { type: 'Datacenter', pathSet: '__proto__' } }, { name: '__proto__' }],
      ['InvalidArgument', { objectSet: start(root, false, named('enoent')) }, { invalidProperty: 'specSet[0]' }],
      ['ManagedObjectNotFound', { objectSet: start('Folder:group-d9', false) }, { obj: 'Folder:group-d9' }],
      ['ManagedObjectNotFound', { objectSet: start('Datacenter:group-d1', false) }, { obj: 'Datacenter:group-d1' }],
    ]
    for (const [fault, spec, fields] of refusals) {
      const specSet = { propSet: { type: 'Datacenter', pathSet: 'name' }, objectSet: start(dc0, false), ...spec }
      assert.deepEqual(await vim.refused(fault, 'RetrieveProperties', properties, { specSet }), fields)
    }
    // A type that is not known has no objects, whatever is asked of them.
    assert.deepEqual(await vim.retrieve([{ type: 'HostDatastoreBrowser', pathSet: 'x' }], [dc0]), [])
    const many = start(root, false, ...Array.from({ length: 257 }, () => traversal('Folder', 'childEntity')))
    const tooMany = { propSet: { type: 'Folder', pathSet: 'name' }, objectSet: many }
    await vim.refused('InvalidArgument', 'RetrieveProperties', properties, { specSet: tooMany })
    const manyPaths = Array.from({ length: 501 }, (_, n) => `guest.x${n}`)
    const tooManyPaths = { propSet: { type: 'VirtualMachine', pathSet: manyPaths }, objectSet: start(root, false) }
    await vim.refused('InvalidArgument', 'RetrieveProperties', properties, { specSet: tooManyPaths })
    const oneFilter = { propSet: { type: 'Folder' }, objectSet: start(root, false) }
    const tooManyFilters = { specSet: Array.from({ length: 33 }, () => oneFilter) }
    await vim.refused('InvalidArgument', 'RetrieveProperties', properties, tooManyFilters)
  })

  test(`${database.kind}: what all sessions of a user are told the changes of is bounded`, database, async () => {
    await using lab = await openLab(database)
    const usual = inferred.valuesOfUser
    using restored = new DisposableStack()
    restored.defer(() => {
      inferred.valuesOfUser = usual
    })
    inferred.valuesOfUser = 3
    const spec = { propSet: { type: 'Datacenter', pathSet: ['name', 'overallStatus'] }, objectSet: start(dc0, false) }
    const watching = async () => {
      const { vim } = await new Vim(lab.a).signIn()
      await vim.call('CreateFilter', properties, { spec, partialUpdates: false })
      return vim
    }
    const first = await watching()
    assert(await first.call('CheckForUpdates', properties))
    const second = await watching()
    await second.refused('LimitExceeded', 'CheckForUpdates', properties)
    await first.call('Logout', managers.sessions)
    assert(await second.call('CheckForUpdates', properties))
  })

  test(`${database.kind}: large answers are made in their callers' turns, in the room there is`, database, async () => {
    await using lab = await openLab(database)
    const { turns, room } = lab.server.services
    const { vim } = await new Vim(lab.a).signIn()
    const everything = start(
      root,
      false,
      traversal('Folder', 'childEntity', { name: 'f', selectSet: [named('f'), named('d')] }),
      traversal('Datacenter', 'vmFolder', { name: 'd', selectSet: named('f') }),
    )
    const once = { propSet: { type: 'ManagedEntity', all: true }, objectSet: everything }
    const specSet = Array.from({ length: 32 }, () => once)
    const objects = async (specSet: object) => {
      const { text, headers } = await vim.send('RetrieveProperties', properties, { specSet })
      assert.equal(Number(headers['content-length']), Buffer.byteLength(text))
      return text.split('<returnval>').length - 1
    }
    const ofOne = await objects(once)

    const before = turns.slices
    const counts = await Promise.all(Array.from({ length: 6 }, () => objects(specSet)))
    assert.deepEqual(counts, Array(6).fill(32 * ofOne))
    assert(turns.slices - before > 6, `${turns.slices - before} slices`)
    assert(room.peak > 0 && room.peak <= 128 * 2 ** 20, `${room.peak} bytes`)
    assert.equal(room.held, 0)
  })

  test(
    `${database.kind}: answers are given in pages, and what may not be known is said to be missing`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { vim: admin } = await new Vim(lab.a).signIn()
      const objectSet = start(
        root,
        false,
        traversal('Folder', 'childEntity', { name: 'f', selectSet: [named('f'), named('d')] }),
        traversal('Datacenter', 'vmFolder', { name: 'd', selectSet: named('f') }),
      )
      const specSet = { propSet: { type: 'ManagedEntity', pathSet: ['name', 'overallStatus'] }, objectSet }
      const whole = (await admin.list('RetrieveProperties', properties, { specSet })).map(contentOf)

      const pages = async (vim: Vim, maxObjects: number) => {
        const objects: Ref[] = []
        let page = await vim.call('RetrievePropertiesEx', properties, { specSet, options: { maxObjects } })
        for (;;) {
          const part = [page.objects].flat()
          assert(part.length <= maxObjects)
          objects.push(...part.map(({ obj }: { obj: Ref }) => obj))
          if (page.token === undefined) return objects
          page = await vim.call('ContinueRetrievePropertiesEx', properties, { token: page.token })
        }
      }
      for (const size of [1, 7, whole.length - 1, whole.length, whole.length + 1]) {
        assert.deepEqual(
          await pages(admin, size),
          whole.map(({ obj }) => obj),
        )
      }
      const first = await admin.call('RetrievePropertiesEx', properties, { specSet, options: { maxObjects: 1 } })
      await admin.call('CancelRetrievePropertiesEx', properties, { token: first.token })
      const cancelled = { token: first.token }
      await admin.refused('InvalidArgument', 'ContinueRetrievePropertiesEx', properties, cancelled)
      const none = { specSet: { ...specSet, propSet: { type: 'Task', pathSet: 'info' } }, options: {} }
      assert.equal(await admin.call('RetrievePropertiesEx', properties, none), undefined)
      const negative = { specSet, options: { maxObjects: -1 } }
      await admin.refused('InvalidArgument', 'RetrievePropertiesEx', properties, negative)

      // Whoever has something in one datacenter sees that the root is there, and no more of it.
      await admin.call('SetEntityPermissions', authorization, {
        entity: ref('entity', dc0),
        permission: { principal: 'holouser@vsphere.local', group: false, roleId: -2, propagate: true },
      })
      const { vim } = await new Vim(lab.a).signIn('holouser@vsphere.local')
      const seen = (await vim.list('RetrieveProperties', properties, { specSet })).map(contentOf)
      assert.deepEqual(seen[0], {
        obj: root,
        values: { name: 'Datacenters' },
        missing: [
          { path: 'overallStatus', fault: 'NoPermission', fields: { object: root, privilegeId: 'System.Read' } },
        ],
      })
      assert(seen.slice(1).every(({ missing }) => missing.length === 0))
      assert.deepEqual(
        seen.map(({ obj }) => obj),
        whole.map(({ obj }) => obj).filter((obj) => seen.some((one) => one.obj === obj)),
      )
      assert.deepEqual(
        seen.filter(({ obj }) => obj.startsWith('Datacenter:')).map(({ obj }) => obj),
        [dc0],
      )
      // An object that is asked for by name, and may not be seen, has nothing but what is missing.
      const dc1 = await admin.at('DC1')
      const [hidden] = await vim.retrieve([{ type: 'Datacenter', pathSet: 'name' }], [dc1])
      assert.deepEqual(hidden, {
        obj: dc1,
        values: {},
        missing: [{ path: 'name', fault: 'NoPermission', fields: { object: dc1, privilegeId: 'System.View' } }],
      })
      // A page that is continued is told by the rights of then.
      const begun = await vim.call('RetrievePropertiesEx', properties, { specSet, options: { maxObjects: 1 } })
      await admin.call('ResetEntityPermissions', authorization, {
        entity: ref('entity', dc0),
        permission: { principal: 'holouser@vsphere.local', group: false, roleId: -2, propagate: false },
      })
      const rest = await vim.call('ContinueRetrievePropertiesEx', properties, { token: begun.token })
      assert.deepEqual(
        [rest.objects].flat().map(({ obj }: { obj: Ref }) => obj),
        [dc0],
      )
    },
  )

  test(`${database.kind}: whoever waits for changes hears of them`, database, async () => {
    await using lab = await openLab(database)
    const { vim } = await new Vim(lab.a).signIn()
    const rest = await signedIn(lab.a)
    const collector: Ref = await vim.call('CreatePropertyCollector', properties)
    const spec = {
      propSet: { type: 'ManagedEntity', pathSet: ['name', 'childEntity'] },
      objectSet: start(root, false, traversal('Folder', 'childEntity')),
    }
    const datacenterNames = { ...spec, propSet: { type: 'Datacenter', pathSet: 'name' } }
    await vim.refused('InvalidProperty', 'CreateFilter', collector, { spec, partialUpdates: false })
    const filter: Ref = await vim.call('CreateFilter', collector, { spec: datacenterNames, partialUpdates: false })
    const wait = (version: string, options: object = {}) =>
      vim.call('WaitForUpdatesEx', collector, { version, options })
    const told = ({ filterSet }: Update) =>
      [filterSet.objectSet].flat().map(({ kind, obj, changeSet = [] }) => {
        return [kind, obj, ...[changeSet].flat().map(({ op, name, val }) => `${op} ${name} ${val}`)]
      })

    const first = await wait('')
    assert.equal(first.filterSet.filter, filter)
    assert.deepEqual(told(first), [
      ['enter', dc0, 'assign name DC0'],
      ['enter', await vim.at('DC1'), 'assign name DC1'],
    ])
    assert.equal(await wait(first.version, { maxWaitSeconds: 0 }), undefined)
    assert.equal(await vim.call('CheckForUpdates', collector, { version: first.version }), undefined)

    const waiting = wait(first.version)
    const { json: id } = await rest.post('/api/vcenter/datacenter', { name: 'DCX', folder: 'group-d1' })
    assert.match(id, /^datacenter-/)
    const second = await waiting
    assert.deepEqual(told(second), [['enter', `Datacenter:${id}`, 'assign name DCX']])
    const task: Ref = await vim.call('Destroy_Task', `Datacenter:${id}`)
    assert.deepEqual(told(await wait(second.version)), [['leave', `Datacenter:${id}`]])

    // The task is there and complete, for the one who began it and for whoever may look at the object.
    const { info } = await vim.read(task, 'info')
    assert.deepEqual(
      [info.key, info.state, info.name, info.entityName, info.reason.userName],
      [task.slice('Task:'.length), 'success', 'Destroy_Task', 'DCX', 'VSPHERE.LOCAL\\Administrator'],
    )
    assert((await vim.read('TaskManager:TaskManager', 'recentTask')).recentTask.includes(task))

    for (const version of ['0', first.version, 'x']) {
      await vim.refused('InvalidCollectorVersion', 'CheckForUpdates', collector, { version })
    }
    const again = await vim.call('WaitForUpdatesEx', collector, { version: '', options: { maxObjectUpdates: 1 } })
    assert.deepEqual([again.truncated, told(again).length], ['true', 1])
    const remaining = await wait(again.version)
    assert.deepEqual([remaining.truncated, told(remaining).length], [undefined, 1])

    // A wait ends when it is cancelled, when another one begins, and with the session.
    const { version } = remaining
    const cancelled = vim.refused('RequestCanceled', 'WaitForUpdatesEx', collector, { version })
    const replaced = cancelled.then(() => vim.refused('RequestCanceled', 'WaitForUpdates', collector, { version }))
    while (!(await settled(cancelled))) await vim.call('CancelWaitForUpdates', collector)
    while (!(await settled(replaced))) await wait(version, { maxWaitSeconds: 0 })
    const ended = vim.refused('NotAuthenticated', 'WaitForUpdatesEx', collector, { version })
    await vim.call('DestroyPropertyFilter', filter)
    const { currentSession } = await vim.read(managers.sessions, 'currentSession')
    const { vim: other } = await new Vim(lab.a).signIn()
    await other.refused('ManagedObjectNotFound', 'CheckForUpdates', collector)
    await other.call('TerminateSession', managers.sessions, { sessionId: currentSession.key })
    await ended

    const own: Ref = await other.call('CreatePropertyCollector', properties)
    await other.call('DestroyPropertyCollector', own)
    await other.refused('ManagedObjectNotFound', 'CheckForUpdates', own)
    await other.refused('NotSupported', 'DestroyPropertyCollector', properties)
    await other.call('CurrentTime', service)
  })
}

interface Update {
  filterSet: { objectSet: { kind: string; obj: Ref; changeSet?: Record<string, string> } }
}

/** Whether a promise has an answer by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol()
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending
}
