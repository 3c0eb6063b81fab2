import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'

/**
 * What an administrator sets on a manager or an edge itself.
 *
 * @see NSX REST API 9.1, NodeProperties and SshServiceProperties
 */
export interface NodeSettings {
  /** Message of the day: shown when a console opens. */
  motd: string
  /** Name of a time zone, as the IANA database has it: consoles show times in it. */
  timezone: string
  /** Seconds without a key after which a console closes; 0: never. */
  cliTimeout: number
  /** Whether answers of the console begin with the time. */
  cliOutputDatetime: boolean
  cliOutputDeprecateWarn: boolean
  /** Lines that a console remembers. */
  cliHistorySize: number
  /** Whether the SSH service runs when the server has started. */
  sshStartOnBoot: boolean
  /** Whether root may sign in over SSH. */
  sshRootLogin: boolean
  /** Shown before anybody signs in over SSH. */
  sshBanner: string
}

/** Guesses: the motd, the size of the history, and that root may sign in; a lab without SSH would be none. */
export const defaultNodeSettings: Readonly<NodeSettings> = Object.freeze({
  motd: '',
  timezone: 'Etc/UTC',
  cliTimeout: 600,
  cliOutputDatetime: true,
  cliOutputDeprecateWarn: true,
  cliHistorySize: 200,
  sshStartOnBoot: true,
  sshRootLogin: true,
  sshBanner: '',
})

export type NodeSettingsUse = Awaited<ReturnType<typeof loadNodeSettings>>

/** Migration 018 has the same name. */
const propertyOf = (applianceId: string) => `node_settings ${applianceId}`

const parse = (stored: string | undefined): NodeSettings => ({
  ...defaultNodeSettings,
  ...(stored === undefined ? {} : JSON.parse(stored)),
})

/** The settings of each manager and edge. */
export async function loadNodeSettings(stores: Stores, applianceIds: readonly string[]) {
  const settings = new Map<string, NodeSettings>()
  for (const id of applianceIds) settings.set(id, parse(await stores.properties.find(propertyOf(id))))

  return {
    read: (applianceId: string): NodeSettings => settings.get(applianceId) ?? defaultNodeSettings,

    /** Changes what is given, and leaves the rest as it is. @throws {AccessError} `invalid_field` */
    change(call: Call, applianceId: string, changes: Partial<NodeSettings>): Promise<NodeSettings> {
      if (changes.timezone !== undefined) requireTimezone(changes.timezone)
      return call.change(async ({ stores: inside, values, onCommit }) => {
        const before = parse(await inside.properties.find(propertyOf(applianceId)))
        const after = { ...before, ...changes }
        await inside.properties.put(propertyOf(applianceId), JSON.stringify(after))
        values(applianceId, before, after)
        onCommit(() => settings.set(applianceId, after))
        return after
      })
    },
  }
}

function requireTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw new AccessError('invalid_field', `value ${timezone} of property timezone is not a time zone`)
  }
}
