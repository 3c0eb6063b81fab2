import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { mostPermissions } from '../inferred.ts'
import { globalRoot, type ObjectNode, type ObjectTree, rootFolder } from '../object-tree.ts'
import { localDomain, principalKey } from '../principal.ts'
import { type DynamicId, dynamicIdOf, findObject, nodeOf, requireObject, requireType } from './dynamic-id.ts'
import { callerOf, requireGivable, requireOnServer } from './granting.ts'
import { createPages, type Iteration, type Page } from './pages.ts'
import { type Grantee, granteeOf, type Permission, permissionId, readPermissionId } from './permission.ts'
import type { PermissionIndex } from './permission-index.ts'
import type { PermissionView } from './permission-view.ts'
import type { Role } from './role.ts'
import type { RoleView } from './role-view.ts'
import { permissionOf, rowOfPermission } from './rows.ts'
import { administratorRole } from './system-roles.ts'
import { roleIn } from './vcenter-roles.ts'
import { requireName } from './wording.ts'

/** A user or group as a caller names it, whether there is one or not. */
export interface NamedPrincipal {
  group: boolean
  name: string
  /** Absent: the local domain. */
  domain?: string | undefined
}

/** What a user or group is to have on an object. */
export interface GivenRole extends NamedPrincipal {
  roleId: number
  propagate: boolean
}

/** What can be changed about a permission. */
export interface PermissionFields {
  roleId?: number | undefined
  propagate?: boolean | undefined
}

/** Fields stand alone or together: a permission has to pass all that are there. An empty list lets every one pass. */
export interface PermissionFilter {
  objects?: readonly DynamicId[] | undefined
  principals?: readonly NamedPrincipal[] | undefined
  roleIds?: readonly number[] | undefined
  propagate?: boolean | undefined
}

export interface VcenterPermissionParts {
  tree: ObjectTree
  roles: RoleView
  permissions: PermissionView
  index: PermissionIndex
  authorization: Authorization
  /** Whether there is such a user or group. @throws {AccessError} `directory_unreachable` */
  knowsPrincipal(name: string, domain: string, group: boolean): Promise<boolean>
}

export type VcenterPermissions = ReturnType<typeof createVcenterPermissions>

type Key = Pick<Permission, 'objectId' | 'grantee'>

const modify = 'Authorization.ModifyPermissions'

/** @throws {AccessError} `invalid_field` for a name or domain that is none. */
function namedPrincipal({ group, name, domain = localDomain }: NamedPrincipal) {
  requireName(name, 'principal')
  requireName(domain, 'principal')
  // A key is read up to its first backslash.
  if (domain.includes('\\')) {
    throw new AccessError('invalid_field', 'A domain has no backslash', { field: 'principal', value: domain })
  }
  return { name, domain, group, grantee: granteeOf(group, principalKey(name, domain)) }
}

const granteeFrom = ({ group, name, domain = localDomain }: NamedPrincipal): Grantee =>
  granteeOf(group, principalKey(name, domain))

const noAdministrator = () =>
  new AccessError('last_administrator', 'Nobody would be Administrator on the root folder any more', {
    objectId: rootFolder,
  })

/** How the audit log shows a permission. */
const shown = ({ grantee, ...permission }: Permission) => permission

const isAdministrators = ({ objectId, roleId }: Permission) => objectId === rootFolder && roleId === administratorRole

/**
 * Permissions on the objects of the inventory, and the global ones. Nobody gives on an object what they do not have
 * there. What a permission gives or takes counts from the next check on.
 *
 * @see vcenter-api.md 2.2, 7.4
 */
export function createVcenterPermissions(parts: VcenterPermissionParts) {
  const { tree, permissions, index, authorization } = parts
  const pages = createPages<PermissionFilter, Permission>(permissionId)

  const notFound = (id: string) => new AccessError('not_found', `There is no permission ${id}`, { value: id })

  /** An object of the inventory. @throws {AccessError} `not_found` */
  function requireEntity(objectId: string): ObjectNode {
    const node = tree.find(objectId)
    if (node) return node
    throw new AccessError('not_found', `There is no object ${objectId}`, { objectId, value: objectId })
  }

  /** @throws {AccessError} `invalid_field`, `not_found` as SOAP tells them apart */
  async function requireRole(inside: Stores, roleId: number): Promise<Role> {
    const role = await roleIn(inside, roleId)
    const value = String(roleId)
    if (!role) throw new AccessError('invalid_field', `There is no role ${roleId}`, { field: 'role', value })
    if (role.grantable) return role
    throw new AccessError('invalid_field', `The role ${role.name} cannot be given`, { field: 'role', value })
  }

  /** @throws {AccessError} `invalid_field` for what holds no permissions of its own, or is there no more. */
  async function requireHolder(inside: Stores, node: ObjectNode): Promise<void> {
    const details = { field: 'object', objectId: node.id, value: node.id }
    if (node.holder !== node) {
      const message = `${node.id} has the permissions of ${node.holder.id} and none of its own`
      throw new AccessError('invalid_field', message, details)
    }
    // An earlier change of the same group may have removed it.
    if (node.id === globalRoot || (await inside.inventoryObjects.find(node.id))) return
    throw new AccessError('invalid_field', `There is no object ${node.id}`, details)
  }

  /**
   * Refuses to leave the root folder without an Administrator, whoever that is.
   *
   * @param without A permission that is about to go or to become another.
   * @see vcenter-api.md 4.1, R12
   */
  async function requireAdministrator(inside: Stores, without?: Permission): Promise<void> {
    const left = (await inside.vcenterPermissions.on([rootFolder])).map(permissionOf)
    if (left.some((one) => isAdministrators(one) && one.grantee !== without?.grantee)) return
    throw noAdministrator()
  }

  async function keepAdministrator(inside: Stores, before: Permission, after?: Permission): Promise<void> {
    if (isAdministrators(before) && !(after && isAdministrators(after))) await requireAdministrator(inside, before)
  }

  /** Asks again when the change begins: what was allowed when the call came in may not be any more. */
  function requireModify(call: VcenterCall, objectId: string): void {
    if (!authorization.allows(callerOf(call), objectId, modify)) authorization.require(call, objectId, modify)
  }

  async function store(change: Change, before: Permission | undefined, after: Permission): Promise<void> {
    if (before) await change.stores.vcenterPermissions.update(rowOfPermission(after))
    else {
      if ((await change.stores.vcenterPermissions.count()) >= mostPermissions) {
        throw new AccessError('limit_reached', `No more than ${mostPermissions} permissions can be made`)
      }
      await change.stores.vcenterPermissions.insert(rowOfPermission(after))
    }
    change.onCommit(() => permissions.put(after))
  }

  async function erase(change: Change, permission: Permission): Promise<void> {
    await change.stores.vcenterPermissions.remove(permission)
    change.onCommit(() => permissions.remove(permission))
  }

  async function findIn(inside: Stores, key: Key): Promise<Permission | undefined> {
    const row = await inside.vcenterPermissions.find(key)
    return row && permissionOf(row)
  }

  /** Puts another role or reach into a permission that is there. */
  async function alter(call: VcenterCall, change: Change, before: Permission, after: Permission): Promise<void> {
    const role = await requireRole(change.stores, after.roleId)
    // A permission that gives less far, and no other role, gives nothing new.
    if (after.roleId !== before.roleId || (after.propagate && !before.propagate)) {
      requireGivable(index, callerOf(call), after.objectId, after.propagate, role.privileges)
    }
    await store(change, before, after)
  }

  async function add(call: VcenterCall, change: Change, node: ObjectNode, given: GivenRole): Promise<Permission> {
    const { roleId, propagate } = given
    const role = await requireRole(change.stores, roleId)
    requireGivable(index, callerOf(call), node.id, propagate, role.privileges)
    const permission = { objectId: node.id, ...namedPrincipal(given), roleId, propagate }
    await store(change, undefined, permission)
    return permission
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
      if (!(await parts.knowsPrincipal(name, domain, group))) return entry
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
  async function set(
    call: VcenterCall,
    change: Change,
    node: ObjectNode,
    given: GivenRole,
    allow: (before: Permission, after: Permission) => Promise<void>,
  ) {
    const { grantee } = namedPrincipal(given)
    const before = await findIn(change.stores, { objectId: node.id, grantee })
    if (!before) return { before, after: await add(call, change, node, given) }
    const after = { ...before, roleId: given.roleId, propagate: given.propagate }
    await allow(before, after)
    await alter(call, change, before, after)
    return { before, after }
  }

  function canSee(call: VcenterCall, { objectId }: Permission, privilege: string): boolean {
    return nodeOf(tree, objectId) !== undefined && authorization.allows(call.caller, objectId, privilege)
  }

  function* all(): Iterable<Permission> {
    for (const objectId of permissions.objects()) yield* permissions.on(objectId).values()
  }

  function passing({ objects, principals, roleIds, propagate }: PermissionFilter): Permission[] {
    const ids = objects?.length ? new Set(objects.map((object) => findObject(tree, object)?.id)) : undefined
    const grantees = principals?.length ? new Set(principals.map(granteeFrom)) : undefined
    const roles = roleIds?.length ? new Set(roleIds) : undefined
    return [...all()].filter(
      (permission) =>
        (!ids || ids.has(permission.objectId)) &&
        (!grantees || grantees.has(permission.grantee)) &&
        (!roles || roles.has(permission.roleId)) &&
        (propagate === undefined || propagate === permission.propagate),
    )
  }

  return {
    /** What a permission is on. */
    nodeOf: ({ objectId }: Permission): ObjectNode => nodeOf(tree, objectId)!,

    /** The same as it is named to clients. */
    objectOf: ({ objectId }: Permission): DynamicId => dynamicIdOf(nodeOf(tree, objectId)!),

    /**
     * Those on objects that the caller may read.
     *
     * @throws {AccessError} `invalid_field` for a type that there is not in the filter, and as all pages.
     */
    list(call: VcenterCall, filter: PermissionFilter | undefined, iteration: Iteration = {}): Page<Permission> {
      callerOf(call)
      for (const object of filter?.objects ?? []) requireType(object)
      return pages.page(filter, iteration, (filter = {}) =>
        passing(filter).filter((permission) => canSee(call, permission, 'System.Read')),
      )
    },

    /** @throws {AccessError} `not_found`; `forbidden`, whether it is there or not, where its object may not be read. */
    find(call: VcenterCall, id: string): Permission {
      const key = readPermissionId(id)
      if (!key || !nodeOf(tree, key.objectId)) throw notFound(id)
      authorization.require(call, key.objectId, 'System.Read')
      const permission = permissions.on(key.objectId).get(key.grantee)
      if (!permission) throw notFound(id)
      return permission
    },

    /**
     * Gives a role to a user or group, whether they are there or not.
     *
     * @throws {AccessError} `already_exists`; `invalid_field` for an object that is not there or holds no permissions, a
     *   role that is not there or cannot be given, and a name that is none; `forbidden`, also for a role that gives
     *   what the caller does not have; `limit_reached`.
     */
    async create(call: VcenterCall, object: DynamicId, given: GivenRole): Promise<Permission> {
      const node = requireObject(tree, object)
      authorization.require(call, node.id, modify)
      const { name, domain, grantee } = namedPrincipal(given)
      const shownName = `${domain}\\${name}`
      return call.change(async (change) => {
        requireModify(call, node.id)
        await requireHolder(change.stores, node)
        if (await findIn(change.stores, { objectId: node.id, grantee })) {
          throw new AccessError('already_exists', `${shownName} has a permission on ${node.id} already`, {
            value: shownName,
            objectId: node.id,
          })
        }
        const permission = await add(call, change, node, given)
        change.values(permissionId(permission), undefined, shown(permission))
        return permission
      })
    },

    /**
     * @throws {AccessError} `not_found`; `last_administrator`; otherwise as `create`.
     */
    async update(call: VcenterCall, id: string, fields: PermissionFields): Promise<Permission> {
      const key = readPermissionId(id)
      if (!key || !nodeOf(tree, key.objectId)) throw notFound(id)
      authorization.require(call, key.objectId, modify)
      return call.change(async (change) => {
        requireModify(call, key.objectId)
        const before = await findIn(change.stores, key)
        if (!before) throw notFound(id)
        const { roleId = before.roleId, propagate = before.propagate } = fields
        const after = { ...before, roleId, propagate }
        await keepAdministrator(change.stores, before, after)
        await alter(call, change, before, after)
        change.values(id, shown(before), shown(after))
        return after
      })
    },

    /** @throws {AccessError} `not_found`, `last_administrator`, `forbidden` */
    async remove(call: VcenterCall, id: string): Promise<void> {
      const key = readPermissionId(id)
      if (!key || !nodeOf(tree, key.objectId)) throw notFound(id)
      authorization.require(call, key.objectId, modify)
      return call.change(async (change) => {
        requireModify(call, key.objectId)
        const before = await findIn(change.stores, key)
        if (!before) throw notFound(id)
        await keepAdministrator(change.stores, before)
        await erase(change, before)
        change.values(id, shown(before), undefined)
      })
    },

    /**
     * Adds or updates, in their order, what principals have on an object; those that are not named keep theirs.
     *
     * @returns The refusal of the entry at which it stopped, when entries before it had been done, which stay done.
     * @throws {AccessError} the refusal of the first entry, with nothing done: `user_not_found`; otherwise as `create`;
     *   `not_found` for an object that is not there.
     * @see vcenter-api.md 7.4, SetEntityPermissions
     */
    async setOnEntity(
      call: VcenterCall,
      objectId: string,
      entries: readonly GivenRole[],
    ): Promise<AccessError | undefined> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const unknown = await firstUnknown(entries)
      return call.change(async (change) => {
        requireModify(call, objectId)
        await requireHolder(change.stores, node)
        const before: Permission[] = []
        const after: Permission[] = []
        const tell = () => change.values(objectId, before.map(shown), after.map(shown))
        for (const entry of entries) {
          try {
            if (entry === unknown) throw notThere(entry)
            const done = await set(call, change, node, entry, (before, after) =>
              keepAdministrator(change.stores, before, after),
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
     * @throws {AccessError} as `setOnEntity`, always with nothing done; `last_administrator`
     * @see vcenter-api.md 7.4, ResetEntityPermissions
     */
    async resetOnEntity(call: VcenterCall, objectId: string, entries: readonly GivenRole[]): Promise<void> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const unknown = await firstUnknown(entries)
      if (unknown) throw notThere(unknown)
      return call.change(async (change) => {
        requireModify(call, objectId)
        await requireHolder(change.stores, node)
        const before = (await change.stores.vcenterPermissions.on([objectId])).map(permissionOf)
        const after = new Map<Grantee, Permission>()
        for (const entry of entries) {
          const done = await set(call, change, node, entry, async () => {})
          after.set(done.after.grantee, done.after)
        }
        for (const permission of before) if (!after.has(permission.grantee)) await erase(change, permission)
        if (before.some(isAdministrators)) await requireAdministrator(change.stores)
        change.values(objectId, before.map(shown), [...after.values()].map(shown))
      })
    },

    /** @throws {AccessError} `not_found` for the object and for the permission; `last_administrator`, `forbidden` */
    async removeFromEntity(call: VcenterCall, objectId: string, principal: NamedPrincipal): Promise<void> {
      const node = requireEntity(objectId)
      authorization.require(call, objectId, modify)
      const { grantee } = namedPrincipal(principal)
      return call.change(async (change) => {
        requireModify(call, objectId)
        await requireHolder(change.stores, node)
        const before = await findIn(change.stores, { objectId, grantee })
        if (!before) {
          throw new AccessError('not_found', `${principal.name} has no permission on ${objectId}`, {
            value: principal.name,
          })
        }
        await keepAdministrator(change.stores, before)
        await erase(change, before)
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
        await requireRole(change.stores, toRoleId)
        if (fromRoleId === administratorRole) throw noAdministrator()
        const before = (await change.stores.vcenterPermissions.withRole(fromRoleId)).map(permissionOf)
        const after = before.map((permission) => ({ ...permission, roleId: toRoleId }))
        for (const [at, permission] of before.entries()) await alter(call, change, permission, after[at]!)
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
    ofEntity(call: VcenterCall, objectId: string, inherited: boolean): Permission[] {
      const { holder } = requireEntity(objectId)
      authorization.require(call, objectId, 'System.Read')
      const found = [...permissions.on(holder.id).values()]
      if (!inherited) return found
      const above = new Set<ObjectNode>(holder.parents)
      for (const node of above) {
        if (node.id === globalRoot) continue
        if (node.holder === node) found.push(...[...permissions.on(node.id).values()].filter((one) => one.propagate))
        for (const parent of node.parents) above.add(parent)
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
      if (roleId !== undefined && !parts.roles.find(roleId)) {
        throw new AccessError('not_found', `There is no role ${roleId}`, { value: String(roleId) })
      }
      const some = roleId === undefined ? all() : permissions.withRole(roleId)
      return [...some].filter(
        (permission) => permission.objectId !== globalRoot && canSee(call, permission, 'System.View'),
      )
    },
  }
}
