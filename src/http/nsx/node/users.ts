import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Account, accountStatus, accountTypes } from '../../../access/accounts/account.ts'
import {
  type AccountFields,
  defaultChangeFrequency,
  defaultChangeWarning,
} from '../../../access/accounts/node-users.ts'
import { AccessError } from '../../../access/errors.ts'
import { daysSince, expiresAt } from '../../../access/passwords/age.ts'
import { answerChange } from '../../answer-change.ts'
import { inferred } from '../inferred.ts'
import { changePasswords, changeSystem, readSystem, readUsers } from '../permissions.ts'
import type { Scope } from '../scope.ts'
import { Empty, errorAnswers, readOnly, SelfLink } from '../wire.ts'

const longestPassword = 1024

const readFields = {
  account_type: Type.Enum([...accountTypes]),
  full_name: Type.String(),
  last_password_change: Type.Integer({ minimum: 0, description: 'Days since the password was last changed' }),
  password_change_frequency: Type.Integer({ minimum: 0, maximum: 99_999 }),
  password_change_warning: Type.Integer({ minimum: 0, maximum: 99_999 }),
  password_reset_required: Type.Boolean(),
  status: Type.Enum(['ACTIVE', 'PASSWORD_EXPIRED', 'NOT_ACTIVATED']),
  userid: Type.Integer({ minimum: 0 }),
  username: Type.String(),
}

/** What users say of themselves since 9.1. Times are in seconds since 1970; what never ends has none. */
const expiryFields: Record<string, Type.TSchema> = {
  account_expires: Type.String(),
  last_password_change_epoch: Type.Integer(),
  locked: Type.Array(Type.Enum(['API', 'CLI']), { description: 'What is locked to the user, from one source or more' }),
  password_expires: Type.String(),
  password_expires_epoch: Type.Optional(Type.Integer()),
}

function schemasOf(saysExpiry: boolean) {
  const more = saysExpiry ? expiryFields : {}
  const ignored = Object.fromEntries(Object.keys(more).map((name) => [name, readOnly]))
  const NodeUserChange = Type.Object({ ...changeFields, ...ignored }, changeOptions)
  return {
    NodeUser: Type.Object({ _self: SelfLink, ...readFields, ...more }, { description: 'NodeUserProperties' }),
    NodeUserList: listOf(more),
    NodeUserChange,
    NewNodeUser: Type.Object(
      { ...changeFields, ...ignored, username: Type.String({ minLength: 1, maxLength: 32 }) },
      changeOptions,
    ),
  }
}

/** With `internal=true` also what the operating system has on the account. */
const listedNodeUser = (more: Record<string, Type.TSchema>) =>
  Type.Object(
    {
      ...readFields,
      // The system's own accounts say less.
      ...Object.fromEntries(Object.entries(more).map(([name, schema]) => [name, Type.Optional(schema)])),
      group_id: Type.Optional(Type.Integer({ minimum: 0 })),
      home_dir: Type.Optional(Type.String()),
      login_shell: Type.Optional(Type.String()),
    },
    { description: 'NodeUserProperties' },
  )

const listOf = (more: Record<string, Type.TSchema>) =>
  Type.Object(
    {
      _schema: Type.String(),
      _self: SelfLink,
      result_count: Type.Integer({ minimum: 0 }),
      results: Type.Array(listedNodeUser(more)),
    },
    { description: 'NodeUserPropertiesListResult' },
  )

const password = Type.String({ maxLength: longestPassword, description: 'Never returned', writeOnly: true })

const changeFields = {
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
  full_name: Type.Optional(Type.String({ maxLength: 255 })),
  password: Type.Optional(password),
  old_password: Type.Optional(password),
  password_change_frequency: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 99_999, default: defaultChangeFrequency, description: 'Days; 0: for ever' }),
  ),
  password_change_warning: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 99_999, default: defaultChangeWarning, description: 'Days before expiry' }),
  ),
  userid: readOnly,
  status: readOnly,
  last_password_change: readOnly,
  password_reset_required: readOnly,
  group_id: readOnly,
  home_dir: readOnly,
  login_shell: readOnly,
  account_type: readOnly,
  _links: readOnly,
  _schema: readOnly,
  _self: readOnly,
}
const changeOptions = { additionalProperties: false, description: 'NodeUserProperties' }

const NodeUserPassword = Type.Object(
  { password },
  { additionalProperties: false, description: 'NodeUserPasswordProperty' },
)

const OwnPassword = Type.Object(
  { old_password: password, password },
  { additionalProperties: false, description: 'ResetNodeUserOwnPasswordProperties' },
)

function accountFields(body: Type.Static<Type.TObject<typeof changeFields>>): AccountFields {
  const given = {
    username: body.username,
    fullName: body.full_name,
    passwordChangeFrequency: body.password_change_frequency,
    passwordChangeWarning: body.password_change_warning,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** `/node/users` @see nsx-api.md 2 */
export const nodeUserRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { nodeUsers, lockouts, clock, config } = app.services
  const { saysExpiry } = config.nsxRelease
  const { NodeUser, NodeUserList, NodeUserChange, NewNodeUser } = schemasOf(saysExpiry)
  const params = Type.Object(scope.params)
  const userParams = Type.Object({ ...scope.params, userid: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) })
  const isEdge = scope.kind === 'transport-node'

  function expiryOf({ userid, realmId, passwordChangedAt, passwordChangeFrequency }: Account, applianceId: string) {
    if (!saysExpiry) return {}
    const ends = expiresAt(passwordChangedAt, passwordChangeFrequency)
    return {
      account_expires: inferred.never,
      last_password_change_epoch: Math.floor(passwordChangedAt / 1000),
      locked: [...(lockouts.lockedDoors(applianceId, realmId).get(String(userid)) ?? [])].sort(),
      password_expires: Number.isFinite(ends) ? inferred.dateOf(ends) : inferred.never,
      ...(Number.isFinite(ends) && { password_expires_epoch: Math.floor(ends / 1000) }),
    }
  }

  function wireUser(account: Account) {
    return {
      account_type: account.accountType as (typeof accountTypes)[number],
      full_name: account.fullName,
      last_password_change: daysSince(account.passwordChangedAt, clock()),
      password_change_frequency: account.passwordChangeFrequency,
      password_change_warning: account.passwordChangeWarning,
      password_reset_required: account.passwordResetRequired === 1,
      status: accountStatus(account, clock()),
      userid: account.userid,
      username: account.username,
    }
  }

  const linkedUser = (request: FastifyRequest) => (account: Account) => ({
    _self: { href: `${scope.href(request)}/node/users/${account.userid}`, rel: 'self' },
    ...wireUser(account),
    ...expiryOf(account, scope.appliance(request).id),
  })

  const internals = (account: Account) => ({
    group_id: inferred.groupId(account.userid),
    home_dir: inferred.homeDir(account.username, account.userid),
    login_shell: inferred.loginShell(account.userid),
  })

  const internalUsers = inferred.internalAccounts.map((account) => ({
    ...account,
    account_type: 'system' as const,
    last_password_change: 0,
    login_shell: inferred.internalShell,
    password_change_frequency: 0,
    password_change_warning: 0,
    password_reset_required: false,
    status: 'NOT_ACTIVATED' as const,
  }))

  app.get(
    '/node/users',
    {
      schema: {
        summary: 'List node users',
        params,
        querystring: Type.Object({
          internal: Type.Optional(Type.Boolean({ default: false, description: 'Also the accounts of the system' })),
          filter: Type.Optional(Type.Enum([...accountTypes], { description: 'Only users of this type' })),
        }),
        response: { 200: NodeUserList, ...errorAnswers },
      },
      config: readUsers,
    },
    async (request) => {
      const { internal = false, filter } = request.query
      const { id, realmId } = scope.appliance(request)
      const accounts = await nodeUsers.list(realmId)
      const users = accounts.map((account) => ({
        ...wireUser(account),
        ...expiryOf(account, id),
        ...(internal ? internals(account) : {}),
      }))
      const all = internal ? [...users, ...internalUsers] : users
      const results = all.filter(({ account_type }) => filter === undefined || account_type === filter)
      return {
        _schema: 'NodeUserPropertiesListResult',
        _self: { href: `${scope.href(request)}/node/users/`, rel: 'self' },
        result_count: results.length,
        results,
      }
    },
  )

  app.get(
    '/node/users/:userid',
    {
      schema: { summary: 'Read a node user', params: userParams, response: { 200: NodeUser, ...errorAnswers } },
      config: readSystem,
    },
    async (request) =>
      linkedUser(request)(await nodeUsers.read(scope.appliance(request).realmId, request.params.userid)),
  )

  app.put(
    '/node/users/:userid',
    {
      schema: {
        summary: 'Change a node user; what is left out stays as it is',
        params: userParams,
        body: NodeUserChange,
        response: { 200: NodeUser, ...errorAnswers },
      },
      config: changePasswords,
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      const { password, old_password } = request.body
      const passwords = password === undefined ? undefined : { new: password, old: old_password }
      return answerChange<Account>(request, reply, { body: linkedUser(request) }, (call) =>
        nodeUsers.update(call, realmId, request.params.userid, accountFields(request.body), passwords, isEdge),
      )
    },
  )

  app.delete(
    '/node/users/:userid',
    {
      schema: { summary: 'Delete a node user', params: userParams, response: { 200: Empty, ...errorAnswers } },
      config: changeSystem,
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      return answerChange(request, reply, { show: wireUser }, (call) =>
        nodeUsers.remove(call, realmId, request.params.userid),
      )
    },
  )

  app.post(
    '/node/users/:userid',
    {
      schema: {
        summary: "Set a user's password, which the user must then change",
        params: userParams,
        body: NodeUserPassword,
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changePasswords, action: 'reset_password' },
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      return answerChange(request, reply, { show: wireUser }, (call) =>
        nodeUsers.resetPassword(call, realmId, request.params.userid, request.body.password),
      )
    },
  )

  // Edges have none of the calls below. @see nsx-api.md 4.1
  if (isEdge) return

  for (const [action, accountType, summary] of [
    ['create_user', 'guest', 'Create a guest user'],
    ['create_service_user', 'service', 'Create a user for a program'],
  ] as const) {
    app.post(
      '/node/users',
      {
        schema: { summary, params, body: NewNodeUser, response: { 201: NodeUser, ...errorAnswers } },
        config: { ...changeSystem, action },
      },
      async (request, reply) => {
        const { realmId } = scope.appliance(request)
        const fields = { ...accountFields(request.body), username: request.body.username }
        return answerChange<Account>(request, reply, { status: 201, body: linkedUser(request) }, (call) =>
          nodeUsers.create(call, realmId, fields, request.body.password, accountType),
        )
      },
    )
  }

  app.post(
    '/node/users',
    {
      schema: {
        summary: 'Create the audit user',
        params,
        body: NodeUserChange,
        response: { 201: NodeUser, ...errorAnswers },
      },
      config: { ...changeSystem, action: 'create_audit_user' },
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      return answerChange<Account>(request, reply, { status: 201, body: linkedUser(request) }, (call) =>
        nodeUsers.createAudit(call, realmId, accountFields(request.body), request.body.password),
      )
    },
  )

  app.post(
    '/node/users',
    {
      schema: {
        summary: "Change the caller's own password",
        params,
        body: OwnPassword,
        response: { 200: Empty, ...errorAnswers },
      },
      config: { requires: 'own-password', action: 'reset_own_password' },
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      const principal = request.identity?.principal
      if (principal?.kind !== 'local_user' || principal.account.realmId !== realmId) {
        throw new AccessError('not_supported_for_user', 'Only a local user has a password here')
      }
      const presented = {
        applianceId: request.manager.id,
        source: request.source,
        password: request.body.old_password,
      }
      return answerChange(request, reply, { show: wireUser }, (call) =>
        nodeUsers.resetOwnPassword(call, presented, request.body.password),
      )
    },
  )

  app.post(
    '/node/users/:userid',
    {
      schema: {
        summary: 'Activate a user with a password',
        params: userParams,
        body: NodeUserPassword,
        response: { 200: NodeUser, ...errorAnswers },
      },
      config: { ...changeSystem, action: 'activate' },
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      return answerChange<Account>(request, reply, { body: linkedUser(request) }, (call) =>
        nodeUsers.activate(call, realmId, request.params.userid, request.body.password),
      )
    },
  )

  app.post(
    '/node/users/:userid',
    {
      schema: { summary: 'Deactivate a user', params: userParams, response: { 200: NodeUser, ...errorAnswers } },
      config: { ...changeSystem, action: 'deactivate' },
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      return answerChange<Account>(request, reply, { body: linkedUser(request) }, (call) =>
        nodeUsers.deactivate(call, realmId, request.params.userid),
      )
    },
  )
}
