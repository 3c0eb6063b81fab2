import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { AccessError } from '../access/errors.ts'
import { largestAnswer } from '../access/turns/limits.ts'
import type { Hold, Room } from '../access/turns/room.ts'
import { gone } from './gone.ts'

/** The bytes of a piece. An answer that is not larger needs no room. */
const piece = 256 * 1024

/** Milliseconds after which a connection ends whose client has not taken all of its answer. */
const longestTaking = 300_000

const tooLarge = () =>
  new AccessError('limit_reached', `The answer has more than ${largestAnswer} bytes: ask for fewer values at a time`)

async function takeUntilClosed(
  room: Room,
  caller: string,
  bytes: number,
  response: ServerResponse,
  ended: AbortSignal,
): Promise<Hold> {
  const taken = await room.take(caller, bytes, ended)
  const giveBack = () => taken[Symbol.dispose]()
  if (response.closed) giveBack()
  else response.once('close', giveBack)
  return taken
}

function endUnlessTaken(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), longestTaking).unref()
  response.once('close', () => clearTimeout(timer))
}

/**
 * Holds room for an answer that is there as a whole, until its client has taken it. A small one needs none.
 *
 * @throws {AccessError} `limit_reached` where it is too large; `busy` where too many wait for room.
 */
export async function holdWhole(room: Room, caller: string, reply: FastifyReply, bytes: number): Promise<void> {
  if (bytes <= piece) return
  if (bytes > largestAnswer) throw tooLarge()
  await takeUntilClosed(room, caller, bytes, reply.raw, gone(reply))
  endUnlessTaken(reply.raw)
}

export type LargeAnswer = ReturnType<typeof createLargeAnswer>

/**
 * An answer that is made a piece at a time. From its first piece on it holds room for the largest answer there is; once
 * it is whole, for what it has; while it is sent, for what the client has not taken yet.
 *
 * @param caller Who is charged, such as `callerKeyOf(request)` gives it.
 * @param ended Ends a wait for room, for example because the client is gone; its reason is what is thrown then.
 * @see docs/decisions/037-turns.md
 */
export function createLargeAnswer(room: Room, caller: string, response: ServerResponse, ended: AbortSignal) {
  const pieces: Buffer[] = []
  let text = ''
  let bytes = 0
  let hold: Hold | undefined

  function cut(): void {
    const next = Buffer.from(text)
    text = ''
    bytes += next.length
    if (bytes > largestAnswer) throw tooLarge()
    pieces.push(next)
  }

  async function* sent(): AsyncGenerator<Buffer> {
    let left = bytes
    for (let next = pieces.shift(); next; next = pieces.shift()) {
      yield next
      left -= next.length
      hold?.shrink(Math.min(hold.bytes, left))
    }
  }

  return {
    /**
     * Adds text at the end.
     *
     * @throws {AccessError} `limit_reached` where it is too large; `busy` where too many wait for room.
     */
    async add(more: string): Promise<void> {
      text += more
      if (text.length < piece) return
      hold ??= await takeUntilClosed(room, caller, largestAnswer, response, ended)
      cut()
    },

    /**
     * The whole answer, to be sent once; text where it is small.
     *
     * @param head Text that comes before what was added. @param tail Text that comes behind it.
     * @throws {AccessError} `limit_reached`
     */
    finish(head: string, tail: string): string | { bytes: number; stream: Readable } {
      text += tail
      if (pieces.length === 0) return head + text
      cut()
      const first = Buffer.from(head)
      pieces.unshift(first)
      bytes += first.length
      hold?.shrink(Math.min(hold.bytes, bytes))
      endUnlessTaken(response)
      // Nothing is read ahead of a client that is slow.
      return { bytes, stream: Readable.from(sent(), { objectMode: false, highWaterMark: 1 }) }
    },
  }
}
