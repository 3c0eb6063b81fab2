import type { CustomRoleTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import type { Tags } from '../description.ts'
import { AccessError } from '../errors.ts'
import { firstRevision, nextRevision, requireRevision } from '../managed.ts'
import { covers, type FindRole, rightsAt, rightsOf } from '../permissions/rights.ts'
import { isSuperuser } from '../protection.ts'
import { builtInRoles, type Role } from './built-in-roles.ts'
import { type FeaturePermissions, isFeature, withoutInternal } from './features.ts'
import type { CustomRole, Roles } from './roles.ts'
import { holdsRole, type RolesForPath } from './roles-for-paths.ts'

/** Custom roles that can exist; inferred. */
export const mostCustomRoles = 500

/** Ids of roles that other releases of NSX come with: nobody may pass a role of their own off as one of those. */
const reservedIds: ReadonlySet<string> = new Set([
  'network_admin',
  'security_admin',
  'read_only_api_users',
  'read_write_api_users',
  'cloud_service_admin',
  'cloud_service_auditor',
  'site_reliability_engineer',
  'site_reliability_auditor',
  'waf_admin',
  'waf_op',
])

export const customRoleOf = (row: CustomRoleTable): CustomRole => ({
  ...row,
  permissions: JSON.parse(row.permissions),
  tags: JSON.parse(row.tags),
})

const rowOf = ({ permissions, tags, ...role }: CustomRole): CustomRoleTable => ({
  ...role,
  permissions: JSON.stringify(permissions),
  tags: JSON.stringify(tags),
})

/** Roles as a change sees them, which may be ahead of the view. */
export async function rolesIn(stores: Stores): Promise<FindRole> {
  const custom = new Map((await stores.customRoles.list()).map((row) => [row.id, customRoleOf(row)]))
  return (id) => builtInRoles.get(id) ?? custom.get(id)
}

export interface RoleFields {
  displayName: string
  description: string
  permissions: FeaturePermissions
  tags: Tags
}

export type CustomRoles = ReturnType<typeof createCustomRoles>

/**
 * The roles that people make. A change of one counts from the next request on for everyone who holds it; their
 * sessions go on.
 */
export function createCustomRoles(roles: Roles) {
  function requireCustom(id: string): void {
    if (builtInRoles.has(id)) throw new AccessError('role_fixed', `The role ${id} is built in and cannot be changed`)
  }

  /** @throws {AccessError} `forbidden` where a role gives what the caller does not have everywhere. */
  function requireCovered(call: Call, find: FindRole, ...wanted: Role[]): void {
    const own = rightsAt(call.caller.rolesForPaths, '/', find)
    const everything = isSuperuser(call.caller)
    for (const role of wanted) {
      // Nobody has rights on a feature that is not known; a later version may know it.
      const given = Object.entries(role.permissions).filter(([feature]) => !everything || isFeature(feature))
      const known = { ...role, permissions: Object.fromEntries(given) }
      if (
        covers(
          own,
          rightsOf([role.id], () => known),
        )
      )
        continue
      throw new AccessError('forbidden', `The role ${role.id} gives more rights than the caller has`)
    }
  }

  async function insert(call: Call, change: { stores: Stores }, find: FindRole, id: string, fields: RoleFields) {
    if (reservedIds.has(id)) throw new AccessError('invalid_field', `value ${id} of property role is reserved`)
    const role: CustomRole = { id, ...fields, ...firstRevision(call.caller.name, call.now) }
    requireCovered(call, find, role)
    if ((await change.stores.customRoles.list()).length >= mostCustomRoles) {
      throw new AccessError('limit_reached', `No more than ${mostCustomRoles} custom roles can exist`)
    }
    await change.stores.customRoles.insert(rowOf(role))
    return role
  }

  return {
    /**
     * Creates a role, or replaces all of it. What internal features are sent with is ignored.
     *
     * @param revision The one the caller read; needed to replace, and to be left out to create.
     * @throws {AccessError} `role_fixed` for built-in roles and those that the caller holds; `already_exists` without
     *   a revision; `stale_revision`; `invalid_field` for a reserved id; `limit_reached`; `forbidden` for rights that
     *   the caller does not have, before or after.
     */
    put(call: Call, id: string, sent: RoleFields, revision: number | undefined): Promise<CustomRole> {
      requireCustom(id)
      const fields = { ...sent, permissions: withoutInternal(sent.permissions) }
      return call.change(async (change) => {
        const find = await rolesIn(change.stores)
        const row = await change.stores.customRoles.find(id)
        if (row && revision === undefined) throw new AccessError('already_exists', `The role ${id} already exists`)
        if (row || revision) requireRevision(row?.revision ?? 0, revision)
        const before = row && customRoleOf(row)
        let after: CustomRole
        if (!before) {
          after = await insert(call, change, find, id, fields)
        } else {
          if (holdsRole(call.caller.rolesForPaths, id)) {
            throw new AccessError('role_fixed', 'Nobody can change a role that they hold')
          }
          after = { id, ...fields, ...nextRevision(before, call.caller.name, call.now) }
          requireCovered(call, find, before, after)
          await change.stores.customRoles.update(rowOf(after))
        }
        change.values(id, before, after)
        change.onCommit(() => roles.put(after))
        return after
      })
    },

    /**
     * Makes a custom role of what another role gives, internal features left out.
     *
     * @throws {AccessError} `not_found`; `already_exists` where the new role is there; otherwise as `put`.
     */
    clone(call: Call, source: string, id: string, name: string, description: string): Promise<CustomRole> {
      return call.change(async (change) => {
        const find = await rolesIn(change.stores)
        const original = find(source)
        if (!original) throw new AccessError('not_found', source)
        if (find(id)) throw new AccessError('already_exists', `The role ${id} already exists`)
        const permissions = withoutInternal(original.permissions)
        const role = await insert(call, change, find, id, { displayName: name, description, permissions, tags: [] })
        change.values(id, undefined, role)
        change.onCommit(() => roles.put(role))
        return role
      })
    },

    /**
     * @throws {AccessError} `not_found`; `role_fixed` for built-in roles; `in_use` while a binding has it; `forbidden`
     *   for a role that gives what the caller does not have.
     */
    async remove(call: Call, id: string): Promise<void> {
      requireCustom(id)
      await call.change(async (change) => {
        const row = await change.stores.customRoles.find(id)
        if (!row) throw new AccessError('not_found', id)
        const holders = async (rows: Promise<{ rolesForPaths: string }[]>) =>
          (await rows).filter((row) => holdsRole(JSON.parse(row.rolesForPaths) as RolesForPath[], id)).length
        const users =
          (await holders(change.stores.roleBindings.listAll())) +
          (await holders(change.stores.principalIdentities.list()))
        if (users > 0) {
          const who = users === 1 ? '1 role binding has it' : `${users} role bindings have it`
          throw new AccessError('in_use', `The role ${id} cannot be deleted: ${who}`)
        }
        const before = customRoleOf(row)
        requireCovered(call, await rolesIn(change.stores), before)
        await change.stores.customRoles.remove(id)
        change.values(id, before, undefined)
        change.onCommit(() => roles.remove(id))
      })
    },
  }
}
