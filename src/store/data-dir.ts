import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { StoreError } from './database.ts'

/**
 * Makes the data directory where it does not exist. Others may pass through it to the CA's certificate; they cannot list
 * it, and what else is in it is for its owner's eyes.
 *
 * @throws {StoreError} with the path and a remedy when it cannot be made, read or written.
 */
export function makeDataDir(dir: string): void {
  const wrong = (path: string, error: unknown) =>
    new StoreError(
      `dataDir: ${dir} cannot be used, for ${path} cannot be ${path === dir && existsSync(dir) ? 'written' : 'made'} (${(error as NodeJS.ErrnoException).code}): give this user the right to, or choose another directory with --data-dir`,
      { cause: error },
    )
  // One after another: where a parent cannot take any, making all at once never ends.
  const missing: string[] = []
  for (let path = resolve(dir); !existsSync(path) && path !== dirname(path); path = dirname(path)) missing.push(path)
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path, { mode: 0o700 })
      // Whatever the umask.
      chmodSync(path, 0o711)
    } catch (error) {
      throw wrong(path, error)
    }
  }
  try {
    if (!statSync(dir).isDirectory()) throw Object.assign(new Error('it is a file'), { code: 'ENOTDIR' })
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw wrong(dir, error)
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
