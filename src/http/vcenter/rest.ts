import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { credentialsOf } from '../credentials.ts'
import { RequestError } from '../request-error.ts'
import { stateOf, successStatus } from './call.ts'
import { legacyFace, restFace } from './faces.ts'
import { invoke } from './invoke.ts'
import { operations } from './operations/index.ts'
import { sessionName } from './session-id.ts'
import type { Operation } from './vapi/operation.ts'
import { jsonOfQuery, type Query, type QueryPlace, queryPlaces } from './vapi/query.ts'
import { readFields } from './vapi/read.ts'
import { legacyJson, type Rendering, restJson, wrong } from './vapi/rendering.ts'

/** Where the inputs of a route are. */
interface Places {
  path: readonly string[]
  query: readonly QueryPlace[]
  /** The input that is the body; or those that are its properties. */
  body: string | readonly string[] | undefined
  /** Inputs that are in the path, and in the body again. */
  repeated?: readonly string[] | undefined
}

const pathNames = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)

/** As fastify writes it: a colon that is none of its own is doubled. */
const routeUrl = (prefix: string, path: string) => prefix + path.replaceAll(':', '::').replace(/\{(\w+)\}/g, ':$1')

/** `/api/...` and `/rest/...`, as operations declare them. @see vcenter-api.md 1, 2, 6 */
export const restRoutes: FastifyPluginAsync = async (app) => {
  // Whatever type an empty body is said to have, it is none.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    done(new RequestError('media_type_unknown', 'The content type of the request is not supported'))
  })
  for (const operation of operations) {
    addRest(app, operation)
    addLegacy(app, operation)
  }
}

function addRest(app: FastifyInstance, operation: Operation): void {
  const { rest, requires, input } = operation
  if (!rest) return
  const { method, path, action, query = [], body } = rest
  const places: Places = { path: pathNames(path), query: queryPlaces(input, query, true), body }
  requireWhole(operation, places)
  app.route({
    method,
    url: routeUrl('/api', path),
    schema: { hide: true },
    config: {
      face: restFace,
      vapi: operation,
      requires: requires === 'nothing' ? 'nothing' : 'sign-in',
      ...(action === undefined ? {} : { action }),
    },
    onRequest: (request, _reply, done) => done(unknownAction(request, action)),
    handler: async (request, reply) => {
      takeCredentials(request, operation)
      const encode = (output: unknown) => (operation.output.kind === 'void' ? '' : JSON.stringify(output))
      const answer = await invoke(
        request,
        'rest',
        operation,
        restJson,
        () => inputs(request, operation, places, restJson),
        encode,
      )
      reply.code(successStatus(operation))
      if (answer !== '') reply.type('application/json')
      return reply.send(answer)
    },
  })
}

function addLegacy(app: FastifyInstance, operation: Operation): void {
  const { requires, input, signs, output } = operation
  for (const { method, path, action, repeated } of [operation.legacy ?? []].flat()) {
    const inPath = pathNames(path)
    const others = Object.keys(input).filter((name) => !inPath.includes(name))
    const inQuery = method === 'GET' || method === 'DELETE'
    const places: Places = {
      path: inPath,
      query: inQuery ? queryPlaces(input, others, false) : [],
      body: inQuery ? undefined : others,
      repeated,
    }
    app.route({
      method,
      url: routeUrl('/rest', path),
      schema: { hide: true },
      config: {
        face: legacyFace,
        vapi: operation,
        requires: requires === 'nothing' ? 'nothing' : 'sign-in',
        ...(action === undefined ? {} : { action: `~${action}` }),
      },
      onRequest: (request, _reply, done) => done(unknownAction(request, action)),
      handler: async (request, reply) => {
        takeCredentials(request, operation)
        let id: unknown
        const encode = (value: unknown) => {
          id = value
          return output.kind === 'void' ? '' : JSON.stringify({ value })
        }
        const answer = await invoke(
          request,
          'legacy',
          operation,
          legacyJson,
          () => inputs(request, operation, places, legacyJson),
          encode,
        )
        // Others than browsers say that they keep the id themselves. That no other site may use it is ours to add.
        if (signs === 'in' && request.headers['vmware-use-header-authn'] === undefined) {
          reply.header('set-cookie', `${sessionName}=${id}; Path=/rest; Secure; HttpOnly; SameSite=Lax`)
        }
        if (answer !== '') reply.type('application/json')
        return reply.send(answer)
      },
    })
  }
}

/** A call with an action that its path does not have is not the call without one. */
function unknownAction({ query, method, url }: FastifyRequest, action: string | undefined): Error | undefined {
  const { action: plain, '~action': legacy } = query as Record<string, unknown>
  if (action !== undefined || (plain === undefined && legacy === undefined)) return undefined
  return new RequestError('path_unknown', `There is no ${method} ${url.split('?', 1)[0]} with such an action`)
}

/** A session is made with Basic credentials, or with a name and a password in the body. @see vcenter-api.md 1.1 */
function takeCredentials(request: FastifyRequest, { signs }: Operation): void {
  if (signs !== 'in') return
  const { headers, body } = request
  stateOf(request).credentials = credentialsOf(headers.authorization) ?? inBody(body)
  request.body = undefined
}

function inBody(body: unknown): { name: string; password: string } | undefined {
  const { username, password } = (body ?? {}) as Record<string, unknown>
  if (typeof username !== 'string' || typeof password !== 'string') return undefined
  return { name: username, password }
}

/** The inputs of a call, read strictly. */
function inputs(
  request: FastifyRequest,
  { input }: Operation,
  places: Places,
  rendering: Rendering,
): Record<string, unknown> {
  const { action: _, '~action': __, ...query } = request.query as Query
  const json = { ...jsonOfQuery(places.query, query), ...bodyInputs(request.body, places, input) }
  for (const name of places.path) {
    const inPath = (request.params as Record<string, string>)[name]
    if (json[name] !== undefined && json[name] !== inPath) throw wrong(name, 'it is not what the path says')
    json[name] = inPath
  }
  return readFields(input, json, rendering, '')
}

function bodyInputs(
  body: unknown,
  { body: place, repeated = [] }: Places,
  input: Operation['input'],
): Record<string, unknown> {
  if (typeof place === 'string') return body === undefined ? {} : { [place]: body }
  // Clients that have nothing to say may say so.
  if (body === undefined || (body === null && !place?.length)) return {}
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw wrong('body', 'expected an object')
  for (const name in body) {
    // Elsewhere in the call it may mean something; here it does not.
    if (!place?.includes(name) && !repeated.includes(name) && Object.hasOwn(input, name)) {
      throw new RequestError('field_unexpected', `${name}: it is not in the body that it belongs`)
    }
  }
  return body as Record<string, unknown>
}

/** @throws unless the route has a place for every input, and only one. */
function requireWhole({ service, id, input }: Operation, { path, query, body }: Places): void {
  const placed = [...path, ...new Set(query.map((place) => place.path[0])), ...[body ?? []].flat()].sort()
  if (placed.join() !== Object.keys(input).sort().join()) {
    throw new Error(`${service} ${id} has inputs ${Object.keys(input)}, and REST places for ${placed}`)
  }
}
