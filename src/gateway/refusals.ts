import type { FastifyInstance, FastifyRequest, HTTPMethods, onRequestHookHandler, RouteOptions } from 'fastify'
import { AccessError } from '../access/errors.ts'
import type { Face } from '../http/face.ts'
import { nsxvFace } from '../http/nsxv/face.ts'
import { RequestError } from '../http/request-error.ts'
import { sallyportFace } from '../http/sallyport/face.ts'
import { legacyFace, restFace } from '../http/vcenter/faces.ts'
import { soapFace } from '../http/vcenter/sdk/face.ts'
import { nsxFace } from './nsx-face.ts'

/** Those that any route can have. */
export const methods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface Known {
  methods: Set<string>
  /** Actions of its POST calls; `undefined` among them: there is one without. */
  actions: Set<string | undefined>
}

/**
 * Remembers the routes of a face, and in the end adds what answers their paths otherwise: 405 for methods
 * they do not have, 400 for actions they do not have.
 */
export function createRefusals(face: Face) {
  const known = new Map<string, Known>()

  return {
    remember(route: RouteOptions): void {
      const { url, method, config } = route
      const entry = known.get(url) ?? { methods: new Set(), actions: new Set() }
      known.set(url, entry)
      for (const one of [method].flat()) {
        entry.methods.add(one)
        if (one !== 'POST') continue
        entry.actions.add(config?.action)
        if (config?.action === undefined) route.onRequest = [...[route.onRequest ?? []].flat(), withoutAction(entry)]
      }
    },

    addTo(app: FastifyInstance): void {
      for (const [url, entry] of [...known]) {
        const allowed = [...entry.methods].sort().join(', ')
        const missing = methods.filter((method) => !entry.methods.has(method))
        refuse(
          app,
          face,
          missing,
          url,
          (request) => {
            return new RequestError('method_unknown', `Request method '${request.method}' not supported`)
          },
          { allow: allowed },
        )
        if (entry.actions.size === 0 || entry.actions.has(undefined)) continue
        refuse(app, face, ['POST'], url, (request) => {
          const { action } = request.query as { action?: string }
          return action === undefined
            ? new AccessError(
                'invalid_field',
                `required property action is missing; it is one of [${actionsOf(entry).join(', ')}]`,
              )
            : unknownAction(entry, action)
        })
      }
    },
  }
}

const actionsOf = ({ actions }: Known) => [...actions].filter((action) => action !== undefined)

const unknownAction = (entry: Known, action: string) =>
  new AccessError(
    'invalid_field',
    `value ${action} of property action is not one of the allowed values [${actionsOf(entry).join(', ')}]`,
  )

/** Keeps a misspelt action from being taken for the call without one, which shares its path. */
function withoutAction(entry: Known): onRequestHookHandler {
  return (request, _reply, done) => {
    const { action } = request.query as { action?: string }
    done(action !== undefined && actionsOf(entry).length > 0 ? unknownAction(entry, action) : undefined)
  }
}

function refuse(
  app: FastifyInstance,
  face: Face,
  method: HTTPMethods[],
  url: string,
  reason: (request: FastifyRequest) => Error,
  headers: Record<string, string> = {},
): void {
  if (method.length === 0) return
  app.route({
    method,
    url,
    schema: { hide: true },
    config: { face, requires: 'sign-in' },
    onRequest: (request, reply, done) => {
      reply.headers(headers)
      done(reason(request))
    },
    handler: () => undefined,
  })
}

/** Where an API begins whose paths look like its routes even where there is none. The first that matches counts. */
const prefixes: [pattern: RegExp, face: Face][] = [
  [/^\/api\/v1(\/|\?|$)/, nsxFace],
  [/^\/api\/[1-4]\.0(\/|\?|$)/, nsxvFace],
  [/^\/api(\/|\?|$)/, restFace],
  [/^\/rest(\/|\?|$)/, legacyFace],
  [/^\/sdk(\/|\?|$)/, soapFace],
  [/^\/sallyport\/v1(\/|\?|$)/, sallyportFace],
]

/** How a path looks that no route has. @see DESIGN.md 5 */
export function faceOf(url: string): Face {
  return prefixes.find(([pattern]) => pattern.test(url))?.[1] ?? nsxFace
}

/** Whether only those who are signed in hear that a path is none. */
export function isNsxPath(url: string): boolean {
  return /^\/(api\/v1|policy\/api\/v1)(\/|\?|$)/.test(url)
}

/** Why a call is answered by no route. */
export function unknownPath(method: string, url: string): RequestError {
  if (!methods.includes(method)) {
    return new RequestError('method_unknown', `Request method '${method}' not supported`)
  }
  if (isNsxPath(url) || faceOf(url) !== nsxFace)
    return new RequestError('path_unknown', `The requested URI: ${url.split('?', 1)[0]} could not be found`)
  if (/^\/metrics(\?|$)/.test(url)) return new RequestError('not_built', 'The metrics page is not built yet')
  return new RequestError('path_unknown', 'There is nothing here; the console is at /console/, the APIs at /docs')
}
