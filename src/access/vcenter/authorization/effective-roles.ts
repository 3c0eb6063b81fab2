import type { ObjectNode } from '../object-tree.ts'
import type { VcenterPrincipal } from '../principal.ts'
import { granteeOf, type Permission } from './permission.ts'

/** Roles and permissions, wherever they are kept. */
export interface Granted {
  permissionsOn(objectId: string): Iterable<Permission>
  privilegesOf(roleId: number): ReadonlySet<string>
}

/**
 * Roles that the permissions of one object give somebody: a permission for the user outranks all of their groups, and
 * several groups add up.
 *
 * @param flowing Whether only what propagates counts.
 * @returns undefined where none is about them, which is not the same as a role that gives nothing.
 */
function matchAt(
  holder: ObjectNode,
  who: VcenterPrincipal,
  flowing: boolean,
  granted: Granted,
): readonly number[] | undefined {
  const counted = [...granted.permissionsOn(holder.id)].filter((permission) => !flowing || permission.propagate)

  const own = counted.find(({ grantee }) => grantee === granteeOf(false, who.key))
  if (own) return [own.roleId]

  const groups = new Set([...who.groups].map((key) => granteeOf(true, key)))
  const shared = counted.filter(({ grantee }) => groups.has(grantee))
  return shared.length > 0 ? [...new Set(shared.map(({ roleId }) => roleId))] : undefined
}

/** What several parents let flow adds up. @see vcenter-api.md 4.1, R6 */
function flowFrom(parents: readonly ObjectNode[], who: VcenterPrincipal, granted: Granted): readonly number[] {
  return [...new Set(parents.flatMap((parent) => inheritedRoles(parent, who, granted)))]
}

/** What an object's own permissions leave of those from above: nothing where they are about somebody, unless they add to these. */
function rolesAt(node: ObjectNode, who: VcenterPrincipal, flowing: boolean, granted: Granted): readonly number[] {
  const { holder } = node
  const own = matchAt(holder, who, flowing, granted)
  if (own && !holder.adds) return own
  return [...new Set([...(own ?? []), ...flowFrom(holder.parents, who, granted)])]
}

/**
 * Roles that somebody has on the objects below one, as far as those have no permissions of their own: the nearest
 * level that is about them decides alone.
 *
 * @see vcenter-api.md 4.2, inherited
 */
export function inheritedRoles(node: ObjectNode, who: VcenterPrincipal, granted: Granted): readonly number[] {
  return rolesAt(node, who, true, granted)
}

/**
 * Roles that somebody has on an object.
 *
 * @returns Role ids, each once; empty when nothing is granted.
 * @see vcenter-api.md 4.2, effective
 */
export function effectiveRoles(node: ObjectNode, who: VcenterPrincipal, granted: Granted): readonly number[] {
  return rolesAt(node, who, false, granted)
}

/**
 * Whether an object, or one below it, has a permission that gives somebody something. Tags stand below nothing that
 * anybody has to see.
 *
 * @see vcenter-api.md 4.1, R11
 */
function isOnTheWay(node: ObjectNode, who: VcenterPrincipal, granted: Granted): boolean {
  const given = matchAt(node.holder, who, false, granted) ?? []
  if (given.some((roleId) => granted.privilegesOf(roleId).size > 0)) return true
  for (const child of node.children) if (!child.adds && isOnTheWay(child, who, granted)) return true
  return false
}

/**
 * Whether somebody has a privilege on an object.
 *
 * @param who Undefined: nobody, who has System.Anonymous alone.
 * @see vcenter-api.md 4.2, allowed
 */
export function isAllowed(
  node: ObjectNode,
  who: VcenterPrincipal | undefined,
  privilege: string,
  granted: Granted,
): boolean {
  if (privilege === 'System.Anonymous') return true
  if (!who) return false
  const roles = effectiveRoles(node, who, granted)
  if (roles.some((roleId) => granted.privilegesOf(roleId).has(privilege))) return true
  return privilege === 'System.View' && isOnTheWay(node, who, granted)
}
