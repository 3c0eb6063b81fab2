import assert from 'node:assert/strict'
import { test } from 'node:test'
import { netmaskOf, prefixOf } from './netmask.ts'

test('a netmask and a prefix length say the same', () => {
  for (const [length, netmask] of [
    [0, '0.0.0.0'],
    [1, '128.0.0.0'],
    [24, '255.255.255.0'],
    [31, '255.255.255.254'],
    [32, '255.255.255.255'],
  ] as const) {
    assert.equal(netmaskOf(length), netmask)
    assert.equal(prefixOf(netmask), length)
  }
  for (const none of ['', '255.0.255.0', '0.0.0.255', '255.255.255', 'constructor'])
    assert.equal(prefixOf(none), undefined)
})
