import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'

/** The SSH port of an appliance. Consoles that are open stay open when it closes. */
export interface SshPort {
  readonly isOpen: boolean
  hostKeys(): HostKey[]
  /** @throws when the port cannot be listened on. */
  open(): Promise<void>
  close(): void
}

export interface HostKey {
  type: string
  /** Bits. */
  size: number
}

export type SshServices = ReturnType<typeof createSshServices>

/** The SSH service of each manager and edge: whether it runs is forgotten when the process ends. */
export function createSshServices() {
  const ports = new Map<string, SshPort>()

  function portOf(applianceId: string): SshPort {
    const port = ports.get(applianceId)
    if (!port) throw new Error(`nothing serves SSH for ${applianceId}`)
    return port
  }

  /** Does what cannot be taken back only once it is recorded. */
  const recorded = (call: Call, applianceId: string, running: boolean, then: () => void): Promise<void> =>
    call.change(async ({ values, onCommit }) => {
      const { isOpen } = portOf(applianceId)
      values(applianceId, { running: isOpen }, { running })
      onCommit(then)
    })

  async function open(port: SshPort): Promise<void> {
    try {
      await port.open()
    } catch (error) {
      throw new AccessError('busy', `The SSH service cannot be started: ${(error as Error).message}`, { cause: error })
    }
  }

  async function start(call: Call, applianceId: string): Promise<void> {
    const port = portOf(applianceId)
    const wasOpen = port.isOpen
    await open(port)
    try {
      await recorded(call, applianceId, true, () => {})
    } catch (error) {
      if (!wasOpen) port.close()
      throw error
    }
  }

  return {
    servedBy(applianceId: string, port: SshPort): void {
      ports.set(applianceId, port)
    },

    isRunning: (applianceId: string): boolean => ports.get(applianceId)?.isOpen ?? false,

    hostKeys: (applianceId: string): HostKey[] => ports.get(applianceId)?.hostKeys() ?? [],

    /** @throws {AccessError} `busy` when the port cannot be opened. */
    start,

    stop: (call: Call, applianceId: string): Promise<void> =>
      recorded(call, applianceId, false, () => portOf(applianceId).close()),

    /** @throws {AccessError} `busy` when the port cannot be opened. */
    async restart(call: Call, applianceId: string): Promise<void> {
      const port = portOf(applianceId)
      port.close()
      await open(port)
      await recorded(call, applianceId, true, () => {})
    },
  }
}
