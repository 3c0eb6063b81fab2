import type { Change } from '../../../audit/journal.ts'
import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { globalRoot, type ObjectNode, type ObjectTree } from '../object-tree.ts'
import { localDomain } from '../principal.ts'
import { lineageOf } from './explanation.ts'
import { requireOnServer } from './granting.ts'
import type { Grantee, Permission } from './permission.ts'
import {
  type GivenRole,
  isAdministrators,
  modify,
  type NamedPrincipal,
  namedPrincipal,
  noAdministrator,
  type PermissionChanges,
  shown,
} from './permission-changes.ts'
import type { PermissionView } from './permission-view.ts'
import type { RoleView } from './role-view.ts'
import { permissionOf } from './rows.ts'
import { administratorRole } from './system-roles.ts'
import { roleIn } from './vcenter-roles.ts'

export interface EntityPermissionParts {
  tree: ObjectTree
  roles: RoleView
  permissions: PermissionView
  authorization: Authorization
  changes: PermissionChanges
  /** Whether there is such a user or group. @throws {AccessError} `directory_unreachable` */
  knowsPrincipal(name: string, domain: string, group: boolean): Promise<boolean>
}

export type EntityPermissions = ReturnType<typeof createEntityPermissions>

/**
 * Permissions by the object they are on and whose they are, as vim25 has them; the global ones are not among these.
 *
 * @see vcenter-api.md 7.4
 */
export function createEntityPermissions(parts: EntityPermissionParts) {
  const { tree, roles, permissions, authorization, changes, knowsPrincipal } = parts

  /** An object of the inventory. @throws {AccessError} `not_found` */
  function requireEntity(objectId: string): ObjectNode {
    const node = tree.find(objectId)
    if (node) return node
    throw new AccessError('not_found', `There is no object ${objectId}`, { objectId, value: objectId })
  }

  /** The first of the entries whose user or group is not there; directories elsewhere are asked before a change begins. */
  async function firstUnknown(entries: readonly GivenRole[]): Promise<GivenRole | undefined> {
    const known = new Set<Grantee>()
    for (const entry of entries) {
      let principal: ReturnType<typeof namedPrincipal>
      try {
        principal = namedPrincipal(entry)
      } catch {
        // What is no name is refused when it is its turn, and nothing after it matters.
        return undefined
      }
      const { name, domain, group, grantee } = principal
      if (known.has(grantee)) continue
      if (!(await knowsPrincipal(name, domain, group))) return entry
      known.add(grantee)
    }
    return undefined
  }

  const notThere = ({ group, name, domain = localDomain }: NamedPrincipal) =>
    new AccessError('user_not_found', `There is no ${group ? 'group' : 'user'} ${domain}\\${name}`, {
      value: `${domain}\\${name}`,
    })

  /**
   * Adds or updates what one principal has on an object.
   *
   * @param allow Asked before a permission that is there becomes another.
   */
  async function put(
    call: VcenterCall,
    change: Change,
    node: ObjectNode,
    given: GivenRole,
    allow: (before: Permission, after: Permission) => Promise<void>,
  ) {
    const { grantee } = namedPrincipal(given)
    const before = await changes.find(change.stores, { objectId: node.id, grantee })
    if (!before) return { before, after: await changes.add(call, change, node, given) }
    const after = { ...before, roleId: given.roleId, propagate: given.propagate }
    await allow(before, after)
    await changes.alter(call, change, before, after)
    return { before, after }
  }

  return {
    /**
     * Adds or updates, in their order, what principals have on an object; those that are not named keep theirs.
     *
     * @returns The refusal of the entry at which it stopped, when entries before it had been done, which stay done.
     * @throws {AccessError} the refusal of the first entry, with nothing done: `user_not_found`; otherwise as `create`;
     *   `not_found` for an object that is not there.
     * @see vcenter-api.md 7.4, SetEntityPermissions
     */
    async set(call: VcenterCall, objectId: string, entries: readonly GivenRole[]): Promise<AccessError | undefined> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const unknown = await firstUnknown(entries)
      return call.change(async (change) => {
        changes.requireModify(call, objectId)
        await changes.requireHolder(change.stores, node)
        const before: Permission[] = []
        const after: Permission[] = []
        const tell = () => change.values(objectId, before.map(shown), after.map(shown))
        for (const entry of entries) {
          try {
            if (entry === unknown) throw notThere(entry)
            const done = await put(call, change, node, entry, (before, after) =>
              changes.keepAdministrator(change.stores, before, after),
            )
            if (done.before) before.push(done.before)
            after.push(done.after)
          } catch (error) {
            if (!(error instanceof AccessError) || after.length === 0) throw error
            tell()
            return error
          }
        }
        tell()
        return undefined
      })
    },

    /**
     * Makes what principals have on an object be what is given, and nothing else; the last of several entries for one
     * counts.
     *
     * @throws {AccessError} as `set`, always with nothing done; `last_administrator`
     * @see vcenter-api.md 7.4, ResetEntityPermissions
     */
    async reset(call: VcenterCall, objectId: string, entries: readonly GivenRole[]): Promise<void> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const unknown = await firstUnknown(entries)
      if (unknown) throw notThere(unknown)
      return call.change(async (change) => {
        changes.requireModify(call, objectId)
        await changes.requireHolder(change.stores, node)
        const before = (await change.stores.vcenterPermissions.on([objectId])).map(permissionOf)
        const after = new Map<Grantee, Permission>()
        for (const entry of entries) {
          const done = await put(call, change, node, entry, async () => {})
          after.set(done.after.grantee, done.after)
        }
        for (const permission of before) if (!after.has(permission.grantee)) await changes.erase(change, permission)
        if (before.some(isAdministrators)) await changes.requireAdministrator(change.stores)
        change.values(objectId, before.map(shown), [...after.values()].map(shown))
      })
    },

    /** @throws {AccessError} `not_found` for the object and for the permission; `last_administrator`, `forbidden` */
    async remove(call: VcenterCall, objectId: string, principal: NamedPrincipal): Promise<void> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const { grantee } = namedPrincipal(principal)
      return call.change(async (change) => {
        changes.requireModify(call, objectId)
        await changes.requireHolder(change.stores, node)
        const before = await changes.find(change.stores, { objectId, grantee })
        if (!before) {
          throw new AccessError('not_found', `${principal.name} has no permission on ${objectId}`, {
            value: principal.name,
          })
        }
        await changes.keepAdministrator(change.stores, before)
        await changes.erase(change, before)
        change.values(objectId, shown(before), undefined)
      })
    },

    /**
     * Gives whoever has one role another one instead.
     *
     * @throws {AccessError} `not_found` for a role that is not there; `invalid_field` for the same role, or one that
     *   cannot be given; `last_administrator` for the Administrator role; `forbidden`
     * @see vcenter-api.md 7.4, MergePermissions
     */
    async merge(call: VcenterCall, fromRoleId: number, toRoleId: number): Promise<void> {
      requireOnServer(authorization, call, 'Authorization.ReassignRolePermissions')
      return call.change(async (change) => {
        for (const roleId of [fromRoleId, toRoleId]) {
          if (await roleIn(change.stores, roleId)) continue
          throw new AccessError('not_found', `There is no role ${roleId}`, { value: String(roleId) })
        }
        if (fromRoleId === toRoleId) {
          throw new AccessError('invalid_field', 'A role cannot be merged with itself', { field: 'role' })
        }
        await changes.requireRole(change.stores, toRoleId)
        if (fromRoleId === administratorRole) throw noAdministrator()
        const before = (await change.stores.vcenterPermissions.withRole(fromRoleId)).map(permissionOf)
        const after = before.map((permission) => ({ ...permission, roleId: toRoleId }))
        for (const [at, permission] of before.entries()) await changes.alter(call, change, permission, after[at]!)
        change.values(String(fromRoleId), before.map(shown), after.map(shown))
      })
    },

    /**
     * What is set on an object, or on the one whose permissions it has.
     *
     * @param inherited Whether those of the objects above that propagate are shown too, nearest first.
     * @throws {AccessError} `not_found`, `forbidden`
     * @see vcenter-api.md 7.4, RetrieveEntityPermissions
     */
    on(call: VcenterCall, objectId: string, inherited: boolean): Permission[] {
      const { holder } = requireEntity(objectId)
      authorization.require(call, objectId, 'System.Read')
      const found = [...permissions.on(holder.id).values()]
      if (!inherited) return found
      for (const { id } of lineageOf(holder).slice(1)) {
        if (id !== globalRoot) found.push(...[...permissions.on(id).values()].filter(({ propagate }) => propagate))
      }
      return found
    },

    /**
     * Those of the inventory that the caller may see.
     *
     * @param roleId Of one role only.
     * @throws {AccessError} `not_found` for a role that is not there.
     * @see vcenter-api.md 7.4, RetrieveAllPermissions, RetrieveRolePermissions
     */
    visible(call: VcenterCall, roleId?: number): Permission[] {
      if (roleId !== undefined && !roles.find(roleId)) {
        throw new AccessError('not_found', `There is no role ${roleId}`, { value: String(roleId) })
      }
      const some = roleId === undefined ? permissions.all() : permissions.withRole(roleId)
      return [...some].filter(
        ({ objectId }) => tree.find(objectId) && authorization.allows(call.caller, objectId, 'System.View'),
      )
    },
  }
}
