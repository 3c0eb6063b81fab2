import type { FastifyRequest, HTTPMethods, onRequestHookHandler, RouteOptions } from 'fastify'
import router from 'find-my-way'
import { AccessError } from '../access/errors.ts'
import type { Face } from '../http/face.ts'
import { notBuiltActions, notBuiltCalls } from '../http/nsx/not-built.ts'
import { nsxvFace } from '../http/nsxv/face.ts'
import { RequestError } from '../http/request-error.ts'
import { sallyportFace } from '../http/sallyport/face.ts'
import { legacyFace, restFace } from '../http/vcenter/faces.ts'
import { soapFace } from '../http/vcenter/sdk/face.ts'
import { stsFace } from '../http/vcenter/sts/face.ts'
import { nsxFace } from './nsx-face.ts'

/** Those that any route can have. */
export const methods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** More than a request's head may have: what the router refuses itself is in no log. */
export const longestParam = 64 * 1024

/** What is known of a path that calls have. */
interface Known {
  face: Face
  url: string
  methods: Set<string>
  /** Those of them that answer 501. */
  notBuilt: Set<string>
  /** Actions that answer 501, each behind its method. */
  notBuiltActions: Set<string>
  /** Actions of its POST calls; `undefined` among them: there is one without. */
  actions: Set<string | undefined>
}

/** Why no route takes a call to a path that is known. */
export interface Refusal {
  face: Face
  error: Error
  /** The methods that the path has, where the call's is none of them. */
  allow?: string
  params: Record<string, string | undefined>
}

/**
 * Remembers the paths of routes, and says why a call to one of them is taken by none: 405 for methods it does not have,
 * 400 for actions it does not have, 501 for what is not built.
 */
export function createRefusals() {
  const known = new Map<string, Known>()
  let paths: ReturnType<typeof router> | undefined

  function entryOf(face: Face, url: string): Known {
    const entry = known.get(url) ?? {
      face,
      url,
      methods: new Set(),
      notBuilt: new Set(),
      notBuiltActions: new Set(),
      actions: new Set(),
    }
    known.set(url, entry)
    return entry
  }

  for (const [notBuilt, url] of notBuiltCalls) {
    const entry = entryOf(nsxFace, url)
    for (const method of notBuilt) {
      entry.methods.add(method)
      entry.notBuilt.add(method)
    }
  }

  for (const [method, url, actions] of notBuiltActions) {
    const entry = entryOf(nsxFace, url)
    for (const action of actions) entry.notBuiltActions.add(`${method} ${action}`)
  }

  return {
    remember(face: Face, route: RouteOptions): void {
      const { url, method, config } = route
      const entry = entryOf(face, url)
      for (const one of [method].flat()) {
        entry.methods.add(one)
        if (one === 'POST') entry.actions.add(config?.action)
        const hasOthers = one === 'POST' || [...entry.notBuiltActions].some((action) => action.startsWith(`${one} `))
        if (hasOthers && config?.action === undefined)
          route.onRequest = [...[route.onRequest ?? []].flat(), withoutAction(entry)]
      }
    },

    /** @returns undefined where the path is not known. */
    find({ method, raw, query }: FastifyRequest): Refusal | undefined {
      // Few calls come here, and a server that is asked for what it has need not be ready for them.
      paths ??= pathsOf(known)
      const found = paths.find('GET', raw.url ?? '')
      const entry = found?.store as Known | undefined
      if (!found || !entry) return undefined
      const { face, url, methods, notBuilt, actions } = entry
      const refusal = { face, params: found.params }
      const { action } = query as { action?: string }
      const unbuilt = notBuiltAction(entry, method, action)
      if (unbuilt) return { ...refusal, error: unbuilt }
      if (notBuilt.has(method)) {
        return { ...refusal, error: new RequestError('not_built', `${method} ${url} is not built yet`) }
      }
      if (!methods.has(method)) {
        const error = new RequestError('method_unknown', `Request method '${method}' not supported`)
        return { ...refusal, error, allow: [...methods].sort().join(', ') }
      }
      if (method !== 'POST' || actions.has(undefined)) return undefined
      return { ...refusal, error: action === undefined ? missingAction(entry) : unknownAction(entry, action) }
    },
  }
}

/** A router that tells paths apart as the one of the routes does, whatever their methods. */
function pathsOf(known: ReadonlyMap<string, Known>) {
  const paths = router({ ignoreTrailingSlash: true, maxParamLength: longestParam })
  for (const [url, entry] of known) paths.on('GET', url, () => {}, entry)
  return paths
}

const actionsOf = ({ actions }: Known) => [...actions].filter((action) => action !== undefined)

const missingAction = (entry: Known) =>
  new AccessError('invalid_field', `required property action is missing; it is one of [${actionsOf(entry).join(', ')}]`)

const unknownAction = (entry: Known, action: string) =>
  new AccessError(
    'invalid_field',
    `value ${action} of property action is not one of the allowed values [${actionsOf(entry).join(', ')}]`,
  )

function notBuiltAction(entry: Known, method: string, action: string | undefined): RequestError | undefined {
  if (action === undefined || !entry.notBuiltActions.has(`${method} ${action}`)) return undefined
  return new RequestError('not_built', `${method} ${entry.url}?action=${action} is not built yet`)
}

/** Keeps an action that is misspelt or not built from being taken for the call without one, which shares its path. */
function withoutAction(entry: Known): onRequestHookHandler {
  return (request, _reply, done) => {
    const { action } = request.query as { action?: string }
    if (action === undefined) return done()
    const unknown = request.method === 'POST' && actionsOf(entry).length > 0
    done(notBuiltAction(entry, request.method, action) ?? (unknown ? unknownAction(entry, action) : undefined))
  }
}

/** Where an API begins whose paths look like its routes even where there is none. The first that matches counts. */
const prefixes: [pattern: RegExp, face: Face][] = [
  [/^\/api\/v1(\/|\?|$)/, nsxFace],
  // Below vCenter's own /api/session.
  [/^\/api\/session\/(create|destroy|oidc)(\/|\?|$)/, nsxFace],
  [/^\/api\/[1-4]\.0(\/|\?|$)/, nsxvFace],
  [/^\/api(\/|\?|$)/, restFace],
  [/^\/rest(\/|\?|$)/, legacyFace],
  [/^\/(sdk|pbm|lookupservice|sso-adminserver)(\/|\?|$)/, soapFace],
  [/^\/sts(\/|\?|$)/, stsFace],
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
