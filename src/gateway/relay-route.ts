import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { AccessError } from '../access/errors.ts'
import { isSuperuser } from '../access/protection.ts'
import { callRecord } from '../http/call-record.ts'
import { RequestError } from '../http/request-error.ts'
import { type UpstreamAnswer, UpstreamError } from '../relay/exchange.ts'
import { answerHeaders } from '../relay/headers.ts'
import { repeatedName } from '../relay/hierarchical.ts'
import type { Relay } from '../relay/relay.ts'
import type { RuleInForce } from '../relay/rules.ts'
import { parseJson } from './body.ts'
import { requirePermission } from './permit.ts'
import { methods, unknownPath } from './refusals.ts'

/** Where calls that go to an upstream are sent inside; a client that asks for it finds nothing. */
export const relayUrl = '/-/relay'

/** Bodies of a known length up to this many bytes are read before they are sent, so that they can be sent again. */
const smallBody = 64 * 1024
/** Bytes of bodies that are held at any time. */
const heldAtMost = 64 * 1024 * 1024
const reading = new Set(['GET', 'HEAD'])

declare module 'fastify' {
  interface FastifyRequest {
    /** What allowed a relayed call. */
    relayRule: RuleInForce | undefined
    /** Why a relayed call had no answer, for its record. */
    failure: string | undefined
  }
}

/** Passes calls on to their upstream: who calls and whether they may is asked here, as of every call. */
export const relayRoute: FastifyPluginAsync<{ relay: Relay }> = async (app, { relay }) => {
  let held = 0

  app.decorateRequest('relayRule', undefined)
  app.decorateRequest('failure', undefined)
  app.removeAllContentTypeParsers()
  // Whatever a body is, it is left to be read where it is needed.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))

  app.route({
    method: methods,
    url: relayUrl,
    schema: { hide: true },
    config: { requires: 'sign-in' },
    onRequest: (request, _reply, done) => {
      try {
        admit(request)
      } catch (error) {
        return done(error as Error)
      }
      done()
    },
    // Not async: a reply that is awaited watches its stream to the end, and nobody here needs to know.
    handler: (request, reply) => {
      void answer(request, reply)
    },
  })

  /** @throws {AccessError} `forbidden` unless a rule allows it to the caller. */
  function admit(request: FastifyRequest): void {
    const { method, raw } = request
    if (raw.relayed === undefined) throw unknownPath(method, raw.url ?? '')
    const ruling = relay.policy.rule(method, raw.relayed.url)
    const name = 'rule' in ruling ? ruling.rule.name : 'unmapped'
    request.route = { ...request.route, operation: { module: 'Relay', name } }
    if ('denied' in ruling) throw new AccessError('forbidden', `The call is not relayed: ${ruling.denied}`)
    requirePermission(request, ruling.rule)
    request.relayRule = ruling.rule
    if (ruling.rule.permission === 'read') request.route.readsByPost = true
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const hold = { bytes: 0 }
    try {
      await passOn(request, reply, hold)
    } catch (error) {
      reply.send(error)
    } finally {
      held -= hold.bytes
    }
  }

  async function passOn(request: FastifyRequest, reply: FastifyReply, hold: { bytes: number }): Promise<void> {
    const { method, raw, relayRule, identity } = request
    if (!raw.relayed || !relayRule || !identity) throw new Error('a call that was not admitted')
    const { url: path, upstream } = raw.relayed
    const withBody = hasBody(request)
    if (!withBody && relayRule.body === 'tree') throw denied('it has no body')
    const body = withBody ? await bodyOf(request, relayRule, hold) : undefined
    const reads = reading.has(method) || request.route.readsByPost === true

    let answer: UpstreamAnswer
    try {
      answer = await upstream.send({
        method,
        path,
        headers: request.headers,
        body,
        caller: { name: identity.principal.name, requestId: request.callId },
        reads,
        // A change is waited for, so that its record can say how it ended.
        whenGone: reads || (body !== undefined && !Buffer.isBuffer(body)) ? whenGone(reply) : undefined,
      })
    } catch (error) {
      if (!reads) request.outcome = 'unknown'
      throw refusalOf(error, request)
    }

    const headers = answerHeaders(answer.headers, upstream.origin + path)
    if (!headers) {
      if (!Buffer.isBuffer(answer.body)) answer.body.destroy()
      if (!reads) request.outcome = 'unknown'
      throw new RequestError('upstream_failed', 'The upstream answered with a header that is none')
    }
    reply.code(answer.status)
    // The upstream has heard enough; what is left of the body is nobody's.
    if (!raw.complete) reply.header('connection', 'close')
    for (const name in headers) if (!Object.hasOwn(request.face.headers, name)) reply.header(name, headers[name])
    if (Buffer.isBuffer(answer.body)) {
      reply.send(answer.body.length === 0 ? undefined : answer.body)
      return
    }
    followToItsEnd(request, reply, answer.body)
    reply.send(answer.body)
  }

  /** The answer begins when its record is on disk. Where it breaks off after that, a second record says so. */
  function followToItsEnd(request: FastifyRequest, reply: FastifyReply, body: Readable): void {
    let bytes = 0
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    body.pause()
    body.on('error', () => {})
    body.once('close', () => {
      if (body.readableEnded) return
      reply.raw.destroy()
      request.outcome = 'cut-off'
      app.services.journal.append(callRecord(request, reply.statusCode, bytes), () => {})
    })
  }

  /** The body as it goes on: bytes where they had to be looked at or are few, else what is still arriving. */
  async function bodyOf(
    request: FastifyRequest,
    rule: RuleInForce,
    hold: { bytes: number },
  ): Promise<Buffer | Readable> {
    const { raw, headers } = request
    const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length'])
    if (reading.has(request.method)) {
      throw new RequestError('body_malformed', `a ${request.method} that is relayed has none`)
    }
    if (rule.body === 'stream') {
      if (length === undefined || length > smallBody) return apart(raw)
      return readWhole(request, length, smallBody, hold)
    }
    requirePlainJson(headers)
    const bytes = await readWhole(request, length, relay.largestTree, hold)
    requireObjects(request, bytes)
    return bytes
  }

  async function readWhole(
    { raw }: FastifyRequest,
    length: number | undefined,
    limit: number,
    hold: { bytes: number },
  ): Promise<Buffer> {
    const tooLarge = () => new RequestError('body_too_large', `The request body is larger than ${limit} bytes`)
    if (length !== undefined && length > limit) throw tooLarge()
    hold.bytes = length ?? limit
    held += hold.bytes
    if (held > heldAtMost) throw new AccessError('busy', 'Too many large requests at once')
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
        bytes += chunk.length
        if (bytes > limit) throw tooLarge()
        chunks.push(chunk)
      }
    } catch (error) {
      throw error instanceof RequestError ? error : new RequestError('client_gone', 'The client has gone')
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
  }

  /** @throws {AccessError} `forbidden` unless the caller may change every object in the body. */
  function requireObjects(request: FastifyRequest, bytes: Buffer): void {
    const body = parseJson(bytes)
    const twice = repeatedName(bytes.toString())
    if (twice !== undefined)
      throw new RequestError('body_malformed', `it has the property ${twice} twice in one object`)
    const objects = relay.policy.objects(request.raw.relayed?.url ?? '', body)
    if ('refused' in objects) throw denied(objects.refused)
    for (const { method, path } of objects.changes) {
      const ruling = relay.policy.rule(method, path)
      if ('denied' in ruling) throw denied(ruling.denied)
      requirePermission(request, ruling.rule)
    }
    // The record names what the body changes; what it says of it may be secret in ways we do not know.
    if (objects.changes.length > 0) {
      request.changedPaths = objects.changes.map(({ method, path }) => `${method} ${path}`)
    }
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

/** A body that can fail without the connection of the client, who is still to be answered. */
function apart(raw: IncomingMessage): Readable {
  const body = new PassThrough()
  raw.pipe(body)
  raw.once('close', () => {
    if (!raw.complete) body.destroy(new UpstreamError('given-up', 'the client has gone'))
  })
  // Whoever reads it hears of it, and where nobody does, nobody needs to.
  body.on('error', () => {})
  raw.on('error', () => {})
  return body
}

/** Something else than what was looked at must not be what the upstream reads. */
function requirePlainJson(headers: FastifyRequest['headers']): void {
  const type = headers['content-type'] ?? ''
  const encoding = headers['content-encoding'] ?? 'identity'
  if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type) || encoding !== 'identity') {
    throw new RequestError('media_type_unknown', 'The content type of a policy object is application/json in UTF-8')
  }
}

function denied(reason: string): AccessError {
  return new AccessError('forbidden', `The call is not relayed: ${reason}`)
}

function whenGone(reply: FastifyReply): (giveUp: () => void) => void {
  return (giveUp) => void reply.raw.once('close', giveUp)
}

/** The error that a call is answered with. Addresses and certificates of the upstream are for Enterprise Admins. */
function refusalOf(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof UpstreamError)) return error
  request.failure = error.why
  const mayKnow =
    request.identity !== undefined && isSuperuser(request.identity.principal) && error.why !== error.message
  const message = error.message.charAt(0).toUpperCase() + error.message.slice(1) + (mayKnow ? `: ${error.why}` : '')
  if (error.kind === 'given-up') return new RequestError('client_gone', message, { cause: error })
  return new RequestError(error.kind === 'timeout' ? 'upstream_timeout' : 'upstream_failed', message, { cause: error })
}
