import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RequestPayload,
} from 'fastify'
import { AccessError, locksAccount } from '../access/errors.ts'
import { plainAddress } from '../access/sign-in/lockout.ts'
import { JournalError } from '../audit/journal.ts'
import { callerKeyOf } from '../http/caller.ts'
import type { Face } from '../http/face.ts'
import { holdWhole } from '../http/large-answer.ts'
import { nsxSurface } from '../http/nsx/surface.ts'
import { nsxvFace } from '../http/nsxv/face.ts'
import { nsxvSurface } from '../http/nsxv/surface.ts'
import { takePlace } from '../http/places.ts'
import type { Requirement } from '../http/request.ts'
import { RequestError, type RequestErrorCode } from '../http/request-error.ts'
import { addDescriptions, docsConfig, docsPath } from '../http/sallyport/docs.ts'
import { sallyportFace } from '../http/sallyport/face.ts'
import { sallyportSurface } from '../http/sallyport/surface.ts'
import { soapSessionOf } from '../http/vcenter/sdk/face.ts'
import { sessionIdOf } from '../http/vcenter/session-id.ts'
import { vcenterSurface } from '../http/vcenter/surface.ts'
import type { Services } from '../services.ts'
import { actionConstraint } from './action-constraint.ts'
import { addJsonParser, largestBody } from './body.ts'
import { canonicalUrl } from './canonical-url.ts'
import { endGently } from './gentle-end.ts'
import { ambiguity } from './message.ts'
import { nsxFace } from './nsx-face.ts'
import { createRefusals, faceOf, isNsxPath, longestParam, methods, type Refusal, unknownPath } from './refusals.ts'
import { relayRoute, relayUrl } from './relay-route.ts'
import { compileSerializer } from './serialization.ts'
import { compileValidator } from './validation.ts'

/** Where requests are sent that could be read in two ways, with the reason behind it; no route is there. */
const notCanonical = '/-/not-canonical/'
const refused = (why: string) => notCanonical + encodeURIComponent(why)

/** Connections on which nobody knows where a request begins; what arrived in the same packet is read all the same. */
const unclear = new WeakSet<object>()

/** What is left of the body of a refused call is read up to so many bytes, for the sake of the connection. */
const worthReading = 64 * 1024

/** Those whose paths say which methods they have; vCenter's do not. */
const refusing = new Set<Face>([nsxFace, nsxvFace, sallyportFace])

/** The whole of what is served over HTTPS: every surface's routes behind the one way in. */
export async function buildApp(services: Services): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: largestBody,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    requestTimeout: 0,
    genReqId: () => '',
    rewriteUrl: (request) => {
      const ambiguous = unclear.has(request.socket) ? 'it follows one that can' : ambiguity(request)
      if (ambiguous !== undefined) {
        unclear.add(request.socket)
        return refused(`The request can be read in two ways: ${ambiguous}`)
      }
      const canonical = canonicalUrl(request.url ?? '', request.headers.host)
      if ('refused' in canonical) return refused(`The request target is not canonical: ${canonical.refused}`)
      const upstream = services.relay?.upstream(canonical.url)
      if (!upstream) {
        if (request.method === 'HEAD') answerLikeGet(request)
        return canonical.url
      }
      request.relayed = { url: canonical.url, upstream }
      return relayUrl
    },
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: longestParam,
      constraints: { action: actionConstraint },
    },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  })

  app.decorate('services', services)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(compileSerializer)
  app.setErrorHandler(answerError)
  addJsonParser(app)

  const refusals = createRefusals()
  app.addHook('onRequest', (request, reply, done) => {
    arrive(request)
    if (request.is404) refuseUnknown(request, reply, refusals.find(request), done)
    else done()
  })
  app.addHook('onSend', holdAnswer)
  app.addHook('onSend', recordCall)
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(docsPath)) route.config = { ...route.config, ...docsConfig }
    const { config } = route
    if (config?.requires === undefined) throw new Error(`${route.method} ${route.url} does not say what it requires`)
    const { requires, face = nsxFace } = config
    if (refusing.has(face)) refusals.remember(face, route)
    if (config.action !== undefined) route.constraints = { ...route.constraints, action: config.action }
    const guards = route.onRequest === undefined ? [] : [route.onRequest].flat()
    route.onRequest = [
      (request, _reply, done) => {
        request.route = config
        request.face = face
        face.begin?.(request)
        enter(request, face, requires, done)
      },
      ...guards,
    ]
    // A call that may be a signed-in one holds a place only once all of it is there: sending it slowly keeps nobody out.
    if (requires === 'nothing' && !config.unaudited) {
      const checks = route.preValidation === undefined ? [] : [route.preValidation].flat()
      route.preValidation = [takePlaceOnceRead, ...checks]
    }
    if (config.costly) {
      const steps = route.preHandler === undefined ? [] : [route.preHandler].flat()
      route.preHandler = [awaitTurn, ...steps]
    }
    if (route.method !== 'GET') {
      const readers = route.preParsing === undefined ? [] : [route.preParsing].flat()
      route.preParsing = requires === 'nothing' ? [emptyBody, bodyOfStranger, ...readers] : [emptyBody, ...readers]
    }
  })

  await addDescriptions(app)
  await app.register(nsxSurface)
  await app.register(vcenterSurface)
  await app.register(nsxvSurface)
  await app.register(sallyportSurface)
  if (services.relay) await app.register(relayRoute, { relay: services.relay })
  await app.ready()
  return app
}

/** HEAD is there wherever GET is. Node has noted by now that the answer gets no body. @see RFC 9110, 9.3.2 */
function answerLikeGet(request: IncomingMessage): void {
  request.isHead = true
  request.method = 'GET'
}

function arrive(request: FastifyRequest): void {
  const { manager } = request.raw
  if (!manager) throw new Error('a request that no listener took')
  // In the same order for every request, rather than as decorators, which fastify sets by name one after another.
  request.manager = manager
  request.arrivedAt = performance.now()
  request.source = plainAddress(request.raw.socket.remoteAddress ?? '')
  request.callId = randomUUID()
  request.route = {}
  request.identity = undefined
  request.refusedName = undefined
  request.locks = false
  request.outcome = undefined
  request.changedPaths = undefined
  request.audited = false
}

/** Where a target that is refused would lead: only to answer it in the words of the surface that it was meant for. */
function pathMeant(target: string): string {
  return target
    .replace(/^[a-z]+:\/\/[^/?#]*/i, '')
    .replace(/%(?:2f|5c)|\\/gi, '/')
    .replace(/\/(?:\.?\/)+/g, '/')
}

/** A call that no route takes: whoever must sign in to hear why is asked to first. */
function refuseUnknown(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal | undefined,
  done: (error: Error) => void,
): void {
  const url = request.raw.url ?? ''
  const isRefused = url.startsWith(notCanonical)
  const face = refusal?.face ?? faceOf(isRefused ? pathMeant(request.originalUrl) : url)
  request.face = face
  if (refusal) request.params = refusal.params
  face.begin?.(request)
  if (isRefused) {
    request.route = { requires: 'nothing' }
    // Whoever wrote it may see the next request begin elsewhere.
    reply.header('connection', 'close')
    return done(new RequestError('url_not_canonical', decodeURIComponent(url.slice(notCanonical.length))))
  }
  const requires = refusal || isNsxPath(url) || face === nsxvFace ? 'sign-in' : 'nothing'
  request.route = { requires }
  enter(request, face, requires, (error) => {
    const why = error ?? refusal?.error ?? unknownPath(request.method, url)
    if (why instanceof RequestError && why.code === 'method_unknown') {
      reply.header('allow', refusal?.allow ?? methods.join(', '))
    }
    done(why)
  })
}

/**
 * Node has ended the stream of a message without a body already. Where its type says that there is one, fastify reads
 * it, and waits for an end that can be heard.
 */
function emptyBody(
  { headers }: FastifyRequest,
  _reply: FastifyReply,
  payload: RequestPayload,
  done: (error: null, payload: RequestPayload) => void,
): void {
  done(null, payload.readableEnded && headers['content-type'] !== undefined ? Readable.from([]) : payload)
}

/** Whoever shows no session is nobody yet: their body gets little room, for as long as it may take. */
function bodyOfStranger(
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: RequestPayload,
  done: (error: Error | null, payload?: RequestPayload) => void,
): void {
  if (showsSession(request)) return done(null, payload)
  let body: RequestPayload
  try {
    body = request.server.services.strangers.enter(request.raw, payload)
  } catch (refusal) {
    return done(refusal as Error)
  }
  done(null, body)
}

/** Whether the call brings the id of a session that there is, before anything of its body is read. */
function showsSession({ headers, server }: FastifyRequest): boolean {
  const id = soapSessionOf(headers) ?? sessionIdOf(headers)
  return id !== undefined && server.services.vcenterSessions.withId(id) !== undefined
}

// Whoever shows no session keeps nobody out who is signed in.
function takePlaceOnceRead(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  if (!showsSession(request)) return done()
  try {
    takePlace(request, request.face.limiter(request))
  } catch (refusal) {
    return done(refusal as Error)
  }
  done()
}

async function awaitTurn(request: FastifyRequest): Promise<void> {
  const work = request.server.services.turns.begin(callerKeyOf(request))
  if (work.isSpent) await work.turn()
}

/** Who are you, is there room, and may you. */
function enter(request: FastifyRequest, face: Face, requires: Requirement, done: (error?: Error) => void): void {
  if (requires === 'nothing') return done()
  // Whoever waits for a password to be checked holds no place that somebody who is signed in could have.
  face.identify(request, (error) => {
    if (error) return done(error)
    try {
      takePlace(request, face.limiter(request))
      face.admit(request, requires)
    } catch (refusal) {
      return done(refusal as Error)
    }
    done()
  })
}

/** An answer that was made as a whole counts among all that is held until its client has taken it. */
async function holdAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (request.audited || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload
  await holdWhole(request.server.services.room, callerKeyOf(request), reply, Buffer.byteLength(payload))
  return payload
}

/** The answer leaves when its audit record is on disk. */
function recordCall(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error?: Error | null, payload?: unknown) => void,
): void {
  const { face } = request
  // JSON has but one character set, and none of the surfaces names it.
  if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
    reply.header('content-type', 'application/json')
  }
  // Fastify names a type for it, and the vendors' SDKs fail where an answer of a type has nothing to read.
  if (payload === '') reply.removeHeader('content-type')
  if (request.audited || request.route.unaudited) {
    addHeaders(request, reply)
    return done(null, payload)
  }
  request.audited = true
  const hasBody = !request.raw.isHead
  const bytes = hasBody ? bytesOf(payload, reply) : 0
  const record = face.record(request, reply.statusCode, bytes)
  if (request.locks) record.locks = true
  request.server.services.journal.append(
    record,
    (error) => done(error ?? null, payload),
    () => addHeaders(request, reply),
  )
}

/** The bytes of an answer; 0 where only its end tells them. */
function bytesOf(payload: unknown, reply: FastifyReply): number {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return Buffer.byteLength(payload)
  return Number(reply.getHeader('content-length') ?? 0)
}

/** The headers that all answers of a surface have. */
function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const { headers, finish } = request.face
  for (const name in headers) if (!reply.hasHeader(name)) reply.header(name, headers[name])
  finish?.(request, reply)
}

const frameworkCodes: Record<string, [RequestErrorCode, string]> = {
  FST_ERR_BAD_URL: ['url_not_canonical', 'The request target is not canonical'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media_type_unknown', 'The content type of the request is not supported'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', `The request body is larger than ${largestBody} bytes`],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['body_malformed', 'its length is not what Content-Length says'],
}

/** Refusals that are over soon: whoever waits for a second is served. */
const passing: ReadonlySet<string> = new Set(['busy', 'server_busy', 'client_busy', 'rate_exceeded'])

/** Errors that fastify raises itself, as ours. */
function ownError(error: unknown): unknown {
  if (error instanceof AccessError || error instanceof RequestError || error instanceof JournalError) return error
  const known = frameworkCodes[(error as FastifyError).code]
  return known ? new RequestError(known[0], known[1], { cause: error }) : error
}

/** Whether more of a body may still come than is worth reading. */
function isMuchLeft({ complete, headers }: FastifyRequest['raw']): boolean {
  if (complete) return false
  const length = headers['content-length']
  return length === undefined ? headers['transfer-encoding'] !== undefined : Number(length) > worthReading
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = ownError(error)
  if (locksAccount(error)) request.locks = true
  const face = (request.face as Face | undefined) ?? faceOf(request.raw.url ?? '')
  const { status, body, type = 'application/json', headers, foreseen } = face.refuse(known, request)
  if (headers) reply.headers(headers)
  if (known instanceof AccessError && passing.has(known.code)) reply.header('retry-after', '1')
  if (!foreseen)
    request.server.services.log.error(error as Error, `${request.method} ${request.routeOptions.url} failed`)
  const { raw } = request
  if (isMuchLeft(raw)) {
    reply.header('connection', 'close')
    endGently(raw)
  }
  // Fastify ends the connection of whoever sends a body that is none, although all of it has been read. Without the
  // header it lives on or ends as the client has asked.
  else if (raw.complete && reply.getHeader('connection') === 'close' && !raw.url?.startsWith(notCanonical)) {
    reply.removeHeader('connection')
  }
  reply.code(status).type(type).send(body)
}
