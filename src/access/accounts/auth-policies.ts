import type { RealmTable } from '../../store/schema.ts'
import type { Call } from '../call.ts'
import {
  type AuthPolicy,
  type PolicyGroup,
  type PolicyRanges,
  requirePossibleLengths,
  resetGroups,
} from '../passwords/auth-policy.ts'

export type AuthPolicies = ReturnType<typeof createAuthPolicies>

/**
 * The auth policy of every realm.
 *
 * @param ranges Those of the release that is served.
 * @param isNsx Whether a realm is NSX Manager's, whose release that is.
 */
export function createAuthPolicies(
  realms: readonly RealmTable[],
  ranges: PolicyRanges,
  isNsx: (realmId: string) => boolean,
) {
  const policies = new Map<string, AuthPolicy>(realms.map((realm) => [realm.id, parsed(realm.id, realm.authPolicy)]))

  /** What another release has stored counts as near to it as this one's range allows; none of it, as the default. */
  function parsed(realmId: string, text: string): AuthPolicy {
    const policy: AuthPolicy = JSON.parse(text)
    if (!isNsx(realmId)) return policy
    const { minimum, maximum, default: usual } = ranges.remembrance
    const { remembrance } = policy
    return { ...policy, remembrance: remembrance < minimum ? usual : Math.min(remembrance, maximum) }
  }

  function read(realmId: string): AuthPolicy {
    const policy = policies.get(realmId)
    if (!policy) throw new Error(`no realm ${realmId}`)
    return policy
  }

  function store(call: Call, realmId: string, next: (policy: AuthPolicy) => AuthPolicy): Promise<AuthPolicy> {
    return call.change(async ({ stores, values, onCommit }) => {
      const before = parsed(realmId, await stores.realms.authPolicy(realmId))
      const after = next(before)
      await stores.realms.setAuthPolicy(realmId, JSON.stringify(after))
      values(realmId, before, after)
      onCommit(() => policies.set(realmId, after))
      return after
    })
  }

  return {
    read,

    ranges,

    /** @throws {AccessError} `invalid_field` when the lengths leave no password that could be chosen. */
    update(call: Call, realmId: string, fields: Partial<AuthPolicy>): Promise<AuthPolicy> {
      return store(call, realmId, (policy) => {
        const next = { ...policy, ...fields }
        requirePossibleLengths(next)
        return next
      })
    },

    reset: (call: Call, realmId: string, groups: readonly PolicyGroup[]): Promise<AuthPolicy> =>
      store(call, realmId, (policy) => resetGroups(policy, groups, ranges)),
  }
}
