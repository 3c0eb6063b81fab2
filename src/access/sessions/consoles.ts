import type { Change } from '../../audit/journal.ts'
import { AccessError } from '../errors.ts'
import type { LocalUser } from '../principal.ts'

/** An SSH connection that somebody has signed in on. */
export interface OpenConsole {
  /** What it is called in lists and records; nobody signs in with it. */
  readonly id: string
  readonly applianceId: string
  readonly realmId: string
  readonly userid: number
  /** The address they come from. */
  readonly source: string
  /** What their client calls itself. */
  readonly agent: string
  /** Milliseconds since 1970. */
  readonly openedAt: number
  /** Closes it. @param why Told to whoever looks at it. */
  end(why: string): void
}

export type Consoles = ReturnType<typeof createConsoles>

/** The consoles that are open in this process. They do not outlive it. */
export function createConsoles() {
  const open = new Set<OpenConsole>()

  return {
    /**
     * Opens a console for good, together with the sign-in's audit record.
     *
     * @param signedIn Who signed in, as they were when they showed what they know or have.
     * @throws {AccessError} `unauthenticated` when the account has been deactivated or its password changed since.
     */
    async open(change: Change, { account }: LocalUser, console: OpenConsole): Promise<void> {
      const { realmId, userid, passwordVersion } = account
      const current = await change.stores.accounts.find(realmId, userid)
      if (!current?.active || current.passwordVersion !== passwordVersion) {
        throw new AccessError('unauthenticated', 'The account has been changed meanwhile')
      }
      change.onCommit(() => open.add(console))
    },

    list: (): OpenConsole[] => [...open],

    end(change: Change, console: OpenConsole, why: string): void {
      change.onCommit(() => {
        if (open.delete(console)) console.end(why)
      })
    },

    closed: (console: OpenConsole): void => {
      open.delete(console)
    },

    /** Ends an account's consoles. @param except The one that may go on, where the caller changes their own password. */
    endOfAccount(change: Change, realmId: string, userid: number, except?: OpenConsole): void {
      change.onCommit(() => {
        for (const console of open) {
          if (console === except || console.realmId !== realmId || console.userid !== userid) continue
          open.delete(console)
          console.end('The account was changed, and this console is closed.')
        }
      })
    },

    /** Ends all consoles of a realm. @param except The one that may go on. */
    endOfRealm(change: Change, realmId: string, why: string, except?: OpenConsole): void {
      change.onCommit(() => {
        for (const console of open) {
          if (console === except || console.realmId !== realmId) continue
          open.delete(console)
          console.end(why)
        }
      })
    },
  }
}
