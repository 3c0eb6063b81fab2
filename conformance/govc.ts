import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '../test/client.ts'
import { ssoChecks } from './govc-sso.ts'
import { type Finished, installing, run, type Suite } from './suite.ts'

/** govc of the newest govmomi in the Go module proxy that has it as a library. @see vcenter-api.md 7.7 */
export const govc: Suite = {
  name: 'govc',

  async install(folder) {
    cpSync(join(import.meta.dirname, 'govc'), folder, { recursive: true })
    const module = await installing('go', ['list', '-m', '-f', '{{.Version}}', 'github.com/vmware/govmomi'], {
      cwd: folder,
    })
    const client = join(folder, 'govc')
    const version = `-X github.com/vmware/govmomi/cli/flags.BuildVersion=${module}`
    await installing('go', ['build', '-ldflags', version, '-o', client, '.'], { cwd: folder })
    return { client, version: `govc ${module}` }
  },

  async run(client, { url, ca, user, password, folder }, check) {
    const address = `${new URL(url).host}/sdk`
    const trusting = { PATH: process.env.PATH, HOME: folder, GOVMOMI_HOME: folder, GOVC_TLS_CA_CERTS: ca }
    const known = { ...trusting, GOVC_URL: `https://${address}`, GOVC_USERNAME: user, GOVC_PASSWORD: password }
    const govc = (...args: string[]) => run(client, args, { env: known })
    /** Without a user and without a password of its own. */
    const bare = (...args: string[]) => run(client, args, { env: trusting })
    const at = ['-u', `https://${address}`]

    const lines = async (...args: string[]) => succeeded(await govc(...args)).split('\n')
    const count = async (role: string) => (await lines('role.ls', role)).length

    await check('A1 role.ls, also of one role, and fails for one that is not there', async () => {
      assert.match(succeeded(await govc('role.ls')), /^Admin\b/m)
      JSON.parse(succeeded(await govc('role.ls', '-json')))
      assert((await count('Admin')) > 400)
      failed(await govc('role.ls', 'enoent'))
    })

    await check('A2 role.usage', async () => {
      succeeded(await govc('role.usage'))
      JSON.parse(succeeded(await govc('role.usage', '-json')))
      assert.match(succeeded(await govc('role.usage', 'Admin')), /VSPHERE\.LOCAL\\Administrator/)
      failed(await govc('role.usage', 'enoent'))
    })

    const role = 'conformance'
    await check('A3 a role that is created without privileges has three', async () => {
      succeeded(await govc('role.create', role))
      assert.deepEqual(await lines('role.ls', role), ['System.Anonymous', 'System.Read', 'System.View'])
    })

    const admins = await lines('role.ls', 'Admin')
    await check('A4 role.update with all privileges on virtual machines', async () => {
      succeeded(await govc('role.update', role, ...admins.filter((id) => id.startsWith('VirtualMachine.'))))
      assert((await count(role)) > 3)
    })

    await check('A5 role.update with an unknown privilege fails and changes nothing', async () => {
      const before = await lines('role.ls', role)
      failed(await govc('role.update', role, 'enoent'))
      assert.deepEqual(await lines('role.ls', role), before)
    })

    await check('A6 role.update takes privileges away and adds them', async () => {
      const guest = admins.filter((id) => id.startsWith('VirtualMachine.GuestOperations.'))
      const before = await count(role)
      succeeded(await govc('role.update', '-r', role, ...guest))
      assert.equal(await count(role), before - guest.length)
      succeeded(await govc('role.update', '-a', role, ...guest))
      assert.equal(await count(role), before)
    })

    await check('A7 role.update -name keeps the privileges', async () => {
      const before = await lines('role.ls', role)
      succeeded(await govc('role.update', '-name', `${role}-N`, role))
      assert.deepEqual(await lines('role.ls', `${role}-N`), before)
    })

    await check('A8 role.remove', async () => {
      succeeded(await govc('role.remove', `${role}-N`))
      failed(await govc('role.ls', `${role}-N`))
    })

    await check('A9 permissions.set and permissions.remove', async () => {
      const before = await lines('permissions.ls', '/DC0')
      succeeded(await govc('permissions.set', '-principal', 'root', '-role', 'Admin', '/DC0'))
      const during = await lines('permissions.ls', '/DC0')
      assert(
        during.some((line) => /Admin\s+\/DC0\s+root\s+Yes/.test(line)),
        during.join('\n'),
      )
      succeeded(await govc('permissions.remove', '-principal', 'root', '/DC0'))
      assert.deepEqual(await lines('permissions.ls', '/DC0'), before)
      failed(await govc('permissions.remove', '-principal', 'root', '/DC0'))
      succeeded(await govc('permissions.remove', '-f', '-principal', 'root', '/DC0'))
    })

    await check('A10 session.ls, with the agent in it', async () => {
      assert.match(succeeded(await govc('session.ls')), /\bgovc\/\d+\.\d+\.\d+/)
      succeeded(await govc('session.ls', '-S'))
      JSON.parse(succeeded(await govc('session.ls', '-json')))
    })

    await check('A12 session.rm ends another session, not its own, and knows which there are', async () => {
      failed(await govc('session.rm', 'enoent'))
      const { currentSession } = JSON.parse(succeeded(await govc('session.ls', '-json')))
      failed(await govc('session.rm', currentSession.key))
      succeeded(await run(client, ['role.ls'], { env: { ...known, GOVMOMI_HOME: join(folder, 'other') } }))
      const { sessionList } = JSON.parse(succeeded(await govc('session.ls', '-json')))
      const other = sessionList.find(({ key }: { key: string }) => key !== currentSession.key)
      succeeded(await govc('session.rm', other.key))
      failed(await govc('session.rm', other.key))
    })

    await check('A13 a session that is kept needs no password again; nobody is nobody', async () => {
      succeeded(await bare('role.ls', '-u', `https://${encodeURIComponent(user)}@${address}`))
      failed(await bare('role.ls', ...at), /not authenticated/)
    })

    await check('A15 about needs no session, ls does', async () => {
      succeeded(await bare('about', ...at))
      failed(await bare('ls', ...at), /not authenticated/)
    })

    await check('A16 a cookie gives a ticket, and the ticket a session', async () => {
      const cookie = succeeded(await govc('session.login', '-l'))
      const ticket = succeeded(await govc('session.login', '-cookie', cookie, '-clone'))
      const cloned = { ...trusting, GOVMOMI_HOME: join(folder, 'cloned') }
      const login = () => run(client, ['session.login', ...at, '-ticket', ticket], { env: cloned })
      succeeded(await login())
      succeeded(await run(client, ['role.ls', ...at], { env: cloned }))
      failed(
        await run(client, ['session.login', ...at, '-ticket', ticket], { env: { ...cloned, GOVMOMI_HOME: folder } }),
      )
    })

    await check('A24 session.login as a plain HTTP client', async () => {
      assert.match(succeeded(await govc('session.login', '/sdk/vimServiceVersions.xml')), /urn:vim25/)
      failed(await govc('session.login', '/enoent'))
      succeeded(await govc('session.login', '-r', '/rest/com/vmware/cis/session'))
      failed(await govc('session.login', '-r', '/enoent'))
    })

    await check('the inventory is listed and found', async () => {
      assert.deepEqual(await lines('ls', '/'), ['/DC0', '/DC1'])
      assert.equal((await lines('find', '/', '-type', 'm')).length, 40)
      assert.match(succeeded(await govc('vm.info', '-dc', 'DC0', 'DC0_H0_VM0')), /Power state:\s+poweredOn/)
    })

    await check('a virtual machine is powered on and off, and a datacenter made and destroyed', async () => {
      const power = (state: string) => govc('vm.power', '-dc', 'DC0', state, 'DC0_H0_VM1')
      succeeded(await power('-on'))
      failed(await power('-on'))
      succeeded(await power('-off'))
      succeeded(await govc('datacenter.create', 'DCX'))
      succeeded(await govc('object.destroy', '/DCX'))
      assert.deepEqual(await lines('ls', '/'), ['/DC0', '/DC1'])
    })

    await check('folders are made, and objects renamed, moved and destroyed', async () => {
      succeeded(await govc('folder.create', '/DC0/vm/made'))
      failed(await govc('folder.create', '/DC0/vm/made'))
      succeeded(await govc('object.mv', '/DC0/vm/DC0_H0_VM1', '/DC0/vm/made'))
      succeeded(await govc('object.rename', '/DC0/vm/made', 'named'))
      assert.deepEqual(await lines('ls', '/DC0/vm/named'), ['/DC0/vm/named/DC0_H0_VM1'])
      succeeded(await govc('object.mv', '/DC0/vm/named/DC0_H0_VM1', '/DC0/vm'))
      succeeded(await govc('object.destroy', '/DC0/vm/named'))
      assert(!(await lines('ls', '/DC0/vm')).includes('/DC0/vm/named'))
    })

    await check('events are listed, of one object too', async () => {
      assert.match(succeeded(await govc('events', '-n', '100')), /logged in as .*govc/)
      succeeded(await govc('role.create', 'eventful'))
      assert.match(succeeded(await govc('events', '-n', '5')), /New role eventful created/)
      succeeded(await govc('permissions.set', '-principal', 'holouser@vsphere.local', '-role', 'eventful', '/DC1'))
      assert.match(succeeded(await govc('events', '/DC1')), /Permission created for .* on DC1/)
      const added = succeeded(await govc('events', '-json', '-type', 'RoleAddedEvent'))
      assert(added.includes('New role eventful created') && !added.includes('logged in'), added)
      succeeded(await govc('permissions.remove', '-principal', 'holouser@vsphere.local', '/DC1'))
      succeeded(await govc('role.remove', 'eventful'))
    })

    await check('what there is none of here is empty, and what is not kept is unset', async () => {
      for (const args of [
        ['license.ls'],
        ['license.assigned.ls'],
        ['fields.ls'],
        ['extension.info'],
        ['option.ls', 'config.vmacore.soap.'],
        ['metric.interval.info'],
        ['host.info', '/DC0/host/DC0_C0/DC0_C0_H0'],
        ['host.info', '-json', '/DC0/host/DC0_C0/DC0_C0_H0'],
        ['vm.info', '-e', '-g', '-t', '-r', '/DC0/vm/DC0_H0_VM0'],
        ['device.ls', '-vm', '/DC0/vm/DC0_H0_VM0'],
        ['datastore.info', '/DC0/datastore/LocalDS_0'],
        ['cluster.usage', '/DC0/host/DC0_C0'],
        ['snapshot.tree', '-vm', '/DC0/vm/DC0_H0_VM0'],
        ['object.collect', '-s', '/DC0/vm/DC0_H0_VM0', 'config.extraConfig', 'layoutEx', 'guest.toolsStatus'],
        ['object.collect', '/DC0/host/DC0_C0/DC0_C0_H0'],
        ['pool.info', '/DC0/host/DC0_C0/Resources'],
        ['tasks', '-n', '1'],
        ['find', '/', '-type', 'h', '-runtime.connectionState', 'connected'],
        ['ls', '-l', '/DC0/vm'],
      ]) {
        const { code, stderr } = await govc(...args)
        assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
      }
      failed(await govc('vm.change', '-vm', '/DC0/vm/DC0_H0_VM0', '-c', '2'), /not supported/)
      failed(await govc('snapshot.create', '-vm', '/DC0/vm/DC0_H0_VM0', 'x'), /not supported/)
      failed(await govc('fields.add', 'owner'), /not supported/)
    })

    const tagWalk = async (as: typeof govc, prefix: string) => {
      const [category, tag, machine] = [`${prefix}-region`, `${prefix}-eu`, '/DC0/vm/DC0_H0_VM0']
      const id = succeeded(await as('tags.category.create', '-d', 'Region', '-t', 'VirtualMachine', category))
      assert.match(id, /^urn:vmomi:InventoryServiceCategory:/)
      succeeded(await as('tags.category.update', '-t', 'Datacenter', '-d', 'Where it is', category))
      const [info] = JSON.parse(succeeded(await as('tags.category.info', '-json', category)))
      assert.deepEqual(
        [info.id, info.description, info.cardinality, info.associable_types],
        [id, 'Where it is', 'SINGLE', ['Datacenter', 'VirtualMachine']],
      )
      assert.match(succeeded(await as('tags.category.ls')), new RegExp(`^${category}$`, 'm'))

      const tagId = succeeded(await as('tags.create', '-d', 'Europe', '-c', category, tag))
      failed(await as('tags.create', '-c', category, tag), /already_exists|400/)
      assert.match(succeeded(await as('tags.ls', '-c', category)), new RegExp(`^${tag}\\s+${category}$`))
      succeeded(await as('tags.update', '-d', 'All of Europe', '-c', category, tag))
      assert.match(succeeded(await as('tags.info', '-c', category, tag)), /Description:\s+All of Europe/)

      succeeded(await as('tags.attach', '-c', category, tag, machine))
      failed(await as('tags.attach', '-c', category, tag, '/DC0/host/DC0_C0'))
      assert.equal(succeeded(await as('tags.attached.ls', '-r', machine)), tag)
      assert.match(succeeded(await as('tags.attached.ls', tagId)), /^VirtualMachine:vm-\d+$/)
      assert.match(succeeded(await as('tags.attached.ls', '-l', tagId)), /DC0_H0_VM0|VirtualMachine:vm-/)
      failed(await as('tags.rm', '-c', category, tag))
      succeeded(await as('tags.detach', '-c', category, tag, machine))
      assert.equal(succeeded(await as('tags.attached.ls', tagId)), '')
      succeeded(await as('tags.rm', '-c', category, tag))
      succeeded(await as('tags.category.rm', category))
      failed(await as('tags.category.info', category))
    }

    /** With a role that is given globally, for which govc has no command. */
    const asUser = async (name: string, ...privileges: string[]): Promise<typeof govc> => {
      const admin = new Client(url, readFileSync(ca, 'utf8')).as(user, password)
      const { json: id } = await admin.post('/api/session')
      const session = admin.with({ headers: { 'vmware-api-session-id': id } })
      const base = '/api/vcenter/authorization'
      const { json: role } = await session.post(`${base}/roles`, { name, description: '', privileges })
      const { status, text } = await session.post(`${base}/permissions`, {
        object: { type: 'GlobalAcl', id: 'GlobalAcl' },
        principal: { type: 'USER', name, domain: 'vsphere.local' },
        role,
        propagating: true,
      })
      assert.equal(status, 201, text)
      const env = { ...known, GOVC_USERNAME: `${name}@vsphere.local`, GOVMOMI_HOME: join(folder, name) }
      return (...args) => run(client, args, { env })
    }

    await check('tags.* make, read, change, attach, detach and delete categories and tags', async () => {
      await tagWalk(govc, 'admin')
    })

    await check('tags.* do the same for somebody who just may', async () => {
      const rights = ['AttachTag', 'ObjectAttachable', 'CreateTag', 'EditTag', 'DeleteTag']
      const categories = ['CreateCategory', 'EditCategory', 'DeleteCategory']
      const may = await asUser(
        'holouser',
        ...[...rights, ...categories].map((one) => `InventoryService.Tagging.${one}`),
      )
      await tagWalk(may, 'just')
    })

    await check('tags.* and storage.policy.ls refuse somebody who may only read', async () => {
      const reader = await asUser('holodeck-vmadmin')
      succeeded(await govc('tags.category.create', 'kept'))
      succeeded(await govc('tags.create', '-c', 'kept', 'one'))
      assert.match(succeeded(await reader('tags.ls', '-c', 'kept')), /^one\s+kept$/)
      for (const refused of [
        ['tags.category.create', 'more'],
        ['tags.category.update', '-d', 'x', 'kept'],
        ['tags.category.rm', '-f', 'kept'],
        ['tags.create', '-c', 'kept', 'two'],
        ['tags.update', '-d', 'x', '-c', 'kept', 'one'],
        ['tags.attach', '-c', 'kept', 'one', '/DC0'],
        ['tags.rm', '-f', '-c', 'kept', 'one'],
      ]) {
        failed(await reader(...refused), /403|unauthorized/i)
      }
      failed(await reader('storage.policy.ls'), /denied|NoPermission/)
      succeeded(await govc('tags.category.rm', '-f', 'kept'))
      succeeded(await govc('role.remove', '-force', 'holodeck-vmadmin'))
    })

    await ssoChecks(
      {
        admin: govc,
        as: (name, home, secret = password) => {
          const env = {
            GOVC_USERNAME: `${name}@vsphere.local`,
            GOVC_PASSWORD: secret,
            GOVMOMI_HOME: join(folder, home),
          }
          return (...args) => run(client, args, { env: { ...known, ...env } })
        },
        bare: (home) => {
          const env = { ...trusting, GOVC_URL: `https://${address}`, GOVMOMI_HOME: join(folder, home) }
          return (...args) => run(client, args, { env })
        },
        folder,
      },
      check,
    )

    await check('storage.policy.ls has none, and none can be made yet', async () => {
      assert.equal(succeeded(await govc('storage.policy.ls')), '')
      failed(await govc('storage.policy.create', '-category', 'x', '-tag', 'y', 'name'))
    })

    await check('whoever may see one datacenter sees that one, and may do what the role says', async () => {
      const other = { ...known, GOVC_USERNAME: 'holodeck-vmadmin@vsphere.local', GOVMOMI_HOME: join(folder, 'vmadmin') }
      const limited = (...args: string[]) => run(client, args, { env: other })
      failed(await limited('ls', '/'))
      succeeded(await govc('role.create', 'power', 'VirtualMachine.Interact.PowerOn'))
      const principal = 'holodeck-vmadmin@vsphere.local'
      succeeded(await govc('permissions.set', '-principal', principal, '-role', 'power', '/DC0'))
      assert.equal(succeeded(await limited('ls', '/')), '/DC0')
      succeeded(await limited('vm.power', '-dc', 'DC0', '-on', 'DC0_H0_VM1'))
      failed(await limited('vm.power', '-dc', 'DC0', '-off', 'DC0_H0_VM1'))
      failed(await limited('role.create', 'more'))
      failed(await limited('permissions.set', '-principal', principal, '-role', 'Admin', '/DC0'))
    })
  },
}

function succeeded({ code, stdout, stderr }: Finished): string {
  assert.equal(code, 0, `it failed: ${stderr.trim()}`)
  return stdout.trim()
}

function failed({ code, stdout, stderr }: Finished, reason = /./): void {
  assert.notEqual(code, 0, `it did not fail: ${stdout.trim()}`)
  assert.match(stderr, reason)
}
