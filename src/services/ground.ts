import type { Logger } from 'pino'
import type { Clocks } from '../access/clock.ts'
import type { PasswordHashing } from '../access/passwords/hashing.ts'
import { roomForAnswers } from '../access/turns/limits.ts'
import { createRoom, type Room } from '../access/turns/room.ts'
import { createTurns, type Turns } from '../access/turns/turns.ts'
import type { Config } from '../config.ts'
import { type Appliances, createAppliances } from '../inventory/appliances.ts'
import { lockDataDir, makeDataDir } from '../store/data-dir.ts'
import { type Databases, openDatabase } from '../store/database.ts'
import { sealExporterKeys } from '../store/sealed-exporter-keys.ts'
import { needsItsKey, openSecrets, requireKeyOf, type Secrets } from '../store/secrets.ts'
import { createStores, type Stores } from '../store/stores.ts'
import { type FirstStarts, layGround, type World } from '../world.ts'

/** What everything stands on: the settings, the time, and the store with the appliances in it. */
export interface Ground extends Clocks {
  config: Config
  log: Logger
  hashing: PasswordHashing
  databases: Databases
  stores: Stores
  secrets: Secrets
  appliances: Appliances
  /** Shares the event loop among the callers whose calls take long. */
  turns: Turns
  /** The memory for answers. */
  room: Room
  /** What this start made of the store, where it is the first. */
  firstStarts: FirstStarts
}

/** What is opened before the store is. */
export type Tools = Pick<Ground, 'config' | 'clock' | 'steady' | 'log' | 'hashing'>

/**
 * Opens the store, and fills an empty one.
 *
 * @param opened Takes what must be closed.
 * @throws {StoreError} when the data directory or the database cannot be used.
 */
export async function openGround(tools: Tools, world: World, opened: AsyncDisposableStack): Promise<Ground> {
  const { config, clock, hashing, log } = tools
  makeDataDir(config.dataDir)
  const unlock = lockDataDir(config.dataDir)
  opened.defer(unlock)
  const databases = await openDatabase(config.database)
  opened.defer(() => databases.close())
  const stores = createStores(databases.read)
  const secrets = openSecrets(config.dataDir, !(await needsItsKey(stores)))
  await requireKeyOf(createStores(databases.write), secrets, config.dataDir)
  await sealExporterKeys(databases.write, secrets, config.database.kind)
  const firstStarts = await layGround(
    databases.write,
    { nsxRelease: config.nsxRelease, ...world },
    hashing,
    clock,
    (progress) => log.info(progress),
  )
  const clusterId = await stores.properties.find('cluster_id')
  if (!clusterId) throw new Error('the store has no ground')
  const appliances = createAppliances(await stores.appliances.list(), clusterId)
  const [turns, room] = [createTurns(), createRoom(roomForAnswers)]
  return { ...tools, databases, stores, secrets, appliances, turns, room, firstStarts }
}
