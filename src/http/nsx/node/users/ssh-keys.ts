import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { sshKeyTypes } from '../../../../access/accounts/ssh-key.ts'
import { answerChange } from '../../../answer-change.ts'
import { changeSystem, readSystem } from '../../permissions.ts'
import type { Scope } from '../../scope.ts'
import { Empty, errorAnswers, readOnly, SelfLink } from '../../wire.ts'

const label = Type.String({ minLength: 1, maxLength: 255 })
const type = Type.String({ pattern: `^(${sshKeyTypes.join('|')})$` })
const value = Type.String({ minLength: 1, maxLength: 16_384, description: 'Base64, without type and comment' })
const password = Type.Optional(
  Type.String({ maxLength: 1024, writeOnly: true, description: "The user's own; for root and admin" }),
)

const SshKey = Type.Object({ label, type, value, password }, { description: 'SshKeyProperties' })
const SshKeyLabel = Type.Object(
  { label, password, type: readOnly, value: readOnly },
  { description: 'SshKeyBaseProperties' },
)
const SshKeyList = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    result_count: Type.Integer(),
    results: Type.Array(Type.Object({ label, type, value })),
  },
  { description: 'SshKeyPropertiesListResult' },
)

/** `/node/users/{userid}/ssh-keys` @see nsx-api.md 3 */
export const sshKeyRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { sshKeys } = app.services
  const params = Type.Object({ ...scope.params, userid: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) })
  const url = '/node/users/:userid/ssh-keys'

  const holder = (request: FastifyRequest, userid: number) => {
    const { id, realmId } = scope.appliance(request)
    return { applianceId: id, realmId, userid }
  }

  app.get(
    url,
    {
      schema: { summary: 'List SSH keys', params, response: { 200: SshKeyList, ...errorAnswers } },
      config: readSystem,
    },
    async (request) => {
      const { userid } = request.params
      const results = await sshKeys.list(holder(request, userid))
      return {
        _schema: 'SshKeyPropertiesListResult',
        _self: { href: `${scope.href(request)}/node/users/${userid}/ssh-keys`, rel: 'self' },
        result_count: results.length,
        results,
      }
    },
  )

  app.post(
    url,
    {
      schema: { summary: 'Add an SSH key', params, body: SshKey, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeSystem, action: 'add_ssh_key' },
    },
    async (request, reply) => {
      const { label, type, value, password } = request.body
      const key = { label, type: type as (typeof sshKeyTypes)[number], value }
      const owner = holder(request, request.params.userid)
      return answerChange(request, reply, {}, (call) => sshKeys.add(call, owner, key, password))
    },
  )

  app.post(
    url,
    {
      schema: { summary: 'Remove an SSH key', params, body: SshKeyLabel, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeSystem, action: 'remove_ssh_key' },
    },
    async (request, reply) => {
      const { label, password } = request.body
      const owner = holder(request, request.params.userid)
      return answerChange(request, reply, {}, (call) => sshKeys.remove(call, owner, label, password))
    },
  )
}
