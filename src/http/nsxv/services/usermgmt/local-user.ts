import type { FastifyPluginAsync } from 'fastify'
import { AccessError } from '../../../../access/errors.ts'
import type { LocalUserFields } from '../../../../access/nsxv/local-users.ts'
import { parseUserName } from '../../../../access/nsxv/names.ts'
import type { NsxvUser } from '../../../../access/nsxv/user.ts'
import { answerChange, nsxvOf } from '../../answer.ts'
import { bodyFields, type Fields, flagOf, has, invalidValue, optionalTextOf, partOf, secretOf } from '../../body.ts'
import { inferred } from '../../inferred.ts'
import { changesUsers, writes } from '../../requirement.ts'
import { assignmentIn, entryNames } from './access-control-entry.ts'
import { userMembers } from './user-info.ts'

const root = 'userInfo'
const module = 'ACCESS_CONTROL'
/** What of a body the audit log may show. */
const shown = [root, ...inferred.localUserNames, 'fullname', 'email', 'isEnabled', ...entryNames]

/** `/api/2.0/services/usermgmt/user/local`, the local users of vShield. @see nsxv-api.md 2.1, old calls */
export const localUserRoutes: FastifyPluginAsync = async (app) => {
  app.post(
    '/user/local',
    { config: writes(changesUsers, module, 'CREATE', { takes: shown }) },
    async (request, reply) => {
      const { localUsers } = nsxvOf(request)
      const fields = bodyFields(request, root)
      const name = nameIn(fields)
      if (name === undefined) throw invalidValue('name', '', 'the name of the user')
      const given = givenIn(fields)
      return answerChange(request, reply, (call) => localUsers.create(call, name, given))
    },
  )

  app.put<{ Params: { userId: string } }>(
    '/user/local/:userId',
    { config: writes(changesUsers, module, 'UPDATE', { answers: true, takes: shown }) },
    async (request, reply) => {
      const nsxv = nsxvOf(request)
      const { userId } = request.params
      const fields = bodyFields(request, root)
      const name = nameIn(fields)
      if (name !== undefined && parseUserName(name).key !== parseUserName(userId).key) {
        throw new AccessError('invalid_field', `The name of a user never changes, and ${name} is not ${userId}`, {
          field: 'name',
        })
      }
      const given = givenIn(fields)
      return answerChange<NsxvUser>(
        request,
        reply,
        (call) => nsxv.localUsers.change(call, userId, given),
        (user) => ({ root, content: userMembers(user, nsxv) }),
      )
    },
  )
}

/** @throws {AccessError} `invalid_field` where a body has two. */
function nameIn(fields: Fields): string | undefined {
  const names = new Set(inferred.localUserNames.flatMap((member) => optionalTextOf(fields, member) ?? []))
  if (names.size < 2) return [...names][0]
  throw new AccessError('invalid_field', `Only one of ${inferred.localUserNames.join(', ')} is the name`, {
    field: 'name',
  })
}

/** What a body sets; an empty full name or address takes away the one that there is. */
function givenIn(fields: Fields): LocalUserFields {
  const lineOf = (member: string) => (has(fields, member) ? (optionalTextOf(fields, member) ?? '') : undefined)
  const entry = partOf(fields, 'accessControlEntry')
  return {
    fullName: lineOf('fullname'),
    email: lineOf('email'),
    enabled: has(fields, 'isEnabled') ? flagOf(fields, 'isEnabled') : undefined,
    password: has(fields, 'password') ? secretOf(fields, 'password') : undefined,
    assignment: entry && assignmentIn(entry),
  }
}
