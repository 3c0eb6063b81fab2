import type { SshLimits } from './limits.ts'

/** A connection as far as its place goes. */
export interface Guest {
  readonly source: string
  /** Whether the keys are exchanged. */
  handshaken: boolean
  /** The account that signed in, by a name that no other has. */
  account?: string
  /** Closes the connection at once. */
  drop(): void
}

/**
 * Who has a place at an appliance.
 *
 * Whoever has not signed in always makes room for one more: of the address that has most such connections the oldest
 * goes, those first that have not even exchanged keys. So nobody is kept out by connections that only wait.
 */
export function createPlaces(limits: Pick<SshLimits, 'waiting' | 'open' | 'openOfSource' | 'openOfAccount'>) {
  const waiting = new Set<Guest>()
  const open = new Set<Guest>()

  function victim(): Guest | undefined {
    const bySource = new Map<string, Guest[]>()
    for (const guest of waiting) bySource.set(guest.source, [...(bySource.get(guest.source) ?? []), guest])
    const most = [...bySource.values()].reduce((a, b) => (b.length > a.length ? b : a))
    return most.find(({ handshaken }) => !handshaken) ?? most[0]
  }

  const count = (is: (guest: Guest) => boolean) => [...open].filter(is).length

  return {
    /** Takes a place among those that have not signed in. */
    enter(guest: Guest): void {
      if (waiting.size >= limits.waiting) {
        const dropped = victim()
        if (dropped) {
          waiting.delete(dropped)
          dropped.drop()
        }
      }
      waiting.add(guest)
    },

    /** Takes a place among those that have; whether there is one. */
    signedIn(guest: Guest, account: string): boolean {
      if (!waiting.has(guest)) return false
      if (open.size >= limits.open) return false
      if (count(({ source }) => source === guest.source) >= limits.openOfSource) return false
      if (count((other) => other.account === account) >= limits.openOfAccount) return false
      waiting.delete(guest)
      guest.account = account
      open.add(guest)
      return true
    },

    leave(guest: Guest): void {
      waiting.delete(guest)
      open.delete(guest)
    },

    all: (): Guest[] => [...waiting, ...open],
  }
}

export type Places = ReturnType<typeof createPlaces>
