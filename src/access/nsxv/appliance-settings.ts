import type { NsxvManagerRow } from '../../store/nsxv-manager.ts'
import type { Clock } from '../clock.ts'
import type { NsxvCall } from './call.ts'

/** What the appliance keeps beside its configuration: a reboot leaves it as it is. @see nsxv-api.md 6 */
export interface ApplianceSettings {
  /** Milliseconds that its clock, set by hand, is ahead of the server's. */
  clockOffset: number
  /** As the IANA names it. */
  timezone: string
  locale: { language: string; country: string }
  /** The user of vCenter's with whom it is registered there. */
  vcenterUser: string
  /** The same of SSO; null: it is not registered, and groups have no roles. */
  ssoUser: string | null
}

/** Of an appliance that was just made. */
const initial: ApplianceSettings = {
  clockOffset: 0,
  timezone: 'UTC',
  locale: { language: 'en', country: 'US' },
  vcenterUser: 'administrator@vsphere.local',
  ssoUser: 'administrator@vsphere.local',
}

export type NsxvApplianceSettings = ReturnType<typeof createNsxvApplianceSettings>

export function createNsxvApplianceSettings(stored: Pick<NsxvManagerRow, 'settings'>, clock: Clock) {
  let current = settingsOf(stored)

  return {
    read: (): ApplianceSettings => current,

    /** The time that the appliance shows. Tokens, lockouts and audit records go by the server's. */
    time: (): number => clock() + current.clockOffset,

    /** @param what Of the audit record: what of the appliance is changed. */
    async change(call: NsxvCall, what: string, change: Partial<ApplianceSettings>): Promise<void> {
      await call.change(async ({ stores, values, onCommit }) => {
        const before = settingsOf(await stores.nsxvManager.read())
        const after = { ...before, ...change }
        await stores.nsxvManager.update({ settings: JSON.stringify(after) })
        values(what, only(before, change), change)
        onCommit(() => {
          current = after
        })
      })
    },
  }
}

const settingsOf = ({ settings }: Pick<NsxvManagerRow, 'settings'>): ApplianceSettings => ({
  ...initial,
  ...JSON.parse(settings),
})

/** Of some settings those that another names. */
function only(settings: ApplianceSettings, named: Partial<ApplianceSettings>): Partial<ApplianceSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in named))
}
