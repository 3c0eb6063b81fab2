import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { firstRevision } from '../../../access/managed.ts'
import { builtInRoles, type Role } from '../../../access/roles/built-in-roles.ts'
import { type Feature, features } from '../../../access/roles/features.ts'
import { needs } from '../permissions.ts'
import { errorAnswers, ListQuery, listOf, managedFields, pageOf, wireManaged } from '../wire.ts'

const optional = Type.Optional
const optionalManaged = Object.fromEntries(
  Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)]),
)

const RoleItem = Type.Object(
  {
    role: optional(Type.String()),
    role_display_name: optional(Type.String()),
    resource_type: optional(Type.String()),
    id: optional(Type.String()),
    display_name: optional(Type.String()),
    ...optionalManaged,
  },
  { description: 'Role' },
)

const RoleWithFeatures = Type.Object(
  {
    role: Type.String(),
    features: Type.Array(
      Type.Object({
        feature: Type.String(),
        feature_name: Type.String(),
        feature_description: Type.String(),
        permission: Type.Enum(['crud', 'read', 'execute', 'none']),
        is_internal: Type.Boolean(),
        is_execute_recommended: Type.Boolean(),
      }),
    ),
    resource_type: Type.String(),
    id: Type.String(),
    display_name: Type.String(),
    description: Type.String(),
    ...optionalManaged,
  },
  { description: 'RoleWithFeatures' },
)

const readRoles = needs('system_roles', 'read')

/** `/aaa/roles` @see nsx-api.md 6.2 */
export const roleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  // Built-in roles are as old as the release; they are stamped with the epoch.
  const stamp = wireManaged(firstRevision('system', 0), true)

  const wireRole = ({ id, displayName }: Role) => ({
    role: id,
    role_display_name: displayName,
    resource_type: 'Role',
    id,
    display_name: displayName,
    ...stamp,
  })

  app.get(
    '/aaa/roles',
    {
      schema: {
        summary: 'List roles',
        querystring: ListQuery,
        response: { 200: listOf(RoleItem, 'RoleListResult'), ...errorAnswers },
      },
      config: { ...readRoles, operation: { module: 'AAA', name: 'ListRoles' } },
    },
    async ({ query }) => pageOf([...builtInRoles.values()].map(wireRole), query, 'role'),
  )

  app.get(
    '/aaa/roles/:role',
    {
      schema: {
        summary: 'Read a role with its permission on every feature',
        params: Type.Object({ role: Type.String({ maxLength: 255 }) }),
        response: { 200: RoleWithFeatures, ...errorAnswers },
      },
      config: { ...readRoles, operation: { module: 'AAA', name: 'GetRole' } },
    },
    async ({ params }) => {
      const role = builtInRoles.get(params.role)
      if (!role) throw new AccessError('not_found', params.role)
      return {
        role: role.id,
        features: (Object.entries(features) as [Feature, string][]).map(([feature, name]) => ({
          feature,
          feature_name: name,
          feature_description: name,
          permission: role.permissions[feature] ?? ('none' as const),
          is_internal: false,
          is_execute_recommended: false,
        })),
        resource_type: 'RoleWithFeatures',
        id: role.id,
        display_name: role.displayName,
        description: role.displayName,
        ...stamp,
      }
    },
  )
}
