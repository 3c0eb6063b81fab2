import assert from 'node:assert/strict'
import { test } from 'node:test'
import { principalKey } from '../principal.ts'
import { createSsoDirectory } from './directory.ts'
import { createNamedPrincipals } from './named-principals.ts'

const inner = principalKey('inner', 'vsphere.local')
const outer = principalKey('outer', 'vsphere.local')
const staff = principalKey('staff', 'corp.example')

/** ann is in inner, which is in outer; so is corp's group staff, which bob of corp's directory is in. */
function open() {
  const directory = createSsoDirectory()
  directory.putUser({ id: '1', name: 'Ann' } as never)
  const member = (type: 'user' | 'group', name: string, domain = 'vsphere.local') => ({
    type,
    name,
    domain,
    principalKey: principalKey(name, domain),
  })
  const members = [member('user', 'ann'), member('group', 'staff', 'corp.example')]
  directory.putGroup({ id: 'i', name: 'Inner', description: '', builtIn: 0, members })
  directory.putGroup({ id: 'o', name: 'Outer', description: '', builtIn: 0, members: [member('group', 'inner')] })
  const bob = {
    sourceType: 'LDAP',
    sourceId: 'corp',
    name: 'bob@corp.example',
    groups: ['staff@corp.example'],
  } as const
  const asked: string[] = []
  const named = createNamedPrincipals(directory, {
    async user(name, domain) {
      asked.push(`${name}@${domain}`)
      if (domain === 'vsphere.local') {
        const user = directory.userNamed(name)
        return user && directory.principalOfUser(user)
      }
      return name === 'bob' ? directory.principalOfPerson(bob) : undefined
    },
    exists: async (name, _domain, group) => (group ? name === 'Inner' : name === 'root'),
  })
  return { named, asked }
}

const groupsOf = ({ principal }: { principal: { groups: ReadonlySet<string> } }) => [...principal.groups].sort()

test('a user has the groups that a sign-in would give, and it is told how', async () => {
  const { named } = open()
  const ann = await named.find({ group: false, name: 'ANN', domain: 'vsphere.local' })
  assert.deepEqual([ann.name, ann.known, groupsOf(ann)], ['Ann', true, [inner, outer]])
  assert.deepEqual(ann.wayInto(outer), [inner, outer])
  assert.deepEqual(ann.wayInto(staff), [])
  const bob = await named.find({ group: false, name: 'bob', domain: 'corp.example' })
  assert.deepEqual(groupsOf(bob), [staff, inner, outer].sort())
  assert.deepEqual(bob.wayInto(outer), [staff, inner, outer])
  assert.deepEqual(bob.wayInto(staff), [staff])
})

test('a group stands for somebody who is in it and in nothing else, and has no name that a user could have', async () => {
  const group = await open().named.find({ group: true, name: 'Inner', domain: 'vsphere.local' })
  assert.deepEqual([group.known, group.principal.key, groupsOf(group)], [true, '', [inner, outer]])
  assert.deepEqual([group.wayInto(inner), group.wayInto(outer)], [[], [outer]])
})

test('who is not there is somebody all the same, in the groups that name them', async () => {
  const { named } = open()
  const nobody = await named.find({ group: false, name: 'nobody' })
  assert.deepEqual([nobody.known, nobody.domain, groupsOf(nobody)], [false, 'localos', []])
  assert.equal((await named.find({ group: false, name: 'root' })).known, true)
  assert.deepEqual(groupsOf(await named.find({ group: true, name: 'staff', domain: 'corp.example' })), [
    staff,
    inner,
    outer,
  ])
})

test('nobody elsewhere is asked about those of whom there are many', () => {
  const { named, asked } = open()
  assert.deepEqual(groupsOf(named.recall({ group: false, name: 'ann', domain: 'vsphere.local' })), [inner, outer])
  assert.deepEqual(groupsOf(named.recall({ group: false, name: 'bob', domain: 'corp.example' })), [])
  assert.deepEqual(asked, [])
})
