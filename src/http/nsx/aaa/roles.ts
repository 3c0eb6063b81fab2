import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { firstRevision } from '../../../access/managed.ts'
import type { Role } from '../../../access/roles/built-in-roles.ts'
import {
  type FeaturePermissions,
  features,
  internalFeatures,
  type Permission,
  withoutInternal,
} from '../../../access/roles/features.ts'
import { recommendationsFor } from '../../../access/roles/recommendations.ts'
import { type CustomRole, isCustom } from '../../../access/roles/roles.ts'
import { answerChange } from '../../answer-change.ts'
import { descriptionFields } from '../description.ts'
import { inferred, type RoleScope, roleScopes } from '../inferred.ts'
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
import { rolePattern } from './wire-roles.ts'

const optional = Type.Optional
const optionalManaged = Object.fromEntries(
  Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)]),
)
const permission = Type.Enum(['crud', 'read', 'execute', 'none'])
const text = (most: number) => Type.String({ maxLength: most })

const FeaturePermission = Type.Object(
  {
    feature: Type.String(),
    feature_name: Type.String(),
    feature_description: Type.String(),
    permission,
    is_internal: Type.Boolean(),
    is_execute_recommended: Type.Boolean(),
  },
  { description: 'FeaturePermission' },
)

const RoleItem = Type.Object(
  {
    role: optional(Type.String()),
    role_display_name: optional(Type.String()),
  },
  { description: 'Role' },
)

const roleWithFeatures = {
  role: Type.String(),
  features: Type.Array(FeaturePermission),
  resource_type: Type.String(),
  id: Type.String(),
  display_name: Type.String(),
  description: Type.String(),
  tags: descriptionFields.tags,
}
const RoleWithFeatures = Type.Object({ ...roleWithFeatures, ...optionalManaged }, { description: 'RoleWithFeatures' })
const RoleWithFeaturesItem = Type.Object(
  {
    ...Object.fromEntries(Object.entries(roleWithFeatures).map(([name, schema]) => [name, optional(schema)])),
    ...optionalManaged,
  },
  { description: 'RoleWithFeatures' },
)

const SentFeatures = Type.Array(
  Type.Object(
    {
      feature: Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9_]*$',
        maxLength: 255,
        description: 'One that is not known here is kept and gives nothing',
      }),
      permission,
      feature_name: readOnly,
      feature_description: readOnly,
      is_internal: readOnly,
      is_execute_recommended: readOnly,
    },
    { additionalProperties: false },
  ),
  { maxItems: 1000, description: 'Features that are left out are none, and so are internal ones whatever is sent' },
)

const RoleChange = Type.Object(
  {
    role: optional(text(255)),
    display_name: optional(Type.String({ minLength: 1, maxLength: 255, description: 'The id unless given' })),
    description: optional(text(1024)),
    features: SentFeatures,
    _revision: optional(Type.Integer({ minimum: 0, description: 'Needed to replace a role' })),
    resource_type: readOnly,
    id: readOnly,
    tags: descriptionFields.tags,
    ...readOnlyManaged,
  },
  { additionalProperties: false, description: 'RoleWithFeatures' },
)

const newRoleId = Type.String({ pattern: rolePattern, minLength: 1, maxLength: 255 })
const NewRole = Type.Object(
  {
    new_role_id: newRoleId,
    new_role_name: Type.String({ minLength: 1, maxLength: 255 }),
    new_role_description: optional(text(1024)),
  },
  { additionalProperties: false, description: 'NewRole' },
)

const Recommendation = Type.Object(
  {
    src_features: optional(Type.Array(Type.String())),
    target_feature: optional(Type.String()),
    recommended_permissions: optional(Type.Array(Type.String())),
  },
  { description: 'RecommendedFeaturePermission' },
)

const wireFeature = (feature: string, granted: Permission) => ({
  feature,
  feature_name: features.get(feature) ?? feature,
  feature_description: features.get(feature) ?? feature,
  permission: granted,
  is_internal: internalFeatures.has(feature),
  is_execute_recommended: false,
})

/** @throws {AccessError} `invalid_field` for a feature that is there twice. */
function sentPermissions(sent: readonly { feature: string; permission: string }[]): FeaturePermissions {
  const permissions = new Map<string, string>()
  for (const { feature, permission } of sent) {
    if (permissions.has(feature)) throw new AccessError('invalid_field', `the feature ${feature} is there twice`)
    permissions.set(feature, permission)
  }
  return Object.fromEntries(permissions) as FeaturePermissions
}

// Built-in roles are as old as the release; they are stamped with the epoch.
const builtInStamp = wireManaged(firstRevision('system', 0), true)

function wireNames(role: Role | CustomRole) {
  const { id, displayName } = role
  return { role: id, id, display_name: displayName }
}

const stampOf = (role: Role | CustomRole) => (isCustom(role) ? wireManaged(role) : builtInStamp)

const wireRole = ({ id, displayName }: Role | CustomRole) => ({ role: id, role_display_name: displayName })

const wireRoleWithFeatures = (role: Role | CustomRole) => ({
  ...wireNames(role),
  features: [...new Set([...features.keys(), ...Object.keys(role.permissions)])].map((feature) =>
    wireFeature(feature, role.permissions[feature] ?? 'none'),
  ),
  resource_type: 'RoleWithFeatures',
  description: isCustom(role) ? role.description : role.displayName,
  ...(isCustom(role) ? { tags: role.tags } : {}),
  ...stampOf(role),
})

const isOfScope = (role: Role, scope: RoleScope) =>
  isCustom(role) || (roleScopes[role.id] ?? inferred.roleScope).includes(scope)

const readRoles = needs('users_custom_role', 'read')
const changeRoles = needs('users_custom_role', 'crud')
const operation = (name: string) => ({ operation: { module: 'AAA', name } })

/** `/aaa/roles` and what goes with it @see nsx-api.md 6.2 */
export const roleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { customRoles, roles } = app.services
  const params = Type.Object({ role: text(255) })

  app.get(
    '/aaa/roles',
    {
      schema: {
        summary: 'List roles',
        querystring: Type.Object({
          ...ListQuery.properties,
          scope: optional(
            Type.Enum(['ROOT', 'ORG', 'PROJECT', 'VPC'], { description: 'Only roles that can be given there' }),
          ),
        }),
        response: { 200: listOf(RoleItem, 'RoleListResult'), ...errorAnswers },
      },
      config: { ...readRoles, ...operation('ListRoles'), costly: true },
    },
    async ({ query }) => {
      const { scope } = query
      const listed = roles.list().filter((role) => scope === undefined || isOfScope(role, scope as RoleScope))
      return pageOf(listed.map(wireRole), query, 'role')
    },
  )

  app.get(
    '/aaa/roles-with-feature-permissions',
    {
      schema: {
        summary: 'List roles with their permission on every feature',
        querystring: ListQuery,
        response: { 200: listOf(RoleWithFeaturesItem, 'RoleWithFeaturesListResult'), ...errorAnswers },
      },
      config: { ...readRoles, ...operation('ListRolesWithFeaturePermissions'), costly: true },
    },
    async ({ query }) => pageOf(roles.list().map(wireRoleWithFeatures), query, 'role'),
  )

  app.get(
    '/aaa/features-with-properties',
    {
      schema: {
        summary: 'List features, each with the most that a custom role can have of it',
        response: { 200: listOf(FeaturePermission, 'FeaturePermissionListResult'), ...errorAnswers },
      },
      config: { ...readRoles, ...operation('ListFeatures') },
    },
    async () => {
      const most = withoutInternal(roles.find('enterprise_admin')?.permissions ?? {})
      const results = [...features.keys()].map((id) => wireFeature(id, most[id] ?? 'none'))
      return { results, result_count: results.length }
    },
  )

  app.post(
    '/aaa/roles',
    {
      schema: {
        summary: 'Ask which permissions a set of permissions lacks',
        body: Type.Object(
          { feature_permissions: SentFeatures },
          { additionalProperties: false, description: 'FeaturePermissionArray' },
        ),
        response: { 200: listOf(Recommendation, 'RecommendedFeaturePermissionListResult'), ...errorAnswers },
      },
      config: { ...readRoles, ...operation('ValidateRole'), action: 'validate', readsByPost: true },
    },
    async ({ body }) => {
      const lacking = recommendationsFor(sentPermissions(body.feature_permissions))
      const results = lacking.map(({ srcFeatures, targetFeature, recommendedPermissions }) => ({
        src_features: srcFeatures,
        target_feature: targetFeature,
        recommended_permissions: recommendedPermissions,
      }))
      return { results, result_count: results.length }
    },
  )

  app.get(
    '/aaa/roles/:role',
    {
      schema: {
        summary: 'Read a role with its permission on every feature',
        params,
        response: { 200: RoleWithFeatures, ...errorAnswers },
      },
      config: { ...readRoles, ...operation('GetRole') },
    },
    async ({ params }) => {
      const role = roles.find(params.role)
      if (!role) throw new AccessError('not_found', params.role)
      return wireRoleWithFeatures(role)
    },
  )

  app.put(
    '/aaa/roles/:role',
    {
      schema: {
        summary: 'Create or replace a custom role',
        params: Type.Object({ role: newRoleId }),
        body: RoleChange,
        response: { 200: RoleWithFeatures, ...errorAnswers },
      },
      config: { ...changeRoles, ...operation('CreateOrUpdateRole') },
    },
    async (request, reply) => {
      const { role: id } = request.params
      const { role = id, display_name = id, description = '', tags = [], features: sent, _revision } = request.body
      if (role !== id) throw new AccessError('invalid_field', `value ${role} of property role is not that of the URL`)
      const fields = { displayName: display_name, description, permissions: sentPermissions(sent), tags }
      return answerChange<CustomRole>(request, reply, { body: wireRoleWithFeatures }, (call) =>
        customRoles.put(call, id, fields, _revision),
      )
    },
  )

  app.post(
    '/aaa/roles/:role',
    {
      schema: {
        summary: 'Make a custom role of what another role gives',
        params,
        body: NewRole,
        response: { 200: NewRole, ...errorAnswers },
      },
      config: { ...changeRoles, ...operation('CloneRole'), action: 'clone' },
    },
    async (request, reply) => {
      const { new_role_id, new_role_name, new_role_description = '' } = request.body
      const newRole = ({ id, displayName, description }: CustomRole) => ({
        new_role_id: id,
        new_role_name: displayName,
        new_role_description: description,
      })
      return answerChange<CustomRole>(request, reply, { body: newRole, show: wireRoleWithFeatures }, (call) =>
        customRoles.clone(call, request.params.role, new_role_id, new_role_name, new_role_description),
      )
    },
  )

  app.delete(
    '/aaa/roles/:role',
    {
      schema: { summary: 'Delete a custom role', params, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeRoles, ...operation('DeleteRole') },
    },
    async (request, reply) =>
      answerChange(request, reply, { show: wireRoleWithFeatures }, (call) =>
        customRoles.remove(call, request.params.role),
      ),
  )
}
