import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPages } from './pages.ts'

test('a page has a thousand items at most, and its marker leads to the others', () => {
  const ids = Array.from({ length: 2500 }, (_, n) => String(n).padStart(4, '0'))
  const pages = createPages<object, string>((id) => id)
  const seen: string[] = []
  const sizes: number[] = []
  for (let marker: string | undefined, first = true; first || marker !== undefined; first = false) {
    const page = pages.page(undefined, { pageSize: 50_000, marker }, () => ids)
    seen.push(...page.items)
    sizes.push(page.items.length)
    marker = page.marker
  }
  assert.deepEqual(sizes, [1000, 1000, 500])
  assert.deepEqual(seen, ids)
})
