import { EditedLine } from './edited-line.ts'
import { createKeyDecoder, type Key } from './keys.ts'
import { type LineReader, longestLine, longestTypeAhead, type Read, type ReadOptions, type Terminal } from './reader.ts'
import { graphemes, positionBehind, widthOf } from './screen.ts'

/** Lines that a console remembers, where its kind says nothing else. */
const longestHistory = 200

const bell = '\x07'
const clearScreen = '\x1b[H\x1b[2J'
const up = (rows: number) => (rows > 0 ? `\x1b[${rows}A` : '')
const right = (columns: number) => (columns > 0 ? `\x1b[${columns}C` : '')

const sizeOf = (key: Key) => (typeof key === 'string' ? 1 : key.text.length)

/** Lines that somebody types at a terminal: cursor keys, history, search, completion. */
export function createTerminalReader(terminal: Terminal): LineReader {
  const decode = createKeyDecoder()
  const history: string[] = []
  const keys: Key[] = []
  let waitingChars = 0
  let ended = false
  let reading = false
  let arrived: (() => void) | undefined
  let interrupted = () => {}
  let killed = ''

  terminal.onInput((bytes) => {
    if (ended) return
    if (!bytes) ended = true
    for (const key of bytes ? decode(bytes) : []) {
      if (key === 'interrupt' && !reading) {
        // As a terminal does: what was typed ahead is given up too.
        keys.length = 0
        waitingChars = 0
        interrupted()
        continue
      }
      keys.push(key)
      waitingChars += sizeOf(key)
    }
    if (waitingChars > longestTypeAhead) terminal.pause()
    arrived?.()
  })

  async function nextKey(idle: number): Promise<Key | 'ended' | 'idle'> {
    if (keys.length === 0 && !ended) {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      arrived = () => resolve(true)
      const timer = idle > 0 ? setTimeout(resolve, idle, false) : undefined
      const came = await promise
      clearTimeout(timer)
      arrived = undefined
      if (!came) return 'idle'
    }
    const key = keys.shift()
    if (key === undefined) return ended ? 'ended' : nextKey(idle)
    waitingChars -= sizeOf(key)
    if (waitingChars <= longestTypeAhead / 2) terminal.resume()
    return key
  }

  async function nextPage(idle: number): Promise<'page' | 'line' | 'quit' | 'idle'> {
    for (;;) {
      const key = await nextKey(idle)
      if (key === 'idle') return key
      if (key === 'enter') return 'line'
      if (key === 'interrupt' || key === 'ended') return 'quit'
      if (typeof key !== 'object') continue
      if (key.text.startsWith(' ')) return 'page'
      if (/^q/i.test(key.text)) return 'quit'
    }
  }

  async function readHidden(prompt: string, idle: number): Promise<Read> {
    await terminal.write(prompt)
    const line = new EditedLine()
    for (;;) {
      const key = await nextKey(idle)
      switch (key) {
        case 'enter':
          await terminal.write('\n')
          return { line: line.text }
        case 'interrupt':
          await terminal.write('^C\n')
          return { why: 'interrupted' }
        case 'end-of-input':
          if (line.length > 0) break
          await terminal.write('\n')
          return { why: 'interrupted' }
        case 'ended':
        case 'idle':
          return { why: key }
        case 'backspace':
          line.deleteLeft()
          break
        case 'kill-line':
          line.deleteBefore()
          break
        case 'help':
          line.insert('?')
          break
        default:
          if (typeof key === 'object' && line.length + key.text.length <= longestLine) line.insert(key.text)
      }
    }
  }

  async function readShown(
    prompt: string,
    { assist, idle = 0, remembered = longestHistory }: ReadOptions,
  ): Promise<Read> {
    const line = new EditedLine()
    const promptText = graphemes(prompt)
    const columns = () => Math.max(2, terminal.size?.columns ?? 80)
    const behind = (text: readonly string[]) => positionBehind([...promptText, ...text], columns())
    /** Row of the cursor, counted from the prompt's. */
    let row = 0
    let literal = false
    /** The line of the history that is shown; behind the last: the one that is new. */
    let place = history.length
    let unsent = ''

    async function draw(): Promise<void> {
      const all = [...line.before, ...line.after]
      const end = behind(all)
      const cursor = behind(line.before)
      const edge = end.column === 0 && end.row > 0 ? ' \r' : ''
      await terminal.write(
        `\r${up(row)}\x1b[J${prompt}${all.join('')}${edge}${up(end.row - cursor.row)}\r${right(cursor.column)}`,
      )
      row = cursor.row
    }

    async function type(text: string): Promise<void> {
      const added = graphemes(text)
      if (line.length + added.length > longestLine) return terminal.write(bell)
      const atEnd = line.after.length === 0
      line.insert(text)
      // Typed at the end it is enough to echo, which is also what scripts expect to see.
      if (!atEnd || added.some((grapheme) => widthOf(grapheme) === 0)) return draw()
      const cursor = behind(line.before)
      row = cursor.row
      await terminal.write(text + (cursor.column === 0 && cursor.row > 0 ? ' \r' : ''))
    }

    /** Shows lines under the one that is edited, and that one once more. */
    async function show(lines: readonly string[]): Promise<void> {
      await leave()
      await terminal.write(lines.map((shown) => `${shown}\n`).join(''))
      row = 0
      await draw()
    }

    async function leave(): Promise<void> {
      const down = behind([...line.before, ...line.after]).row - row
      await terminal.write('\n'.repeat(Math.max(0, down) + 1))
    }

    async function recall(step: number): Promise<void> {
      const next = place + step
      if (!assist || next < 0 || next > history.length) return terminal.write(bell)
      if (place === history.length) unsent = line.text
      place = next
      line.set(history[place] ?? unsent)
      await draw()
    }

    /** Ctrl-R: the newest line that has what is typed, older ones with Ctrl-R again. @returns a key that ends it. */
    async function search(): Promise<Key | 'ended' | 'idle'> {
      const typed: string[] = []
      let from = history.length - 1
      const find = (start: number) => {
        for (let at = start; at >= 0; at--) if (history[at]?.includes(typed.join(''))) return at
        return -1
      }
      const before = line.text
      for (;;) {
        const at = typed.length > 0 ? find(from) : from
        const found = history[at] ?? ''
        const label = `(reverse-i-search)\`${typed.join('')}': ${found}`
        await terminal.write(`\r${up(row)}\x1b[J${label}`)
        row = positionBehind(graphemes(label), columns()).row
        const key = await nextKey(idle)
        if (typeof key === 'object') typed.push(...graphemes(key.text).slice(0, 200 - typed.length))
        else if (key === 'backspace') {
          typed.pop()
          from = history.length - 1
        } else if (key === 'search') {
          if (find(at - 1) >= 0) from = at - 1
          else await terminal.write(bell)
        } else {
          line.set(key === 'cancel' || key === 'interrupt' || at < 0 ? before : found)
          await draw()
          return key === 'cancel' || key === 'interrupt' ? 'cancel' : key
        }
      }
    }

    /** @returns what the line is, or undefined while it is being edited. */
    async function press(key: Key | 'ended' | 'idle'): Promise<Read | undefined> {
      if (literal) {
        literal = false
        if (key === 'help') return void (await type('?'))
      }
      if (typeof key === 'object') return void (await type(key.text))
      switch (key) {
        case 'ended':
        case 'idle':
          return { why: key }
        case 'interrupt':
          line.moveTo('end')
          await terminal.write('^C\n')
          return { why: 'interrupted' }
        case 'suspend':
          await terminal.write('\n')
          return { why: 'suspended' }
        case 'enter':
          await leave()
          return { line: line.text }
        case 'end-of-input':
          if (line.length === 0) {
            await terminal.write('\n')
            return { why: 'ended' }
          }
          line.deleteRight()
          return void (await draw())
        case 'literal':
          literal = true
          return undefined
        case 'help':
          if (!assist || assist.isQuoted(line.before.join(''))) return void (await type('?'))
          await terminal.write('?')
          return void (await show(await assist.help(line.before.join(''))))
        case 'tab': {
          if (!assist) return undefined
          const completion = await assist.complete(line.before.join(''))
          if ('add' in completion) await type(completion.add)
          else if (completion.show.length > 0) await show(completion.show)
          else await terminal.write(bell)
          return undefined
        }
        case 'search':
          return assist ? press(await search()) : undefined
        case 'up':
          return void (await recall(-1))
        case 'down':
          return void (await recall(1))
        case 'clear':
          row = 0
          await terminal.write(clearScreen)
          return void (await draw())
        case 'cancel':
          return undefined
        case 'backspace':
          if (line.before.length === 0) return void (await terminal.write(bell))
          line.deleteLeft()
          return void (await draw())
        default:
          edit(line, key)
          return void (await draw())
      }
    }

    await terminal.write(prompt)
    for (;;) {
      const read = await press(await nextKey(idle))
      if (!read) continue
      if (assist && read.line !== undefined && read.line.trim() !== '' && read.line !== history.at(-1)) {
        history.push(read.line)
        while (history.length > remembered) history.shift()
      }
      return read
    }
  }

  function edit(line: EditedLine, key: Key): void {
    switch (key) {
      case 'left':
        return line.move(-1)
      case 'right':
        return line.move(1)
      case 'home':
        return line.moveTo('start')
      case 'end':
        return line.moveTo('end')
      case 'word-left':
        return line.moveWord('left')
      case 'word-right':
        return line.moveWord('right')
      case 'delete':
        return line.deleteRight()
      case 'delete-word':
        killed = line.deleteWordLeft()
        return
      case 'delete-word-right':
        killed = line.deleteWordRight()
        return
      case 'kill-line':
        killed = line.deleteBefore()
        return
      case 'kill-rest':
        killed = line.deleteAfter()
        return
      case 'yank':
        if (line.length + killed.length <= longestLine) line.insert(killed)
        return
    }
  }

  return {
    async read(prompt, options) {
      reading = true
      try {
        return await (options.echo === 'hidden' ? readHidden(prompt, options.idle ?? 0) : readShown(prompt, options))
      } finally {
        reading = false
      }
    },
    async more(prompt, idle) {
      reading = true
      await terminal.write(prompt)
      const chosen = await nextPage(idle)
      await terminal.write(`\r${' '.repeat(prompt.length)}\r`)
      reading = false
      return chosen
    },
    onInterrupt(tell) {
      interrupted = tell
    },
    close() {
      ended = true
      keys.length = 0
      arrived?.()
    },
  }
}
