import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { boundAround } from '../../../access/roles/reach.ts'
import { rolesAt } from '../../../access/roles/roles-for-paths.ts'
import { anyAccount } from '../permissions.ts'
import { errorAnswers } from '../wire.ts'
import { createRoleWire, rolesAnywhere, WireRolesForPaths } from './wire-roles.ts'

/** What `roles[]` of older releases says of a role. */
const legacyPermissions = ['read-api', 'read-write-api', 'crud', 'read', 'execute', 'none'] as const

/** Auditors have it in full: it changes nothing but itself. */
const isObserving = (feature: string) => feature === 'policy_traceflow' || feature === 'tools_traceflow'

const UserInfo = Type.Object(
  {
    user_name: Type.String(),
    roles: Type.Array(Type.Object({ role: Type.String(), permissions: Type.Array(Type.Enum([...legacyPermissions])) })),
    roles_for_paths: WireRolesForPaths,
  },
  { description: 'UserInfo' },
)

const Query = Type.Object({
  root_path: Type.Optional(
    Type.String({ maxLength: 1024, description: 'Only roles that count at this path or below it' }),
  ),
  provide_flat_listing: Type.Optional(
    Type.Boolean({ default: false, description: 'Whether each path also lists the roles it has from those above it' }),
  ),
})

/** `/aaa/user-info` @see nsx-api.md 6.1 */
export const userInfoRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { roles } = app.services
  const { wireRolesForPaths } = createRoleWire(roles)

  function legacyPermissionsOf(role: string): (typeof legacyPermissions)[number][] {
    const all = Object.entries(roles.find(role)?.permissions ?? {})
    const granted = new Set(all.flatMap(([feature, permission]) => (isObserving(feature) ? [] : [permission])))
    if (granted.has('crud')) return ['read-api', 'read-write-api', 'crud']
    if (granted.has('execute')) return ['read-api', 'read', 'execute']
    return granted.has('read') ? ['read-api', 'read'] : ['none']
  }

  app.get(
    '/aaa/user-info',
    {
      schema: {
        summary: 'Read who the caller is and which roles they have',
        querystring: Query,
        response: { 200: UserInfo, ...errorAnswers },
      },
      config: { ...anyAccount, operation: { module: 'AAA', name: 'GetCurrentUserInfo' } },
    },
    async ({ identity, query }) => {
      if (!identity) throw new Error('a signed-in route without an identity')
      const { name, rolesForPaths } = identity.principal
      // What comes from several bindings is told once a path.
      const paths = [...new Set(rolesForPaths.map(({ path }) => path))]
      const merged = paths.map((path) => ({
        path,
        roles: query.provide_flat_listing
          ? [...rolesAt(rolesForPaths, path)]
          : rolesAnywhere(rolesForPaths.filter((bound) => bound.path === path)),
      }))
      const shown = boundAround(merged, query.root_path ?? '/')
      return {
        user_name: name,
        roles: rolesAnywhere(shown).map((role) => ({ role, permissions: legacyPermissionsOf(role) })),
        roles_for_paths: wireRolesForPaths(shown),
      }
    },
  )
}
