import type { Change } from '../../audit/journal.ts'
import type { NsxvManagerRow } from '../../store/nsxv-manager.ts'
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

export function createNsxvApplianceSettings(opened: Pick<NsxvManagerRow, 'settings'>) {
  let current = settingsOf(opened)

  /** As an earlier change of the same group may have left them. */
  const stored = async ({ stores }: Change): Promise<ApplianceSettings> => settingsOf(await stores.nsxvManager.read())

  /** Makes a change that is a part of a larger one. */
  async function apply({ stores, onCommit }: Change, changed: Partial<ApplianceSettings>): Promise<ApplianceSettings> {
    const after = { ...settingsOf(await stores.nsxvManager.read()), ...changed }
    await stores.nsxvManager.update({ settings: JSON.stringify(after) })
    onCommit(() => {
      current = after
    })
    return after
  }

  return {
    read: (): ApplianceSettings => current,

    stored,

    apply,

    /** @param what Of the audit record: what of the appliance is changed. */
    async change(call: NsxvCall, what: string, changed: Partial<ApplianceSettings>): Promise<void> {
      await call.change(async (change) => {
        const before = await stored(change)
        await apply(change, changed)
        change.values(what, only(before, changed), changed)
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
