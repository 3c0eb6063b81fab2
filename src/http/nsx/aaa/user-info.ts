import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Principal } from '../../../access/principal.ts'
import { builtInRoles } from '../../../access/roles/built-in-roles.ts'
import { anyAccount } from '../permissions.ts'
import { errorAnswers } from '../wire.ts'

const UserInfo = Type.Object(
  {
    user_name: Type.String(),
    roles: Type.Array(Type.Object({ role: Type.String(), permissions: Type.Array(Type.String()) })),
    roles_for_paths: Type.Array(
      Type.Object({
        path: Type.String(),
        roles: Type.Array(Type.Object({ role: Type.String(), role_display_name: Type.String() })),
      }),
    ),
  },
  { description: 'UserInfo' },
)

const Query = Type.Object({
  root_path: Type.Optional(Type.String({ maxLength: 1024, description: 'Only paths that begin with it' })),
  provide_flat_listing: Type.Optional(Type.Boolean({ default: false })),
})

/** Permissions as `roles[]` of older releases lists them, from what the role may do. */
function legacyPermissions(role: string): string[] {
  const granted = new Set(Object.values(builtInRoles.get(role)?.permissions ?? {}))
  if (granted.has('crud')) return ['read-api', 'read-write-api', 'crud']
  return granted.has('read') ? ['read-api', 'read'] : ['none']
}

function wireUserInfo({ name, rolesForPaths }: Principal, rootPath: string) {
  const shown = rolesForPaths.filter(({ path }) => path.startsWith(rootPath))
  const roles = [...new Set(shown.flatMap((bound) => bound.roles))]
  return {
    user_name: name,
    roles: roles.map((role) => ({ role, permissions: legacyPermissions(role) })),
    roles_for_paths: shown.map(({ path, roles: bound }) => ({
      path,
      roles: bound.map((role) => ({ role, role_display_name: builtInRoles.get(role)?.displayName ?? role })),
    })),
  }
}

/** `/aaa/user-info` @see nsx-api.md 6.1 */
export const userInfoRoute: FastifyPluginAsyncTypebox = async (app) => {
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
      return wireUserInfo(identity.principal, query.root_path ?? '')
    },
  )
}
