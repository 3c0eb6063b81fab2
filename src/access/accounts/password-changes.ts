import type { Change } from '../../audit/journal.ts'
import type { AccountRow } from '../../store/accounts.ts'
import type { Stores } from '../../store/stores.ts'
import { AccessError } from '../errors.ts'
import { policyRanges } from '../passwords/auth-policy.ts'
import { requireAcceptablePassword } from '../passwords/complexity.ts'
import { loadDictionary } from '../passwords/dictionary.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { Account } from './account.ts'
import type { AuthPolicies } from './auth-policies.ts'

export type PasswordChanges = ReturnType<typeof createPasswordChanges>

/** A password that was found acceptable, and its hash. */
export interface NewPassword {
  hash: string
}

const wrongOld = () => new AccessError('old_password_wrong', 'The old password is incorrect')

/** How a password comes to be stored: checked against the policy and the ones before it, hashed, remembered. */
export function createPasswordChanges(stores: Stores, policies: AuthPolicies, hashing: PasswordHashing) {
  async function requireNotUsedBefore(password: string, { realmId, userid }: Account): Promise<void> {
    const remembered = policies.read(realmId).remembrance
    for (const hash of await stores.passwordHistory.newest(realmId, userid, remembered)) {
      if (await hashing.verify(password, hash)) {
        throw new AccessError('password_rejected', 'BAD PASSWORD: Password has been already used. Choose another.')
      }
    }
  }

  return {
    /**
     * @param account Whose password it will be; absent for an account in the making.
     * @param old The password in use, where the caller gave it.
     * @throws {AccessError} `password_rejected`
     */
    async accept(realmId: string, password: string, account?: Account, old?: string): Promise<NewPassword> {
      requireAcceptablePassword(password, policies.read(realmId), await loadDictionary(), old)
      if (account) await requireNotUsedBefore(password, account)
      return { hash: await hashing.hash(password) }
    },

    /** Whether an account has just this password. */
    async matches({ realmId, userid }: Pick<Account, 'realmId' | 'userid'>, password: string): Promise<boolean> {
      return hashing.verify(password, await stores.accounts.passwordHash(realmId, userid))
    },

    /**
     * @returns the stored hash that was matched: a change made later compares it, for another may have come between.
     * @throws {AccessError} `old_password_wrong` unless it is the account's password.
     */
    async requireOld({ realmId, userid }: Account, old: string): Promise<string> {
      const stored = await stores.accounts.passwordHash(realmId, userid)
      if (!(await hashing.verify(old, stored)) || stored === null) throw wrongOld()
      return stored
    },

    /** @throws {AccessError} `old_password_wrong` when the password has been changed since `requireOld` matched it. */
    async requireUnchanged({ stores: inside }: Change, { realmId, userid }: Account, matched: string): Promise<void> {
      if ((await inside.accounts.passwordHash(realmId, userid)) !== matched) throw wrongOld()
    },

    /** Stores a password and makes the account active. */
    async store(
      { stores: inside }: Change,
      account: Account,
      { hash }: NewPassword,
      now: number,
      fields: Partial<AccountRow> & Pick<AccountRow, 'passwordResetRequired'>,
    ): Promise<AccountRow> {
      const { realmId, userid } = account
      const row = await inside.accounts.update(realmId, userid, {
        passwordChangedAt: now,
        ...fields,
        passwordHash: hash,
        active: 1,
      })
      await inside.passwordHistory.add(
        { realmId, userid, changedAt: now, passwordHash: hash },
        policyRanges.remembrance.maximum,
      )
      return row
    },
  }
}
