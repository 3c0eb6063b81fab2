import type { FastifyPluginAsync } from 'fastify'
import { AccessError } from '../../../../access/errors.ts'
import { parseUserName } from '../../../../access/nsxv/names.ts'
import { answer, answerChange, callerOf, nsxvOf } from '../../answer.ts'
import { requireRight } from '../../face.ts'
import { inferredRights } from '../../inferred.ts'
import { changesUsers, readsAnyRole, writes } from '../../requirement.ts'
import { userMembers } from './user-info.ts'

interface Params {
  userId: string
}

const states: Record<string, boolean> = { 0: false, 1: true }

/** `/api/2.0/services/usermgmt/user/{userId}` @see nsxv-api.md 2.1 */
export const userRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Params: Params }>('/user/:userId', { config: readsAnyRole }, async (request, reply) => {
    const nsxv = nsxvOf(request)
    const caller = callerOf(request)
    const { key } = parseUserName(request.params.userId)
    const forEveryRole: readonly string[] = inferredRights.usersForEveryRole
    if (key !== caller.key && !forEveryRole.includes(key)) {
      requireRight(caller, { feature: 'user_account_management', permission: 'read' })
    }
    const content = userMembers(nsxv.users.read(request.params.userId), nsxv)
    return answer(request, reply, { root: 'userInfo', content })
  })

  app.delete<{ Params: Params }>(
    '/user/:userId',
    { config: writes(changesUsers, 'ACCESS_CONTROL', 'DELETE') },
    async (request, reply) => {
      const { users } = nsxvOf(request)
      return answerChange(request, reply, (call) => users.remove(call, request.params.userId))
    },
  )

  app.put<{ Params: Params & { value: string } }>(
    '/user/:userId/enablestate/:value',
    { config: writes(changesUsers, 'ACCESS_CONTROL', 'UPDATE') },
    async (request, reply) => {
      const { users } = nsxvOf(request)
      const { userId, value } = request.params
      const enabled = Object.hasOwn(states, value) ? states[value] : undefined
      if (enabled === undefined) {
        throw new AccessError('invalid_field', `Value ${value} is neither 0, to disable, nor 1, to enable`, {
          field: 'enablestate',
        })
      }
      return answerChange(request, reply, (call) => users.setEnabled(call, userId, enabled))
    },
  )
}
