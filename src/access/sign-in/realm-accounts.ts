import type { AccountStore } from '../../store/accounts.ts'
import { rootUserid } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import type { LocalUser } from '../principal.ts'
import type { DoorAccounts } from './door.ts'
import { lockoutSource } from './lockout.ts'

/** No account has this userid: asking for its password costs what asking for a real one does. */
const nobody = -1

/**
 * The accounts of realms, as the door knows them. Each source of failures is counted apart.
 *
 * @param localDomain A domain whose names are those of the realm: `admin@lab.example` is `admin`; empty for none.
 */
export function createRealmAccounts(
  directory: Directory,
  accounts: AccountStore,
  localDomain: string,
): DoorAccounts<LocalUser> {
  const suffix = `@${localDomain.toLowerCase()}`

  return {
    find(realmId, name) {
      const found = directory.findByName(realmId, name)
      if (found || localDomain === '' || !name.toLowerCase().endsWith(suffix)) return found
      return directory.findByName(realmId, name.slice(0, -suffix.length))
    },
    idOf: ({ account }) => String(account.userid),
    nameOf: ({ account }) => account.username,
    passwordHash: (realmId, entry) => accounts.passwordHash(realmId, entry?.account.userid ?? nobody),
    // Root has a console and nothing else.
    mayEnter: ({ account }) => account.active === 1 && account.userid !== rootUserid,
    countedUnder: (_entry, address) => lockoutSource(address),
  }
}
