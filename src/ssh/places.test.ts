import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPlaces, type Guest } from './places.ts'

const limits = { waiting: 4, open: 5, openOfSource: 3, openOfAccount: 2 }

function seats() {
  const places = createPlaces(limits)
  const dropped: string[] = []
  const enter = (name: string, source: string, handshaken = false): Guest => {
    const guest = { source, handshaken, drop: () => dropped.push(name) }
    places.enter(guest)
    return guest
  }
  return { places, dropped, enter }
}

test('the oldest connection that nobody has signed in on makes room', () => {
  const { dropped, enter } = seats()
  for (const name of ['a', 'b', 'c', 'd']) enter(name, 'x')
  assert.deepEqual(dropped, [])
  enter('e', 'x')
  enter('f', 'x')
  assert.deepEqual(dropped, ['a', 'b'])
})

test('connections that have exchanged no keys go first, whoever is older', () => {
  const { dropped, enter } = seats()
  enter('a', 'x', true)
  for (const name of ['b', 'c', 'd', 'e', 'f']) enter(name, 'x')
  assert.deepEqual(dropped, ['b', 'c'])
})

test('an address that has many waiting pushes out its own and nobody else', () => {
  const { dropped, enter } = seats()
  enter('good', 'y')
  for (let i = 0; i < 1000; i++) enter(String(i), 'x')
  assert.equal(dropped.length, 997)
  assert.equal(dropped.includes('good'), false)
})

test('places for those who have signed in are limited in all, by address and by account', () => {
  const { places, enter } = seats()
  assert.equal(places.signedIn(enter('a', 'x'), 'admin'), true)
  assert.equal(places.signedIn(enter('b', 'x'), 'admin'), true)
  const third = enter('c', 'y')
  assert.equal(places.signedIn(third, 'admin'), false)
  assert.equal(places.signedIn(third, 'audit'), true)
  const more = enter('d', 'x')
  assert.equal(places.signedIn(more, 'one'), true)
  assert.equal(places.signedIn(enter('e', 'x'), 'two'), false)
  assert.equal(places.signedIn(enter('f', 'z'), 'two'), true)
  assert.equal(places.signedIn(enter('g', 'z'), 'three'), false)
  places.leave(third)
  assert.equal(places.signedIn(enter('h', 'z'), 'three'), true)
})

test('who was dropped signs in no more', () => {
  const { places, enter } = seats()
  const first = enter('a', 'x')
  for (const name of ['b', 'c', 'd', 'e']) enter(name, 'x')
  assert.equal(places.signedIn(first, 'admin'), false)
})
