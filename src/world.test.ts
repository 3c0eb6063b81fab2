import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { systemClock } from './access/clock.ts'
import { createPasswordHashing } from './access/passwords/hashing.ts'
import { madeInventory } from './inventory/vsphere/made-inventory.ts'
import { openDatabase } from './store/database.ts'
import { layGround, singleManager } from './world.ts'

/** What a first start tells of an inventory of some 10 000 objects, when so many milliseconds pass between two looks. */
async function toldOf(passing: number): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-world-'))
  const databases = await openDatabase({ kind: 'sqlite', dataDir: dir })
  let now = 0
  const clock = mock.method(performance, 'now', () => {
    now += passing
    return now
  })
  try {
    const size = { datacenters: 1, clusters: 1, hosts: 1, vms: 9000 }
    const world = { ...singleManager('nsx', 'Lantern!Of-2026', undefined), vsphere: () => madeInventory(size) }
    const told: string[] = []
    await layGround(databases.write, world, createPasswordHashing(), systemClock, (progress) => told.push(progress))
    return told
  } finally {
    clock.mock.restore()
    await databases.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

test('a first start with a large inventory tells every two seconds how much of it is made', async () => {
  const told = await toldOf(1100)
  const counts = told.map((text) => {
    const [, made = '', all = ''] = /^making the vSphere inventory: (\d+) of (\d+) objects$/.exec(text) ?? []
    assert.ok(Number(all) > 9000, text)
    return Number(made)
  })
  assert.ok(counts.length >= 2, told.join('\n'))
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  )
})

test('one that is made in less says nothing', async () => {
  assert.deepEqual(await toldOf(0), [])
})
