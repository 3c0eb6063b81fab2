import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entityName } from './entity-name.ts'

test('slashes, backslashes and percent signs in a name are escaped, escapes are left', () => {
  const names = {
    DC0: 'DC0',
    'a/b': 'a%2fb',
    'a\\b': 'a%5cb',
    '100%': '100%25',
    'a%2Fb%5c%25': 'a%2Fb%5c%25',
    '%2': '%252',
    ' a ': ' a ',
    'é \u{1f511}': 'é \u{1f511}',
  }
  for (const [given, kept] of Object.entries(names)) {
    assert.equal(entityName(given, 'name'), kept)
    assert.equal(entityName(kept, 'name'), kept)
  }
})

test('a name has 1 to 80 characters, and none that controls', () => {
  assert.equal(entityName('x'.repeat(80), 'name').length, 80)
  for (const name of ['', ' ', 'x'.repeat(81), 'a\nb', 'a\u0000', '\u007f']) {
    assert.throws(() => entityName(name, 'spec.name'), { code: 'invalid_field', details: { field: 'spec.name' } })
  }
})
