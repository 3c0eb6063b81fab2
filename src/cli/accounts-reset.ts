import { readFileSync } from 'node:fs'
import { createAccountReset } from '../access/account-reset.ts'
import { AccessError } from '../access/errors.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { openStoppedStore } from './stopped-store.ts'

/** Resets an account of a store that nobody serves. @returns whether it was done; otherwise stderr says why not. */
export async function resetAccount(
  config: Config,
  name: string,
  { appliance, newPasswordFile }: { appliance?: string; newPasswordFile?: string },
): Promise<boolean> {
  const given = newPasswordFile === undefined ? undefined : readPassword(newPasswordFile)
  await using services = await openStoppedStore(config)
  try {
    const password = await createAccountReset(services).reset(name, appliance, given)
    process.stdout.write(
      given === undefined
        ? `The password of ${name} is ${password}\nIt is shown once, and must be changed at the first sign-in.\n`
        : `The password of ${name} is the one that was given.\n`,
    )
    return true
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    process.stderr.write(`sallyport: ${error.message}\n`)
    return false
  }
}

function readPassword(file: string): string {
  try {
    const [password = ''] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/)
    if (password !== '') return password
  } catch (error) {
    throw new ConfigError(`newPasswordFile: cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
  throw new ConfigError(`newPasswordFile: ${file} holds no password`)
}
