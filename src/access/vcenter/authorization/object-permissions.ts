import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { globalRoot, type ObjectNode, type ObjectTree } from '../object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../principal.ts'
import { nodeOf } from './dynamic-id.ts'
import { lineageOf } from './explanation.ts'
import type { Permission } from './permission.ts'
import type { PermissionIndex } from './permission-index.ts'
import type { PermissionView } from './permission-view.ts'

/** A permission as it stands towards an object. */
export interface ReachingPermission {
  readonly permission: Permission
  /** What it is set on. */
  readonly node: ObjectNode
  readonly inherited: boolean
  /** Whether a nearer permission for the same user or group decides instead. */
  readonly overridden: boolean
}

export interface ObjectPermissions {
  /** Whose permissions these are, where the object has none of its own; otherwise the object itself. */
  readonly holder: ObjectNode
  /** Own ones first, then those of the objects above, each before those above it. */
  readonly permissions: readonly ReachingPermission[]
  /** The last of them, where more come after it. */
  readonly next: Pick<Permission, 'objectId' | 'grantee'> | undefined
  /** Whether the caller may add, change and remove some of the object's own. */
  readonly modifiable: boolean
}

export interface PermissionPart {
  after?: Pick<Permission, 'objectId' | 'grantee'> | undefined
  limit: number
}

export interface ObjectPermissionParts {
  tree: ObjectTree
  permissions: PermissionView
  index: PermissionIndex
  authorization: Authorization
}

export type ObjectPermissionsReader = ReturnType<typeof createObjectPermissions>

/** What is set on an object and what reaches it from above. */
export function createObjectPermissions({ tree, permissions, index, authorization }: ObjectPermissionParts) {
  /** Whether a permission, were it all that somebody goes by, would not decide here: the index is asked. */
  function isOverridden(permission: Permission, objectId: string): boolean {
    const key = principalKey(permission.name, permission.domain)
    const { group } = permission
    const alone: VcenterPrincipal = {
      name: '',
      domain: '',
      key: group ? '' : key,
      groups: group ? new Set([key]) : new Set(),
    }
    return !index.trace(alone, objectId)?.deciding.includes(permission)
  }

  /** Whether a caller may read what is set on an object. */
  const canRead = ({ caller }: VcenterCall, objectId: string) => authorization.allows(caller, objectId, 'System.Read')

  const byPrincipal = (one: Permission, other: Permission) => (one.grantee < other.grantee ? -1 : 1)

  return {
    /**
     * What is set on an object itself, and what propagates to it from above. Global permissions are among these for
     * callers who may read them.
     *
     * @param part Which of them; after one that has gone meanwhile, what would come after it.
     * @throws {AccessError} `not_found`; `forbidden` without System.Read; `invalid_field` for a part after an object
     *   that this one does not inherit from.
     * @see vcenter-api.md 7.4, RetrieveEntityPermissions
     */
    read(call: VcenterCall, objectId: string, { after, limit }: PermissionPart): ObjectPermissions {
      const node = nodeOf(tree, objectId)
      if (!node) throw new AccessError('not_found', `There is no object ${objectId}`, { objectId, value: objectId })
      authorization.require(call, objectId, 'System.Read')
      const { holder } = node
      const lineage = lineageOf(node).filter(({ id }) => id !== globalRoot || id === holder.id || canRead(call, id))
      const from = after === undefined ? 0 : lineage.findIndex(({ id }) => id === after.objectId)
      if (from < 0)
        throw new AccessError('invalid_field', 'The cursor is none that this list gave', { field: 'cursor' })

      const found: ReachingPermission[] = []
      let more = false
      for (const above of lineage.slice(from)) {
        const inherited = above !== holder
        const rest = [...permissions.on(above.id).values()]
          .filter(({ propagate }) => propagate || !inherited)
          .filter(({ objectId: id, grantee }) => id !== after?.objectId || grantee > after.grantee)
          .sort(byPrincipal)
        const taken = rest.slice(0, limit - found.length)
        for (const permission of taken) {
          const overridden = inherited && isOverridden(permission, objectId)
          found.push({ permission, node: above, inherited, overridden })
        }
        more = taken.length < rest.length
        if (more) break
      }
      const modifiable =
        holder === node && authorization.allows(call.caller, objectId, 'Authorization.ModifyPermissions')
      return { holder, permissions: found, next: more ? found.at(-1)?.permission : undefined, modifiable }
    },

    /** How many permissions, of those that the caller may read, give each role; the others' roles are not in it. */
    usesOfRoles(call: VcenterCall): Map<number, number> {
      const uses = new Map<number, number>()
      for (const objectId of permissions.objects()) {
        if (!canRead(call, objectId)) continue
        for (const { roleId } of permissions.on(objectId).values()) uses.set(roleId, (uses.get(roleId) ?? 0) + 1)
      }
      return uses
    },
  }
}
