import { readFileSync } from 'node:fs'
import { ConfigError } from '../config-error.ts'

/**
 * A password never stands on the command line, where everybody on the machine can read it.
 *
 * @throws {ConfigError} where there is neither a file nor a variable.
 */
export function secret(setting: string, file: string | undefined, variable: string): string {
  const value = optionalSecret(setting, file, variable)
  if (value !== undefined) return value
  throw new ConfigError(`${setting}: give the password in a file, or in the environment variable ${variable}`)
}

/** @param file `-` is standard input. @returns undefined where there is neither a file nor a variable. */
export function optionalSecret(setting: string, file: string | undefined, variable: string): string | undefined {
  if (file === undefined) return process.env[variable] || undefined
  const text = readText(setting, file).replace(/\r?\n$/, '')
  if (text !== '') return text
  throw new ConfigError(`${setting}: ${file === '-' ? 'standard input' : file} is empty`)
}

/** @param file `-` is standard input. @throws {ConfigError} when it cannot be read. */
export function readText(setting: string, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${setting}: cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
}
