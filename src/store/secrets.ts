import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './database.ts'

/** Keeps secrets that must be used again, and so cannot be hashed, from whoever reads the database alone. */
export type Secrets = ReturnType<typeof openSecrets>

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/**
 * Seals with AES-256-GCM under the key in the data directory, which is made where there is none.
 *
 * @throws {StoreError} when the key file is not one.
 */
export function openSecrets(dataDir: string) {
  const file = join(dataDir, 'secrets.key')
  if (!existsSync(file)) writeFileSync(file, randomBytes(keyBytes), { mode: 0o600, flag: 'wx', flush: true })
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
