import type { Change } from '../../../audit/journal.ts'
import type { SsoUserRow } from '../../../store/sso-users.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { PasswordHashing } from '../../passwords/hashing.ts'
import { requireAllowedPassword } from './password-rule.ts'
import type { SsoPolicies } from './policies.ts'
import { ssoPolicyRanges } from './policy.ts'
import type { SsoUser } from './user.ts'

export type SsoPasswords = ReturnType<typeof createSsoPasswords>

/** A password that was found acceptable, as its hash. */
export type AcceptedPassword = string & { readonly accepted: unique symbol }

/** How a password of vCenter's own domain comes to be stored: checked against the policy and the ones before it. */
export function createSsoPasswords(stores: Stores, policies: SsoPolicies, hashing: PasswordHashing) {
  return {
    /**
     * @param user Whose password it will be; absent for a user in the making.
     * @throws {AccessError} `password_rejected`
     */
    async accept(password: string, user?: SsoUser): Promise<AcceptedPassword> {
      const policy = policies.read()
      requireAllowedPassword(password, policy)
      const used = user ? await stores.ssoPasswordHistory.newest(user.id, policy.remembrance) : []
      for (const hash of used) {
        if (await hashing.verify(password, hash)) {
          throw new AccessError('password_rejected', `The password is one of the last ${policy.remembrance}`, {
            field: 'password',
          })
        }
      }
      return (await hashing.hash(password)) as AcceptedPassword
    },

    /** Whether just this is the user's password. */
    matches: async ({ id }: SsoUser, password: string): Promise<boolean> =>
      hashing.verify(password, await stores.ssoUsers.passwordHash(id)),

    async store(
      { stores: inside }: Change,
      { id }: SsoUser,
      passwordHash: AcceptedPassword,
      mustChange: boolean,
      now: number,
    ): Promise<SsoUserRow> {
      const row = await inside.ssoUsers.update(id, {
        passwordHash,
        passwordChangedAt: now,
        passwordMustChange: mustChange ? 1 : 0,
      })
      await remember(inside, row, passwordHash)
      return row
    },

    remember,
  }

  async function remember(inside: Stores, { id, passwordVersion }: SsoUserRow, passwordHash: string): Promise<void> {
    await inside.ssoPasswordHistory.add(
      { userId: id, passwordVersion, passwordHash },
      ssoPolicyRanges.remembrance.maximum,
    )
  }
}
