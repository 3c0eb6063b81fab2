import type { SshKeyTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'
import { adminUserid, rootUserid } from './account.ts'
import type { PasswordChanges } from './password-changes.ts'
import { requireSshKey, type sshKeyTypes } from './ssh-key.ts'

export type SshKeys = ReturnType<typeof createSshKeys>

/** An account on one appliance: where its keys open the console. */
export interface KeyHolder {
  applianceId: string
  realmId: string
  userid: number
}

export interface SshKey {
  label: string
  type: (typeof sshKeyTypes)[number]
  value: string
}

/** The SSH keys of accounts. They stay on the appliance they were added to. */
export function createSshKeys(stores: Stores, passwords: PasswordChanges) {
  async function requireHolder({ realmId, userid }: KeyHolder, inside = stores) {
    const account = await inside.accounts.find(realmId, userid)
    if (!account) throw new AccessError('user_not_found', `User ${userid} not found`)
    return account
  }

  /** Keys of root and admin change only with their password. */
  async function requireConsent(holder: KeyHolder, password: string | undefined): Promise<void> {
    const account = await requireHolder(holder)
    if (holder.userid !== rootUserid && holder.userid !== adminUserid) return
    if (password === undefined) throw new AccessError('invalid_field', 'required property password is missing')
    await passwords.requireOld(account, password)
  }

  return {
    /** @throws {AccessError} `user_not_found` */
    async list(holder: KeyHolder): Promise<Pick<SshKeyTable, 'label' | 'type' | 'value'>[]> {
      await requireHolder(holder)
      return stores.sshKeys.list(holder.applianceId, holder.realmId, holder.userid)
    },

    /**
     * @param password The holder's own, for root and admin.
     * @throws {AccessError} `user_not_found`, `invalid_field`, `old_password_wrong`; `ssh_key_exists` when the label is taken.
     */
    async add(call: Call, holder: KeyHolder, key: SshKey, password: string | undefined): Promise<void> {
      requireSshKey(key.type, key.value)
      await requireConsent(holder, password)
      const { applianceId, realmId, userid } = holder
      await call.change(async ({ stores: inside, values }) => {
        await requireHolder(holder, inside)
        if (await inside.sshKeys.has(applianceId, realmId, userid, key.label)) {
          throw new AccessError('ssh_key_exists', `SSH key ${key.label} of user ${userid} already exists`)
        }
        await inside.sshKeys.insert({ ...holder, ...key })
        values(String(userid), undefined, key)
      })
    },

    /** @throws {AccessError} `user_not_found`, `old_password_wrong`; `not_found` when there is no such label. */
    async remove(call: Call, holder: KeyHolder, label: string, password: string | undefined): Promise<void> {
      await requireConsent(holder, password)
      const { applianceId, realmId, userid } = holder
      await call.change(async ({ stores: inside, values }) => {
        if (!(await inside.sshKeys.has(applianceId, realmId, userid, label))) {
          throw new AccessError('not_found', label)
        }
        await inside.sshKeys.remove(applianceId, realmId, userid, label)
        values(String(userid), { label }, undefined)
      })
    },
  }
}
