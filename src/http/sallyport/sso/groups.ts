import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { ssoDomain } from '../../../access/vcenter/principal.ts'
import type { SsoGroup } from '../../../access/vcenter/sso/directory.ts'
import type { GroupMember } from '../../../access/vcenter/sso/groups.ts'
import type { SsoMemberRow } from '../../../store/sso-groups.ts'
import { answerChange } from '../call.ts'
import { errorAnswers } from '../errors.ts'
import { administrators } from './permissions.ts'
import { nameParams, PrincipalName, printable, text } from './schemas.ts'

const description = text(1024)

const NewGroup = Type.Object(
  { name: PrincipalName, description: Type.Optional(description) },
  { additionalProperties: false },
)
const GroupChange = Type.Object({ description }, { additionalProperties: false })

const Group = Type.Object({
  name: Type.String(),
  domain: Type.String(),
  description: Type.String(),
  built_in: Type.Boolean({ description: 'Comes with the domain, and cannot be deleted' }),
})
const ListedGroup = Type.Object({ ...Group.properties, member_count: Type.Integer({ minimum: 0 }) })

const memberType = Type.Enum(['user', 'group'])
const Member = Type.Object({ type: memberType, name: Type.String(), domain: Type.String() })
const GroupWithMembers = Type.Object({ ...Group.properties, members: Type.Array(Member) })

const NewMember = Type.Object(
  {
    type: memberType,
    name: Type.String({ minLength: 1, maxLength: 255, pattern: printable }),
    domain: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[A-Za-z0-9][A-Za-z0-9.-]*$',
        default: ssoDomain,
        description: 'Of a directory, where it is not ours; whether there is such a user or group is not asked',
      }),
    ),
  },
  { additionalProperties: false },
)
const memberParams = Type.Object({
  ...nameParams.properties,
  type: memberType,
  principal: Type.String({ minLength: 3, maxLength: 511, description: '`name@domain`' }),
})

type GroupRow = Omit<SsoGroup, 'members'>

const wireGroup = ({ name, description, builtIn }: GroupRow): Type.Static<typeof Group> => ({
  name,
  domain: ssoDomain,
  description,
  built_in: builtIn === 1,
})
const byKey = (a: SsoMemberRow, b: SsoMemberRow) => (a.principalKey < b.principalKey ? -1 : 1)
const wireMember = ({ type, name, domain }: GroupMember): Type.Static<typeof Member> => ({ type, name, domain })

/** `/groups` */
export const ssoGroupRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { ssoGroups } = app.services

  app.get(
    '/groups',
    {
      schema: {
        summary: 'List the groups of vsphere.local',
        response: { 200: Type.Object({ groups: Type.Array(ListedGroup) }), ...errorAnswers },
      },
      config: { ...administrators('groups.list'), costly: true },
    },
    async () => ({
      groups: ssoGroups.list().map((group) => ({ ...wireGroup(group), member_count: group.members.length })),
    }),
  )

  app.post(
    '/groups',
    {
      schema: { summary: 'Make a group', body: NewGroup, response: { 201: Group, ...errorAnswers } },
      config: administrators('groups.create'),
    },
    async ({ body }, reply) =>
      answerChange<GroupRow>(reply.request, reply, { status: 201, body: wireGroup, show: wireGroup }, (call) =>
        ssoGroups.create(call, body.name, body.description ?? ''),
      ),
  )

  app.get(
    '/groups/:name',
    {
      schema: {
        summary: 'Read a group and its members',
        params: nameParams,
        response: { 200: GroupWithMembers, ...errorAnswers },
      },
      config: administrators('groups.get'),
    },
    async ({ params }) => {
      const group = ssoGroups.read(params.name)
      return { ...wireGroup(group), members: group.members.toSorted(byKey).map(wireMember) }
    },
  )

  app.patch(
    '/groups/:name',
    {
      schema: {
        summary: 'Change the description of a group',
        params: nameParams,
        body: GroupChange,
        response: { 200: Group, ...errorAnswers },
      },
      config: administrators('groups.update'),
    },
    async ({ params, body }, reply) =>
      answerChange<GroupRow>(reply.request, reply, { body: wireGroup, show: wireGroup }, (call) =>
        ssoGroups.describe(call, params.name, body.description),
      ),
  )

  app.delete(
    '/groups/:name',
    {
      schema: { summary: 'Remove a group', params: nameParams, response: { 204: Type.Null(), ...errorAnswers } },
      config: administrators('groups.delete'),
    },
    async ({ params }, reply) =>
      answerChange<void, GroupRow>(reply.request, reply, { show: wireGroup }, (call) =>
        ssoGroups.remove(call, params.name),
      ),
  )

  app.post(
    '/groups/:name/members',
    {
      schema: {
        summary: 'Put a user or a group into a group',
        params: nameParams,
        body: NewMember,
        response: { 201: Member, ...errorAnswers },
      },
      config: administrators('groups.add-member'),
    },
    async ({ params, body }, reply) =>
      answerChange<GroupMember>(reply.request, reply, { status: 201, body: wireMember, show: wireMember }, (call) =>
        ssoGroups.addMember(call, params.name, { ...body, domain: body.domain ?? ssoDomain }),
      ),
  )

  app.delete(
    '/groups/:name/members/:type/:principal',
    {
      schema: {
        summary: 'Take a user or a group out of a group',
        params: memberParams,
        response: { 204: Type.Null(), ...errorAnswers },
      },
      config: administrators('groups.remove-member'),
    },
    async ({ params }, reply) =>
      answerChange<void, GroupMember>(reply.request, reply, { show: wireMember }, (call) =>
        ssoGroups.removeMember(call, params.name, { type: params.type, ...splitPrincipal(params.principal) }),
      ),
  )
}

function splitPrincipal(principal: string): Pick<GroupMember, 'name' | 'domain'> {
  const at = principal.lastIndexOf('@')
  if (at > 0) return { name: principal.slice(0, at), domain: principal.slice(at + 1) }
  throw new AccessError('invalid_field', `principal: ${principal} is not name@domain`, { field: 'principal' })
}
