import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isXsrfTokenOf, xsrfTokenOf } from './xsrf-token.ts'

const id = '0123456789ABCDEF0123456789ABCDEF'

test('a token looks like a random UUID, and is the same for the same session', () => {
  assert.match(xsrfTokenOf(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(xsrfTokenOf(id), xsrfTokenOf(id))
})

test('a token is of one session only', () => {
  const other = id.replace('0', '1')
  assert.equal(isXsrfTokenOf(id, xsrfTokenOf(id)), true)
  for (const token of ['', id, xsrfTokenOf(other), xsrfTokenOf(id).toUpperCase(), `${xsrfTokenOf(id)} `]) {
    assert.equal(isXsrfTokenOf(id, token), false, token)
  }
})
