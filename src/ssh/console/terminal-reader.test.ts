import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { type Assist, longestLine, type Read, type Terminal } from './reader.ts'
import { graphemes, widthOf } from './screen.ts'
import { createTerminalReader } from './terminal-reader.ts'

const pieces = /\p{Cc}\[\d*[A-Z]|\p{Cc}|\P{Cc}+/gu
const movement = /^\p{Cc}\[(\d*)([A-Z])$/u

/** A terminal as people have one: text runs on at the right edge, and a few control sequences do what they should. */
function screen(columns = 20) {
  let rows: string[][] = [[]]
  let row = 0
  let column = 0
  let input: (bytes: Buffer | undefined) => void = () => {}
  let bells = 0

  function put(grapheme: string): void {
    const width = widthOf(grapheme)
    const at = rows[row] as string[]
    if (width === 0) {
      at[column - 1] += grapheme
      return
    }
    if (column + width > columns) {
      row++
      column = 0
      rows[row] ??= []
      return put(grapheme)
    }
    at[column++] = grapheme
    if (width === 2) at[column++] = ''
  }

  function show(text: string): void {
    for (const [piece] of text.matchAll(pieces)) {
      const [, count = '', letter] = movement.exec(piece) ?? []
      const n = Number(count || 1)
      if (letter === 'A') row = Math.max(0, row - n)
      else if (letter === 'C') column = Math.min(columns - 1, column + n)
      else if (letter === 'J' && count === '2') rows = [[]]
      else if (letter === 'J') {
        rows.length = row + 1
        rows[row]!.length = column
      } else if (letter === 'H') {
        row = 0
        column = 0
      } else if (piece === '\r') column = 0
      else if (piece === '\n') {
        row++
        column = 0
        rows[row] ??= []
      } else if (piece === '\x07') bells++
      else for (const grapheme of graphemes(piece)) put(grapheme)
    }
  }

  const terminal: Terminal = {
    size: { columns, rows: 24 },
    async write(text) {
      show(text)
    },
    onInput(tell) {
      input = tell
    },
    onGone() {},
    pause() {},
    resume() {},
  }
  const lines = () =>
    rows.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    )
  return {
    terminal,
    lines,
    text: () => lines().join('\n').trimEnd(),
    cursor: () => ({ row, column }),
    bells: () => bells,
    async type(keys: string | Buffer) {
      input(Buffer.from(keys))
      for (let i = 0; i < 40; i++) await setImmediate()
    },
    end: () => input(undefined),
  }
}

const noHelp: Assist = {
  help: async (beginning) => [`help(${beginning})`],
  complete: async (beginning) => (beginning === 'ge' ? { add: 't ' } : { show: ['one', 'two'] }),
  isQuoted: (beginning) => beginning.includes('"'),
}

const left = '\x1b[D'
const right = '\x1b[C'
const up = '\x1b[A'
const down = '\x1b[B'

/** What a line becomes after these keys. */
async function lineOf(keys: string, before: readonly string[] = []): Promise<Read> {
  const { terminal, type } = screen()
  const reader = createTerminalReader(terminal)
  for (const line of before) {
    const read = reader.read('> ', { echo: 'shown', assist: noHelp })
    await type(`${line}\r`)
    await read
  }
  const read = reader.read('> ', { echo: 'shown', assist: noHelp })
  await type(keys)
  return read
}

for (const [what, keys, line] of [
  ['text', 'get service\r', 'get service'],
  ['cursor keys', `gt${left}e${right}!\r`, 'get!'],
  ['Home and End', 'et\x01g\x05!\r', 'get!'],
  ['Home and End as terminals send them', 'et\x1b[Hg\x1b[F!\x1bOH_\x1b[4~?!\r', '_get!?!'],
  ['Backspace and Delete', `gett\x7f${left}${left}\x1b[3~\r`, 'gt'],
  ['Ctrl-U and Ctrl-Y', 'get service\x15list \x19\r', 'list get service'],
  ['Ctrl-K', `get service${left.repeat(8)}\x0b\r`, 'get'],
  ['Ctrl-W', 'get service  http \x17\x17list\r', 'get list'],
  ['Alt-B, Alt-F and Alt-D', 'one two three\x1bb\x1bb\x1bd\x1bf!\r', 'one  three!'],
  ['Ctrl-D within a line', `gett${left}\x04\r`, 'get'],
  ['Ctrl-V before a question mark', 'a\x16?\r', 'a?'],
  ['a question mark within quotes', 'a "?"\r', 'a "?"'],
  ['a question mark and a tab that were pasted', 'password x?y\tz\r', 'password x?y z'],
  ['umlauts, letters with marks, and signs of double width', 'äe\u0301日本\x7f👍🏽\x7f!\r', 'äe\u0301日!'],
  ['unknown sequences', '\x1b[15~g\x1b[1;9Xe\x1bOPt\x1b\x1b[Z\r', 'get'],
  ['control characters', 'g\x00e\x1ct\x1d\r', 'get'],
  ['Enter as a line feed', 'get\n', 'get'],
] as const) {
  test(`a line is edited with ${what}`, async () => assert.deepEqual(await lineOf(keys), { line }))
}

test('Tab completes', async () => {
  const { terminal, type } = screen()
  const read = createTerminalReader(terminal).read('> ', { echo: 'shown', assist: noHelp })
  await type('ge\t')
  await type('x\r')
  assert.deepEqual(await read, { line: 'get x' })
})

test('a character that comes in two pieces is one', async () => {
  const { terminal, type } = screen()
  const read = createTerminalReader(terminal).read('> ', { echo: 'shown' })
  const bytes = Buffer.from('é日\x1b[D!\r')
  for (const byte of bytes) await type(Buffer.from([byte]))
  assert.deepEqual(await read, { line: 'é!日' })
})

test('lines that were typed come back, and so does the one that was begun', async () => {
  const before = ['one', 'two', 'two', '  ', 'three']
  for (const [keys, line] of [
    [`${up}\r`, 'three'],
    [`${up}${up}\r`, 'two'],
    [`${up}${up}${up}\r`, 'one'],
    [`${up}${up}${up}${up}${up}\r`, 'one'],
    [`begun${up}${up}${down}\r`, 'three'],
    [`begun${up}${down}${down}!\r`, 'begun!'],
    ['\x10\x10\x0e\r', 'three'],
    ['\x12tw\r', 'two'],
    ['\x12o\x12\r', 'one'],
    ['\x12tw\x05!\r', 'two!'],
    ['begun\x12tw\x07!\r', 'begun!'],
    ['\x12nothing\r', ''],
  ] as const) {
    assert.deepEqual(await lineOf(keys, before), { line }, JSON.stringify(keys))
  }
})

test('Ctrl-C gives the line up, Ctrl-Z leaves, Ctrl-D ends on an empty line', async () => {
  assert.deepEqual(await lineOf('get\x03'), { why: 'interrupted' })
  assert.deepEqual(await lineOf('get\x1a'), { why: 'suspended' })
  assert.deepEqual(await lineOf('\x04'), { why: 'ended' })
})

test('? shows what may come next under the line, which goes on', async () => {
  const { terminal, type, text } = screen(40)
  const read = createTerminalReader(terminal).read('> ', { echo: 'shown', assist: noHelp })
  await type('get ?')
  assert.equal(text(), '> get ?\nhelp(get )\n> get')
  await type('x\t')
  assert.equal(text(), '> get ?\nhelp(get )\n> get x\none\ntwo\n> get x')
  await type('\x0c')
  assert.equal(text(), '> get x')
  await type('\r')
  assert.deepEqual(await read, { line: 'get x' })
})

test('what is asked for hidden is not shown, and not remembered', async () => {
  const { terminal, type, text } = screen(40)
  const reader = createTerminalReader(terminal)
  const secret = reader.read('Password: ', { echo: 'hidden' })
  await type('wrong\x15Zk7?vb\tQx\x7f!\r')
  assert.deepEqual(await secret, { line: 'Zk7?vb Q!' })
  assert.equal(text(), 'Password:')
  const next = reader.read('> ', { echo: 'shown', assist: noHelp })
  await type(`${up}\r`)
  assert.deepEqual(await next, { line: '' })
  for (const [key, why] of [
    ['\x03', 'interrupted'],
    ['\x04', 'interrupted'],
  ] as const) {
    const given = reader.read('Password: ', { echo: 'hidden' })
    await type(`x\x7f${key}`)
    assert.deepEqual(await given, { why })
  }
})

test('typed ahead, lines wait their turn; Ctrl-C gives up what runs and what was typed ahead', async () => {
  const { terminal, type } = screen()
  const reader = createTerminalReader(terminal)
  let interrupts = 0
  reader.onInterrupt(() => {
    interrupts++
  })
  await type('one\rtwo\r')
  assert.deepEqual(await reader.read('> ', { echo: 'shown' }), { line: 'one' })
  await type('\x03')
  assert.equal(interrupts, 1)
  const read = reader.read('> ', { echo: 'shown' })
  await type('three\r')
  assert.deepEqual(await read, { line: 'three' })
})

test('a line has a greatest length, and silence an end', async () => {
  const { terminal, type, bells } = screen()
  const reader = createTerminalReader(terminal)
  const read = reader.read('> ', { echo: 'shown' })
  await type('x'.repeat(longestLine))
  await type('y')
  assert.ok(bells() > 0)
  await type('\r')
  assert.deepEqual(await read, { line: 'x'.repeat(longestLine) })
  assert.deepEqual(await reader.read('> ', { echo: 'shown', idle: 5 }), { why: 'idle' })
  reader.close()
  assert.deepEqual(await reader.read('> ', { echo: 'shown' }), { why: 'ended' })
})

test('whatever is typed, the screen shows the line, and the cursor is where the next character goes', async () => {
  const key = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('a', 'b ', 'word', '日', '本語', 'é', 'e\u0301', '👍', 'x'.repeat(17), '-'.repeat(41)),
    },
    fc.constantFrom(
      left,
      right,
      left,
      right,
      '\x01',
      '\x05',
      '\x7f',
      '\x1b[3~',
      '\x17',
      '\x15',
      '\x0b',
      '\x19',
      '\x1bb',
      '\x1bf',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 25 }), fc.integer({ min: 8, max: 30 }), async (keys, columns) => {
      const shown = screen(columns)
      const reader = createTerminalReader(shown.terminal)
      const read = reader.read('nsx> ', { echo: 'shown', assist: noHelp })
      await shown.type(keys.join(''))
      const { row, column } = shown.cursor()
      // A mark where the cursor is shows where that is in the line.
      await shown.type('|')
      const screenText = shown.lines().join('')
      const line = await finish()
      assert.equal(screenText.replace(/\s/g, ''), `nsx> ${line}`.replace(/\s/g, ''))
      assert.ok(row * columns + column <= screenText.length + 2 * columns)

      async function finish(): Promise<string> {
        await shown.type('\r')
        return ((await read) as { line: string }).line
      }
    }),
    { numRuns: 150 },
  )
})
