import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { StoreError } from '../store/database.ts'

export interface HeadSettings {
  /** Where the journal's end is kept. */
  file: string
  /** Where the key is that proves it: 32 bytes. */
  keyFile: string
}

/** How far a journal had come. */
export interface Head {
  /** The journal's name. */
  journal: string
  /** Number of its last record; 0: it had none. */
  seq: number
  /** The last record's in the chain. */
  hash: string
}

/** That a journal was not the one its head was taken of. */
export interface Loss {
  /** When it was found, in milliseconds since 1970. */
  at: number
  /** The first record that is gone or another. */
  seq: number
  reason: string
}

/** What a head file says. */
export interface HeadFile {
  head: Head
  /** What was found at starts, until somebody accepts it. */
  losses: Loss[]
}

const keyBytes = 32

/**
 * @returns undefined: there is none.
 * @throws {StoreError}
 */
export function readHeadKey(keyFile: string): Buffer | undefined {
  const key = readIfThere(keyFile, 'auditHeadKey')
  if (key === undefined || key.length === keyBytes) return key
  throw new StoreError(`auditHeadKey: ${keyFile} is not a key of ${keyBytes} bytes`)
}

/** @throws {StoreError} */
export function makeHeadKey(keyFile: string): Buffer {
  const key = randomBytes(keyBytes)
  try {
    writeFileSync(keyFile, key, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    throw new StoreError(`auditHeadKey: ${keyFile} cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
  return key
}

/**
 * @returns undefined: there is none. `forged`: it was not written under this key.
 * @throws {StoreError} when it cannot be read, or there is no key to prove it with.
 */
export function readHeadFile({ file, keyFile }: HeadSettings): HeadFile | 'forged' | undefined {
  const text = readIfThere(file, 'auditHead')
  if (text === undefined) return undefined
  const key = readHeadKey(keyFile)
  if (key !== undefined) return parsed(text.toString(), key) ?? 'forged'
  throw new StoreError(
    `auditHeadKey: ${keyFile} is missing, and ${file} is proven with it: put it back from a backup, or remove ${file} to begin another`,
  )
}

function readIfThere(file: string, setting: string): Buffer | undefined {
  if (!existsSync(file)) return undefined
  try {
    return readFileSync(file)
  } catch (error) {
    throw new StoreError(`${setting}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

const proofOfHead = (line: string, key: Buffer) => createHmac('sha256', key).update(`head\n${line}`).digest('hex')

/** The head as text: a line of JSON, and one with its HMAC-SHA-256. */
export function headText(said: HeadFile, key: Buffer): string {
  const line = JSON.stringify(said)
  return `${line}\n${proofOfHead(line, key)}\n`
}

function parsed(text: string, key: Buffer): HeadFile | undefined {
  const [line = '', proof = ''] = text.split('\n')
  return isSame(proof, proofOfHead(line, key)) ? JSON.parse(line) : undefined
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What proves that a journal had a record when it was exported: an HMAC-SHA-256 over its place and its hash, in hex. */
export function proofOfRecord(id: string, hash: string, key: Buffer): string {
  return createHmac('sha256', key).update(`record\n${id}\n${hash}`).digest('hex')
}

export const isProofOfRecord = (given: string, id: string, hash: string, key: Buffer) =>
  isSame(given, proofOfRecord(id, hash, key))

/** What the journals of a store lack of one's head; undefined: nothing. */
export async function lossOf(
  { journal, seq, hash }: Head,
  store: AuditRecordStore,
): Promise<Omit<Loss, 'at'> | undefined> {
  const found = (await store.journals()).find(({ name }) => name === journal)
  if (!found) return { seq: 1, reason: `record ${seq} of journal ${journal}, which is not there` }
  const end = await store.newest(found.id)
  if (end < seq) return { seq: end + 1, reason: `record ${seq}, the journal ends with ${end}` }
  const row = seq > 0 && (await store.around(found.id, seq, seq)).find((one) => one.seq === seq)
  return row === false || row?.hash === hash ? undefined : { seq, reason: `another record ${seq} than the journal` }
}

/** Puts a text in the place of a file's, so that there is one of them whole whenever the power fails. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.new`
  const handle: FileHandle = await open(next, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, file)
}

export const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
