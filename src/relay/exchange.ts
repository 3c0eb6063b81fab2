import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { whyOf } from './why.ts'

/** Answers of a known length up to this many bytes are read whole before they are answered. */
const wholeUpTo = 64 * 1024

/** Why there is no answer. */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly kind: 'timeout' | 'gone' | 'given-up'
  /** Whether another try may succeed at once: a connection that was kept open had been closed meanwhile. */
  readonly stale: boolean
  /** For those who may know: the cause, with addresses. The message is for everybody. */
  readonly why: string

  constructor(
    kind: UpstreamError['kind'],
    message: string,
    options?: ErrorOptions & { stale?: boolean; why?: string },
  ) {
    super(message, options)
    this.kind = kind
    this.stale = options?.stale ?? false
    this.why = options?.why ?? message
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

/** By their names in lower case; each byte of a value is a character. */
export type UpstreamHeaders = Record<string, string | string[] | undefined>

export interface UpstreamAnswer {
  status: number
  headers: UpstreamHeaders
  /** A stream fails with {@link UpstreamError} where the answer breaks off. */
  body: Buffer | Readable
}

/** In milliseconds. */
export interface Timeouts {
  connectTimeout: number
  answerTimeout: number
  bodyTimeout: number
}

const nothing = Buffer.alloc(0)

/**
 * One request and its answer, in bounded time: a connection must be free and open, the head of the answer must come,
 * and its body must go on, each within its timeout. Short answers are read whole, so that half of one is none; long
 * ones stream no faster than they are taken.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<UpstreamAnswer>
  private resolve!: (answer: UpstreamAnswer) => void
  private reject!: (error: Error) => void
  private readonly method: string
  private readonly timeouts: Timeouts
  private controller: Dispatcher.DispatchController | undefined
  private over = false
  private timer: NodeJS.Timeout | undefined
  private status = 0
  private headers: UpstreamHeaders = {}
  /** Of an answer that is read whole: what is there, and the bytes that are not. */
  private chunks: Buffer[] | undefined
  private missing = 0
  private begunAt = 0
  private stream: Readable | undefined

  constructor(dispatcher: Dispatcher, { method, path, headers, body }: UpstreamRequest, timeouts: Timeouts) {
    this.method = method
    this.timeouts = timeouts
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    dispatcher.dispatch(
      {
        method: method as Dispatcher.HttpMethod,
        path,
        headers,
        body: body ?? null,
        headersTimeout: timeouts.answerTimeout,
        bodyTimeout: timeouts.bodyTimeout,
      },
      this,
    )
    // Mostly a connection is free, and the request has left already.
    if (!this.controller && !this.over) {
      this.limit(timeouts.connectTimeout * 2, 'no connection to the upstream was free in time')
    }
  }

  /** Ends it, wherever it is. */
  giveUp(): void {
    if (!this.over) this.fail(new UpstreamError('given-up', 'the client has gone'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    // It waited for a connection longer than anybody waited for it.
    if (this.over) return controller.abort(new Error('given up'))
    this.unlimit()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: UpstreamHeaders): void {
    if (status < 200) return
    this.status = status
    this.headers = headers
    const length = headers['content-length']
    const empty = this.method === 'HEAD' || status === 204 || status === 304
    if (empty || (length !== undefined && Number(length) <= wholeUpTo)) {
      this.chunks = []
      this.missing = empty ? 0 : Number(length)
      this.begunAt = performance.now()
      return
    }
    this.stream = this.newStream()
    this.settle(this.stream)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.chunks) {
      this.chunks.push(chunk)
      this.missing -= chunk.length
      // Until its first byte the dispatcher watches it. Mostly it is all there at once.
      if (this.missing > 0) {
        const left = this.timeouts.bodyTimeout - (performance.now() - this.begunAt)
        this.limit(Math.max(left, 0), 'the answer of the upstream did not end in time')
      }
      return
    }
    if (!this.stream || this.stream.destroyed || this.stream.push(chunk)) return
    controller.pause()
    // Whoever takes nothing keeps a connection from the others.
    this.limit(this.timeouts.bodyTimeout, 'the client did not take the answer in time')
  }

  onResponseEnd(): void {
    this.over = true
    this.unlimit()
    if (this.stream) this.stream.push(null)
    else if (this.chunks) this.settle(this.chunks.length === 1 ? this.chunks[0]! : joined(this.chunks))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.over) return
    this.over = true
    this.fail(upstreamError(error, this.timeouts))
  }

  private newStream(): Readable {
    const exchange = this
    return new Readable({
      highWaterMark: wholeUpTo,
      read() {
        exchange.unlimit()
        exchange.controller?.resume()
      },
      destroy(error, done) {
        exchange.unlimit()
        if (!exchange.over) {
          exchange.over = true
          exchange.controller?.abort(error ?? new Error('given up'))
        }
        done(error)
      },
    })
  }

  private settle(body: Buffer | Readable): void {
    this.resolve({ status: this.status, headers: this.headers, body })
  }

  private fail(error: UpstreamError): void {
    this.unlimit()
    if (this.stream) this.stream.destroy(error)
    else this.reject(error)
    if (!this.over) {
      this.over = true
      this.controller?.abort(error)
    }
  }

  /** From the first time it is called. */
  private limit(ms: number, message: string): void {
    this.timer ??= setTimeout(() => this.fail(new UpstreamError('timeout', message)), ms)
  }

  private unlimit(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}

const joined = (chunks: Buffer[]) => (chunks.length === 0 ? nothing : Buffer.concat(chunks))

const timedOut = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
const closed = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** A failure by what it means for the client. Its text names no address: it is shown. */
function upstreamError(error: Error & { code?: string }, timeouts: Timeouts): UpstreamError {
  if (error instanceof UpstreamError) return error
  const { code = '' } = error
  const why = whyOf(error, timeouts)
  if (timedOut.has(code)) {
    return new UpstreamError('timeout', 'the upstream did not answer in time', { cause: error, why })
  }
  const stale = closed.has(code)
  return new UpstreamError('gone', stale ? 'the upstream broke the connection off' : 'the upstream cannot be reached', {
    cause: error,
    stale,
    why,
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
