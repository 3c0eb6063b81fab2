import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { accessRoutes } from './access.ts'
import { objectRoutes } from './objects.ts'
import { principalRoutes } from './principals.ts'
import { roleRoutes } from './roles.ts'

/** `/sallyport/v1/vcenter`: what vCenter's own API has no calls for, about who may do what in its inventory. */
export const vcenterAccessSurface: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(objectRoutes)
  await app.register(roleRoutes)
  await app.register(principalRoutes)
  await app.register(accessRoutes)
}
