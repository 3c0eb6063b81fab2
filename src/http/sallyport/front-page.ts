import type { FastifyInstance } from 'fastify'
import { isHostAndPort } from '../../access/api-service.ts'
import { consolePath } from './console.ts'

/** Sends whoever opens the server in a browser to the console. */
export function addFrontPage(app: FastifyInstance): void {
  const { apiService } = app.services
  app.get('/', { schema: { hide: true }, config: { requires: 'nothing', unaudited: true } }, async (request, reply) => {
    const host = apiService.read().config.redirectHost || request.headers.host || ''
    // What a client calls us is not repeated unless it is a host.
    return reply.redirect(isHostAndPort(host) ? `https://${host}${consolePath}` : consolePath, 302)
  })
}
