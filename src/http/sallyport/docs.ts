import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { cookieName } from '../nsx/session-cookie.ts'
import type { PermissionRequirement, PrivilegeRequirement, RouteConfig } from '../request.ts'
import { browserCookie, browserTokenHeader } from '../vcenter/browser-session.ts'
import { descriptionPath } from '../vcenter/openapi.ts'
import { sessionName } from '../vcenter/session-id.ts'
import { sallyportFace } from './face.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The description of our own API. */
    ownDescription(): object
  }
}

const isOwn = (url: string) => url.startsWith('/sallyport/')

/** Calls that differ in their action only are told apart as NSX's own description does. */
const describedUrl = (url: string, config: Pick<RouteConfig, 'action'> | undefined) =>
  config?.action === undefined ? url : `${url}?action=${config.action}`

const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' }

/** Collects the routes that come after it into OpenAPI 3.1 descriptions: that of NSX Manager's API, and of our own. */
export async function addDescriptions(app: FastifyInstance): Promise<void> {
  await addOwn(app)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport: NSX Manager API',
        description: "NSX Manager's access-control API as Sallyport serves it.",
        version: '1',
        license,
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
    transform: ({ schema, url, route }) => {
      const { requires, form } = route.config ?? {}
      const credentials: Record<string, string[]>[] = [{ basic: [] }, { bearer: [] }, { session: [], xsrf: [] }]
      return {
        schema: {
          ...schema,
          ...(isOwn(url) ? { hide: true } : {}),
          ...(form ? { body: form, consumes: ['application/x-www-form-urlencoded'] } : {}),
          security: requires === 'nothing' ? [] : credentials,
          ...(typeof requires === 'object' && 'feature' in requires
            ? { 'x-sallyport-requires': { feature: requires.feature, permission: requires.permission } }
            : {}),
        },
        url: describedUrl(url, route.config),
      }
    },
  })
}

async function addOwn(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    decorator: 'ownDescription',
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport API',
        description: "Sallyport's own API, for what vCenter and NSX Manager have no calls.",
        version: '1',
        license,
      },
      components: {
        securitySchemes: {
          basic: { type: 'http', scheme: 'basic' },
          session: { type: 'apiKey', in: 'header', name: sessionName },
          vcenter_cookie: { type: 'apiKey', in: 'cookie', name: browserCookie },
          vcenter_xsrf: { type: 'apiKey', in: 'header', name: browserTokenHeader },
          nsx_cookie: { type: 'apiKey', in: 'cookie', name: cookieName },
          nsx_xsrf: { type: 'apiKey', in: 'header', name: 'x-xsrf-token' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { requires } = route.config ?? {}
      const credentials: Record<string, string[]>[] = [
        { session: [] },
        { basic: [] },
        { vcenter_cookie: [], vcenter_xsrf: [] },
        { nsx_cookie: [], nsx_xsrf: [] },
      ]
      return {
        schema: {
          ...schema,
          ...(isOwn(url) ? {} : { hide: true }),
          security: requires === 'nothing' ? [] : credentials,
          ...(typeof requires === 'object' ? { 'x-sallyport-requires': requirementShown(requires) } : {}),
        },
        url: describedUrl(url, route.config),
      }
    },
  })
}

const requirementShown = (requires: PermissionRequirement | PrivilegeRequirement) =>
  'privilege' in requires ? requires : { feature: requires.feature, permission: requires.permission }

/** Our own API described by its own schemas. */
export function addOwnDescription(app: FastifyInstance): void {
  let json: string | undefined
  app.get(
    ownDescriptionPath,
    { schema: { hide: true }, config: { face: sallyportFace, requires: 'nothing' } },
    async (_request, reply) => {
      json ??= JSON.stringify(app.ownDescription())
      return reply.type('application/json').send(json)
    },
  )
}

export const docsPath = '/docs'
const ownDescriptionPath = '/sallyport/v1/openapi.json'

const descriptions = [
  { name: 'NSX Manager', url: `${docsPath}/json` },
  { name: 'vCenter', url: descriptionPath },
  { name: 'Sallyport', url: ownDescriptionPath },
]

/** What the pages under `/docs` require, whose routes are the library's and say nothing themselves. */
export const docsConfig: RouteConfig = { requires: 'nothing', unaudited: true }

/** The descriptions as a page, at `/docs`. */
export async function addDocsPage(app: FastifyInstance): Promise<void> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: true, uiConfig: { urls: descriptions } })
}
