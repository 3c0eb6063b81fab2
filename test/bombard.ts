import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Answer } from './client.ts'

/** Of each wire; they are sent in batches so that several are on their way at once. */
const messages = 5000
const batch = 50
/** What may stay in memory of all of them, in bytes. */
const flat = 6 * 1024 * 1024

export const seed = Number(process.env.SALLYPORT_TEST_SEED ?? Date.now() % 1_000_000)

/** The same numbers for the same seed. */
export function numbers(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

export function heldMemory(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Sends the messages and sees that each is answered as it should be, and that memory is as before. */
export async function bombard(
  make: (number: number) => string,
  send: (message: string) => Promise<Answer>,
  check: (answer: Answer, message: string) => void,
) {
  let before = 0
  for (let sent = 0; sent < messages; sent += batch) {
    // What the first messages make is there once: compiled schemas, the caches of the database.
    if (sent === messages / 5) before = heldMemory()
    const made = Array.from({ length: batch }, (_, n) => make(sent + n))
    const answers = await Promise.all(made.map(send))
    for (const [n, answer] of answers.entries()) check(answer, made[n] as string)
  }
  const grown = heldMemory() - before
  assert.ok(grown < flat, `seed ${seed}: ${grown} bytes more are held`)
}

const isOdd = (text: string) => /[^ -~]/.test(text)
export const shown = (text: string) => (isOdd(text) ? JSON.stringify(text) : text).slice(0, 2000)

/** Cuts, doubles, swaps or replaces a piece of a text. */
export function garbled(text: string, pick: (below: number) => number): string {
  const from = pick(text.length)
  const to = Math.min(text.length, from + 1 + pick(20))
  const piece = text.slice(from, to)
  const odd = [
    '\u0000',
    '\ud800',
    '<',
    '>',
    '&',
    '"',
    '{',
    '}',
    '[',
    ']',
    '\\',
    '\u202e',
    '💥',
    ' ',
    'null',
    '-1',
    '1e999',
    ']]>',
  ]
  switch (pick(5)) {
    case 0:
      return text.slice(0, from) + text.slice(to)
    case 1:
      return text.slice(0, to) + piece + text.slice(to)
    case 2:
      return text.slice(0, from) + odd[pick(odd.length)] + text.slice(to)
    case 3:
      return text.slice(0, from)
    default:
      return text.slice(0, from) + [...piece].reverse().join('') + text.slice(to)
  }
}
