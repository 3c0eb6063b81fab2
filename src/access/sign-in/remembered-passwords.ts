import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Principal } from '../principal.ts'

/**
 * Passwords that were verified, as hashes under a key that never leaves this process, so that a client which sends
 * its password with every call does not cost an argon2 run each time. They are tied to the principal and
 * vanish with it: with any change of the account, its password, its status or its roles.
 */
export function createRememberedPasswords() {
  // As long as a block of SHA-256: with a secret of that length before it, one hash is a keyed hash. Digests are
  // never shown, so that nobody could extend one.
  const key = randomBytes(32).toString('hex')
  const remembered = new WeakMap<Principal, Buffer>()

  const digest = (password: string) => hash('sha256', key + password, 'buffer')

  return {
    digest,

    matches(principal: Principal, password: string): boolean {
      const known = remembered.get(principal)
      return known !== undefined && timingSafeEqual(known, digest(password))
    },

    remember(principal: Principal, password: string): void {
      remembered.set(principal, digest(password))
    },
  }
}
