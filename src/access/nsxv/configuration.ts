import type { Change } from '../../audit/journal.ts'
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

/** The network whose gateway is the default one. */
export const everywhere = '0.0.0.0/0'

/** A configuration whose default route is another one. @param gateway Undefined: there is none. */
export const withGateway = (
  { routes }: NsxvConfiguration,
  gateway: string | undefined,
): Pick<NsxvConfiguration, 'routes'> => ({
  routes: [
    ...routes.filter(({ network }) => network !== everywhere),
    ...(gateway === undefined ? [] : [{ network: everywhere, gateway }]),
  ],
})

export const gatewayOf = ({ routes }: NsxvConfiguration): string | undefined =>
  routes.find(({ network }) => network === everywhere)?.gateway

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

type Next = (now: NsxvConfiguration) => NsxvConfiguration

export type NsxvConfigurations = ReturnType<typeof createNsxvConfigurations>

/** The configuration in force, and who is changing it. What of it outlives a reboot is `startup.ts`'s. */
export function createNsxvConfigurations({ running }: Pick<NsxvManagerRow, 'running'>) {
  let current: NsxvConfiguration = JSON.parse(running)
  let lockedBy: object | undefined
  let follow: (now: NsxvConfiguration) => void = () => {}

  function show(next: NsxvConfiguration): void {
    current = next
    follow(next)
  }

  /** As an earlier change of the same group may have left it. */
  async function stored({ stores }: Change): Promise<NsxvConfiguration> {
    return JSON.parse((await stores.nsxvManager.read()).running)
  }

  /** Makes a change that is a part of a larger one. */
  async function apply({ stores, onCommit }: Change, next: Next, saved?: 'saved'): Promise<NsxvConfiguration> {
    const { running, startup } = await stores.nsxvManager.read()
    const after = next(JSON.parse(running))
    await stores.nsxvManager.update({ running: JSON.stringify(after) })
    if (saved) {
      const { configuration, ...rest }: { configuration: NsxvConfiguration } = JSON.parse(startup)
      await stores.nsxvManager.update({ startup: JSON.stringify({ configuration: next(configuration), ...rest }) })
    }
    onCommit(() => show(after))
    return after
  }

  return {
    read: (): NsxvConfiguration => current,

    /** Puts another in force, once it is durable. */
    put: show,

    /** From now on told of each configuration that is put in force. */
    followedBy(tell: (now: NsxvConfiguration) => void): void {
      follow = tell
    },

    stored,

    apply,

    /**
     * @param next Makes the new configuration of the one in force.
     * @param saved Whether a reboot keeps the change too.
     */
    async change(call: NsxvCall, next: Next, saved?: 'saved'): Promise<void> {
      await call.change(async (change) => {
        const before = await stored(change)
        const after = await apply(change, next, saved)
        change.values(after.hostname, before, after)
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
