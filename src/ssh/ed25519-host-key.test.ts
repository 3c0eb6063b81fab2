import assert from 'node:assert/strict'
import { test } from 'node:test'
import ssh2 from 'ssh2'
import { makeEd25519Key } from './ed25519-host-key.ts'

test('a key that is made can be read', () => {
  // As many as make it all but certain that one of them would be a bad one.
  for (let n = 0; n < 2000; n++) assert.ok(!(ssh2.utils.parseKey(makeEd25519Key()) instanceof Error))
})
