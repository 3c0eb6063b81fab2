import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError, type AccessErrorCode, locksAccount } from '../../access/errors.ts'
import { type SignInSurface, surfacesOfName } from '../../access/sign-in/surface-of-name.ts'
import { displayName } from '../../access/vcenter/principal.ts'
import { sallyportRecord } from './call-record.ts'
import { errorAnswers, sallyportErrorReply } from './errors.ts'
import { sallyportFace } from './face.ts'
import { begin, forgetting } from './session/begin.ts'
import { BrowserSessions, browserSessions, recallByCookies } from './session/shown.ts'
import { password } from './sso/schemas.ts'
import { nsxCallerOf, stateOf, vcenterCallerOf } from './state.ts'

const SignIn = Type.Object(
  {
    user_name: Type.String({
      minLength: 1,
      maxLength: 511,
      description:
        "A name without a domain is one of NSX Manager's, `name@vsphere.local` one of vCenter's; at another domain both are asked. Spaces around it are ignored",
    }),
    password,
  },
  { additionalProperties: false },
)

const surfaces = ['nsx', 'vcenter'] as const
const Which = Type.Object({
  surface: Type.Optional(Type.Enum([...surfaces], { description: 'The one to sign out of; absent: both' })),
})

/** Which refusal is told where two doors refuse: the one that says most. */
const weights: Partial<Record<AccessErrorCode, number>> = { password_must_change: 3, busy: 2, too_many_sessions: 1 }

/** `/session`: a browser's sessions of NSX Manager and of vCenter. @see docs/decisions/025-console-sessions.md */
export const sessionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { config, sessions, vcenterSessions, journal } = app.services
  const localDomain = config.localDomain ?? ''
  const called = (name: string) => ({ face: sallyportFace, operation: { module: 'sallyport.session', name } })

  app.post(
    '/session',
    {
      // Whatever is wrong with the call, it is a sign-in that failed.
      onRequest: (request, _reply, done) => {
        request.refusedName = ''
        done()
      },
      schema: {
        summary: 'Sign a browser in: its sessions are cookies, which count together with their tokens only',
        description:
          'A session of the other surface that the browser has already goes on, and is told with the new one.',
        body: SignIn,
        response: { 200: BrowserSessions, ...errorAnswers },
      },
      config: { ...called('create'), requires: 'nothing' },
    },
    async (request, reply) => {
      const given = { name: request.body.user_name.trim(), password: request.body.password }
      const begun = new Map<SignInSurface, { id: string; cookie: string }>()
      const refusals: { surface: SignInSurface; error: AccessError }[] = []
      const tried = surfacesOfName(given.name, localDomain)
      const ids = recallByCookies(
        request,
        surfaces.filter((surface) => !tried.includes(surface)),
      )
      for (const surface of tried) {
        request.refusedName = undefined
        try {
          begun.set(surface, await begin[surface](request, given))
        } catch (error) {
          request.refusedName = given.name
          if (!(error instanceof AccessError)) throw error
          refusals.push({ surface, error })
        }
      }
      const told = refusals.toSorted((a, b) => weightOf(b.error) - weightOf(a.error))[0]
      // The refusal that is told is recorded as the call's answer.
      const silent = begun.size > 0 ? refusals : refusals.filter((refusal) => refusal !== told)
      for (const { surface, error } of silent) await recordRefusal(request, surface, given.name, error)
      if (begun.size === 0 && told) {
        stateOf(request).refusedBy = told.surface
        throw told.error
      }
      request.refusedName = undefined
      request.audited = true
      const kept = recallByCookies(
        request,
        refusals.map(({ surface }) => surface),
      )
      Object.assign(ids, kept)
      for (const [surface, { id }] of begun) ids[surface] = id
      reply.header(
        'set-cookie',
        [...begun.values()].map(({ cookie }) => cookie),
      )
      return browserSessions(request, ids)
    },
  )

  app.get(
    '/session',
    {
      schema: {
        summary: "Read whose sessions a browser's cookies are, which is no use of them",
        response: { 200: BrowserSessions, ...errorAnswers },
      },
      config: { ...called('get'), requires: 'nothing' },
    },
    async (request) => browserSessions(request, recallByCookies(request)),
  )

  app.delete(
    '/session',
    {
      schema: {
        summary: 'End the sessions that the call shows, and have the browser forget them',
        querystring: Which,
        response: { 204: Type.Null(), ...errorAnswers },
      },
      config: { ...called('delete'), requires: 'sign-in' },
    },
    async (request, reply) => {
      const { surface } = request.query
      const nsx = request.identity
      const { vcenter } = stateOf(request)
      if (surface === 'nsx') nsxCallerOf(request)
      if (surface === 'vcenter') vcenterCallerOf(request)
      if (nsx?.session && surface !== 'vcenter') {
        const { session, principal } = nsx
        await journal.change(
          (change) => sessions.end(change, session),
          () => signedOut(request, 'nsx', principal.name),
        )
        request.audited = true
      }
      if (vcenter?.session && surface !== 'nsx') {
        const { session, principal } = vcenter
        await journal.change(
          (change) => vcenterSessions.end(change, session.key),
          () => signedOut(request, 'vcenter', displayName(principal)),
        )
        request.audited = true
      }
      if (!request.audited) throw new AccessError('unauthenticated', 'There is no session to end')
      const asked = surface === undefined ? surfaces : [surface]
      reply.header(
        'set-cookie',
        asked.map((one) => forgetting[one]),
      )
      return reply.code(204).send(null)
    },
  )

  function recordRefusal(
    request: FastifyRequest,
    surface: SignInSurface,
    user: string,
    error: AccessError,
  ): Promise<void> {
    const { status, code } = sallyportErrorReply(error)
    const record = sallyportRecord(request, status, 0, {}, { kind: 'sign-in', surface, user })
    record.error = code
    if (locksAccount(error)) record.locks = true
    return new Promise((resolve, reject) => {
      journal.append(record, (failed) => (failed ? reject(failed) : resolve()))
    })
  }
}

const weightOf = ({ code }: AccessError) => weights[code] ?? 0

const signedOut = (request: FastifyRequest, surface: SignInSurface, user: string) =>
  sallyportRecord(request, 204, 0, {}, { kind: 'sign-out', surface, user })
