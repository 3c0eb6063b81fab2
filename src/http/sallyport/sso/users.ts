import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { principalKey, ssoDomain } from '../../../access/vcenter/principal.ts'
import type { SsoUserFields, SsoUserState } from '../../../access/vcenter/sso/users.ts'
import { answerChange } from '../call.ts'
import { errorAnswers } from '../errors.ts'
import { administrators } from './permissions.ts'
import { mustChange, nameParams, PrincipalName, password, text } from './schemas.ts'

const fields = {
  first_name: Type.Optional(text(128)),
  last_name: Type.Optional(text(128)),
  email: Type.Optional(text(254)),
  description: Type.Optional(text(1024)),
  disabled: Type.Optional(Type.Boolean({ description: 'A disabled user cannot sign in and has no sessions' })),
}

const NewUser = Type.Object(
  { name: PrincipalName, password, password_must_change: Type.Optional(mustChange), ...fields },
  { additionalProperties: false },
)
const UserChange = Type.Object(fields, { additionalProperties: false, description: 'What is left out stays as it is' })

const User = Type.Object({
  name: Type.String(),
  domain: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  email: Type.String(),
  description: Type.String(),
  disabled: Type.Boolean(),
  locked: Type.Boolean({ description: 'Failed sign-ins keep the user out for a while' }),
  password_must_change: Type.Boolean(),
  password_changed: Type.String({ format: 'date-time' }),
  built_in: Type.Boolean({ description: 'Comes with the domain, and can be neither disabled nor deleted' }),
})

const UserWithGroups = Type.Object({
  ...User.properties,
  groups: Type.Array(Type.String(), { description: 'All groups the user is in, those of groups included' }),
})

const Reset = Type.Object(
  { password, password_must_change: Type.Optional(mustChange) },
  { additionalProperties: false },
)

function wireUser({ user, locked, mustChangePassword }: SsoUserState): Type.Static<typeof User> {
  return {
    name: user.name,
    domain: ssoDomain,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    description: user.description,
    disabled: user.disabled === 1,
    locked,
    password_must_change: mustChangePassword,
    password_changed: new Date(user.passwordChangedAt).toISOString(),
    built_in: user.builtIn === 1,
  }
}

function userFields(body: Type.Static<typeof UserChange>): SsoUserFields {
  const given = {
    firstName: body.first_name,
    lastName: body.last_name,
    email: body.email,
    description: body.description,
    disabled: body.disabled,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** `/users` */
export const ssoUserRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { ssoUsers, ssoDirectory, clock } = app.services

  app.get(
    '/users',
    {
      schema: {
        summary: 'List the users of vsphere.local',
        response: { 200: Type.Object({ users: Type.Array(User) }), ...errorAnswers },
      },
      config: { ...administrators('users.list'), costly: true },
    },
    async () => ({ users: ssoUsers.list(clock()).map(wireUser) }),
  )

  app.post(
    '/users',
    {
      schema: { summary: 'Make a user', body: NewUser, response: { 201: User, ...errorAnswers } },
      config: administrators('users.create'),
    },
    async ({ body }, reply) =>
      answerChange<SsoUserState>(reply.request, reply, { status: 201, body: wireUser, show: wireUser }, (call) =>
        ssoUsers.create(call, body.name, userFields(body), body.password, body.password_must_change ?? false),
      ),
  )

  app.get(
    '/users/:name',
    {
      schema: {
        summary: 'Read a user',
        params: nameParams,
        response: { 200: UserWithGroups, ...errorAnswers },
      },
      config: administrators('users.get'),
    },
    async ({ params }) => {
      const state = ssoUsers.read(params.name, clock())
      const { groups } = ssoDirectory.principalOfUser(state.user)
      const names = ssoDirectory.groups().filter(({ name }) => groups.has(principalKey(name, ssoDomain)))
      return { ...wireUser(state), groups: names.map(({ name }) => name) }
    },
  )

  app.patch(
    '/users/:name',
    {
      schema: {
        summary: 'Change a user',
        params: nameParams,
        body: UserChange,
        response: { 200: User, ...errorAnswers },
      },
      config: administrators('users.update'),
    },
    async ({ params, body }, reply) =>
      answerChange<SsoUserState>(reply.request, reply, { body: wireUser, show: wireUser }, (call) =>
        ssoUsers.update(call, params.name, userFields(body)),
      ),
  )

  app.delete(
    '/users/:name',
    {
      schema: { summary: 'Remove a user', params: nameParams, response: { 204: Type.Null(), ...errorAnswers } },
      config: administrators('users.delete'),
    },
    async ({ params }, reply) =>
      answerChange<void, SsoUserState>(reply.request, reply, { show: wireUser }, (call) =>
        ssoUsers.remove(call, params.name),
      ),
  )

  app.post(
    '/users/:name/reset-password',
    {
      schema: {
        summary: "Set another user's password, which ends the user's sessions and unlocks the account",
        params: nameParams,
        body: Reset,
        response: { 200: User, ...errorAnswers },
      },
      config: administrators('users.reset-password'),
    },
    async ({ params, body }, reply) =>
      answerChange<SsoUserState>(reply.request, reply, { body: wireUser, show: wireUser }, (call) =>
        ssoUsers.resetPassword(call, params.name, body.password, body.password_must_change ?? false),
      ),
  )

  app.post(
    '/users/:name/unlock',
    {
      schema: {
        summary: 'Forget the failed sign-ins of a user',
        params: nameParams,
        response: { 200: User, ...errorAnswers },
      },
      config: administrators('users.unlock'),
    },
    async ({ params }, reply) =>
      answerChange<SsoUserState>(reply.request, reply, { body: wireUser, show: wireUser }, (call) =>
        ssoUsers.unlock(call, params.name),
      ),
  )
}
