import type { NsxvManagerRow } from '../../store/nsxv-manager.ts'
import type { NsxvCall } from './call.ts'

/** The appliance's own settings, as its running configuration shows them. @see nsxv-api.md 5.4 */
export interface NsxvConfiguration {
  hostname: string
  ntpServers: readonly string[]
  nameServers: readonly string[]
  /** Of interface `mgmt`, with its prefix length; null: none. */
  address: string | null
  routes: readonly { network: string; gateway: string }[]
  /** Whether the API is served. */
  webManager: boolean
  /** Whether the console can be reached over SSH. */
  ssh: boolean
}

/** Of an appliance that nobody has configured. */
export const freshConfiguration = (hostname: string): NsxvConfiguration => ({
  hostname,
  ntpServers: [],
  nameServers: [],
  address: null,
  routes: [],
  webManager: true,
  ssh: true,
})

/** A name as an appliance may have it. @see RFC 1123 2.1 */
export const isHostname = (name: string) =>
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.|$))+(?<!\.)$/.test(name)

export type NsxvConfigurations = ReturnType<typeof createNsxvConfigurations>

/** The configuration in force, and who is changing it. What of it outlives a reboot is `startup.ts`'s. */
export function createNsxvConfigurations({ running }: Pick<NsxvManagerRow, 'running'>) {
  let current: NsxvConfiguration = JSON.parse(running)
  let lockedBy: object | undefined

  return {
    read: (): NsxvConfiguration => current,

    /** Puts another in force, once it is durable. */
    put(next: NsxvConfiguration): void {
      current = next
    },

    /**
     * @param next Makes the new configuration of the one in force.
     * @param saved Whether a reboot keeps the change too.
     */
    async change(call: NsxvCall, next: (now: NsxvConfiguration) => NsxvConfiguration, saved?: 'saved'): Promise<void> {
      await call.change(async ({ stores, values, onCommit }) => {
        const { running, startup } = await stores.nsxvManager.read()
        const before: NsxvConfiguration = JSON.parse(running)
        const after = next(before)
        await stores.nsxvManager.update({ running: JSON.stringify(after) })
        if (saved) {
          const { configuration, ...rest }: { configuration: NsxvConfiguration } = JSON.parse(startup)
          await stores.nsxvManager.update({ startup: JSON.stringify({ configuration: next(configuration), ...rest }) })
        }
        values(after.hostname, before, after)
        onCommit(() => {
          current = after
        })
      })
    },

    /**
     * Only one session at a time is in configuration mode.
     *
     * @returns false where another one is.
     * @see nsxv-api.md 5.4, config lock
     */
    lock(session: object): boolean {
      lockedBy ??= session
      return lockedBy === session
    },

    unlock(session: object): void {
      if (lockedBy === session) lockedBy = undefined
    },

    isLocked: (): boolean => lockedBy !== undefined,
  }
}
