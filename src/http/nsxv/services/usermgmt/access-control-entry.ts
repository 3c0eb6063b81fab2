import type { FastifyRequest } from 'fastify'
import type { Nsxv } from '../../../../access/nsxv/nsxv.ts'
import { nsxvRoles, requireRole } from '../../../../access/nsxv/roles.ts'
import type { NsxvUser } from '../../../../access/nsxv/user.ts'
import type { Assignment } from '../../../../access/nsxv/user-changes.ts'
import { bodyFields, type Fields, manyOf, textOf } from '../../body.ts'
import { Many, type Members } from '../../document.ts'
import { objectMembers } from '../../objects.ts'

const root = 'accessControlEntry'

/** What of an entry the audit log may show. */
export const entryNames = [root, 'role', 'resource', 'resources', 'resourceId']

/** What a body gives. @throws as `assignmentIn` */
export const assignmentOf = (request: FastifyRequest): Assignment => assignmentIn(bodyFields(request, root))

/**
 * The role and the objects that an entry gives. JSON has the objects under either of two names.
 *
 * @throws {AccessError | RequestError} `invalid_field`, `body_malformed`
 * @see nsxv-api.md 2.2
 */
export function assignmentIn(fields: Fields): Assignment {
  const resources = [...manyOf(fields, 'resource'), ...manyOf(fields, 'resources')]
  return {
    role: requireRole(textOf(fields, 'role')),
    resources: resources.map((resource) => textOf(resource, 'resourceId')),
  }
}

/** A user's role, if any: alone where it cannot be scoped, else with each of its objects in full. @see nsxv-api.md 2.3 */
export function entryMembers({ role, scope }: NsxvUser, nsxv: Nsxv): Members {
  if (role === null) return {}
  if (!nsxvRoles[role].scopable) return { role }
  // An object may have gone since it was named.
  const objects = scope.map((id) => nsxv.objects.find(id) ?? { id, type: '', name: id })
  return { role, resource: new Many(objects.map((object) => objectMembers(object, nsxv))) }
}

export const entryDocument = (user: NsxvUser, nsxv: Nsxv) => ({ root, content: entryMembers(user, nsxv) })
