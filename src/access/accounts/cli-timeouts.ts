import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'

export type CliTimeouts = Awaited<ReturnType<typeof loadCliTimeouts>>

const propertyOf = (applianceId: string) => `cli_timeout ${applianceId}`

/** After how many seconds of silence each appliance's consoles close; 0: never. */
export async function loadCliTimeouts(stores: Stores, applianceIds: readonly string[]) {
  const timeouts = new Map<string, number>()
  for (const id of applianceIds) {
    const stored = await stores.properties.find(propertyOf(id))
    if (stored !== undefined) timeouts.set(id, Number(stored))
  }

  return {
    /** Undefined where nobody has set it. */
    read: (applianceId: string): number | undefined => timeouts.get(applianceId),

    async set(call: Call, applianceId: string, seconds: number): Promise<void> {
      await call.change(async ({ stores: inside, values, onCommit }) => {
        const name = propertyOf(applianceId)
        const before = await inside.properties.find(name)
        if (before === undefined) await inside.properties.insert(name, String(seconds))
        else await inside.properties.update(name, String(seconds))
        values(applianceId, before === undefined ? undefined : Number(before), seconds)
        onCommit(() => timeouts.set(applianceId, seconds))
      })
    },
  }
}
