import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { type PolicyRanges, requirePossibleLengths } from '../../../access/passwords/auth-policy.ts'
import { complexityRules } from '../../../access/passwords/complexity.ts'
import { loadDictionary } from '../../../access/passwords/dictionary.ts'
import { checkRules, remembered } from '../../../access/passwords/rule.ts'
import { policyNumbers, sentPolicy, wireNames } from '../../nsx/auth-policy-wire.ts'
import { sallyportFace } from '../face.ts'
import { checkedAnswers, typedPassword, wireChecked } from '../password-check.ts'
import { nsxCallerOf, stateOf } from '../state.ts'

const checkOf = (ranges: PolicyRanges) =>
  Type.Object(
    {
      appliance: Type.Optional(
        Type.String({ maxLength: 255, description: 'Id of a manager or an edge; the manager that is asked if absent' }),
      ),
      password: typedPassword,
      old_password: Type.Optional(
        Type.String({
          ...typedPassword,
          description: 'The password that it would replace, as the caller says: nobody verifies it',
        }),
      ),
      policy: Type.Optional(
        Type.Object(
          Object.fromEntries(
            Object.entries(policyNumbers(ranges)).map(([wire, schema]) => [wire, Type.Optional(schema)]),
          ),
          {
            additionalProperties: false,
            description: 'Fields instead of those in force: a policy that is not saved yet',
          },
        ),
      ),
    },
    { additionalProperties: false },
  )

const wireName = (field: string) => (wireNames as Record<string, string>)[field] ?? field

/** `/nsx/password-check` */
export const nsxPasswordCheckRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { appliances, authPolicies } = app.services

  app.post(
    '/nsx/password-check',
    {
      schema: {
        summary: "Put a password to the rules of an appliance's authentication policy, without setting it",
        body: checkOf(authPolicies.ranges),
        response: checkedAnswers,
      },
      config: {
        face: sallyportFace,
        // As reading the policy does. @see nsx-api.md 1.1
        requires: 'sign-in',
        operation: { module: 'sallyport.nsx', name: 'password-check' },
        readsByPost: true,
      },
    },
    async (request) => {
      nsxCallerOf(request)
      stateOf(request).about = 'nsx'
      const { appliance: id, password, old_password, policy: unsaved = {} } = request.body
      const appliance = id === undefined ? request.manager : (appliances.manager(id) ?? appliances.edge(id))
      if (!appliance) throw new AccessError('not_found', `There is no appliance ${id}`, { field: 'appliance' })
      const policy = { ...authPolicies.read(appliance.realmId), ...sentPolicy(unsaved) }
      requirePossibleLengths(policy)
      const rules = complexityRules(password, policy, await loadDictionary(), old_password)
      return wireChecked([...checkRules(rules), ...remembered(policy.remembrance)], wireName)
    },
  )
}
