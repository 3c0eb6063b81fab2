import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Work } from '../../../access/turns/turns.ts'
import type { VcenterSession } from '../../../access/vcenter/sessions.ts'
import { callerKeyOf } from '../../caller.ts'
import { gone } from '../../gone.ts'
import { createLargeAnswer, type LargeAnswer } from '../../large-answer.ts'
import { RequestError } from '../../request-error.ts'
import { operationCall, opIdOf, stateOf } from '../call.ts'
import { vcenterRecord } from '../call-record.ts'
import { countAs, identifyBySession } from '../faces.ts'
import { lookup } from '../lookup/service.ts'
import { pbm } from '../pbm/service.ts'
import type { SecuredMessage } from '../saml/security.ts'
import { ssoAdmin } from '../sso-admin/service.ts'
import { requireBody, takeSoap } from './body.ts'
import type { SdkCall } from './call.ts'
import {
  findInvocation,
  type Invocation,
  readArguments,
  requireRight,
  shownArguments,
  writeResult,
} from './dispatch.ts'
import { readEnvelope, responseFrame, type SoapRequest, writeResponse } from './envelope.ts'
import { faultOf } from './errors.ts'
import { sessionCookieOf, soapFace, soapMediaType, soapSessionOf } from './face.ts'
import { referenceTo } from './managed-type.ts'
import { vim25 } from './managed-types.ts'
import { propertyFilter } from './property-collector.ts'
import { versionAskedFor, versionsDocument } from './release.ts'
import { createSessionObjects, nobodysObjects, type SessionObjects } from './session-objects.ts'
import { singletonIds } from './singletons.ts'
import type { SoapService } from './soap-service.ts'
import { createTasks } from './tasks.ts'
import { serviceDocument, vimDocument } from './vim25/wsdl.ts'

/** Bodies beyond this many bytes are refused: clients name each of thousands of objects. */
const largestBody = 1024 * 1024

const config = { face: soapFace, requires: 'nothing' } as const

/** Paths below `/sdk` that are another one's there. */
const notBuilt = { '/sdk/vim25/*': 'VI-JSON' }

/** `/sdk`, and `/pbm` with the same sessions. @see vcenter-api.md 7.1 */
export const sdkRoutes: FastifyPluginAsync = async (app) => {
  const { services } = app
  const tasks = createTasks()
  const objectsOf = new WeakMap<VcenterSession, SessionObjects>()
  const stopping = new AbortController()
  // Whoever waits for changes would keep the server from stopping.
  app.addHook('preClose', async () => stopping.abort())

  takeSoap(app, largestBody)

  for (const service of [vim25, pbm, ssoAdmin, lookup]) {
    for (const path of service.paths) {
      app.post(path, { schema: { hide: true }, config, bodyLimit: largestBody }, async (request, reply) => {
        const body = await answer(service, request, reply)
        reply.type(soapMediaType)
        if (typeof body === 'string') return reply.send(body)
        return reply.header('content-length', body.bytes).send(body.stream)
      })
    }
  }

  app.get('/sdk/vimServiceVersions.xml', { schema: { hide: true }, config }, async (_request, reply) =>
    reply.type(soapMediaType).send(versionsDocument),
  )

  app.get('/sdk/vimService.wsdl', { schema: { hide: true }, config }, async (request, reply) =>
    reply.type(soapMediaType).send(serviceDocument(`https://${request.host}/sdk`)),
  )

  let description: Buffer | undefined
  app.get('/sdk/vim.wsdl', { schema: { hide: true }, config }, async (_request, reply) => {
    description ??= Buffer.from(vimDocument(vim25.registry.types().map(({ name }) => name)))
    return reply.type(soapMediaType).send(description)
  })

  for (const [url, what] of Object.entries(notBuilt)) {
    app.all(url, {
      schema: { hide: true },
      config,
      onRequest: (_request, _reply, done) => done(new RequestError('not_built', `${what} is not built yet`)),
      handler: () => undefined,
    })
  }

  async function answer(
    service: SoapService,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<ReturnType<LargeAnswer['finish']>> {
    const { namespace } = service
    const soap = readEnvelope(requireBody(request), namespace)
    identify(service, request, soap)
    let invocation: Invocation | undefined
    let body: string | undefined
    const call = sdkCall(service, soap.message, request, reply, (made, values) => {
      body = write(made)
      return vcenterRecord(request, 'soap', reply.statusCode, Buffer.byteLength(body), values)
    })
    try {
      invocation = findInvocation(call, soap.method)
      declare(service, request, invocation)
      requireRight(call, invocation)
      const args = readArguments(call, invocation)
      tell(request, invocation, args)
      if (invocation.method.costly && call.work.isSpent) await call.work.turn()
      const made = await invocation.method.run(call, args, invocation.target)
      if (invocation.method.written) {
        const { head, tail } = responseFrame(soap.method.name, namespace)
        return call.answer.finish(head + made.head, made.tail + tail)
      }
      return body ?? write(made)
    } catch (error) {
      throw inVimWords(error)
    }

    function write(made: unknown): string {
      try {
        return writeResponse(soap.method.name, writeResult(invocation as Invocation, made, call), namespace)
      } catch (error) {
        // A method can fail after it has done a part of its work, which stays done.
        const { status, body, foreseen } = soapFace.refuse(inVimWords(error), request)
        if (!foreseen) throw error
        reply.code(status)
        return body
      }
    }

    function inVimWords(error: unknown): unknown {
      const target = invocation ? referenceTo(invocation.target) : everybodysTarget
      return faultOf(error, call, target) ?? error
    }
  }

  function sdkCall(
    { registry }: SoapService,
    message: SecuredMessage,
    request: FastifyRequest,
    reply: FastifyReply,
    answered: Parameters<typeof operationCall>[1],
  ): SdkCall {
    const { session } = stateOf(request)
    const operation = operationCall(request, answered)
    const { sessionKey, opId, now, source, agent, signedIn, change } = operation
    let taskId: string | undefined
    let ended: AbortSignal | undefined
    let work: Work | undefined
    let large: LargeAnswer | undefined
    const { turns, room } = services
    return {
      // Who waits for long is who they are by then.
      get caller() {
        return session?.principal
      },
      ...{ sessionKey, opId, now, source, agent, signedIn, change },
      version: versionAskedFor(String(request.headers.soapaction ?? '')),
      ...{ services, registry, session, tasks, message },
      authority: request.host,
      objects: sessionObjects(session),
      watchedByCaller: () => (session ? watchedBy(session) : 0),
      get taskId() {
        taskId ??= tasks.nextId()
        return taskId
      },
      get callerKey() {
        return callerKeyOf(request)
      },
      get ended() {
        ended ??= AbortSignal.any([gone(reply), stopping.signal])
        return ended
      },
      get work() {
        work ??= turns.begin(callerKeyOf(request))
        return work
      },
      get answer() {
        large ??= createLargeAnswer(room, callerKeyOf(request), reply.raw, this.ended)
        return large
      },
      sendSession: (id) => void reply.header('set-cookie', sessionCookieOf(id)),
    }
  }

  function watchedBy({ principal }: VcenterSession): number {
    const own = services.vcenterSessions.list().filter((other) => other.principal.key === principal.key)
    const filters = own.flatMap((other) => objectsOf.get(other)?.ofType(propertyFilter) ?? [])
    return filters.reduce((sum, { subject }) => sum + subject.values, 0)
  }

  function sessionObjects(session: VcenterSession | undefined): SessionObjects {
    if (!session) return nobodysObjects
    const known = objectsOf.get(session)
    if (known) return known
    const objects = createSessionObjects()
    objectsOf.set(session, objects)
    return objects
  }
}

/** What is called, as far as anybody knows, where it cannot be told what is. */
const everybodysTarget = { type: 'ServiceInstance', id: singletonIds.ServiceInstance }

/** Who calls: by the cookie, else by what the envelope says. */
function identify(
  { name }: SoapService,
  request: FastifyRequest,
  { operationId, sessionCookie, method }: SoapRequest,
): void {
  const state = stateOf(request)
  state.operation = `${name}.${method.name.slice(0, longestName)}`
  state.opId = opIdOf(operationId, state.opId)
  identifyBySession(request, soapSessionOf(request.headers) ?? sessionCookie)
  countAs(request)
}

/** Tells the call's record which method it is, before anything can go wrong with it. */
function declare(service: SoapService, request: FastifyRequest, { name, target, method }: Invocation): void {
  const state = stateOf(request)
  state.operation = `${service.name}.${target.type.name}.${name}`
  state.signs = method.signs
  state.writes = method.changes === true
}

function tell(request: FastifyRequest, { method }: Invocation, args: Record<string, unknown>): void {
  const state = stateOf(request)
  if (state.writes) state.parameters = shownArguments(method, args)
  if (state.signs === 'in' && typeof args.userName === 'string') state.user = args.userName.slice(0, longestName)
}

/** Of what a caller says who they are and what they call, as far as it is recorded. */
const longestName = 256
