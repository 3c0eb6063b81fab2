import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostKey } from '../access/nodes/ssh-services.ts'

/** Of the modulus. */
export const rsaHostKeyBits = 3072

/** The keys by which clients know an appliance: made once, and kept in the data directory, PEM. */
export interface HostKeyFiles {
  read(name: HostKeyName): string | undefined
  keep(name: HostKeyName, key: string): void
}

export type HostKeyName = 'host_ed25519_key' | 'host_rsa_key'

const readable: Record<HostKeyName, HostKey> = {
  host_ed25519_key: { type: 'ssh-ed25519', size: 256 },
  host_rsa_key: { type: 'ssh-rsa', size: rsaHostKeyBits },
}

/** What there is of an appliance's keys. */
export function readableHostKeys(dataDir: string, applianceId: string): HostKey[] {
  const files = hostKeyFiles(dataDir, applianceId)
  return Object.entries(readable).flatMap(([name, key]) => (files.read(name as HostKeyName) === undefined ? [] : [key]))
}

export function hostKeyFiles(dataDir: string, applianceId: string): HostKeyFiles {
  const dir = join(dataDir, 'ssh', applianceId)
  const file = (name: string) => join(dir, name)

  return {
    read: (name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined),

    // Whole or not at all: a key that is half written would keep the appliance from starting.
    keep(name, key) {
      // The data directory may be gone: a temporary one is not made again.
      for (const made of [join(dataDir, 'ssh'), dir]) if (!existsSync(made)) mkdirSync(made, { mode: 0o700 })
      writeFileSync(file(`${name}.new`), key, { mode: 0o600 })
      renameSync(file(`${name}.new`), file(name))
    },
  }
}
