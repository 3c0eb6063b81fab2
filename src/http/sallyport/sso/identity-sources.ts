import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { LdapSource } from '../../../access/identity-sources/ldap-source.ts'
import { identitySourceRoutes } from '../../nsx/aaa/ldap-identity-sources.ts'
import { answerChange } from '../call.ts'
import { errorAnswers } from '../errors.ts'
import { administrators } from './permissions.ts'

/**
 * `/sallyport/v1/sso/identity-sources`: the LDAP directories whose users sign in to vCenter. The calls and their fields
 * are those of NSX Manager's `/aaa/ldap-identity-sources`.
 *
 * @see docs/decisions/032-identity-sources.md
 */
export const ssoIdentitySourceRoutes: FastifyPluginAsyncTypebox = async (app) =>
  identitySourceRoutes(app, {
    path: '/identity-sources',
    sources: app.services.vcenterIdentitySources,
    config: (_may, name) => administrators(name),
    errorAnswers,
    empty: { 204: Type.Null() },
    answer(request, reply, { body, show }, useCase) {
      const wire = { show, ...(body ? { body: (made: LdapSource | undefined) => made && body(made) } : {}) }
      return answerChange<LdapSource | undefined, LdapSource>(request, reply, wire, (call) =>
        useCase({ ...call, caller: { name: `${call.caller?.name}@${call.caller?.domain}` } }),
      )
    },
  })
