import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import type { ObjectNode, ObjectTree } from '../object-tree.ts'
import { localDomain, principalKey } from '../principal.ts'
import { type DynamicId, dynamicIdOf, findObject, nodeOf, requireObject, requireType } from './dynamic-id.ts'
import { callerOf } from './granting.ts'
import { createPages, type Iteration, type Page } from './pages.ts'
import { type Grantee, granteeOf, type Permission, permissionId, readPermissionId } from './permission.ts'
import {
  type GivenRole,
  modify,
  type NamedPrincipal,
  namedPrincipal,
  type PermissionChanges,
  shown,
} from './permission-changes.ts'
import type { PermissionView } from './permission-view.ts'

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
  permissions: PermissionView
  authorization: Authorization
  changes: PermissionChanges
}

export type VcenterPermissions = ReturnType<typeof createVcenterPermissions>

const granteeFrom = ({ group, name, domain = localDomain }: NamedPrincipal): Grantee =>
  granteeOf(group, principalKey(name, domain))

/**
 * Permissions by their ids: those on the objects of the inventory, and the global ones.
 *
 * @see vcenter-api.md 2.2
 */
export function createVcenterPermissions({ tree, permissions, authorization, changes }: VcenterPermissionParts) {
  const pages = createPages<PermissionFilter, Permission>(permissionId)

  const notFound = (id: string) => new AccessError('not_found', `There is no permission ${id}`, { value: id })

  function canRead(call: VcenterCall, { objectId }: Permission): boolean {
    return nodeOf(tree, objectId) !== undefined && authorization.allows(call.caller, objectId, 'System.Read')
  }

  function passing({ objects, principals, roleIds, propagate }: PermissionFilter): Permission[] {
    const ids = objects?.length ? new Set(objects.map((object) => findObject(tree, object)?.id)) : undefined
    const grantees = principals?.length ? new Set(principals.map(granteeFrom)) : undefined
    const roles = roleIds?.length ? new Set(roleIds) : undefined
    return [...permissions.all()].filter(
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
        passing(filter).filter((permission) => canRead(call, permission)),
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
        changes.requireModify(call, node.id)
        await changes.requireHolder(change.stores, node)
        if (await changes.find(change.stores, { objectId: node.id, grantee })) {
          throw new AccessError('already_exists', `${shownName} has a permission on ${node.id} already`, {
            value: shownName,
            objectId: node.id,
          })
        }
        const permission = await changes.add(call, change, node, given)
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
        changes.requireModify(call, key.objectId)
        const before = await changes.find(change.stores, key)
        if (!before) throw notFound(id)
        const { roleId = before.roleId, propagate = before.propagate } = fields
        const after = { ...before, roleId, propagate }
        await changes.keepAdministrator(change.stores, before, after)
        await changes.alter(call, change, before, after)
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
        changes.requireModify(call, key.objectId)
        const before = await changes.find(change.stores, key)
        if (!before) throw notFound(id)
        await changes.keepAdministrator(change.stores, before)
        await changes.erase(change, before)
        change.values(id, shown(before), undefined)
      })
    },
  }
}
