import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { buildApp } from '../src/gateway/app.ts'
import type { Lab } from './lab.ts'

/** Every route there is, as the application itself declares them. */
export async function routesOf({ server }: Lab): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => void routes.push(route))
  }
  subscribe('fastify.initialization', listen)
  try {
    const app = await buildApp(server.services)
    await app.close()
  } finally {
    unsubscribe('fastify.initialization', listen)
  }
  return routes
}
