import { StringDecoder } from 'node:string_decoder'
import { type LineReader, longestLine, longestTypeAhead, type Read, type ReadOptions, type Terminal } from './reader.ts'

const control = /\p{Cc}/gu

/** Lines out of a pipe. There is no echo, and a prompt only where something is asked for. */
export function createPipeReader(terminal: Terminal): LineReader {
  const decoder = new StringDecoder('utf8')
  const lines: string[] = []
  let waitingChars = 0
  let rest = ''
  let ended = false
  let waiter: (() => void) | undefined

  // Of a line that is too long the beginning is kept, so that it is refused as what it is.
  function take(text: string): void {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > longestLine) rest = rest.slice(0, longestLine + 1)
    for (const part of parts) {
      const line = part.slice(0, longestLine + 1).replace(control, (c) => (c === '\t' ? ' ' : ''))
      lines.push(line)
      waitingChars += line.length + 1
    }
  }

  terminal.onInput((bytes) => {
    if (ended) return
    if (bytes) take(decoder.write(bytes))
    else {
      ended = true
      if (rest !== '') take('\n')
    }
    if (waitingChars > longestTypeAhead) terminal.pause()
    waiter?.()
  })

  return {
    async read(prompt: string, { assist, idle = 0 }: ReadOptions): Promise<Read> {
      if (!assist) await terminal.write(prompt)
      if (lines.length === 0 && !ended) {
        const { promise, resolve } = Promise.withResolvers<'idle' | undefined>()
        waiter = () => (lines.length > 0 || ended ? resolve(undefined) : timer?.refresh())
        const timer = idle > 0 ? setTimeout(() => resolve('idle'), idle) : undefined
        const why = await promise
        clearTimeout(timer)
        waiter = undefined
        if (why) return { why }
      }
      const line = lines.shift()
      if (line === undefined) return { why: 'ended' }
      waitingChars -= line.length + 1
      if (waitingChars <= longestTypeAhead / 2) terminal.resume()
      if (!assist) await terminal.write('\n')
      return { line }
    },

    onInterrupt: () => {},

    close() {
      ended = true
      lines.length = 0
      waiter?.()
    },
  }
}
