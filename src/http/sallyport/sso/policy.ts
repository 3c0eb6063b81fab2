import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { checkRules, remembered } from '../../../access/passwords/rule.ts'
import { passwordRules } from '../../../access/vcenter/sso/password-rule.ts'
import { requireSatisfiable, type SsoPolicy, ssoPolicyRanges } from '../../../access/vcenter/sso/policy.ts'
import { answerChange } from '../call.ts'
import { errorAnswers } from '../errors.ts'
import { checkedAnswers, typedPassword, wireChecked } from '../password-check.ts'
import { administrators } from './permissions.ts'

/** How the policy's numbers are called on the wire, and what they mean. */
const wireFields: Record<keyof SsoPolicy, readonly [name: string, description: string]> = {
  minimumLength: ['minimum_length', 'Characters'],
  maximumLength: ['maximum_length', 'Characters'],
  minimumUppercase: ['minimum_uppercase', 'Upper-case characters'],
  minimumLowercase: ['minimum_lowercase', 'Lower-case characters'],
  minimumDigits: ['minimum_digits', 'Digits'],
  minimumSpecial: ['minimum_special', 'Characters that are neither letters nor digits'],
  maximumIdenticalAdjacent: ['maximum_identical_adjacent', 'Longest run of one character; 0: any'],
  remembrance: ['remembrance', 'Newest passwords that cannot be used again, the one in use among them'],
  passwordLifetime: ['password_lifetime', 'Days until a password must be changed; 0: never'],
  maxFailures: ['max_failures', 'Failed sign-ins that lock an account; 0: never locked'],
  failureInterval: ['failure_interval', 'Seconds that they must all fall into; 0: however old they are'],
  lockoutPeriod: ['lockout_period', 'Seconds that a lock lasts; 0: never locked'],
}
const fields = Object.entries(wireFields) as [keyof SsoPolicy, readonly [string, string]][]

const numbers = Object.fromEntries(
  fields.map(([field, [name, description]]) => {
    const { minimum, maximum, default: value } = ssoPolicyRanges[field]
    return [name, Type.Integer({ minimum, maximum, default: value, description })]
  }),
)
const Policy = Type.Object(numbers)
const PolicyChange = Type.Partial(Policy, {
  additionalProperties: false,
  description: 'What is left out stays as it is',
})

const Check = Type.Object(
  {
    password: typedPassword,
    policy: Type.Optional(
      Type.Partial(Policy, {
        additionalProperties: false,
        description: 'Fields instead of those in force: a policy that is not saved yet',
      }),
    ),
  },
  { additionalProperties: false },
)

/** What a body gives of a policy. */
function sentPolicy(body: object): Partial<SsoPolicy> {
  const sent = body as Record<string, number | undefined>
  return Object.fromEntries(
    fields.filter(([, [name]]) => sent[name] !== undefined).map(([field, [name]]) => [field, sent[name]]),
  )
}

const wireName = (field: string) => (wireFields as Record<string, readonly string[]>)[field]?.[0] ?? field

const wirePolicy = (policy: SsoPolicy): Record<string, number> =>
  Object.fromEntries(fields.map(([field, [name]]) => [name, policy[field]]))

/** `/policy` and `/password-check` */
export const ssoPolicyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { ssoPolicies } = app.services

  app.get(
    '/policy',
    {
      schema: {
        summary: 'Read what passwords of vsphere.local must be like, and when accounts are locked',
        response: { 200: Policy, ...errorAnswers },
      },
      config: administrators('policy.get'),
    },
    async () => wirePolicy(ssoPolicies.read()),
  )

  app.patch(
    '/policy',
    {
      schema: { summary: 'Change the policy', body: PolicyChange, response: { 200: Policy, ...errorAnswers } },
      config: administrators('policy.update'),
    },
    async ({ body }, reply) =>
      answerChange<SsoPolicy>(reply.request, reply, { body: wirePolicy, show: wirePolicy }, (call) =>
        ssoPolicies.update(call, sentPolicy(body)),
      ),
  )

  app.post(
    '/password-check',
    {
      schema: {
        summary: 'Put a password to the rules of the policy, without setting it',
        body: Check,
        response: checkedAnswers,
      },
      config: { ...administrators('password-check'), readsByPost: true },
    },
    async ({ body: { password, policy: unsaved = {} } }) => {
      const policy = { ...ssoPolicies.read(), ...sentPolicy(unsaved) }
      requireSatisfiable(policy)
      return wireChecked([...checkRules(passwordRules(password, policy)), ...remembered(policy.remembrance)], wireName)
    },
  )
}
