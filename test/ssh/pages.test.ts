import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { consolePages } from '../../src/ssh/pages.ts'

/** Set: stale pages are written anew. */
const update = process.env.SALLYPORT_UPDATE_DOCS !== undefined

for (const [name, page] of Object.entries(consolePages)) {
  test(`docs/consoles/${name} is what the table of commands says; SALLYPORT_UPDATE_DOCS=1 brings it up to date`, () => {
    const file = new URL(`../../docs/consoles/${name}`, import.meta.url)
    if (update) writeFileSync(file, page())
    assert.equal(readFileSync(file, 'utf8'), page())
  })
}
