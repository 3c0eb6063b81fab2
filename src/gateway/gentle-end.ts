import type { IncomingMessage } from 'node:http'

/** What is read and thrown away of a refused body, in bytes and milliseconds, so that its sender reads the answer. */
export const gentle = { bytes: 2 * 1024 * 1024, patience: 2000 }

/**
 * Has the connection end behind its answer so that the answer is read: whoever is cut off while they still send hears
 * of a broken connection instead, and most clients send all of a body before they read. What still comes is thrown away,
 * within bounds.
 *
 * @param message Whose body is not wanted, answered with `connection: close`.
 */
export function endGently(message: IncomingMessage, { bytes, patience } = gentle): void {
  const { socket } = message
  let left = bytes
  message.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) socket.destroy()
  })
  // Node calls this once the answer is written, and would end both directions at once.
  socket.destroySoon = () => {
    socket.end()
    const late = setTimeout(() => socket.destroy(), patience).unref()
    socket.once('close', () => clearTimeout(late))
    // The body's last byte: nothing keeps the sender from reading any more.
    message.once('end', () => socket.destroy())
  }
}
