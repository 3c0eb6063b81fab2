import type { FastifyPluginAsync } from 'fastify'
import { jsonRpcRoute } from './json-rpc.ts'
import { descriptionRoute } from './openapi.ts'
import { restRoutes } from './rest.ts'
import { sdkRoutes } from './sdk/routes.ts'
import { stsRoutes } from './sts/routes.ts'

/** The API of vCenter. */
export const vcenterSurface: FastifyPluginAsync = async (app) => {
  await app.register(restRoutes)
  await app.register(jsonRpcRoute)
  await app.register(descriptionRoute)
  await app.register(sdkRoutes)
  await app.register(stsRoutes)
}
