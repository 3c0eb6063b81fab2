import { pino } from 'pino'
import { steadyClock, systemClock } from '../access/clock.ts'
import { createPasswordHashing } from '../access/passwords/hashing.ts'
import type { Config } from '../config.ts'
import { createServices, type Services } from '../services.ts'
import { openExistingDatabase } from '../store/database.ts'
import { singleManager } from '../world.ts'

/**
 * Opens a store that nobody serves.
 *
 * @throws {StoreError} when there is none, or it is served.
 */
export async function openStoppedStore(config: Config): Promise<Services> {
  const log = pino({ level: 'silent' })
  const tools = { config, clock: systemClock, steady: steadyClock, log, hashing: createPasswordHashing() }
  // Where there is no store none is made.
  await (await openExistingDatabase(config.database)).destroy()
  return createServices(tools, singleManager(config.nodeName, undefined, undefined))
}
