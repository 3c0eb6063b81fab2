import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../../test/audit-record.ts'
import { escapeControl } from './escape.ts'
import { logLine } from './log-line.ts'

const deceiving = [
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
  ...['\u200e', '\u200f', '\u061c', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad'],
  ...['\u2028', '\u2029', '\u0000', '\n', '\u001b', '\u007f', '\u0085', '\u009b', '\ud800'],
]

test('what turns a line round, hides in it or ends it is shown by its number', () => {
  for (const c of deceiving) {
    assert.equal(escapeControl(`a${c}b`), `a\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}b`)
  }
  assert.equal(escapeControl('\u{e0041}'), '\\udb40\\udc41')
})

test('letters of every script, and signs, stay as they are', () => {
  for (const text of ['admin', 'Zoë', '用户', 'مدير', 'מנהל', '🙂', 'a b']) assert.equal(escapeControl(text), text)
})

test('no line of any appliance has one, whatever a name, an address, an agent or a value holds', () => {
  for (const c of deceiving) {
    const user = `adm${c}in`
    const fields = { user, url: `/x${c}`, agent: c, entity: c, operation: 'X', module: 'Y', before: { name: c } }
    for (const surface of [undefined, 'vcenter', 'nsxv'] as const) {
      for (const kind of ['node-call', 'call', 'sign-in', 'console-start', 'console-command'] as const) {
        const line = logLine({ ...record, ...fields, kind, parameters: [c], write: true, ...(surface && { surface }) })
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, `${surface} ${kind} ${line}`)
      }
    }
  }
})
