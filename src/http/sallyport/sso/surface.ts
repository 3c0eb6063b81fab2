import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { changePasswordRoute } from './change-password.ts'
import { ssoGroupRoutes } from './groups.ts'
import { ssoPolicyRoutes } from './policy.ts'
import { ssoUserRoutes } from './users.ts'

/** `/sallyport/v1/sso`: users and groups of vsphere.local, for which vCenter's own API has no calls. */
export const ssoSurface: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(ssoUserRoutes)
  await app.register(ssoGroupRoutes)
  await app.register(ssoPolicyRoutes)
  await app.register(changePasswordRoute)
}
