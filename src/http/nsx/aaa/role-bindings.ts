import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { builtInRoles } from '../../../access/roles/built-in-roles.ts'
import type { RoleBinding } from '../../../access/roles/role-bindings.ts'
import type { RolesForPathChange } from '../../../access/roles/roles-for-paths.ts'
import { answerChange } from '../../answer-change.ts'
import { needs } from '../permissions.ts'
import {
  errorAnswers,
  ListQuery,
  listOf,
  managedFields,
  pageOf,
  readOnly,
  readOnlyManaged,
  wireManaged,
} from '../wire.ts'

const optional = Type.Optional
const role = Type.String({ pattern: '^[_a-z0-9-]+$', maxLength: 255 })
const bindingTypes = ['remote_user', 'remote_group', 'local_user', 'principal_identity', 'remote']
const identitySources = ['VIDM', 'LDAP', 'OIDC', 'CSP']

const WireRoles = Type.Array(Type.Object({ role: Type.String(), role_display_name: Type.String() }))
const RoleBindingItem = Type.Object(
  {
    name: optional(Type.String()),
    type: optional(Type.Enum([...bindingTypes])),
    roles: optional(WireRoles),
    roles_for_paths: optional(Type.Array(Type.Object({ path: Type.String(), roles: WireRoles }))),
    read_roles_for_paths: optional(Type.Boolean()),
    user_id: optional(Type.String()),
    resource_type: optional(Type.String()),
    id: optional(Type.String()),
    display_name: optional(Type.String()),
    ...Object.fromEntries(Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)])),
  },
  { description: 'RoleBinding' },
)

const SentRoles = Type.Array(Type.Object({ role, role_display_name: readOnly }), { minItems: 1, maxItems: 100 })
const RoleBindingChange = Type.Object(
  {
    name: optional(Type.String({ maxLength: 255 })),
    type: optional(Type.Enum([...bindingTypes])),
    identity_source_type: optional(Type.Enum([...identitySources])),
    identity_source_id: optional(Type.String({ maxLength: 255 })),
    roles: optional(SentRoles),
    roles_for_paths: optional(
      Type.Array(
        Type.Object({
          path: Type.String({ pattern: '^/$|^(/[^/]+)+$', maxLength: 1024 }),
          roles: SentRoles,
          delete_path: optional(Type.Boolean({ default: false })),
        }),
        { maxItems: 100 },
      ),
    ),
    read_roles_for_paths: optional(Type.Boolean()),
    _revision: optional(Type.Integer({ minimum: 0 })),
    user_id: readOnly,
    stale: readOnly,
    resource_type: readOnly,
    id: readOnly,
    display_name: readOnly,
    description: readOnly,
    tags: readOnly,
    ...readOnlyManaged,
  },
  { description: 'RoleBinding; paths that are sent replace those of the same name' },
)

const Query = Type.Object({
  ...ListQuery.properties,
  name: optional(Type.String({ maxLength: 255 })),
  type: optional(Type.Enum([...bindingTypes])),
  role: optional(Type.String({ maxLength: 255 })),
  identity_source_type: optional(Type.Enum([...identitySources])),
  identity_source_id: optional(Type.String({ maxLength: 255 })),
  path: optional(Type.String({ maxLength: 1024, description: 'Exactly this path' })),
  root_path: optional(Type.String({ maxLength: 1024, description: 'Paths that begin with it' })),
})

const wireRoles = (roles: readonly string[]) =>
  roles.map((id) => ({ role: id, role_display_name: builtInRoles.get(id)?.displayName ?? id }))

function wireBinding({ id, account, rolesForPaths, ...managed }: RoleBinding) {
  return {
    name: account.username,
    type: 'local_user' as const,
    roles: wireRoles([...new Set(rolesForPaths.flatMap(({ roles }) => roles))]),
    roles_for_paths: rolesForPaths.map(({ path, roles }) => ({ path, roles: wireRoles(roles) })),
    read_roles_for_paths: true,
    user_id: String(account.userid),
    resource_type: 'RoleBinding',
    id,
    display_name: account.username,
    ...wireManaged(managed),
  }
}

/** What the caller wants the binding to be; `roles` alone, as older clients send them, are those at `/`. */
function sentRoles(body: Type.Static<typeof RoleBindingChange>): RolesForPathChange[] {
  const ids = (roles: { role: string }[]) => roles.map((r) => r.role)
  if (body.roles_for_paths) {
    return body.roles_for_paths.map(({ path, roles, delete_path }) => ({
      path,
      roles: ids(roles),
      remove: delete_path === true,
    }))
  }
  if (!body.roles) throw new AccessError('invalid_field', 'required property roles_for_paths is missing')
  return [{ path: '/', roles: ids(body.roles), remove: false }]
}

/** `/aaa/role-bindings` of local users @see nsx-api.md 6.3 */
export const roleBindingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { roleBindings } = app.services
  const params = Type.Object({ bindingId: Type.String({ maxLength: 255 }) })
  const operation = (name: string) => ({ operation: { module: 'AAA', name } })

  app.get(
    '/aaa/role-bindings',
    {
      schema: {
        summary: 'List role bindings',
        querystring: Query,
        response: { 200: listOf(RoleBindingItem, 'RoleBindingListResult'), ...errorAnswers },
      },
      config: { ...needs('system_user_role_assignments', 'read'), ...operation('ListRoleBindings') },
    },
    async ({ manager, query }) => {
      const bindings = (await roleBindings.list(manager.realmId)).map(wireBinding)
      const { name, type, role, identity_source_type, identity_source_id, path, root_path } = query
      const wanted = bindings.filter(
        (binding) =>
          (name === undefined || binding.name.toLowerCase() === name.toLowerCase()) &&
          (type === undefined || binding.type === type) &&
          (role === undefined || binding.roles.some((r) => r.role === role)) &&
          (path === undefined || binding.roles_for_paths.some((r) => r.path === path)) &&
          (root_path === undefined || binding.roles_for_paths.some((r) => r.path.startsWith(root_path))) &&
          // Local users come from no identity source.
          identity_source_type === undefined &&
          identity_source_id === undefined,
      )
      return pageOf(wanted, query, 'name')
    },
  )

  app.get(
    '/aaa/role-bindings/:bindingId',
    {
      schema: { summary: 'Read a role binding', params, response: { 200: RoleBindingItem, ...errorAnswers } },
      config: { ...needs('system_user_role_assignments', 'read'), ...operation('GetRoleBinding') },
    },
    async ({ manager, params }) => wireBinding(await roleBindings.read(manager.realmId, params.bindingId)),
  )

  app.put(
    '/aaa/role-bindings/:bindingId',
    {
      schema: {
        summary: 'Change the roles of a local user',
        params,
        body: RoleBindingChange,
        response: { 200: RoleBindingItem, ...errorAnswers },
      },
      config: { ...needs('system_user_role_assignments', 'crud'), ...operation('UpdateRoleBinding') },
    },
    async (request, reply) => {
      const { body, manager, params } = request
      const stored = await roleBindings.read(manager.realmId, params.bindingId)
      if (body.identity_source_type !== undefined || body.identity_source_id !== undefined) {
        throw new AccessError('invalid_field', 'identity_source_type is not a valid property of a local user')
      }
      if (body.type !== undefined && body.type !== 'local_user') {
        throw new AccessError('invalid_field', `value ${body.type} of property type is not that of the binding`)
      }
      if (body.name !== undefined && body.name.toLowerCase() !== stored.account.username.toLowerCase()) {
        throw new AccessError('invalid_field', `value ${body.name} of property name is not that of the binding`)
      }
      const sent = sentRoles(body)
      return answerChange<RoleBinding>(request, reply, { body: wireBinding }, (call) =>
        roleBindings.update(call, manager.realmId, params.bindingId, sent, body._revision),
      )
    },
  )
}
