import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** `/spec/openapi/nsx_api.json` and `.yaml`: the API described by its own schemas. */
export const openApiRoutes: FastifyPluginAsyncTypebox = async (app) => {
  let json: string | undefined
  let yaml: string | undefined

  app.get(
    '/api/v1/spec/openapi/nsx_api.json',
    { schema: { hide: true }, config: { requires: 'nothing' } },
    async (_request, reply) => {
      json ??= JSON.stringify(app.swagger())
      return reply.type('application/json').send(json)
    },
  )

  app.get(
    '/api/v1/spec/openapi/nsx_api.yaml',
    { schema: { hide: true }, config: { requires: 'nothing' } },
    async (_request, reply) => {
      yaml ??= app.swagger({ yaml: true })
      return reply.type('application/yaml').send(yaml)
    },
  )
}
