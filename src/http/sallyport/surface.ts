import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { together } from '../together.ts'
import { auditSurface } from './audit/surface.ts'
import { connectionRoute } from './connection.ts'
import { addConsole } from './console.ts'
import { addDocsPage, addOwnDescription } from './docs.ts'
import { addFrontPage } from './front-page.ts'
import { healthRoutes } from './health.ts'
import { nsxPasswordCheckRoute } from './nsx/password-check.ts'
import { overviewRoute } from './overview.ts'
import { sessionRoutes } from './session.ts'
import { openSessionRoutes } from './sessions.ts'
import { ssoSurface } from './sso/surface.ts'
import { vcenterAccessSurface } from './vcenter/surface.ts'

const ownRoutes = together(sessionRoutes, openSessionRoutes, overviewRoute, nsxPasswordCheckRoute, connectionRoute)

/** Sallyport's own pages. */
export const sallyportSurface: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(healthRoutes)
  await app.register(ownRoutes, { prefix: '/sallyport/v1' })
  await app.register(ssoSurface, { prefix: '/sallyport/v1/sso' })
  await app.register(vcenterAccessSurface, { prefix: '/sallyport/v1/vcenter' })
  await app.register(auditSurface, { prefix: '/sallyport/v1/audit' })
  addOwnDescription(app)
  await app.register(addConsole)
  addFrontPage(app)
  await addDocsPage(app)
}
