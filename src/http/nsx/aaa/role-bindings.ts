import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import type { SentSubject } from '../../../access/roles/binding-subject.ts'
import { boundWithin } from '../../../access/roles/reach.ts'
import type { RoleBinding } from '../../../access/roles/role-bindings.ts'
import type { RolesForPathChange } from '../../../access/roles/roles-for-paths.ts'
import { answerChange } from '../../answer-change.ts'
import { descriptionFields, descriptionOf } from '../description.ts'
import { needs } from '../permissions.ts'
import {
  Empty,
  errorAnswers,
  ListQuery,
  listOf,
  managedFields,
  pageOf,
  readOnly,
  readOnlyManaged,
  wireManaged,
} from '../wire.ts'
import { createRoleWire, rolePattern, WireRoles, WireRolesForPaths } from './wire-roles.ts'

const optional = Type.Optional
const role = Type.String({ pattern: rolePattern, maxLength: 255 })
const bindingTypes = ['remote_user', 'remote_group', 'local_user', 'principal_identity', 'remote']
const identitySources = ['VIDM', 'LDAP', 'OIDC', 'CSP']

/** A name or an id that reads as one thing: no control characters, no space at its ends. */
const plainText = (minLength: number) =>
  Type.String({ minLength, maxLength: 255, pattern: '^(?! )[^\\x00-\\x1f\\x7f]*(?<! )$' })
/** `;` separates paths where several are named. */
const path = Type.String({
  pattern: '^/$|^(?:/(?!\\.{1,2}(?:/|$))[^/;\\x00-\\x1f\\x7f]+)+$',
  maxLength: 1024,
})

const RoleBindingItem = Type.Object(
  {
    name: optional(Type.String()),
    type: optional(Type.Enum([...bindingTypes])),
    roles: optional(WireRoles),
    roles_for_paths: optional(WireRolesForPaths),
    read_roles_for_paths: optional(Type.Boolean()),
    identity_source_type: optional(Type.Enum([...identitySources])),
    identity_source_id: optional(Type.String()),
    stale: optional(Type.Enum(['TRUE', 'FALSE', 'UNKNOWN'])),
    user_id: optional(Type.String()),
    resource_type: optional(Type.String()),
    id: optional(Type.String()),
    display_name: optional(Type.String()),
    description: optional(Type.String()),
    tags: descriptionFields.tags,
    ...Object.fromEntries(Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)])),
  },
  { description: 'RoleBinding' },
)

const SentRole = Type.Object({ role, role_display_name: readOnly })
const SentRoles = Type.Array(SentRole, { minItems: 1, maxItems: 100 })
const sentFields = {
  // Whoever reads a binding without roles sends none back beside the paths.
  roles: optional(Type.Array(SentRole, { maxItems: 100 })),
  roles_for_paths: optional(
    Type.Array(Type.Object({ path, roles: SentRoles, delete_path: optional(Type.Boolean({ default: false })) }), {
      maxItems: 100,
    }),
  ),
  read_roles_for_paths: optional(Type.Boolean()),
  user_id: readOnly,
  stale: readOnly,
  resource_type: readOnly,
  id: readOnly,
  ...descriptionFields,
  ...readOnlyManaged,
}
const sentSource = {
  identity_source_type: optional(Type.Enum([...identitySources])),
  identity_source_id: optional(plainText(0)),
}

const RoleBindingChange = Type.Object(
  {
    name: optional(Type.String({ maxLength: 255 })),
    type: optional(Type.Enum([...bindingTypes])),
    ...sentSource,
    ...sentFields,
    _revision: optional(Type.Integer({ minimum: 0 })),
  },
  { description: 'RoleBinding; paths that are sent replace those of the same name' },
)

const NewRoleBinding = Type.Object(
  { name: plainText(1), type: Type.Enum([...bindingTypes]), ...sentSource, ...sentFields, _revision: readOnly },
  { description: 'RoleBinding' },
)

const Query = Type.Object({
  ...ListQuery.properties,
  name: optional(Type.String({ maxLength: 255 })),
  type: optional(Type.Enum([...bindingTypes])),
  role: optional(Type.String({ maxLength: 255 })),
  identity_source_type: optional(Type.Enum([...identitySources])),
  identity_source_id: optional(Type.String({ maxLength: 255 })),
  path: optional(Type.String({ maxLength: 1024, description: 'Exactly this path' })),
  root_path: optional(
    Type.String({ maxLength: 1024, description: 'This path and those below it; others are left out of the bindings' }),
  ),
})

/**
 * What the caller wants the binding to be; `roles` alone, as older clients send them, are those at `/`. Where both are
 * sent, `read_roles_for_paths` says which counts: it is true unless given.
 */
function sentRoles(
  body: Pick<Type.Static<typeof RoleBindingChange>, 'roles' | 'roles_for_paths' | 'read_roles_for_paths'>,
): RolesForPathChange[] {
  const ids = (roles: { role: string }[]) => roles.map((r) => r.role)
  if (body.read_roles_for_paths !== false && body.roles_for_paths) {
    return body.roles_for_paths.map(({ path, roles, delete_path }) => ({
      path,
      roles: ids(roles),
      remove: delete_path === true,
    }))
  }
  if (!body.roles?.length) {
    const missing = body.read_roles_for_paths === false ? 'roles' : 'roles_for_paths'
    throw new AccessError('invalid_field', `required property ${missing} is missing`)
  }
  return [{ path: '/', roles: ids(body.roles), remove: false }]
}

/** Bindings with something at the root path or below it, and of them only that. */
function withinRoot(bindings: RoleBinding[], root: string | undefined): RoleBinding[] {
  if (root === undefined) return bindings
  const trimmed = bindings.map((binding) => ({ ...binding, rolesForPaths: boundWithin(binding.rolesForPaths, root) }))
  return trimmed.filter(({ rolesForPaths }) => rolesForPaths.length > 0)
}

type SentNames = Pick<
  Type.Static<typeof RoleBindingChange>,
  'type' | 'name' | 'identity_source_type' | 'identity_source_id'
>

function sentSubject(sent: SentNames): SentSubject {
  const { type, name, identity_source_type: sourceType, identity_source_id: sourceId } = sent
  return Object.fromEntries(
    Object.entries({ type, name, sourceType, sourceId }).filter(([, value]) => value !== undefined),
  )
}

/** Some clients send the separator as it is, others encoded; both arrive here as it is. */
const separatePaths = (paths: string) => paths.split(';')

function callerOf({ identity }: FastifyRequest) {
  if (!identity) throw new Error('a signed-in route without an identity')
  return identity.principal
}

// Roles may be assigned below a path by those who may do so there and nowhere else.
const readBindings = needs('users_role_assignments', 'read', 'somewhere')
const changeBindings = needs('users_role_assignments', 'crud', 'somewhere')

/** `/aaa/role-bindings` @see nsx-api.md 6.3 */
export const roleBindingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { roleBindings, roles } = app.services
  const params = Type.Object({ bindingId: Type.String({ maxLength: 255 }) })
  const operation = (name: string) => ({ operation: { module: 'AAA', name } })
  const { wireRoles, wireRolesForPaths } = createRoleWire(roles)

  function wireBinding(binding: RoleBinding) {
    const { id, type, name, userid, sourceType, sourceId, rolesForPaths, description, ...managed } = binding
    return {
      name,
      type,
      ...(sourceType === '' ? {} : { identity_source_type: sourceType }),
      ...(sourceId === '' ? {} : { identity_source_id: sourceId }),
      roles: wireRoles(rolesForPaths.find(({ path }) => path === '/')?.roles ?? []),
      roles_for_paths: wireRolesForPaths(rolesForPaths),
      read_roles_for_paths: true,
      ...(userid === undefined ? {} : { user_id: String(userid) }),
      // Nobody has asked vIDM whether it still has the name.
      ...(sourceType === 'VIDM' ? { stale: 'UNKNOWN' as const } : {}),
      resource_type: 'RoleBinding',
      id,
      display_name: name,
      ...description,
      ...wireManaged(managed),
    }
  }

  /** The answer shows what the caller may see of it, the audit record all of it. */
  const answerTo = (request: FastifyRequest) => ({
    body: (binding: RoleBinding) => wireBinding(roleBindings.shownTo(callerOf(request))(binding)),
    show: wireBinding,
  })

  app.get(
    '/aaa/role-bindings',
    {
      schema: {
        summary: 'List role bindings',
        querystring: Query,
        response: { 200: listOf(RoleBindingItem, 'RoleBindingListResult'), ...errorAnswers },
      },
      config: { ...readBindings, ...operation('ListRoleBindings'), costly: true },
    },
    async (request) => {
      const { manager, query } = request
      const { name, type, role, identity_source_type, identity_source_id, path, root_path } = query
      const bindings = await roleBindings.list(manager.realmId, callerOf(request))
      const wanted = bindings.filter(
        (binding) =>
          (name === undefined || binding.name.toLowerCase() === name.toLowerCase()) &&
          (type === undefined || binding.type === type) &&
          (role === undefined || binding.rolesForPaths.some((bound) => bound.roles.includes(role))) &&
          (path === undefined || binding.rolesForPaths.some((bound) => bound.path === path)) &&
          (identity_source_type === undefined || binding.sourceType === identity_source_type) &&
          (identity_source_id === undefined || binding.sourceId === identity_source_id),
      )
      return pageOf(withinRoot(wanted, root_path).map(wireBinding), query, 'name')
    },
  )

  app.get(
    '/aaa/role-bindings/:bindingId',
    {
      schema: { summary: 'Read a role binding', params, response: { 200: RoleBindingItem, ...errorAnswers } },
      config: { ...readBindings, ...operation('GetRoleBinding') },
    },
    async (request) =>
      wireBinding(await roleBindings.read(request.manager.realmId, request.params.bindingId, callerOf(request))),
  )

  app.post(
    '/aaa/role-bindings',
    {
      schema: {
        summary: 'Give roles to a remote user or group',
        body: NewRoleBinding,
        response: { 200: RoleBindingItem, ...errorAnswers },
      },
      config: { ...changeBindings, ...operation('CreateRoleBinding') },
    },
    async (request, reply) => {
      const { body, manager } = request
      return answerChange<RoleBinding>(request, reply, answerTo(request), (call) =>
        roleBindings.create(call, manager.realmId, sentSubject(body), sentRoles(body), descriptionOf(body)),
      )
    },
  )

  app.post(
    '/aaa/role-bindings',
    {
      schema: {
        summary: 'Delete the role bindings of those whom vIDM no longer has',
        response: { 200: Empty, ...errorAnswers },
      },
      config: {
        ...needs('users_role_assignments', 'crud'),
        ...operation('DeleteStaleRoleBindings'),
        action: 'delete_stale_bindings',
      },
    },
    // Of no binding it is known that it is stale: there is nothing to delete.
    async (_request, reply) => reply.send(''),
  )

  app.put(
    '/aaa/role-bindings/:bindingId',
    {
      schema: {
        summary: 'Change the roles of a user or group',
        params,
        body: RoleBindingChange,
        response: { 200: RoleBindingItem, ...errorAnswers },
      },
      config: { ...changeBindings, ...operation('UpdateRoleBinding') },
    },
    async (request, reply) => {
      const { body, manager, params } = request
      return answerChange<RoleBinding>(request, reply, answerTo(request), (call) =>
        roleBindings.update(
          call,
          manager.realmId,
          params.bindingId,
          sentSubject(body),
          sentRoles(body),
          descriptionOf(body),
          body._revision,
        ),
      )
    },
  )

  app.delete(
    '/aaa/role-bindings/:bindingId',
    {
      schema: {
        summary: 'Delete a role binding, or paths of it',
        params,
        querystring: Type.Object({
          path: optional(
            Type.String({ maxLength: 4096, description: "Paths, with ';' between them; absent: the whole binding" }),
          ),
        }),
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changeBindings, ...operation('DeleteRoleBinding') },
    },
    async (request, reply) => {
      const { manager, params, query } = request
      const paths = query.path === undefined ? undefined : separatePaths(query.path)
      return answerChange(request, reply, { show: wireBinding }, (call) =>
        roleBindings.remove(call, manager.realmId, params.bindingId, paths),
      )
    },
  )
}
