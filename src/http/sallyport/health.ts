import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

const Live = Type.Object({ status: Type.Literal('ok') })
const Ready = Type.Object({
  status: Type.Enum(['ready', 'not ready']),
  reason: Type.Optional(Type.String({ description: 'What is in the way, in words; the log has the error' })),
})

/**
 * `/health/live`: the process answers. `/health/ready`: it also serves calls, which it cannot while it stops, without its
 * database, or where nothing can be written. `/health` is what `/health/live` is, for those who asked before there was more.
 */
export const healthRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { readiness } = app.services
  const config = { requires: 'nothing' as const, unaudited: true }
  for (const url of ['/health', '/health/live']) {
    app.get(url, { schema: { hide: true, response: { 200: Live } }, config }, async () => ({ status: 'ok' as const }))
  }

  app.get(
    '/health/ready',
    { schema: { hide: true, response: { 200: Ready, 503: Ready } }, config },
    async (_request, reply) => {
      const reason = await readiness.problem()
      reply.code(reason === undefined ? 200 : 503)
      return reason === undefined ? { status: 'ready' as const } : { status: 'not ready' as const, reason }
    },
  )
}
