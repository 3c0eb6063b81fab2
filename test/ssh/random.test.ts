import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { nsxCommands } from '../../src/ssh/nsx/commands.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'

const options = { skip: noOpenSsh }
const admin = { user: 'admin', password: labPassword }
const ssh = new OpenSsh()
let lab: Lab

before(async () => {
  if (!noOpenSsh) lab = await openLab({ kind: 'sqlite', skip: false })
})
after(async () => {
  await ssh[Symbol.asyncDispose]()
  await lab?.[Symbol.asyncDispose]()
})

const words = [...new Set(nsxCommands.flatMap(({ example }) => example.split(' ')))].filter((word) => word !== 'exit')
const pick = <T>(from: readonly T[]): T => from[randomInt(from.length)] as T
const odd = [
  '',
  '"',
  "'",
  '\\',
  '?',
  '<cr>',
  '-1',
  '0',
  '99999999999',
  '日本',
  '\x1b[A',
  '\x00',
  '\t',
  'x'.repeat(5000),
]

/** `follow` goes on, passwords would be asked for, and a short timeout closes a console that has to wait for its turn. */
const avoided = new Set(['follow', 'syslog', 'cli-timeout'])

/** A line of the console's own words, of anything, or of bytes. Nothing in it ends the console. */
function randomLine(): string {
  const kind = randomInt(10)
  // Alone, or behind what deletes the rest of the line, `e` is short for `exit`.
  if (kind === 0) {
    return randomBytes(randomInt(60))
      .toString('latin1')
      .replace(/[\p{Cc}e]/gu, (c) => ('\x03\x04\r\ne'.includes(c) ? '' : c))
  }
  const length = randomInt(1, 7)
  const line = Array.from({ length }, () => (randomInt(8) === 0 ? pick(odd) : pick(words)))
  return line.filter((word) => !avoided.has(word)).join(' ')
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const memory = () => {
  collect()
  return process.memoryUsage().heapUsed
}

/** Feeds lines to several consoles at once, to each through a pipe or a terminal. */
async function feed(linesEach: number): Promise<void> {
  const address = lab.server.ready.managers[0]?.ssh as string
  const consoles = Array.from({ length: 10 }, async (_, i) => {
    const lines = Array.from({ length: linesEach }, randomLine).join('\n')
    const piped = i % 2 === 0
    // Two ends: a question for a password may take the first.
    const end = piped ? '\n\n\nget cli-timeout\n' : '\n\n\n\x15get cli-timeout\nexit\nexit\n'
    const { status, stdout, stderr } = await ssh.run(address, {
      ...admin,
      input: lines + end,
      args: piped ? [] : ['-tt'],
    })
    assert.match(stdout, /\d+ seconds/, `${i}: ${status} ${stderr} ${JSON.stringify(stdout.slice(-1500))}`)
    assert.doesNotMatch(stdout, /internal error/i)
  })
  await Promise.all(consoles)
}

test('5000 random lines leave the console standing and the memory flat', options, async () => {
  await feed(50)
  const before = memory()
  await feed(500)
  const grown = memory() - before
  assert.ok(grown < 25_000_000, `${Math.round(grown / 1e6)} MB more`)
  // Nobody has been locked out or made speechless.
  const address = lab.server.ready.managers[0]?.ssh as string
  const { stdout } = await ssh.run(address, { ...admin, command: 'get auth-policy cli lockout-period' })
  assert.match(stdout, /\d+ seconds/)
})
