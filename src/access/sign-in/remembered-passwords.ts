import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Passwords that were verified, as hashes under a key that never leaves this process, so that a client which sends
 * its password with every call does not cost an argon2 run each time. They are tied to the account's entry and
 * vanish with it: with any change of the account, its password, its status or its roles.
 */
export function createRememberedPasswords() {
  // As long as a block of SHA-256: with a secret of that length before it, one hash is a keyed hash. Digests are
  // never shown, so that nobody could extend one.
  const key = randomBytes(32).toString('hex')
  const remembered = new WeakMap<object, Buffer>()

  const digest = (password: string) => hash('sha256', key + password, 'buffer')

  return {
    digest,

    matches(entry: object, password: string): boolean {
      const known = remembered.get(entry)
      return known !== undefined && timingSafeEqual(known, digest(password))
    },

    remember(entry: object, password: string): void {
      remembered.set(entry, digest(password))
    },
  }
}
