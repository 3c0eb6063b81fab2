import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { credentialsOf } from '../credentials.ts'
import { RequestError } from '../request-error.ts'
import { opIdOf, stateOf } from './call.ts'
import type { VapiError } from './errors.ts'
import { countAs, identifyBySession, vcenterFace } from './faces.ts'
import { inferred } from './inferred.ts'
import { invoke } from './invoke.ts'
import { operations } from './operations/index.ts'
import { sessionIdOf, sessionName } from './session-id.ts'
import type { Operation } from './vapi/operation.ts'
import { readFields } from './vapi/read.ts'
import { rpcJson } from './vapi/rendering.ts'

/** Failures of the protocol, which are no answers of an operation. @see vcenter-api.md 5.4 */
const protocolErrors = {
  parse: { code: -32700, message: 'Parse error.' },
  request: { code: -32600, message: 'Invalid Request.' },
  method: { code: -32601, message: 'Method not found.' },
  params: { code: -32602, message: 'Invalid params.' },
  headers: { code: -31001, message: 'Mismatching operation identifier in HTTP header and payload' },
} as const

class ProtocolError extends RequestError {
  readonly failure: keyof typeof protocolErrors

  constructor(failure: keyof typeof protocolErrors, why: string) {
    super('body_malformed', why)
    this.failure = failure
  }
}

type Json = Record<string, unknown>
type RpcId = string | number | null

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)

/** The id to answer with: the request's own, of the same type; null where there is none. */
function rpcIdOf(body: unknown): RpcId {
  const id = isObject(body) ? body.id : null
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

const rpcFace = vcenterFace('json-rpc', (error, request, cause) => {
  const id = rpcIdOf(request.body)
  const failure = protocolFailureOf(cause, request)
  if (failure) {
    const { code, message } = protocolErrors[failure]
    const data = error.foreseen ? { data: error.message.default_message } : {}
    const anonymous = failure === 'parse' || failure === 'request'
    return {
      // The client has not been heard to its end: that is HTTP's to say.
      status: error.status === 413 || error.status === 415 ? error.status : 200,
      body: JSON.stringify({ jsonrpc: '2.0', id: anonymous ? null : id, error: { code, message, ...data } }),
    }
  }
  return {
    status: 200,
    headers: { 'vapi-error': `com.vmware.vapi.std.errors.${error.name}` },
    body: JSON.stringify({ jsonrpc: '2.0', id, result: { error: rpcError(error) } }),
  }
})

function protocolFailureOf(cause: unknown, request: FastifyRequest): keyof typeof protocolErrors | undefined {
  if (cause instanceof ProtocolError) return cause.failure
  if (cause instanceof RequestError && cause.code === 'body_malformed') return 'parse'
  return request.body === undefined ? 'request' : undefined
}

/** @see vcenter-api.md 5.4 */
function rpcError({ name, message }: VapiError): unknown {
  const { id, default_message, args } = message
  return {
    ERROR: {
      [`com.vmware.vapi.std.errors.${name}`]: {
        messages: [rpcJson.structure('com.vmware.vapi.std.localizable_message', { id, default_message, args })],
        data: { OPTIONAL: null },
        error_type: { OPTIONAL: name.toUpperCase() },
        ...(name === 'unauthenticated' ? { challenge: { OPTIONAL: inferred.challenge } } : {}),
      },
    },
  }
}

interface RpcCall {
  id: RpcId
  service: string
  operation: string
  input: Json
  appCtx: Json
  securityCtx: Json
}

/**
 * Takes the envelope apart.
 *
 * @throws {ProtocolError} where it is none.
 * @see vcenter-api.md 5.1
 */
function readEnvelope(body: unknown): RpcCall {
  if (!isObject(body)) throw new ProtocolError('request', 'The body is not a JSON-RPC request')
  if (body.jsonrpc !== '2.0') throw new ProtocolError('request', 'jsonrpc is not "2.0"')
  if (typeof body.method !== 'string') throw new ProtocolError('request', 'method is not text')
  if (rpcIdOf(body) === null && body.id !== undefined && body.id !== null) {
    throw new ProtocolError('request', 'id is neither text nor a number')
  }
  if (body.method !== 'invoke') throw new ProtocolError('method', 'The one method is invoke')
  const { params } = body
  if (!isObject(params)) throw new ProtocolError('params', 'params is not an object')
  const { serviceId, operationId } = params
  if (typeof serviceId !== 'string') throw new ProtocolError('params', 'params.serviceId is not text')
  if (typeof operationId !== 'string') throw new ProtocolError('params', 'params.operationId is not text')
  const ctx = partOf(params, 'params', 'ctx')
  return {
    id: rpcIdOf(body),
    service: serviceId,
    operation: operationId,
    input: readInputs(params.input),
    appCtx: partOf(ctx, 'params.ctx', 'appCtx'),
    securityCtx: partOf(ctx, 'params.ctx', 'securityCtx'),
  }
}

/** An object of the envelope that may be missing. */
function partOf(parent: Json, where: string, name: string): Json {
  const part = parent[name] ?? {}
  if (!isObject(part)) throw new ProtocolError('params', `${where}.${name} is not an object`)
  return part
}

function readInputs(input: unknown): Json {
  try {
    return rpcJson.readStructure(input, 'params.input')
  } catch (error) {
    throw new ProtocolError('params', (error as Error).message)
  }
}

/** Newer clients say twice what they call. @see vcenter-api.md 5.5 */
function requireSameInHeaders({ headers }: FastifyRequest, { service, operation }: RpcCall): void {
  const names = [headers['vapi-service'], headers['vapi-operation']]
  if (names[0] === undefined && names[1] === undefined) return
  if (names[0] !== service || names[1] !== operation) {
    throw new ProtocolError('headers', 'vapi-service and vapi-operation do not name what the body does')
  }
}

/** Of what a client says it calls, as far as it is repeated. */
const longestName = 200

const schemes = 'com.vmware.vapi.std.security.'

/** Who calls: by the header, else by what the body says, else by the cookie. @see vcenter-api.md 5.2 */
function identify(request: FastifyRequest, { service, operation, securityCtx, appCtx }: RpcCall): void {
  const { headers } = request
  const state = stateOf(request)
  state.operation = `${service}.${operation}`.slice(0, longestName)
  state.opId = opIdOf(headers['vapi-ctx-opid'], headers['x-request-id'], appCtx.opId)
  const { schemeId, sessionId, userName, password } = securityCtx
  const inBody = schemeId === `${schemes}session_id` && typeof sessionId === 'string' ? sessionId : undefined
  const inHeader = headers[sessionName]
  identifyBySession(request, typeof inHeader === 'string' ? inHeader : (inBody ?? sessionIdOf(headers)))
  state.credentials =
    schemeId === `${schemes}user_pass` && typeof userName === 'string' && typeof password === 'string'
      ? { name: userName, password }
      : credentialsOf(headers.authorization)
}

/** `POST /api` @see vcenter-api.md 5 */
export const jsonRpcRoute: FastifyPluginAsync = async (app) => {
  const services = new Map<string, Map<string, Operation>>()
  for (const operation of operations) {
    const { service, id } = operation
    const known = services.get(service) ?? new Map<string, Operation>()
    if (known.has(id)) throw new Error(`${service} ${id} is declared twice`)
    services.set(service, known.set(id, operation))
  }

  /** @throws {RequestError} `service_unknown`, `operation_unknown`: which is an answer here, not a failure of the protocol. */
  function find({ service, operation }: RpcCall): Operation {
    const found = services.get(service)
    if (!found) throw new RequestError('service_unknown', `Invalid interface ${service.slice(0, longestName)}`)
    const known = found.get(operation)
    if (!known) throw new RequestError('operation_unknown', `Invalid method ${operation.slice(0, longestName)}`)
    return known
  }

  app.post(
    '/api',
    { schema: { hide: true }, config: { face: rpcFace, requires: 'nothing' } },
    async (request, reply) => {
      const call = readEnvelope(request.body)
      requireSameInHeaders(request, call)
      identify(request, call)
      const operation = find(call)
      countAs(request)
      const body = await invoke(
        request,
        'json-rpc',
        operation,
        rpcJson,
        () => readFields(operation.input, call.input, rpcJson, ''),
        (output) => JSON.stringify({ jsonrpc: '2.0', id: call.id, result: { output } }),
      )
      return reply.type('application/json').send(body)
    },
  )
}
