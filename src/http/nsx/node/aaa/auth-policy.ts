import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  type AuthPolicy,
  authenticationFields,
  type PolicyGroup,
  type PolicyRanges,
} from '../../../../access/passwords/auth-policy.ts'
import { answerChange } from '../../../answer-change.ts'
import { hash_algorithm, policyFields, policyNumbers, sentPolicy } from '../../auth-policy-wire.ts'
import { anyAccount, changeSystem } from '../../permissions.ts'
import type { Scope } from '../../scope.ts'
import { errorAnswers, readOnly, SelfLink } from '../../wire.ts'

/** Fields that only managers heed. @see nsx-api.md 1.3 */
const managersOnly = authenticationFields.filter((name) => name.startsWith('api'))

/** How often a console asks for a password before it gives up. */
const retryPrompt = 3

/** Of 9.1, where nothing says what else a password must not have. */
const refusedParts: Record<string, Type.TSchema> = {
  invalid_password_chars: Type.Array(Type.String()),
  invalid_password_patterns: Type.Array(Type.String()),
}

function schemasOf(ranges: PolicyRanges, saysRefusedParts: boolean) {
  const numbers = policyNumbers(ranges)
  const others = saysRefusedParts ? refusedParts : {}
  const ignored = Object.fromEntries(Object.keys(others).map((name) => [name, readOnly]))
  const fields = { ...numbers, ...others, hash_algorithm }
  return {
    Policy: Type.Object(
      {
        _retry_prompt: Type.Integer(),
        _schema: Type.String(),
        _self: SelfLink,
        ...Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))),
      },
      { description: 'AuthenticationPolicyProperties' },
    ),
    PolicyChange: Type.Object(
      {
        _retry_prompt: readOnly,
        _schema: readOnly,
        _self: readOnly,
        ...ignored,
        ...Object.fromEntries(Object.entries(numbers).map(([wire, schema]) => [wire, Type.Optional(schema)])),
        hash_algorithm: Type.Optional(hash_algorithm),
      },
      { description: 'AuthenticationPolicyProperties; what is left out stays as it is' },
    ),
  }
}

const resets: Record<string, { groups: PolicyGroup[]; summary: string }> = {
  'reset-all': { groups: ['authentication', 'complexity'], summary: 'Reset the whole policy to its defaults' },
  'reset-auth-policies': { groups: ['authentication'], summary: 'Reset the lockout rules to their defaults' },
  'reset-pwd-complexity': { groups: ['complexity'], summary: 'Reset the password rules to their defaults' },
}

/** `/node/aaa/auth-policy` @see nsx-api.md 1 */
export const authPolicyRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { authPolicies, config } = app.services
  const { saysExpiry } = config.nsxRelease
  const { Policy, PolicyChange } = schemasOf(authPolicies.ranges, saysExpiry)
  const params = Type.Object(scope.params)
  const url = '/node/aaa/auth-policy'

  const wirePolicy = (request: FastifyRequest) => (policy: AuthPolicy) => ({
    _retry_prompt: retryPrompt,
    _schema: 'AuthenticationPolicyProperties',
    _self: { href: `${scope.href(request)}${url}`, rel: 'self' },
    ...Object.fromEntries(policyFields.map(([name, wire]) => [wire, policy[name]])),
    hash_algorithm: policy.hashAlgorithm,
    ...(saysExpiry ? { invalid_password_chars: [], invalid_password_patterns: [] } : {}),
  })

  app.get(
    url,
    {
      schema: { summary: 'Read the authentication policy', params, response: { 200: Policy, ...errorAnswers } },
      config: anyAccount,
    },
    async (request) => wirePolicy(request)(authPolicies.read(scope.appliance(request).realmId)),
  )

  app.put(
    url,
    {
      schema: {
        summary: 'Change the authentication policy',
        params,
        body: PolicyChange,
        response: { 202: Policy, ...errorAnswers },
      },
      config: changeSystem,
    },
    async (request, reply) => {
      const appliance = scope.appliance(request)
      const change = sentPolicy(request.body as Record<string, unknown>)
      if (appliance.kind !== 'manager') for (const name of managersOnly) delete change[name]
      if (request.body.hash_algorithm) change.hashAlgorithm = request.body.hash_algorithm
      return answerChange<AuthPolicy>(request, reply, { status: 202, body: wirePolicy(request) }, (call) =>
        authPolicies.update(call, appliance.realmId, change),
      )
    },
  )

  for (const [action, { groups, summary }] of Object.entries(resets)) {
    app.post(
      url,
      { schema: { summary, params, response: { 202: Policy, ...errorAnswers } }, config: { ...changeSystem, action } },
      async (request, reply) => {
        const { realmId } = scope.appliance(request)
        return answerChange<AuthPolicy>(request, reply, { status: 202, body: wirePolicy(request) }, (call) =>
          authPolicies.reset(call, realmId, groups),
        )
      },
    )
  }
}
