import { AccessError } from '../../errors.ts'
import { requireName } from '../authorization/wording.ts'
import { mostUsers } from '../inferred.ts'

/**
 * Those who say that they use a category or a tag, with one more.
 *
 * @returns undefined where they said so before.
 * @throws {AccessError} `invalid_field`; `limit_reached`
 */
export function withUser(users: readonly string[], user: string): readonly string[] | undefined {
  requireName(user, 'used_by_entity')
  if (users.includes(user)) return undefined
  if (users.length < mostUsers) return [...users, user].sort()
  throw new AccessError('limit_reached', `No more than ${mostUsers} can say that they use it`)
}

/** The same with one fewer. */
export function withoutUser(users: readonly string[], user: string): readonly string[] | undefined {
  return users.includes(user) ? users.filter((one) => one !== user) : undefined
}
