import { generateKeyPair } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'

/** The keys by which clients know an appliance: made once, and kept in the data directory. */
export type HostKeys = ReturnType<typeof openHostKeys>

const rsaBits = 3072

/** Makes a private key, PEM. Of those that ssh2 makes it cannot read one in some three hundred itself. */
export function makeEd25519Key(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}

/** Reads an appliance's keys; the Ed25519 key is made where there is none. */
export function openHostKeys(dataDir: string, applianceId: string) {
  const dir = join(dataDir, 'ssh', applianceId)
  const file = (name: string) => join(dir, name)
  mkdirSync(dir, { recursive: true, mode: 0o700 })

  function read(name: string): string | undefined {
    return existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined
  }

  // Whole or not at all: a key that is half written would keep the appliance from starting.
  function keep(name: string, key: string): string {
    writeFileSync(file(`${name}.new`), key, { mode: 0o600 })
    renameSync(file(`${name}.new`), file(name))
    return key
  }

  const ed25519 = 'host_ed25519_key'
  const rsa = 'host_rsa_key'
  const keys = [read(ed25519) ?? keep(ed25519, makeEd25519Key()), read(rsa)]

  return {
    /** Private keys, PEM. */
    all: (): string[] => keys.filter((key) => key !== undefined),

    /** The RSA key takes a while to make, and only old clients need it. */
    async makeRsa(): Promise<void> {
      if (keys[1] !== undefined) return
      const { privateKey } = await promisify(generateKeyPair)('rsa', {
        modulusLength: rsaBits,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      })
      keys[1] ??= keep(rsa, privateKey)
    },
  }
}
