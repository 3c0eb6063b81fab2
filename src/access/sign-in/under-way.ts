import { AccessError } from '../errors.ts'

/** Sign-ins that may be under way at a time, in all and of one address. */
export interface UnderWayLimits {
  inAll: number
  ofAddress: number
}

const usual: UnderWayLimits = { inAll: 1000, ofAddress: 300 }

/**
 * Counts the sign-ins that wait for anything: a hash, another attempt on the same account, or an LDAP server. All doors
 * share one count, so that nobody fills memory with calls whose callers are not known yet.
 *
 * @see docs/decisions/030-before-sign-in.md
 */
export function createUnderWay({ inAll, ofAddress }: UnderWayLimits = usual) {
  const byAddress = new Map<string, number>()
  let all = 0

  return {
    /**
     * Counts a sign-in until it has ended, however it ends.
     *
     * @param address As `lockoutSource` gives it.
     * @throws {AccessError} `busy` when there are too many, in all or of the address.
     */
    async during<T>(address: string, signIn: () => Promise<T>): Promise<T> {
      const own = byAddress.get(address) ?? 0
      if (all >= inAll || own >= ofAddress) throw new AccessError('busy', 'Too many sign-ins are waiting')
      byAddress.set(address, own + 1)
      all++
      try {
        return await signIn()
      } finally {
        all--
        const left = (byAddress.get(address) ?? 1) - 1
        if (left === 0) byAddress.delete(address)
        else byAddress.set(address, left)
      }
    },
  }
}
