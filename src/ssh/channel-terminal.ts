import type { Socket } from 'node:net'
import type { ServerChannel } from 'ssh2'
import type { Terminal } from './console/reader.ts'

export interface WindowSize {
  columns: number
  rows: number
}

/**
 * An SSH channel as a terminal, or as a pipe.
 *
 * @param size Of the terminal as it is now; undefined for a pipe.
 * @param socket What the channel goes over: a client that opens its window wide and reads nothing is waited for.
 */
export function channelTerminal(channel: ServerChannel, socket: Socket, size: () => WindowSize | undefined): Terminal {
  let gone = false
  const waiting = new Set<() => void>()

  /** Waits for an event, and no longer than there is anybody to wait for. */
  function until(happens: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      if (gone) return resolve()
      const done = () => {
        waiting.delete(done)
        resolve()
      }
      waiting.add(done)
      happens(done)
    })
  }

  function leave(): void {
    gone = true
    for (const done of waiting) done()
  }
  channel.on('close', leave)
  channel.on('error', leave)
  socket.once('close', leave)

  return {
    get size() {
      return size()
    },

    async write(text) {
      if (text === '' || !channel.writable) return
      const shown = size() ? text.replace(/\r?\n/g, '\r\n') : text
      await until((done) => channel.write(shown, done))
      if (socket.writableNeedDrain) await until((done) => socket.once('drain', done))
    },

    onInput(tell) {
      let ended = false
      const end = () => {
        if (!ended) tell(undefined)
        ended = true
      }
      channel.on('data', (bytes: Buffer) => tell(bytes))
      channel.once('end', end)
      void until(() => {}).then(end)
    },

    onGone: (tell) => void until(() => {}).then(tell),

    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
  }
}
