import fc from 'fast-check'
import type { Granted } from '../../src/access/vcenter/authorization/effective-roles.ts'
import { granteeOf, type Permission } from '../../src/access/vcenter/authorization/permission.ts'
import { createPermissionView } from '../../src/access/vcenter/authorization/permission-view.ts'
import { systemPrivileges } from '../../src/access/vcenter/authorization/privileges.ts'
import type { Role } from '../../src/access/vcenter/authorization/role.ts'
import { createRoleView } from '../../src/access/vcenter/authorization/role-view.ts'
import type { ObjectNode } from '../../src/access/vcenter/object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../../src/access/vcenter/principal.ts'
import { SmallTree } from './small-tree.ts'

const domain = 'vsphere.local'
const key = (name: string) => principalKey(name, domain)
export const userNames = ['u0', 'u1', 'u2']
export const groupNames = ['g0', 'g1', 'g2', 'g3']
const roleIds = [-5, 101, 102, 103]
export const askedPrivileges = ['System.Anonymous', 'System.View', 'System.Read', 'P.a', 'P.b', 'P.c']
/** Of every form there is: most are a prefix and a number. */
const idOf = (number: number) => ['vm-', 'group-v', 'odd-id-', 'vm-00'][number % 4] + String(number)

/** One thing that happens to a world; numbers are taken modulo what there is. */
export type Step =
  | { do: 'add'; parents: number[]; fixed: boolean; adds?: boolean }
  | { do: 'remove'; object: number }
  | { do: 'permit'; object: number; group: boolean; grantee: number; role: number; propagate: boolean }
  | { do: 'forbid'; which: number }
  | { do: 'change role'; role: number; privileges: string[] }
  | { do: 'change groups'; user: number; groups: string[] }

const small = fc.nat({ max: 50 })
export const add = fc.record({
  do: fc.constant('add' as const),
  parents: fc.array(small, { minLength: 1, maxLength: 3 }),
  fixed: fc.boolean().chain((maybe) => (maybe ? fc.boolean() : fc.constant(false))),
})
export const permit = fc.record({
  do: fc.constant('permit' as const),
  object: small,
  group: fc.boolean(),
  grantee: small,
  role: small,
  propagate: fc.boolean(),
})
export const changeRole = fc.record({
  do: fc.constant('change role' as const),
  role: small,
  privileges: fc.subarray(['P.a', 'P.b', 'P.c']),
})
export const changeGroups = fc.record({
  do: fc.constant('change groups' as const),
  user: small,
  groups: fc.subarray(groupNames),
})
/** What is as tags are: its own permissions add to those from above. */
const addTag = fc.record({
  do: fc.constant('add' as const),
  parents: fc.array(small, { minLength: 1, maxLength: 2 }),
  fixed: fc.constant(false),
  adds: fc.constant(true),
})
const remove = fc.record({ do: fc.constant('remove' as const), object: small })
const forbid = fc.record({ do: fc.constant('forbid' as const), which: small })

export const beginning: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(add, { minLength: 3, maxLength: 12 }),
    fc.array(changeRole, { minLength: 3, maxLength: 3 }),
    fc.array(changeGroups, { minLength: 3, maxLength: 3 }),
    fc.array(permit, { minLength: 1, maxLength: 12 }),
  )
  .map((parts) => parts.flat())

export const changes: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(add, addTag, remove, permit, forbid, changeRole, changeGroups) as fc.Arbitrary<Step>,
  { maxLength: 12 },
)

/** A small inventory with roles, users in groups, and permissions, which steps change. */
export class World {
  readonly tree = new SmallTree()
  readonly permissions = createPermissionView([])
  readonly roles = createRoleView([])
  readonly principals: VcenterPrincipal[] = userNames.map((name) => ({
    name,
    domain,
    key: key(name),
    groups: new Set<string>(),
  }))
  /** Ids of objects that were removed. */
  readonly gone: string[] = []
  #objects = 0

  readonly granted: Granted = {
    permissionsOn: (id) => this.permissions.on(id).values(),
    privilegesOf: (id) => this.roles.find(id)?.privileges ?? new Set(),
  }

  get objects(): ObjectNode[] {
    return [this.tree.global, ...this.tree.ids.map((id) => this.tree.find(id)!)]
  }

  get allPermissions(): Permission[] {
    return [...this.permissions.objects()].flatMap((id) => [...this.permissions.on(id).values()])
  }

  take(step: Step): void {
    const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T
    switch (step.do) {
      case 'add': {
        const { ids } = this.tree
        const parents = [...new Set(step.parents.map((parent) => pick(ids, parent)))]
        // The id of one that is gone stands for an object that has moved.
        this.tree.add(
          this.gone.pop() ?? idOf(this.#objects++),
          'Folder',
          step.fixed ? parents.slice(0, 1) : parents,
          step.fixed,
          step.adds,
        )
        break
      }
      case 'remove': {
        const leaves = this.tree.ids.slice(1).filter((id) => this.tree.find(id)!.children.size === 0)
        if (leaves.length === 0) break
        const id = pick(leaves, step.object)
        for (const permission of [...this.permissions.on(id).values()]) this.permissions.remove(permission)
        this.tree.remove(id)
        this.gone.push(id)
        break
      }
      case 'permit': {
        const holders = this.objects.filter((node) => node.holder === node)
        const name = pick(step.group ? groupNames : userNames, step.grantee)
        this.permissions.put({
          objectId: pick(holders, step.object).id,
          name,
          domain,
          group: step.group,
          grantee: granteeOf(step.group, key(name)),
          roleId: pick(roleIds, step.role),
          propagate: step.propagate,
        })
        break
      }
      case 'forbid': {
        const all = this.allPermissions
        if (all.length > 0) this.permissions.remove(pick(all, step.which))
        break
      }
      case 'change role':
        this.roles.put(madeRole(pick(roleIds.slice(1), step.role), step.privileges))
        break
      case 'change groups': {
        const at = step.user % this.principals.length
        this.principals[at] = { ...this.principals[at]!, groups: new Set(step.groups.map(key)) }
      }
    }
  }
}

function madeRole(id: number, privileges: string[]): Role {
  const all = new Set<string>([...systemPrivileges, ...privileges])
  return { id, name: String(id), label: '', description: '', privileges: all, system: false, grantable: true }
}
