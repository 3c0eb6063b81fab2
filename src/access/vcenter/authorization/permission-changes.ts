import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { mostPermissions } from '../inferred.ts'
import { globalRoot, type ObjectNode, rootFolder } from '../object-tree.ts'
import { localDomain, principalKey } from '../principal.ts'
import { callerOf, requireGivable } from './granting.ts'
import { granteeOf, type Permission } from './permission.ts'
import type { PermissionIndex } from './permission-index.ts'
import type { PermissionView } from './permission-view.ts'
import type { Role } from './role.ts'
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

export interface PermissionChangeParts {
  permissions: PermissionView
  index: PermissionIndex
  authorization: Authorization
}

export type PermissionChanges = ReturnType<typeof createPermissionChanges>

type Key = Pick<Permission, 'objectId' | 'grantee'>

export const modify = 'Authorization.ModifyPermissions'

/** @throws {AccessError} `invalid_field` for a name or domain that is none. */
export function namedPrincipal({ group, name, domain = localDomain }: NamedPrincipal) {
  requireName(name, 'principal')
  requireName(domain, 'principal')
  // A key is read up to its first backslash.
  if (domain.includes('\\')) {
    throw new AccessError('invalid_field', 'A domain has no backslash', { field: 'principal', value: domain })
  }
  return { name, domain, group, grantee: granteeOf(group, principalKey(name, domain)) }
}

/** Whether an object is there, as a change sees it. */
async function isStored({ inventoryObjects, vcenterTags }: Stores, { id, type }: ObjectNode): Promise<boolean> {
  if (id === globalRoot) return true
  if (type === 'InventoryServiceCategory') return (await vcenterTags.findCategory(id)) !== undefined
  if (type === 'InventoryServiceTag') return (await vcenterTags.findTag(id)) !== undefined
  return (await inventoryObjects.find(id)) !== undefined
}

export const noAdministrator = () =>
  new AccessError('last_administrator', 'Nobody would be Administrator on the root folder any more', {
    objectId: rootFolder,
  })

/** How the audit log shows a permission. */
export const shown = ({ grantee, ...permission }: Permission) => permission

export const isAdministrators = ({ objectId, roleId }: Permission) =>
  objectId === rootFolder && roleId === administratorRole

/**
 * What every change of permissions goes by, whichever way it is asked for. Nobody gives on an object what they do not have
 * there. What a permission gives or takes counts from the next check on.
 *
 * @see vcenter-api.md 2.2, 7.4
 */
export function createPermissionChanges({ permissions, index, authorization }: PermissionChangeParts) {
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
    if (await isStored(inside, node)) return
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

  async function keep(change: Change, before: Permission | undefined, after: Permission): Promise<void> {
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

  async function find(inside: Stores, key: Key): Promise<Permission | undefined> {
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
    await keep(change, before, after)
  }

  async function add(call: VcenterCall, change: Change, node: ObjectNode, given: GivenRole): Promise<Permission> {
    const { roleId, propagate } = given
    const role = await requireRole(change.stores, roleId)
    requireGivable(index, callerOf(call), node.id, propagate, role.privileges)
    const permission = { objectId: node.id, ...namedPrincipal(given), roleId, propagate }
    await keep(change, undefined, permission)
    return permission
  }

  return { requireRole, requireHolder, requireAdministrator, keepAdministrator, requireModify, find, add, alter, erase }
}
