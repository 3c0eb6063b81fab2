import { StringDecoder } from 'node:string_decoder'

export type KeyName =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'backspace'
  | 'delete'
  | 'delete-word'
  | 'delete-word-right'
  | 'enter'
  | 'tab'
  | 'help'
  | 'literal'
  | 'interrupt'
  | 'suspend'
  | 'end-of-input'
  | 'kill-line'
  | 'kill-rest'
  | 'yank'
  | 'search'
  | 'clear'
  | 'cancel'

/** What was typed: a key that does something, or text. */
export type Key = KeyName | { text: string }

const controls: Record<string, KeyName | undefined> = {
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'end-of-input',
  '\x05': 'end',
  '\x06': 'right',
  '\x07': 'cancel',
  '\x08': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\x0b': 'kill-rest',
  '\x0c': 'clear',
  '\r': 'enter',
  '\x0e': 'down',
  '\x10': 'up',
  '\x12': 'search',
  '\x15': 'kill-line',
  '\x16': 'literal',
  '\x17': 'delete-word',
  '\x19': 'yank',
  '\x1a': 'suspend',
  '\x7f': 'backspace',
}

/** What terminals send behind ESC. @see ECMA-48, and xterm's control sequences */
const sequences: Record<string, KeyName | undefined> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[3~': 'delete',
  '[1;5C': 'word-right',
  '[1;5D': 'word-left',
  '[1;3C': 'word-right',
  '[1;3D': 'word-left',
  b: 'word-left',
  f: 'word-right',
  d: 'delete-word-right',
  '\x7f': 'delete-word',
  '\b': 'delete-word',
}

const esc = '\x1b'
/** What follows ESC, all of it and as far as it has come. */
const sequence = /^(?:\[[0-?]{0,16}[ -/]{0,4}[@-~]|O[@-~]|[^[O])/
const unfinished = /^(?:\[[0-?]{0,16}[ -/]{0,4}|O)?$/
const plain = /^[^\p{Cc}?]+/u

/**
 * Turns the bytes of a terminal into keys.
 *
 * A `?` or a tab with text right behind it was pasted, not typed: it is text.
 */
export function createKeyDecoder(): (bytes: Buffer) => Key[] {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let afterReturn = false

  return (bytes) => {
    let text = rest + decoder.write(bytes)
    rest = ''
    const keys: Key[] = []
    while (text !== '') {
      const after = afterReturn
      afterReturn = text.startsWith('\r')
      if (after && text.startsWith('\n')) {
        text = text.slice(1)
        continue
      }
      const run = plain.exec(text)?.[0]
      if (run !== undefined) {
        keys.push({ text: run })
        text = text.slice(run.length)
        continue
      }
      if (text.startsWith(esc)) {
        const behind = text.slice(1)
        if (unfinished.test(behind)) {
          rest = text
          break
        }
        // Of two, the first stands alone and means nothing.
        const known = behind.startsWith(esc) ? '' : (sequence.exec(behind)?.[0] ?? '')
        const key = sequences[known]
        if (key) keys.push(key)
        text = behind.slice(known.length)
        continue
      }
      const c = text[0] as string
      const pasted = (c === '?' || c === '\t') && plain.test(text.slice(1))
      const key = c === '?' ? 'help' : controls[c]
      if (pasted) keys.push({ text: c === '?' ? '?' : ' ' })
      else if (key) keys.push(key)
      text = text.slice(1)
    }
    return keys
  }
}
