import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { faultIn, managers, type Ref, ref, Vim } from './soap-client.ts'

const { root, authorization } = managers
const holouser = 'VSPHERE.LOCAL\\holouser'

const give = (vim: Vim, entity: Ref, roleId: unknown, propagate = true) =>
  vim.call('SetEntityPermissions', authorization, {
    entity: ref('entity', entity),
    permission: { principal: holouser, group: false, roleId, propagate },
  })

const roleOf = (vim: Vim, name: string, ...privIds: string[]) =>
  vim.call('AddAuthorizationRole', authorization, { name, privIds })

for (const database of databases) {
  test(
    `${database.kind}: folders are made, named, moved and deleted, and are so after a restart`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { vim } = await new Vim(lab.a).signIn()
      const vms = await vim.at('DC0/vm')
      const machine = await vim.at('DC0/vm/DC0_H0_VM0')
      const into = (folder: Ref, ...list: Ref[]) =>
        ['MoveIntoFolder_Task', folder, { list: list.map((one) => ref('list', one)) }] as const

      const outer: Ref = await vim.call('CreateFolder', vms, { name: 'outer' })
      assert.match(outer, /^Folder:group-v\d+$/)
      const inner: Ref = await vim.call('CreateFolder', outer, { name: 'in/ner' })
      const { name, parent, childType } = await vim.read(inner, 'name', 'parent', 'childType')
      assert.deepEqual([name, parent, childType], ['in%2fner', outer, ['Folder', 'VirtualMachine', 'VirtualApp']])
      const same = await vim.refused('DuplicateName', 'CreateFolder', vms, { name: 'outer' })
      assert.deepEqual(same, { name: 'outer', object: outer })
      assert.equal((await vim.refused('InvalidName', 'CreateFolder', vms, { name: ' ' })).name, ' ')

      // An older machine in a younger folder, and an older folder in a younger one.
      const task: Ref = await vim.call(...into(inner, machine))
      const { info } = await vim.read(task, 'info')
      assert.deepEqual([info.state, info.descriptionId, info.entity], ['success', 'Folder.moveIntoFolder', inner])
      const youngest: Ref = await vim.call('CreateFolder', vms, { name: 'youngest' })
      await vim.call(...into(youngest, outer))
      const path = 'DC0/vm/youngest/outer/in%2fner/DC0_H0_VM0'
      assert.equal(await vim.at(path), machine)
      assert.deepEqual((await vim.read(vms, 'childEntity')).childEntity.includes(machine), false)
      const pool = (await vim.read(machine, 'resourcePool')).resourcePool
      assert((await vim.read(pool, 'vm')).vm.includes(machine))
      await vim.call('Rename_Task', machine, { newName: 'renamed' })
      await vim.call('Rename_Task', outer, { newName: 'outer2' })

      await lab.restart()
      const { vim: again } = await new Vim(lab.a).signIn()
      assert.equal(await again.at('DC0/vm/youngest/outer2/in%2fner/renamed'), machine)
      assert((await again.read(pool, 'vm')).vm.includes(machine))

      // What cannot be.
      assert.equal((await again.refused('InvalidFolder', ...into(inner, youngest))).target, inner)
      await again.refused('InvalidFolder', ...into(inner, inner))
      await again.refused('NotSupported', ...into(await again.at('DC0/host'), machine))
      await again.refused('NotSupported', ...into(root, vms))
      await again.refused('NotSupported', 'Rename_Task', vms, { newName: 'x' })
      await again.refused('NotSupported', 'Rename_Task', root, { newName: 'x' })
      await again.refused('NotSupported', 'Destroy_Task', vms)
      await again.refused('NotSupported', 'Rename_Task', await again.at('DC0/host/DC0_C0/DC0_C0_H0'), { newName: 'x' })
      await again.refused('DuplicateName', 'Rename_Task', youngest, { newName: 'Production' })
      const dc1 = await again.call('CreateDatacenter', root, { name: 'DC9' })
      const { vmFolder } = await again.read(dc1, 'vmFolder')
      await again.refused('NotSupported', ...into(vmFolder, machine))
      const group: Ref = await again.call('CreateFolder', root, { name: 'sites' })
      await again.call(...into(group, dc1))
      assert.equal(await again.at('sites/DC9'), dc1)
      const clash: Ref = await again.call('CreateFolder', vms, { name: 'renamed' })
      const other: Ref = await again.call('CreateFolder', vms, { name: 'other' })
      const two = await again.refused('DuplicateName', ...into(inner, other, clash))
      assert.deepEqual(two, { name: 'renamed', object: machine })
      // All of them, or none.
      assert.equal((await again.read(other, 'parent')).parent, vms)

      // A host's machines stand in other folders, and would run nowhere.
      const hosts: Ref = await again.call('CreateFolder', await again.at('DC0/host'), { name: 'hosts' })
      const alone = await again.at('DC0/host/DC0_H0')
      await again.call(...into(hosts, alone))
      assert.equal((await again.refused('ResourceInUse', 'Destroy_Task', hosts)).name, hosts.split(':')[1])
      assert.equal(await again.at('DC0/host/hosts/DC0_H0'), alone)

      // A folder goes with what is in it, once nothing in it runs.
      await again.refused('InvalidState', 'Destroy_Task', youngest)
      await again.call('PowerOffVM_Task', machine)
      await again.call('Destroy_Task', youngest)
      await again.refused('ManagedObjectNotFound', 'Fetch', machine, { prop: 'name' })
      await again.refused('ManagedObjectNotFound', 'Fetch', inner, { prop: 'name' })
      await lab.restart()
      const { vim: last } = await new Vim(lab.a).signIn()
      assert.equal(await last.at('sites/DC9'), dc1)
      assert.equal(await last.at('DC0/host/hosts/DC0_H0'), alone)
      assert.equal((await last.read(pool, 'vm')).vm.includes(machine), false)
    },
  )

  test(`${database.kind}: it takes the right on the object, where it is and where it goes`, database, async () => {
    await using lab = await openLab(database)
    const nobody = new Vim(lab.a)
    const { vim } = await nobody.signIn()
    const vms = await vim.at('DC0/vm')
    const machine = await vim.at('DC0/vm/DC0_H0_VM0')
    const mover = await roleOf(vim, 'mover', 'VirtualMachine.Inventory.Move', 'Folder.Create')
    const from: Ref = await vim.call('CreateFolder', vms, { name: 'from' })
    const to: Ref = await vim.call('CreateFolder', vms, { name: 'to' })
    await vim.call('MoveIntoFolder_Task', from, { list: ref('list', machine) })
    await give(vim, root, -2)
    const { vim: user } = await nobody.signIn('holouser@vsphere.local')
    const move = ['MoveIntoFolder_Task', to, { list: ref('list', machine) }] as const
    const missing = async () => {
      const { object, privilegeId } = await user.refused('NoPermission', ...move)
      assert.equal(privilegeId, 'VirtualMachine.Inventory.Move')
      return object
    }
    assert.equal(await missing(), machine)
    await give(vim, machine, mover)
    assert.equal(await missing(), from)
    await give(vim, from, mover, false)
    assert.equal(await missing(), to)
    await give(vim, to, mover, false)
    await user.call(...move)
    assert.equal((await vim.read(machine, 'parent')).parent, to)

    // What is inherited is that of where it is now.
    const user2 = 'VSPHERE.LOCAL\\holodeck-vmadmin'
    const permission = { principal: user2, group: false, roleId: -1, propagate: true }
    await vim.call('SetEntityPermissions', authorization, { entity: ref('entity', to), permission })
    const inherited = async () =>
      (
        await vim.list('RetrieveEntityPermissions', authorization, { entity: ref('entity', machine), inherited: true })
      ).filter(({ principal }) => principal === user2).length
    assert.equal(await inherited(), 1)
    await vim.call('MoveIntoFolder_Task', from, { list: ref('list', machine) })
    assert.equal(await inherited(), 0)

    await user.call('CreateFolder', to, { name: 'theirs' })
    const denied: [string, Ref, object, string][] = [
      ['CreateFolder', vms, { name: 'x' }, 'Folder.Create'],
      ['Rename_Task', from, { newName: 'x' }, 'Folder.Rename'],
      ['Rename_Task', machine, { newName: 'x' }, 'VirtualMachine.Config.Rename'],
      ['Rename_Task', await vim.at('DC0'), { newName: 'x' }, 'Datacenter.Rename'],
      ['Destroy_Task', from, {}, 'Folder.Delete'],
      ['Destroy_Task', await vim.at('DC0/host/DC0_C0'), {}, 'Host.Inventory.DeleteCluster'],
    ]
    for (const [method, target, args, privilege] of denied) {
      assert.equal((await user.refused('NoPermission', method, target, args)).privilegeId, privilege, method)
      assert.equal(faultIn(await nobody.send(method, target, args)).type, 'NotAuthenticated')
    }
    // Who may delete folders may not delete the machines in them for that.
    const cleaner = await roleOf(vim, 'cleaner', 'Folder.Delete')
    await give(vim, await vim.at('DC0'), cleaner)
    await give(vim, from, cleaner)
    const { privilegeId } = await user.refused('NoPermission', 'Destroy_Task', from)
    assert.equal(privilegeId, 'VirtualMachine.Inventory.Delete')
  })
}
