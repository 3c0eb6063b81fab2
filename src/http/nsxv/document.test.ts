import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Classed, document, Many, toJson, toXml } from './document.ts'

test('JSON is the content of the root element', () => {
  const info = document('globalInfo', { currentLoggedInUser: 'admin', versionInfo: { majorVersion: '6' } })
  assert.equal(
    toXml(info),
    '<?xml version="1.0" encoding="UTF-8"?>\n<globalInfo><currentLoggedInUser>admin</currentLoggedInUser><versionInfo><majorVersion>6</majorVersion></versionInfo></globalInfo>',
  )
  assert.equal(toJson(info), '{"currentLoggedInUser":"admin","versionInfo":{"majorVersion":"6"}}')
})

test('elements in a row are an array, under their own name, another one, or none', () => {
  const list = (values: string[], jsonName?: string) => document('list', { string: new Many(values, jsonName) })
  assert.match(toXml(list(['a', 'b'])), /<list><string>a<\/string><string>b<\/string><\/list>$/)
  assert.equal(toJson(list(['a', 'b'])), '{"string":["a","b"]}')
  assert.equal(toJson(list(['a'], 'data')), '{"data":["a"]}')
  assert.equal(toJson(list([], '')), '[]')
  assert.match(toXml(list([])), /<list\/>$/)
})

test('numbers and booleans are such in JSON, and what is undefined is left out', () => {
  const paging = document('pagingInfo', { pageSize: 256, sortOrderAscending: true, sortBy: undefined, name: '' })
  assert.equal(toJson(paging), '{"pageSize":256,"sortOrderAscending":true,"name":""}')
  assert.match(toXml(paging), /<pageSize>256<\/pageSize><sortOrderAscending>true<\/sortOrderAscending><name><\/name>/)
})

test('an element says of what class it is, and JSON does not', () => {
  const status = document('result', { result: new Classed('RUNNING', 'status') })
  assert.match(toXml(status), /<result><result class="status">RUNNING<\/result><\/result>$/)
  assert.equal(toJson(status), '{"result":"RUNNING"}')
})

test('names and values cannot break out of their place', () => {
  const hostile = document('users', { name: '</name><role>super_user</role>&x;\0' })
  assert.match(toXml(hostile), /<name>&lt;\/name&gt;&lt;role&gt;super_user&lt;\/role&gt;&amp;x;\ufffd<\/name>/)
})
