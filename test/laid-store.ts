import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPasswordHashing, type HashingCost } from '../src/access/passwords/hashing.ts'
import { labWorld } from '../src/lab.ts'
import { openDatabase } from '../src/store/database.ts'
import { layGround, type World } from '../src/world.ts'
import { emptyPostgres, type TestDatabase } from './database.ts'

/** No test is about what a guess costs, but hashing.test.ts; thousands of them sign in. */
const cheap: HashingCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
export const cheapHashing = () => createPasswordHashing(cheap)

/** What a store is copied from. */
type Template = { file: Buffer } | { name: string }

/** By database and world. A first start is the same work every time, and most labs begin alike. */
const templates = new Map<string, Promise<Template>>()

/** Gives a data directory the store that a lab's first start at a given time lays. @returns its PostgreSQL database. */
export async function layStore(database: TestDatabase, dataDir: string, world: Partial<World>, now: number) {
  const key = JSON.stringify([database.kind, world, now])
  let template = templates.get(key)
  if (!template) {
    template = layTemplate(database, world, now)
    templates.set(key, template)
  }
  const laid = await template
  if ('name' in laid) return emptyPostgres(laid.name)
  writeFileSync(join(dataDir, 'sallyport.db'), laid.file)
  return undefined
}

async function layTemplate({ kind }: TestDatabase, world: Partial<World>, now: number): Promise<Template> {
  // It goes with the server, which is one of the test run's own.
  const postgres = kind === 'postgres' ? await emptyPostgres() : undefined
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-laid-'))
  try {
    const settings = postgres ? { kind: 'postgres' as const, url: postgres.url, poolSize: 1 } : undefined
    const { write, close } = await openDatabase(settings ?? { kind: 'sqlite', dataDir })
    try {
      await layGround(write, { ...labWorld(undefined), ...world }, cheapHashing(), () => now)
    } finally {
      await close()
    }
    return postgres ? { name: postgres.name } : { file: readFileSync(join(dataDir, 'sallyport.db')) }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
