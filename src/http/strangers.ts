import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import type { RequestPayload } from 'fastify'
import { AccessError } from '../access/errors.ts'
import { lockoutSource } from '../access/sign-in/lockout.ts'
import { RequestError } from './request-error.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** What a call of somebody unknown has been given room for, until its answer has left. */
    stranger?: { address: string; bytes: number; late: NodeJS.Timeout } | undefined
  }
}

/** What callers whom nobody knows yet may take together, and those of one address. Bytes of bodies, and calls. */
export interface StrangersLimits {
  /** Bytes of one body: a sign-in is far smaller. */
  body: number
  bytes: number
  bytesOfAddress: number
  calls: number
  callsOfAddress: number
  /** Milliseconds until a body must be there. */
  patience: number
}

const usual: StrangersLimits = {
  body: 64 * 1024,
  bytes: 16 * 1024 * 1024,
  bytesOfAddress: 4 * 1024 * 1024,
  calls: 1000,
  callsOfAddress: 300,
  patience: 10_000,
}

export type Strangers = ReturnType<typeof createStrangers>

/**
 * The room for calls with a body that come before anybody has signed in: given before the body is read, and bounded in
 * bytes, in calls and in time, by address too.
 *
 * @see docs/decisions/030-before-sign-in.md
 */
export function createStrangers(limits: StrangersLimits = usual) {
  const byAddress = new Map<string, { bytes: number; calls: number }>()
  let bytes = 0
  let calls = 0

  return {
    /** Bytes that are kept for calls that are under way. */
    get bytes(): number {
      return bytes
    },

    /**
     * Gives room to a call. `leave` gives it back, once a call.
     *
     * @returns the body, which fails when it is longer than it may be.
     * @throws {RequestError} `body_too_large`; {AccessError} `busy` when there is no room.
     */
    enter(raw: IncomingMessage, payload: RequestPayload): RequestPayload {
      const chunked = raw.headers['transfer-encoding'] !== undefined
      const size = chunked ? limits.body : Number(raw.headers['content-length'] ?? 0)
      if (size > limits.body) throw tooLarge(limits.body)
      const address = lockoutSource(raw.socket.remoteAddress ?? '')
      const own = byAddress.get(address) ?? { bytes: 0, calls: 0 }
      if (
        calls >= limits.calls ||
        own.calls >= limits.callsOfAddress ||
        bytes + size > limits.bytes ||
        own.bytes + size > limits.bytesOfAddress
      ) {
        throw new AccessError('busy', 'Too many calls come from callers who have not signed in')
      }
      byAddress.set(address, { bytes: own.bytes + size, calls: own.calls + 1 })
      bytes += size
      calls++
      // Nobody is told: whoever is that slow does not read either.
      const late = setTimeout(() => raw.complete || raw.destroy(), limits.patience)
      raw.stranger = { address, bytes: size, late }
      return chunked ? payload.pipe(noMoreThan(limits.body)) : payload
    },

    /** The answer has left, or the connection is gone. */
    leave(raw: IncomingMessage): void {
      const { stranger } = raw
      if (!stranger) return
      raw.stranger = undefined
      clearTimeout(stranger.late)
      bytes -= stranger.bytes
      calls--
      const own = byAddress.get(stranger.address)
      if (!own) return
      own.bytes -= stranger.bytes
      own.calls--
      if (own.calls === 0) byAddress.delete(stranger.address)
    },
  }
}

const tooLarge = (most: number) =>
  new RequestError('body_too_large', `The request body is larger than ${most} bytes, which is the most before sign-in`)

function noMoreThan(most: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > most) done(tooLarge(most))
      else done(null, chunk)
    },
  })
}
