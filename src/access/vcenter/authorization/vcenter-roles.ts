import { randomInt } from 'node:crypto'
import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { longestDescription, mostRoles } from '../inferred.ts'
import type { VcenterPrincipal } from '../principal.ts'
import { callerOf, requireGivable, requireOnServer, requireOwn } from './granting.ts'
import { createPages, type Iteration, type Page } from './pages.ts'
import type { PermissionIndex } from './permission-index.ts'
import type { PermissionView } from './permission-view.ts'
import { privileges, systemPrivileges } from './privileges.ts'
import type { Role } from './role.ts'
import type { RoleView } from './role-view.ts'
import { permissionOf, roleKey, roleOf, rowOfRole } from './rows.ts'
import { systemRoles } from './system-roles.ts'
import { requireName } from './wording.ts'

/** Fields stand alone or together: a role has to pass all that are there. An empty list lets every role pass. */
export interface RoleFilter {
  /** Any of them. */
  names?: readonly string[] | undefined
  /** All of them. */
  privileges?: readonly string[] | undefined
  isSystem?: boolean | undefined
}

export interface RoleFields {
  name: string
  description: string
  /** In whatever order; what every role has is added. */
  privileges: readonly string[]
}

export interface VcenterRoleParts {
  roles: RoleView
  permissions: PermissionView
  index: PermissionIndex
  authorization: Authorization
}

export type VcenterRoles = ReturnType<typeof createVcenterRoles>

const builtIn = new Map(systemRoles.map((role) => [role.id, role]))

/** The number of a role by its text; undefined where it is none. */
export function readRoleId(text: string): number | undefined {
  const id = Number(text)
  return String(id) === text && Number.isInteger(id) && id === (id | 0) ? id : undefined
}

/** A role as a change sees it, which may be ahead of the view. */
export async function roleIn({ vcenterRoles }: Stores, id: number): Promise<Role | undefined> {
  const row = builtIn.has(id) ? undefined : await vcenterRoles.find(id)
  return row ? roleOf(row) : builtIn.get(id)
}

const notFound = (id: number | string) => new AccessError('not_found', `There is no role ${id}`, { value: String(id) })

/** How the audit log shows a role. */
const shown = ({ id, name, description, privileges }: Role) => ({
  id,
  name,
  description,
  privileges: [...privileges].sort(),
})

/** @see vcenter-api.md 2.1, added privileges */
function readPrivileges(ids: readonly string[]): ReadonlySet<string> {
  for (const id of ids) {
    if (privileges.has(id)) continue
    throw new AccessError('invalid_field', `There is no privilege ${id}`, { field: 'privileges', value: id })
  }
  return new Set([...systemPrivileges, ...ids])
}

function requireDescription(description: string): void {
  if (description.length <= longestDescription && description.isWellFormed() && !description.includes('\0')) return
  throw new AccessError('invalid_field', `A description has at most ${longestDescription} characters`, {
    field: 'description',
  })
}

/**
 * Roles: those that came with the server, and those that people make. Nobody puts more into one than they have
 * themselves. A change of a role counts from the next check on for everyone who is given it.
 *
 * @see vcenter-api.md 2.1, 7.4
 */
export function createVcenterRoles({ roles, permissions, index, authorization }: VcenterRoleParts) {
  const pages = createPages<RoleFilter, Role>(({ id }) => String(id))

  function requireCustom(id: number): void {
    if (!builtIn.has(id)) return
    throw new AccessError('role_fixed', `The role ${id} came with the server and cannot be changed`, {
      value: String(id),
    })
  }

  async function requireFree(inside: Stores, name: string, self?: number): Promise<void> {
    const key = roleKey(name)
    const present =
      systemRoles.find((role) => roleKey(role.name) === key) ?? (await inside.vcenterRoles.findByName(key))
    if (!present || present.id === self) return
    throw new AccessError('already_exists', `There is a role ${name} already`, { value: name })
  }

  async function freeId(inside: Stores): Promise<number> {
    for (;;) {
      const id = randomInt(-(2 ** 31), 2 ** 31)
      if (Math.abs(id) > 100 && !(await inside.vcenterRoles.find(id))) return id
    }
  }

  /** What a role gets more of reaches everybody who is given it: they could not be given that by the caller otherwise. */
  async function requireGivableToHolders(inside: Stores, caller: VcenterPrincipal, id: number, added: string[]) {
    if (added.length === 0) return
    for (const { objectId, propagate } of await inside.vcenterPermissions.withRole(id)) {
      requireGivable(index, caller, objectId, propagate === 1, added)
    }
  }

  function changed(change: Change, before: Role | undefined, after: Role): void {
    change.values(String(after.id), before && shown(before), shown(after))
    change.onCommit(() => roles.put(after))
  }

  function passing({ names = [], privileges = [], isSystem }: RoleFilter): Role[] {
    const named = new Set(names)
    return [...roles.all()].filter(
      (role) =>
        (named.size === 0 || named.has(role.name)) &&
        (isSystem === undefined || isSystem === role.system) &&
        privileges.every((id) => role.privileges.has(id)),
    )
  }

  return {
    /** Every role; who may see them is for the surface to ask. */
    all: (): Role[] => [...roles.all()],

    /** The same of one role. */
    known: (id: number): Role | undefined => roles.find(id),

    /** @throws {AccessError} `forbidden`; `invalid_field` as all pages */
    list(call: VcenterCall, filter: RoleFilter | undefined, iteration: Iteration = {}): Page<Role> {
      requireOnServer(authorization, call, 'System.Read')
      return pages.page(filter, iteration, (filter = {}) => passing(filter))
    },

    /** @throws {AccessError} `not_found`, `forbidden` */
    find(call: VcenterCall, id: string): Role {
      requireOnServer(authorization, call, 'System.Read')
      const role = roles.find(readRoleId(id) ?? Number.NaN)
      if (!role) throw notFound(id)
      return role
    },

    /**
     * @throws {AccessError} `already_exists` for a name that is taken, in whatever case; `invalid_field` for a name or
     *   description that is none and an unknown privilege; `forbidden` for privileges that the caller does not have;
     *   `limit_reached`.
     */
    async create(call: VcenterCall, { name, description, privileges }: RoleFields): Promise<Role> {
      requireOnServer(authorization, call, 'Authorization.ModifyRoles')
      requireName(name, 'name')
      requireDescription(description)
      const given = readPrivileges(privileges)
      return call.change(async (change) => {
        requireOwn(index, callerOf(call), ['Authorization.ModifyRoles', ...given])
        await requireFree(change.stores, name)
        if ((await change.stores.vcenterRoles.count()) >= mostRoles) {
          throw new AccessError('limit_reached', `No more than ${mostRoles} roles can be made`)
        }
        const id = await freeId(change.stores)
        const role = { id, name, label: name, description, privileges: given, system: false, grantable: true }
        await change.stores.vcenterRoles.insert(rowOfRole(role))
        changed(change, undefined, role)
        return role
      })
    },

    /**
     * Changes what is given of a role; privileges as a whole.
     *
     * @throws {AccessError} `not_found`; `role_fixed` for a system role; otherwise as `create`, `forbidden` also for
     *   privileges that the caller does not have where a permission gives the role.
     */
    async update(call: VcenterCall, id: string, fields: Partial<RoleFields>): Promise<Role> {
      requireOnServer(authorization, call, 'Authorization.ModifyRoles')
      const number = readRoleId(id)
      if (number === undefined) throw notFound(id)
      requireCustom(number)
      if (fields.name !== undefined) requireName(fields.name, 'name')
      if (fields.description !== undefined) requireDescription(fields.description)
      const given = fields.privileges && readPrivileges(fields.privileges)
      return call.change(async (change) => {
        const caller = callerOf(call)
        const before = await roleIn(change.stores, number)
        if (!before) throw notFound(id)
        const { name = before.name, description = before.description } = fields
        const after: Role = { ...before, name, label: name, description, privileges: given ?? before.privileges }
        const added = [...after.privileges].filter((privilege) => !before.privileges.has(privilege))
        requireOwn(index, caller, ['Authorization.ModifyRoles', ...added])
        await requireGivableToHolders(change.stores, caller, number, added)
        await requireFree(change.stores, name, number)
        await change.stores.vcenterRoles.update(rowOfRole(after))
        changed(change, before, after)
        return after
      })
    },

    /**
     * @param withPermissions Whether its permissions go too, all of which the caller has to be able to modify; otherwise
     *   there must be none.
     * @throws {AccessError} `not_found`; `role_fixed` for a system role; `in_use`; `forbidden`
     */
    async remove(call: VcenterCall, id: string, withPermissions = false): Promise<void> {
      requireOnServer(authorization, call, 'Authorization.ModifyRoles')
      const number = readRoleId(id)
      if (number === undefined) throw notFound(id)
      requireCustom(number)
      return call.change(async (change) => {
        requireOwn(index, callerOf(call), ['Authorization.ModifyRoles'])
        const before = await roleIn(change.stores, number)
        if (!before) throw notFound(id)
        const uses = await change.stores.vcenterPermissions.withRole(number)
        if (uses.length > 0 && !withPermissions) {
          throw new AccessError('in_use', `Role ${id} is used by a permission.`, { value: id })
        }
        for (const use of uses) {
          authorization.require(call, use.objectId, 'Authorization.ModifyPermissions')
          await change.stores.vcenterPermissions.remove(use)
        }
        await change.stores.vcenterRoles.remove(number)
        change.values(id, shown(before), undefined)
        change.onCommit(() => {
          for (const use of uses) permissions.remove(permissionOf(use))
          roles.remove(number)
        })
      })
    },
  }
}
