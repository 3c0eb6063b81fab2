import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import type { SsoUserState } from '../../../access/vcenter/sso/users.ts'
import { answerChange } from '../call.ts'
import { errorAnswers } from '../errors.ts'
import { vcenterCallerOf } from '../state.ts'
import { ownPassword } from './permissions.ts'
import { password } from './schemas.ts'

const Change = Type.Object({ old_password: password, password }, { additionalProperties: false })

/** `/change-password` */
export const changePasswordRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { ssoUsers } = app.services

  app.post(
    '/change-password',
    {
      schema: {
        summary: "Change the caller's own password, which ends the caller's other sessions",
        body: Change,
        response: { 204: Type.Null(), ...errorAnswers },
      },
      config: ownPassword('change-password'),
    },
    async (request, reply) => {
      const caller = vcenterCallerOf(request)
      if (caller.kind !== 'sso_user') {
        throw new AccessError('not_supported_for_user', `The password of ${caller.name} is kept by a directory`)
      }
      const { old_password, password } = request.body
      const show = ({ user }: SsoUserState) => ({ name: user.name })
      return answerChange<SsoUserState>(request, reply, { show }, (call) =>
        ssoUsers.changePassword(call, caller.user, { password: old_password, source: request.source }, password),
      )
    },
  )
}
