import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { RequestError } from '../request-error.ts'
import { ldapIdentitySourceRoutes } from './aaa/ldap-identity-sources.ts'
import { roleBindingRoutes } from './aaa/role-bindings.ts'
import { roleRoutes } from './aaa/roles.ts'
import { userInfoRoute } from './aaa/user-info.ts'
import { auditLogRoute } from './administration/audit-logs.ts'
import { apiServiceRoutes } from './cluster/api-service.ts'
import { clusterRoutes } from './cluster.ts'
import { authPolicyRoutes } from './node/aaa/auth-policy.ts'
import { vidmRoutes } from './node/aaa/providers/vidm.ts'
import { httpServiceRoutes } from './node/services/http.ts'
import { syslogRoutes } from './node/services/syslog.ts'
import { sshKeyRoutes } from './node/users/ssh-keys.ts'
import { nodeUserRoutes } from './node/users.ts'
import { nodeRoutes } from './node.ts'
import { notBuiltCalls } from './not-built.ts'
import { anyAccount } from './permissions.ts'
import { infraRoutes } from './policy/infra.ts'
import { healthRoute } from './reverse-proxy/health.ts'
import { clusterScope, nodeScope, scopes } from './scope.ts'
import { sessionCreateRoute } from './session/create.ts'
import { sessionDestroyRoute } from './session/destroy.ts'
import { sessionOidcRoutes } from './session/oidc.ts'
import { openApiRoutes } from './spec/openapi.ts'
import { transportNodeRoutes } from './transport-nodes.ts'
import { certificateRoutes } from './trust-management/certificates.ts'
import { principalIdentityRoutes, tokenPrincipalIdentityRoutes } from './trust-management/principal-identities.ts'

/** The API of NSX Manager. */
export const nsxSurface: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(sessionCreateRoute)
  await app.register(sessionDestroyRoute)
  await app.register(sessionOidcRoutes)
  await app.register(nodeRoutes)
  await app.register(healthRoute)
  await app.register(clusterRoutes)
  await app.register(apiServiceRoutes)
  await app.register(httpServiceRoutes)
  await app.register(transportNodeRoutes)
  for (const scope of scopes) {
    const { prefix } = scope
    await app.register(authPolicyRoutes, { prefix, scope })
    await app.register(nodeUserRoutes, { prefix, scope })
    await app.register(sshKeyRoutes, { prefix, scope })
    await app.register(syslogRoutes, { prefix, scope })
  }
  for (const scope of [nodeScope, clusterScope]) await app.register(vidmRoutes, { prefix: scope.prefix, scope })
  // The same resources under both of NSX's prefixes.
  for (const prefix of ['/api/v1', '/policy/api/v1']) {
    await app.register(userInfoRoute, { prefix })
    await app.register(roleRoutes, { prefix })
    await app.register(roleBindingRoutes, { prefix })
    await app.register(certificateRoutes, { prefix })
    await app.register(principalIdentityRoutes, { prefix })
    await app.register(ldapIdentitySourceRoutes, { prefix })
  }
  await app.register(tokenPrincipalIdentityRoutes, { prefix: '/api/v1' })
  await app.register(auditLogRoute)
  await app.register(infraRoutes)
  await app.register(openApiRoutes)

  for (const [method, url] of notBuiltCalls) {
    app.route({
      method,
      url,
      schema: { hide: true },
      config: anyAccount,
      onRequest: (request, _reply, done) =>
        done(new RequestError('not_built', `${request.method} ${url} is not built yet`)),
      handler: () => undefined,
    })
  }
}
