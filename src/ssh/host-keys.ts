import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The keys by which clients know an appliance: made once, and kept in the data directory, PEM. */
export interface HostKeyFiles {
  read(name: HostKeyName): string | undefined
  keep(name: HostKeyName, key: string): void
}

export type HostKeyName = 'host_ed25519_key' | 'host_rsa_key'

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
