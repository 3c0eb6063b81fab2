import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './database.ts'
import type { Stores } from './stores.ts'

/** Keeps secrets that must be used again, and so cannot be hashed, from whoever reads the database alone. */
export type Secrets = ReturnType<typeof openSecrets>

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

const keyFile = (dataDir: string) => join(dataDir, 'secrets.key')
const writeKey = (file: string) => writeFileSync(file, randomBytes(keyBytes), { mode: 0o600, flag: 'wx', flush: true })

/** What is sealed so that a wrong key is noticed at the start, and where. */
const checkProperty = 'secrets_check'
const checkText = 'This is sealed with the key of the store.'

/**
 * Seals with AES-256-GCM under the key in the data directory.
 *
 * @param mayMake Whether nothing is sealed yet, so that a key may be made where there is none.
 * @throws {StoreError} when the key file is missing from a store that has one, or is not a key.
 */
export function openSecrets(dataDir: string, mayMake = true) {
  const file = keyFile(dataDir)
  if (!existsSync(file)) {
    if (!mayMake) {
      throw new StoreError(
        `${file} is missing, and secrets in the database are sealed with it: put it back from a backup, or run 'sallyport secrets replace-key' and give those secrets anew`,
      )
    }
    writeKey(file)
  }
  const key = readFileSync(file)
  if (key.length !== keyBytes) throw new StoreError(`${file} is not a key of ${keyBytes} bytes`)

  return {
    /** @param place Where the secret is kept: sealed for one place it cannot be opened in another. */
    seal(secret: string, place: string): string {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place))
      const sealed = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(sealed).toString('base64')
    },

    /** @returns undefined where it was not sealed under this key for this place. */
    open(sealed: string, place: string): string | undefined {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const tag = bytes.subarray(bytes.length - tagBytes)
      const options = { authTagLength: tagBytes }
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), options)
        .setAAD(Buffer.from(place))
        .setAuthTag(tag)
      try {
        const secret = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes))
        return Buffer.concat([secret, decipher.final()]).toString()
      } catch {
        return undefined
      }
    },
  }
}

/** Whether the store has had a key: then none may be made in its place. */
export async function needsItsKey(stores: Stores): Promise<boolean> {
  if ((await stores.properties.find(checkProperty)) !== undefined) return true
  // A store of before has no check.
  for (const table of [stores.ldapIdentitySources, stores.vcenterIdentitySources]) {
    for (const { id } of await table.list()) {
      if ((await table.bindPasswords(id)).some((sealed) => sealed !== null)) return true
    }
  }
  for (const { realmId } of await stores.vidmProviders.list()) {
    if ((await stores.vidmProviders.sealedSecret(realmId)) !== null) return true
  }
  return false
}

/**
 * Refuses a key that is not the store's. A store of before gets its check.
 *
 * @throws {StoreError}
 */
export async function requireKeyOf({ properties }: Stores, secrets: Secrets, dataDir: string): Promise<void> {
  const sealed = await properties.find(checkProperty)
  if (sealed === undefined) return properties.put(checkProperty, secrets.seal(checkText, checkProperty))
  if (secrets.open(sealed, checkProperty) === checkText) return
  throw new StoreError(
    `${keyFile(dataDir)} is not the key that secrets in the database are sealed with: put the right one in its place, or run 'sallyport secrets replace-key' and give those secrets anew`,
  )
}

/** Puts another key in place of one that is lost; the old file stays beside it where there is one. */
export async function replaceKey(dataDir: string, { properties }: Stores): Promise<void> {
  const file = keyFile(dataDir)
  if (existsSync(file)) renameSync(file, `${file}.${Date.now()}.old`)
  writeKey(file)
  await properties.put(checkProperty, openSecrets(dataDir).seal(checkText, checkProperty))
}
