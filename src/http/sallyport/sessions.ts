import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type OpenSession, sessionKinds, type Viewer } from '../../access/sessions/open-sessions.ts'
import { answerAnyChange } from './call.ts'
import { errorAnswers } from './errors.ts'
import { sallyportFace } from './face.ts'
import { stateOf } from './state.ts'

const userSources = {
  local: 'local',
  sso: 'sso',
  principal_identity: 'principal_identity',
  VIDM: 'vidm',
  LDAP: 'ldap',
  OIDC: 'oidc',
  CSP: 'csp',
} as const satisfies Record<OpenSession['from'], string>

const time = Type.String({ format: 'date-time' })

const Session = Type.Object({
  id: Type.String({ description: 'Nobody signs in with it' }),
  kind: Type.Enum([...sessionKinds], { description: 'Of NSX Manager, of vCenter, or a console over SSH' }),
  user_name: Type.String(),
  source: Type.Enum(Object.values(userSources), { description: 'Where the user is known' }),
  node_id: Type.String(),
  node_name: Type.String({ description: 'The appliance that it is of' }),
  address: Type.Optional(Type.String({ description: "The client's; unknown of sessions of NSX Manager" })),
  agent: Type.Optional(
    Type.String({ description: 'What the client calls itself; unknown of sessions of NSX Manager' }),
  ),
  created: time,
  last_used: Type.Optional(time),
  own: Type.Boolean({ description: "Whether it is the caller's" }),
  current: Type.Boolean({ description: 'Whether it is the one that the call shows' }),
  may_end: Type.Boolean(),
})

const Query = Type.Object({
  kind: Type.Optional(Type.Enum([...sessionKinds])),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000 })),
})
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })

/** Who looks, as the use case has it. */
export const viewerOf = (request: FastifyRequest): Viewer => ({
  nsx: request.identity,
  vcenter: stateOf(request).vcenter,
})

/** `/sessions` */
export const openSessionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { openSessions, appliances } = app.services
  const called = (name: string) => ({
    face: sallyportFace,
    requires: 'sign-in' as const,
    operation: { module: 'sallyport.sessions', name },
  })

  function wireSession(session: OpenSession): Type.Static<typeof Session> {
    const { id, kind, user, from, applianceId, address, agent, createdAt, usedAt, own, current, mayEnd } = session
    return {
      id,
      kind,
      user_name: user,
      source: userSources[from],
      node_id: applianceId,
      node_name: appliances.nameOf(applianceId),
      ...(address === undefined ? {} : { address }),
      ...(agent === undefined ? {} : { agent }),
      created: new Date(createdAt).toISOString(),
      ...(usedAt === undefined ? {} : { last_used: new Date(usedAt).toISOString() }),
      own,
      current,
      may_end: mayEnd,
    }
  }

  app.get(
    '/sessions',
    {
      schema: {
        summary: "List the open sessions that the caller may see, those used last first: everybody's own, and others'",
        querystring: Query,
        response: {
          200: Type.Object({
            sessions: Type.Array(Session),
            total: Type.Integer({ minimum: 0, description: 'How many there are on all pages' }),
          }),
          ...errorAnswers,
        },
      },
      config: { ...called('list'), costly: true },
    },
    async (request) => {
      const { kind, offset = 0, limit = 1000 } = request.query
      const all = openSessions.list(viewerOf(request)).filter((session) => kind === undefined || session.kind === kind)
      return { sessions: all.slice(offset, offset + limit).map(wireSession), total: all.length }
    },
  )

  app.delete(
    '/sessions/:id',
    {
      schema: {
        summary: 'End a session',
        description: 'Everybody may end their own; others those who may change what the session is of.',
        params: Params,
        response: { 204: Type.Null(), ...errorAnswers },
      },
      config: called('end'),
    },
    async (request, reply) => {
      const { session, end } = openSessions.ending(viewerOf(request), request.params.id)
      stateOf(request).about = session.kind === 'vcenter' ? 'vcenter' : 'nsx'
      return answerAnyChange<void, unknown>(request, reply, { show: (state) => state }, (call) => call.change(end))
    },
  )
}
