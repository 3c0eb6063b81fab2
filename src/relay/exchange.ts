import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

/** Answers of a known length up to this many bytes are read whole before they are answered. */
const wholeUpTo = 64 * 1024

/** Why there is no answer. */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly kind: 'timeout' | 'gone' | 'given-up'
  /** Whether another try may succeed at once: a connection that was kept open had been closed meanwhile. */
  readonly stale: boolean

  constructor(kind: UpstreamError['kind'], message: string, options?: ErrorOptions & { stale?: boolean }) {
    super(message, options)
    this.kind = kind
    this.stale = options?.stale ?? false
  }
}

export interface UpstreamRequest {
  method: string
  /** Path and query. */
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: Buffer | Readable | undefined
}

export interface UpstreamAnswer {
  status: number
  /** Names and values in turn. */
  headers: readonly Buffer[]
  /** A stream fails with {@link UpstreamError} where the answer breaks off. */
  body: Buffer | Readable
}

/** In milliseconds. */
export interface Timeouts {
  connectTimeout: number
  answerTimeout: number
  bodyTimeout: number
}

export interface Exchange {
  answer: Promise<UpstreamAnswer>
  /** Ends it, wherever it is. */
  giveUp(): void
}

const nothing = Buffer.alloc(0)

/**
 * One request and its answer, in bounded time: a connection must be free and open, the head of the answer must come,
 * and its body must go on, each within its timeout. Short answers are read whole, so that half of one is none; long
 * ones stream no faster than they are taken.
 */
export function exchange(dispatcher: Dispatcher, request: UpstreamRequest, timeouts: Timeouts): Exchange {
  let controller: Dispatcher.DispatchController | undefined
  let over = false
  let settle: { resolve(answer: UpstreamAnswer): void; reject(error: Error): void }
  const answer = new Promise<UpstreamAnswer>((resolve, reject) => {
    settle = { resolve, reject }
  })

  let status = 0
  let headers: readonly Buffer[] = []
  let chunks: Buffer[] | undefined
  let stream: Readable | undefined
  let timer: NodeJS.Timeout | undefined

  function fail(error: UpstreamError): void {
    clearTimeout(timer)
    timer = undefined
    if (stream) stream.destroy(error)
    else settle.reject(error)
    if (!over) {
      over = true
      controller?.abort(error)
    }
  }

  function limitBody(): void {
    if (over) return
    timer = setTimeout(
      () => fail(new UpstreamError('timeout', 'the answer of the upstream did not end in time')),
      timeouts.bodyTimeout,
    )
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      // It waited for a connection longer than anybody waited for it.
      if (over) return started.abort(new Error('given up'))
      clearTimeout(timer)
      timer = undefined
    },

    onResponseStart(started, code, parsed) {
      if (code < 200) return
      status = code
      headers = (started.rawHeaders ?? []) as Buffer[]
      const length = parsed['content-length']
      const empty = request.method === 'HEAD' || code === 204 || code === 304
      if (empty || (length !== undefined && Number(length) <= wholeUpTo)) {
        chunks = []
        // Mostly it is all there with its head.
        queueMicrotask(limitBody)
        return
      }
      stream = new Readable({
        highWaterMark: wholeUpTo,
        read() {
          clearTimeout(timer)
          timer = undefined
          started.resume()
        },
        destroy(error, done) {
          clearTimeout(timer)
          if (!over) {
            over = true
            started.abort(error ?? new Error('given up'))
          }
          done(error)
        },
      })
      settle.resolve({ status, headers, body: stream })
    },

    onResponseData(started, chunk) {
      if (chunks) return void chunks.push(chunk)
      if (!stream || stream.destroyed || stream.push(chunk)) return
      started.pause()
      // Whoever takes nothing keeps a connection from the others.
      timer ??= setTimeout(
        () => fail(new UpstreamError('timeout', 'the client did not take the answer in time')),
        timeouts.bodyTimeout,
      )
    },

    onResponseEnd() {
      over = true
      clearTimeout(timer)
      if (stream) stream.push(null)
      else if (chunks) settle.resolve({ status, headers, body: chunks.length === 1 ? chunks[0]! : joined(chunks) })
    },

    onResponseError(_controller, error) {
      if (over) return
      over = true
      fail(upstreamError(error))
    },
  }

  const { method, path, body } = request
  dispatcher.dispatch(
    {
      method: method as Dispatcher.HttpMethod,
      path,
      headers: request.headers,
      body: body ?? null,
      headersTimeout: timeouts.answerTimeout,
      bodyTimeout: timeouts.bodyTimeout,
    },
    handler,
  )
  // Mostly a connection is free, and the request has left already.
  if (!controller && !over) {
    timer = setTimeout(
      () => fail(new UpstreamError('timeout', 'no connection to the upstream was free in time')),
      timeouts.connectTimeout * 2,
    )
  }
  return {
    answer,
    giveUp() {
      if (!over) fail(new UpstreamError('given-up', 'the client has gone'))
    },
  }
}

const joined = (chunks: Buffer[]) => (chunks.length === 0 ? nothing : Buffer.concat(chunks))

const timedOut = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
const closed = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** A failure by what it means for the client. Its text names no address: it is shown. */
function upstreamError(error: Error & { code?: string }): UpstreamError {
  if (error instanceof UpstreamError) return error
  const { code = '' } = error
  if (timedOut.has(code)) return new UpstreamError('timeout', 'the upstream did not answer in time', { cause: error })
  const stale = closed.has(code)
  return new UpstreamError('gone', stale ? 'the upstream broke the connection off' : 'the upstream cannot be reached', {
    cause: error,
    stale,
  })
}

/** A body as bytes. @throws {UpstreamError} when it is longer than `limit` or breaks off. */
export async function wholeBody(body: Buffer | Readable, limit: number): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit) throw new UpstreamError('gone', 'the upstream answers at a length that nobody expects')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
