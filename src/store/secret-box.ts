import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './database.ts'

/** Keeps secrets that must be used again, and so cannot be hashes, unreadable in the database and its backups. */
export interface SecretBox {
  seal(text: string): string
  /** @throws {StoreError} when it was sealed under another key, or is not as it was sealed. */
  open(sealed: string): string
}

const algorithm = 'aes-256-gcm'
const version = 'v1'
const keyLength = 32
const ivLength = 12
const tagLength = 16

/**
 * The secret box of a data directory. Its key is a file there, for its owner's eyes only, and is made when a secret is
 * first sealed: the database alone, wherever it is, gives nothing away.
 */
export function createSecretBox(dataDir: string): SecretBox {
  const file = join(dataDir, 'secrets.key')
  let known: Buffer | undefined

  function key(): Buffer {
    if (known) return known
    if (!existsSync(file)) writeDurably(dataDir, file, randomBytes(keyLength))
    const read = readFileSync(file)
    if (read.length !== keyLength) throw new StoreError(`${file} is not a key of ${keyLength} bytes`)
    known = read
    return read
  }

  return {
    seal(text) {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv(algorithm, key(), iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${version}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`
    },

    open(sealed) {
      const unreadable = (cause?: unknown) =>
        new StoreError('A stored secret cannot be read with the key in secrets.key', { cause })
      const [prefix, text = ''] = sealed.split('.')
      const bytes = Buffer.from(text, 'base64url')
      if (prefix !== version || bytes.length < ivLength + tagLength || !existsSync(file)) throw unreadable()
      try {
        const decipher = createDecipheriv(algorithm, key(), bytes.subarray(0, ivLength), { authTagLength: tagLength })
        decipher.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength))
        const body = bytes.subarray(ivLength + tagLength)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch (error) {
        throw unreadable(error)
      }
    },
  }
}

// The key must be on disk before anything that only it can open is said to be stored.
function writeDurably(dir: string, file: string, bytes: Buffer): void {
  const fresh = `${file}.new`
  const handle = openSync(fresh, 'w', 0o600)
  try {
    writeSync(handle, bytes)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(fresh, file)
  if (process.platform === 'win32') return
  const folder = openSync(dir, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
