import type { AccountStore } from '../../store/accounts.ts'
import type { Directory } from '../accounts/directory.ts'
import type { LocalUser } from '../principal.ts'
import { createDoor, type DoorParts, signInRefusal } from '../sign-in/door.ts'
import { createRealmAccounts } from '../sign-in/realm-accounts.ts'
import type { NsxvUserView } from './user-view.ts'

export type NsxvDoor = ReturnType<typeof createNsxvDoor>

export interface NsxvDoorParts extends Pick<DoorParts<LocalUser, never>, 'hashing' | 'lockouts' | 'steady' | 'log'> {
  directory: Directory
  accounts: AccountStore
  view: NsxvUserView
}

/**
 * The door to the API for accounts of the command line and nobody else. To it an account without the web-interface
 * privilege is one that may not enter: its right password is worth no more than a wrong one.
 */
export function createNsxvDoor({ directory, accounts, view, ...parts }: NsxvDoorParts) {
  const realmAccounts = createRealmAccounts(directory, accounts, '')
  return createDoor<LocalUser, never>({
    ...parts,
    accounts: {
      ...realmAccounts,
      mayEnter: (entry) => realmAccounts.mayEnter(entry) && view.hasWebInterface(entry.account.userid),
    },
    // Names at a domain are those of vCenter's users.
    sourceOf: () => undefined,
    welcome: () => {
      throw signInRefusal()
    },
    isImmune: () => false,
  })
}
