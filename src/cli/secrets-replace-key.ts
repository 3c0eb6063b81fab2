import type { Config } from '../config.ts'
import { lockDataDir } from '../store/data-dir.ts'
import { openDatabase } from '../store/database.ts'
import { replaceKey } from '../store/secrets.ts'
import { createStores } from '../store/stores.ts'

/** Makes another key for a store that nobody serves, and says what must be given anew. */
export async function replaceSecretsKey(config: Config): Promise<void> {
  const unlock = lockDataDir(config.dataDir)
  try {
    const databases = await openDatabase(config.database)
    try {
      await replaceKey(config.dataDir, createStores(databases.write))
    } finally {
      await databases.close()
    }
  } finally {
    unlock()
  }
  process.stdout.write(
    `${config.dataDir}/secrets.key is a new key. What was sealed with the old one must be given anew: bind passwords of LDAP identity sources, client secrets of vIDM providers, private keys of syslog exporters.\n`,
  )
}
