import { AccessError } from '../../errors.ts'
import { ssoDomain } from '../principal.ts'
import type { SsoDirectory } from './directory.ts'
import type { SignedIn } from './principals.ts'
import { fullNameOf } from './user.ts'
import type { VcenterDirectories } from './vcenter-directories.ts'

/** What a token tells of an account. */
export interface TokenAccount {
  /** `name@domain`. */
  subject: string
  /** Another password, or another account of the same name, has another one. */
  account: string
  givenName: string
  surname: string
}

export type TokenAccounts = ReturnType<typeof createTokenAccounts>

/** Accounts as tokens name them. */
export function createTokenAccounts(directory: SsoDirectory, directories: Pick<VcenterDirectories, 'sourceOf'>) {
  return {
    /** What a token says of somebody who has just shown their password. */
    describe(principal: SignedIn): TokenAccount {
      const subject = `${principal.name}@${principal.domain.toUpperCase()}`
      const account = stateOf(principal)
      if (principal.kind === 'remote_user') return { subject, account, givenName: principal.name, surname: '' }
      const { firstName, lastName } = principal.user
      const known = fullNameOf(principal.user) !== ''
      return { subject, account, givenName: known ? firstName : principal.name, surname: lastName }
    },

    /**
     * Whom a token is of, with the rights of now.
     *
     * @throws {AccessError} `unauthenticated` where the account is gone, disabled, or not what it was when the token was
     *   given; `directory_unreachable` where a directory cannot be asked.
     */
    async principalOf({ subject, account }: Pick<TokenAccount, 'subject' | 'account'>): Promise<SignedIn> {
      const found = await find(subject)
      if (found && stateOf(found) === account) return found
      throw new AccessError('unauthenticated', 'The account of the token has been changed meanwhile')
    },
  }

  async function find(subject: string): Promise<SignedIn | undefined> {
    const at = subject.lastIndexOf('@')
    const [name, domain] = [subject.slice(0, at), subject.slice(at + 1).toLowerCase()]
    if (domain === ssoDomain) {
      const user = directory.userNamed(name)
      return user && !user.disabled ? directory.principalOfUser(user) : undefined
    }
    const person = await directories.sourceOf(`${name}@${domain}`)?.lookUp(`${name}@${domain}`)
    return person && directory.principalOfPerson(person)
  }
}

const stateOf = (principal: SignedIn): string =>
  principal.kind === 'sso_user'
    ? `${principal.user.id} ${principal.user.passwordVersion}`
    : `${principal.person.sourceType} ${principal.person.sourceId}`
