import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { RouteConfig } from '../request.ts'
import { descriptionPath } from '../vcenter/openapi.ts'

/** Collects the routes that come after it into one OpenAPI 3.1 description. */
export async function addDescription(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport: NSX Manager API',
        description: "NSX Manager's access-control API as Sallyport serves it.",
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          basic: { type: 'http', scheme: 'basic' },
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: 'JSESSIONID' },
          xsrf: { type: 'apiKey', in: 'header', name: 'X-XSRF-TOKEN' },
        },
      },
    },
    // Calls that differ in their action only are told apart as NSX's own description does.
    transform: ({ schema, url, route }) => {
      const { action, requires, form } = route.config ?? {}
      const credentials: Record<string, string[]>[] = [{ basic: [] }, { bearer: [] }, { session: [], xsrf: [] }]
      return {
        schema: {
          ...schema,
          ...(form ? { body: form, consumes: ['application/x-www-form-urlencoded'] } : {}),
          security: requires === 'nothing' ? [] : credentials,
          ...(typeof requires === 'object'
            ? { 'x-sallyport-requires': { feature: requires.feature, permission: requires.permission } }
            : {}),
        },
        url: action === undefined ? url : `${url}?action=${action}`,
      }
    },
  })
}

export const docsPath = '/docs'

const descriptions = [
  { name: 'NSX Manager', url: `${docsPath}/json` },
  { name: 'vCenter', url: descriptionPath },
]

/** What the pages under `/docs` require, whose routes are the library's and say nothing themselves. */
export const docsConfig: RouteConfig = { requires: 'nothing', unaudited: true }

/** The descriptions as a page, at `/docs`. */
export async function addDocsPage(app: FastifyInstance): Promise<void> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: true, uiConfig: { urls: descriptions } })
}
