import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { privileges } from '../../../access/vcenter/authorization/privileges.ts'
import type { Role } from '../../../access/vcenter/authorization/role.ts'
import { readRoleId } from '../../../access/vcenter/authorization/vcenter-roles.ts'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import { errorAnswers } from '../errors.ts'
import { readingCall, vcenterUsers } from './call.ts'
import { nextCursor, PermissionFields, pageQuery, RoleName, wirePermission } from './schemas.ts'

const RoleSummary = Type.Object({
  ...RoleName.properties,
  description: Type.String(),
  system: Type.Boolean({ description: 'Came with the server and cannot be changed' }),
  grantable: Type.Boolean({ description: 'Whether permissions can give it' }),
  privilege_count: Type.Integer(),
  use_count: Type.Integer({ description: 'Permissions that give it, of those that the caller may read' }),
})

const RoleWithPrivileges = Type.Object({ ...RoleSummary.properties, privileges: Type.Array(Type.String()) })

const PrivilegeGroup = Type.Object({
  group: Type.String(),
  label: Type.String(),
  privileges: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      description: Type.String(),
      on_parent: Type.Boolean({ description: 'Whether it has to hold on the parent object too' }),
    }),
  ),
})

const roleParams = Type.Object({ role: Type.String({ minLength: 1, maxLength: 16 }) })

const groups = [...Map.groupBy(privileges.values(), ({ group }) => group)].map(([group, members]) => ({
  group,
  label: members[0]!.groupLabel,
  privileges: members.map(({ id, name, description, onParent }) => ({ id, name, description, on_parent: onParent })),
}))

/** `/roles` and `/privileges`, for whoever sees the root folder, as vCenter's SDK shows them. @see vcenter-api.md 7.4 */
export const roleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const { authorization, vcenterRoles, vcenterPermissions, objectPermissions } = services

  function wireRole(role: Role, uses: ReadonlyMap<number, number>): Static<typeof RoleSummary> {
    const { id, name, label, description, system, grantable, privileges } = role
    return {
      id: String(id),
      name,
      label,
      description,
      system,
      grantable,
      privilege_count: privileges.size,
      use_count: uses.get(id) ?? 0,
    }
  }

  /** @throws {AccessError} `forbidden`, `not_found` */
  function roleOf(call: VcenterCall, text: string): Role {
    authorization.require(call, rootFolder, 'System.View')
    const role = vcenterRoles.known(readRoleId(text) ?? Number.NaN)
    if (!role) throw new AccessError('not_found', `There is no role ${text}`, { value: text })
    return role
  }

  const byKindAndName = (one: Role, other: Role) =>
    Number(other.system) - Number(one.system) || (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1)

  app.get(
    '/roles',
    {
      schema: {
        summary: 'List the roles: those that came with the server first, in the order of the names',
        response: { 200: Type.Object({ roles: Type.Array(RoleSummary) }), ...errorAnswers },
      },
      config: { ...vcenterUsers('roles.list'), costly: true },
    },
    async (request) => {
      const call = readingCall(request)
      authorization.require(call, rootFolder, 'System.View')
      const uses = objectPermissions.usesOfRoles(call)
      return {
        roles: vcenterRoles
          .all()
          .sort(byKindAndName)
          .map((role) => wireRole(role, uses)),
      }
    },
  )

  app.get(
    '/roles/:role',
    {
      schema: {
        summary: 'Read a role with its privileges',
        params: roleParams,
        response: { 200: RoleWithPrivileges, ...errorAnswers },
      },
      config: vcenterUsers('roles.get'),
    },
    async (request) => {
      const call = readingCall(request)
      const role = roleOf(call, request.params.role)
      return { ...wireRole(role, objectPermissions.usesOfRoles(call)), privileges: [...role.privileges].sort() }
    },
  )

  app.get(
    '/roles/:role/permissions',
    {
      schema: {
        summary: 'List the permissions that give a role, on objects that the caller may read',
        params: roleParams,
        querystring: Type.Object(pageQuery),
        response: {
          200: Type.Object({ permissions: Type.Array(Type.Object(PermissionFields)), ...nextCursor }),
          ...errorAnswers,
        },
      },
      config: { ...vcenterUsers('roles.permissions'), costly: true },
    },
    async (request) => {
      const call = readingCall(request)
      const { id } = roleOf(call, request.params.role)
      const { cursor, limit = 100 } = request.query
      const filter = cursor === undefined ? { roleIds: [id] } : undefined
      const { items, marker } = vcenterPermissions.list(call, filter, { pageSize: limit, marker: cursor })
      return {
        permissions: items.map((permission) =>
          wirePermission(services, call, vcenterPermissions.nodeOf(permission), permission),
        ),
        ...(marker === undefined ? {} : { next_cursor: marker }),
      }
    },
  )

  app.get(
    '/privileges',
    {
      schema: {
        summary: 'List the privileges in their groups',
        response: { 200: Type.Object({ groups: Type.Array(PrivilegeGroup) }), ...errorAnswers },
      },
      config: vcenterUsers('privileges.list'),
    },
    async (request) => {
      authorization.require(readingCall(request), rootFolder, 'System.View')
      return { groups }
    },
  )
}
