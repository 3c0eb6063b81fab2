import type { Clock } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { NsxvApplianceSettings } from './appliance-settings.ts'
import type { NsxvCall } from './call.ts'
import type { NsxvConfigurations } from './configuration.ts'

/** What is to be changed. */
export interface TimeChange {
  ntpServers?: readonly string[]
  /** What the appliance's clock is to show now. */
  at?: number
  timezone?: string
}

export type NsxvApplianceTime = ReturnType<typeof createNsxvApplianceTime>

/**
 * The time that the appliance shows. Tokens, lockouts and audit records go by the server's.
 *
 * @see nsxv-api.md 5.4 (set clock), 6 (timesettings)
 */
export function createNsxvApplianceTime(
  configuration: NsxvConfigurations,
  settings: NsxvApplianceSettings,
  clock: Clock,
) {
  return {
    now: (): number => clock() + (configuration.read().ntpServers.length > 0 ? 0 : settings.read().clockOffset),

    timezone: (): string => settings.read().timezone,

    /**
     * Sets the clock, or says who keeps the time. Time servers that are given are saved too.
     *
     * @throws {AccessError} `invalid_field` for a time, where a time server keeps it.
     */
    async set(call: NsxvCall, { ntpServers, at, timezone }: TimeChange): Promise<void> {
      await call.change(async (change) => {
        const before = { ...(await configuration.stored(change)), ...(await settings.stored(change)) }
        if (ntpServers) await configuration.apply(change, (now) => ({ ...now, ntpServers }), 'saved')
        const servers = ntpServers ?? before.ntpServers
        const [server] = servers
        if (at !== undefined && server !== undefined) {
          throw new AccessError('invalid_field', `NTP server ${server} keeps the time; remove it first`, {
            field: 'datetime',
          })
        }
        // Who keeps the time from now on has the right one.
        const clockOffset = server === undefined ? before.clockOffset : 0
        const after = await settings.apply(change, {
          clockOffset: at === undefined ? clockOffset : at - clock(),
          timezone: timezone ?? before.timezone,
        })
        change.values('time', timeOf(before), timeOf({ ntpServers: servers, ...after }))
      })
    },
  }
}

const timeOf = ({
  ntpServers,
  clockOffset,
  timezone,
}: {
  ntpServers: readonly string[]
  clockOffset: number
  timezone: string
}) => ({ ntpServers, clockOffset, timezone })
