import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { RequestError } from '../request-error.ts'
import { together } from '../together.ts'
import { strangersXml } from '../xml/read.ts'
import { componentRoutes } from './appliance-management/components.ts'
import { globalInfoRoute } from './appliance-management/global.ts'
import { networkRoutes } from './appliance-management/network.ts'
import { syslogRoutes } from './appliance-management/syslog.ts'
import { systemRoutes } from './appliance-management/system.ts'
import { timeRoutes } from './appliance-management/time.ts'
import { auditLogRoute } from './auditlog.ts'
import { parseXmlBody } from './body.ts'
import { formFor } from './media.ts'
import { centralCliRoute } from './nsx/cli.ts'
import { featureRoute } from './nwfabric/features.ts'
import { authRoutes } from './services/auth.ts'
import { registrationRoutes } from './services/registration.ts'
import { localUserRoutes } from './services/usermgmt/local-user.ts'
import { roleRoutes } from './services/usermgmt/role.ts'
import { userRoutes } from './services/usermgmt/user.ts'
import { userListRoutes } from './services/usermgmt/users.ts'
import { systemEventRoute } from './systemevent.ts'

const applianceRoutes = together(
  globalInfoRoute,
  systemRoutes,
  networkRoutes,
  timeRoutes,
  syslogRoutes,
  componentRoutes,
)
const userManagementRoutes = together(userListRoutes, userRoutes, localUserRoutes, roleRoutes)
const unscopedRoutes = together(authRoutes, featureRoute, auditLogRoute, systemEventRoute, centralCliRoute)

/** The API of NSX Manager for vSphere. */
export const nsxvSurface: FastifyPluginAsync = async (app, options) => {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })
  app.addHook('preParsing', async (request) => requireMediaTypes(request))
  app.addContentTypeParser(
    /^(application|text)\/xml\b/i,
    { parseAs: 'buffer' },
    async ({ raw }: FastifyRequest, body: Buffer) => parseXmlBody(body, raw.stranger ? strangersXml : undefined),
  )

  await app.register(applianceRoutes, { prefix: '/api/1.0/appliance-management' })
  await app.register(userManagementRoutes, { prefix: '/api/2.0/services/usermgmt' })
  await app.register(registrationRoutes, { prefix: '/api/2.0/services' })
  await unscopedRoutes(app, options)
}

/**
 * Refuses a call before its body is read where its answer could not be given in a form the client takes, or where
 * nobody knows what the body is.
 *
 * @throws {RequestError} `not_acceptable`, `media_type_unknown`
 * @see nsxv-api.md 1
 */
function requireMediaTypes({ route, headers }: FastifyRequest): void {
  const { produces, consumes } = route.nsxv ?? {}
  if (produces && formFor(headers.accept, produces) === undefined) {
    throw new RequestError('not_acceptable', 'The answer has no form that the Accept header names')
  }
  const type = headers['content-type']
  if (consumes && !/^(application\/(xml|json)|text\/xml)\s*(;|$)/i.test(type ?? '')) {
    throw new RequestError('media_type_unknown', 'The body is neither application/xml nor application/json')
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type ?? '')?.[1]
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new RequestError('media_type_unknown', `The character set ${charset} is not UTF-8`)
  }
}
