import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formFor } from './media.ts'

test('without an Accept header the answer is XML, and JSON for whoever asks for it', () => {
  for (const [accept, form] of [
    [undefined, 'xml'],
    ['', 'xml'],
    ['*/*', 'xml'],
    ['application/*', 'xml'],
    ['application/xml', 'xml'],
    ['text/xml', 'xml'],
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/json, */*', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['application/xml;q=0.5, application/json', 'json'],
    ['application/json;q=0.1, application/xml;q=0.2', 'xml'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'xml'],
    ['text/plain', undefined],
    ['text/html', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=x', undefined],
    [',,,', undefined],
  ] as const) {
    assert.equal(formFor(accept, ['xml', 'json']), form, String(accept))
  }
})

test('plain text is for whoever says so', () => {
  assert.equal(formFor('text/plain', ['text']), 'text')
  assert.equal(formFor('*/*', ['text']), 'text')
  assert.equal(formFor('application/xml', ['text']), undefined)
})
