import type { FastifyPluginAsync } from 'fastify'
import { AccessError } from '../../../../access/errors.ts'
import type { NsxvUser } from '../../../../access/nsxv/user.ts'
import { answer, answerChange, nsxvOf } from '../../answer.ts'
import { flag } from '../../query.ts'
import { changesUsers, reads, writes } from '../../requirement.ts'
import { assignmentOf, entryDocument, entryNames } from './access-control-entry.ts'

interface Params {
  userId: string
}

/** `/api/2.0/services/usermgmt/role/{userId}` @see nsxv-api.md 2.1 */
export const roleRoutes: FastifyPluginAsync = async (app) => {
  const url = '/role/:userId'
  const module = 'ACCESS_CONTROL'

  app.get<{ Params: Params }>(url, { config: reads('object_access_control') }, async (request, reply) => {
    const nsxv = nsxvOf(request)
    return answer(request, reply, entryDocument(nsxv.users.read(request.params.userId), nsxv))
  })

  app.post<{ Params: Params }>(
    url,
    { config: writes(changesUsers, module, 'CREATE', { takes: entryNames }) },
    async (request, reply) => {
      const { users } = nsxvOf(request)
      const kind = kindOf(request.query)
      const assignment = assignmentOf(request)
      return answerChange(request, reply, (call) => users.assign(call, request.params.userId, kind, assignment))
    },
  )

  app.put<{ Params: Params }>(
    url,
    { config: writes(changesUsers, module, 'UPDATE', { answers: true, takes: entryNames }) },
    async (request, reply) => {
      const nsxv = nsxvOf(request)
      const assignment = assignmentOf(request)
      return answerChange<NsxvUser>(
        request,
        reply,
        (call) => nsxv.users.change(call, request.params.userId, assignment),
        (user) => entryDocument(user, nsxv),
      )
    },
  )

  app.delete<{ Params: Params }>(url, { config: writes(changesUsers, module, 'DELETE') }, async (request, reply) => {
    const { users } = nsxvOf(request)
    flag(request.query, 'isGroup')
    return answerChange(request, reply, (call) => users.remove(call, request.params.userId))
  })
}

function kindOf(query: unknown): 'cli' | 'user' | 'group' {
  const cli = flag(query, 'isCli')
  const group = flag(query, 'isGroup')
  if (cli && group) throw new AccessError('invalid_field', 'A CLI user is no group', { field: 'isGroup' })
  if (cli) return 'cli'
  return group ? 'group' : 'user'
}
