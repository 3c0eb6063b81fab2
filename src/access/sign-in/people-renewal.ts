import type { Change, Journal } from '../../audit/journal.ts'
import type { Clock } from '../clock.ts'
import type { LdapDirectory } from '../identity-sources/ldap-directories.ts'
import type { RemotePerson } from '../principal.ts'

/** How long a directory's word is good for those who are signed in, in milliseconds. */
export const renewalPeriod = 5 * 60_000

/** Where people of directories are signed in. */
export interface PeopleHolder {
  /** The directories that know them. */
  find(sourceId: string): Pick<LdapDirectory, 'lookUp'> | undefined
  people(): RemotePerson[]
  /** Takes what the directory says of somebody now; undefined: it does not know them. */
  renew(change: Change, before: RemotePerson, now: RemotePerson | undefined): Promise<void>
}

const keyOf = ({ sourceId, name }: RemotePerson) => `${sourceId} ${name.toLowerCase()}`

export const isSamePerson = (a: RemotePerson, b: RemotePerson) => keyOf(a) === keyOf(b)

export type PeopleRenewal = ReturnType<typeof createPeopleRenewal>

/**
 * Asks the directories again, every five minutes, about everybody who is signed in: whose groups have changed has
 * those from then on, and who is gone or disabled has no session and no token any more. A directory that does not answer
 * changes nothing; it is asked again after as long.
 *
 * @see docs/decisions/031-rights-of-now.md
 */
export function createPeopleRenewal(
  holders: readonly PeopleHolder[],
  journal: Journal,
  steady: Clock,
  log: (error: unknown) => void,
) {
  let dueAt = steady() + renewalPeriod

  async function renew({ find, people, renew: take }: PeopleHolder): Promise<void> {
    const known = new Map(people().map((person) => [keyOf(person), person]))
    for (const before of known.values()) {
      if (before.sourceType !== 'LDAP') continue
      try {
        const now = await find(before.sourceId)?.lookUp(before.name)
        if (now && JSON.stringify(now) === JSON.stringify(before)) continue
        await journal.change(
          (change) => take(change, before, now),
          () => undefined,
        )
      } catch (error) {
        log(error)
      }
    }
  }

  return {
    /** Asks if it is time. */
    async keepHouse(): Promise<void> {
      if (steady() < dueAt) return
      dueAt = steady() + renewalPeriod
      await Promise.all(holders.map(renew))
    },
  }
}
