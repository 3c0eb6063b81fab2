import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { StoreError } from './database.ts'

/**
 * Makes the data directory, for its owner's eyes only, where it does not exist.
 *
 * @throws {StoreError} when it cannot be made.
 */
export function makeDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StoreError(`dataDir: cannot make ${dir}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Takes the data directory for this process until the returned function is called or the process ends, however it ends.
 *
 * @throws {StoreError} when another process has it.
 */
export function lockDataDir(dir: string): () => void {
  const file = join(dir, 'lock')
  // An exclusive SQLite transaction is a file lock that the operating system drops with the process.
  const lock = new Sqlite(file, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw new StoreError(`The data directory ${dir} is in use by another Sallyport process`, { cause: error })
  }
  return () => lock.close()
}
