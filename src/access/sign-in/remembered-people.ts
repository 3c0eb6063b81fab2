import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { RemotePerson } from '../principal.ts'
import type { PasswordSource } from './password-source.ts'

/** How long an identity source's word is good for calls that bring the password again, in milliseconds. */
const goodFor = 60_000
/** People remembered at once; who is pushed out is asked for again. */
const most = 10_000

interface Remembered {
  source: Pick<PasswordSource, 'type' | 'id'>
  person: RemotePerson
  digest: Buffer
  until: number
}

/**
 * Remote people whose password was verified, so that a client which sends it with every call does not cost the
 * identity source one bind each. The source is the only one to know of a changed password: its word is soon asked for again.
 */
export function createRememberedPeople(steady: Clock) {
  const known = new Map<string, Remembered>()
  const keyOf = ({ type, id }: Pick<PasswordSource, 'type' | 'id'>, name: string) =>
    `${type} ${id} ${name.toLowerCase()}`

  return {
    isEmpty: (): boolean => known.size === 0,

    /** @param digest As `createRememberedPasswords` makes it. */
    remember({ type, id }: PasswordSource, name: string, person: RemotePerson, digest: Buffer): void {
      const key = keyOf({ type, id }, name)
      known.delete(key)
      if (known.size >= most) known.delete(known.keys().next().value as string)
      known.set(key, { source: { type, id }, person, digest, until: steady() + goodFor })
    },

    recall(source: PasswordSource, name: string, digest: Buffer): RemotePerson | undefined {
      const key = keyOf(source, name)
      const found = known.get(key)
      if (!found || !timingSafeEqual(found.digest, digest)) return undefined
      if (steady() < found.until) return found.person
      known.delete(key)
      return undefined
    },

    forgetSource(type: PasswordSource['type'], id: string): void {
      for (const [key, { source }] of known) if (source.type === type && source.id === id) known.delete(key)
    },
  }
}
