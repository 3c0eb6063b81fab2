import type { FastifyPluginAsync } from 'fastify'
import { nsxvRoleIds } from '../../../../access/nsxv/roles.ts'
import { answer, nsxvOf } from '../../answer.ts'
import { document, Many } from '../../document.ts'
import { objectMembers } from '../../objects.ts'
import { lists } from '../../requirement.ts'
import { userMembers } from './user-info.ts'

/** What `/api/2.0/services/usermgmt` lists. @see nsxv-api.md 2.1, 2.3 */
export const userListRoutes: FastifyPluginAsync = async (app) => {
  const config = lists('user_account_management')

  app.get('/users/vsm', { config }, async (request, reply) => {
    const nsxv = nsxvOf(request)
    const users = nsxv.users.list().map((user) => userMembers(user, nsxv))
    return answer(request, reply, document('users', { userInfo: new Many(users, 'users') }))
  })

  app.get('/roles', { config }, async (request, reply) =>
    answer(request, reply, document('list', { string: new Many(nsxvRoleIds, '') })),
  )

  app.get('/scopingobjects', { config }, async (request, reply) => {
    const nsxv = nsxvOf(request)
    const objects = nsxv.objects.list().map((object) => objectMembers(object, nsxv))
    return answer(request, reply, document('scopingObjects', { object: new Many(objects) }))
  })
}
