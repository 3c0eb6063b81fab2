import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { together } from '../together.ts'
import { ldapIdentitySourceRoutes } from './aaa/ldap-identity-sources.ts'
import { roleBindingRoutes } from './aaa/role-bindings.ts'
import { roleRoutes } from './aaa/roles.ts'
import { userInfoRoute } from './aaa/user-info.ts'
import { auditLogRoute } from './administration/audit-logs.ts'
import { apiServiceRoutes } from './cluster/api-service.ts'
import { clusterRoutes } from './cluster.ts'
import { licenseRoutes } from './licenses.ts'
import { authPolicyRoutes } from './node/aaa/auth-policy.ts'
import { vidmRoutes } from './node/aaa/providers/vidm.ts'
import { httpServiceRoutes } from './node/services/http.ts'
import { sshServiceRoutes } from './node/services/ssh.ts'
import { syslogRoutes } from './node/services/syslog.ts'
import { sshKeyRoutes } from './node/users/ssh-keys.ts'
import { nodeUserRoutes } from './node/users.ts'
import { nodeVersionRoute } from './node/version.ts'
import { nodeRoutes } from './node.ts'
import { infraRoutes } from './policy/infra.ts'
import { healthRoute } from './reverse-proxy/health.ts'
import { clusterScope, nodeScope, scopes } from './scope.ts'
import { sessionCreateRoute } from './session/create.ts'
import { sessionDestroyRoute } from './session/destroy.ts'
import { sessionOidcRoutes } from './session/oidc.ts'
import { openApiRoutes } from './spec/openapi.ts'
import { transportNodeRoutes } from './transport-nodes.ts'
import { certificateRoutes } from './trust-management/certificates.ts'
import { oidcEndPointRoutes } from './trust-management/oidc-uris.ts'
import { principalIdentityRoutes, tokenPrincipalIdentityRoutes } from './trust-management/principal-identities.ts'

const unscopedRoutes = together(
  sessionDestroyRoute,
  sessionOidcRoutes,
  nodeVersionRoute,
  healthRoute,
  clusterRoutes,
  apiServiceRoutes,
  httpServiceRoutes,
  licenseRoutes,
  transportNodeRoutes,
  auditLogRoute,
  infraRoutes,
  openApiRoutes,
)
const scopedRoutes = together(
  nodeRoutes,
  authPolicyRoutes,
  nodeUserRoutes,
  sshKeyRoutes,
  sshServiceRoutes,
  syslogRoutes,
)
const accessRoutes = together(userInfoRoute, roleRoutes, roleBindingRoutes)
const managerRoutes = together(
  certificateRoutes,
  oidcEndPointRoutes,
  principalIdentityRoutes,
  tokenPrincipalIdentityRoutes,
)

/** The API of NSX Manager. */
export const nsxSurface: FastifyPluginAsyncTypebox = async (app, options) => {
  await app.register(sessionCreateRoute)
  await unscopedRoutes(app, options)
  for (const scope of scopes) await app.register(scopedRoutes, { prefix: scope.prefix, scope })
  for (const scope of [nodeScope, clusterScope]) await app.register(vidmRoutes, { prefix: scope.prefix, scope })
  // The same resources under both of NSX's prefixes, and those of one alone.
  for (const prefix of ['/api/v1', '/policy/api/v1']) await app.register(accessRoutes, { prefix })
  await app.register(managerRoutes, { prefix: '/api/v1' })
  await app.register(ldapIdentitySourceRoutes, { prefix: '/policy/api/v1' })
}
