import type { FastifyInstance } from 'fastify'
import { RequestError } from '../http/request-error.ts'

/** Bodies beyond this many bytes are refused. */
export const largestBody = 256 * 1024

/** How large a JSON value may be. */
interface JsonLimits {
  levels: number
  /** Values, names of properties not counted. */
  values: number
}

/** The size of a body bounds its values well enough. */
const usual: JsonLimits = { levels: 32, values: Number.POSITIVE_INFINITY }
/** For callers who have not signed in: a sign-in has some ten values. */
const strangersJson: JsonLimits = { levels: 16, values: 1000 }

/** Reads JSON bodies strictly; an empty one is no body, for clients send the header with calls that have none. */
export function addJsonParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, ({ raw }, body, done) => {
    try {
      done(null, parseJson(body as Buffer, raw.stranger ? strangersJson : usual))
    } catch (error) {
      done(error as Error)
    }
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws {RequestError} `body_malformed` */
export function parseJson(body: Buffer, limits = usual): unknown {
  if (body.length === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(body))
  } catch (error) {
    // The parser's own message quotes the body, which may hold a password.
    const position = /at position \d+/.exec((error as Error).message)?.[0]
    throw new RequestError('body_malformed', `it is not valid JSON${position ? ` ${position}` : ''}`)
  }
  requireHarmless(value, limits)
  return value
}

/**
 * What no API here means and some code somewhere trips over: nesting without end, names that reach into prototypes,
 * and text that is not Unicode or has NUL, which a database cannot keep.
 */
function requireHarmless(value: unknown, { levels, values }: JsonLimits): void {
  let level = [value]
  let count = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) throw new RequestError('body_malformed', `it is nested more than ${levels} levels deep`)
    count += level.length
    if (count > values) throw new RequestError('body_malformed', `it has more than ${values} values`)
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item === 'string') requireText(item)
      else if (Array.isArray(item)) for (const inner of item) next.push(inner)
      else if (item !== null && typeof item === 'object') {
        for (const [name, inner] of Object.entries(item)) {
          if (name === '__proto__') throw new RequestError('body_malformed', 'it has a property __proto__')
          requireText(name)
          next.push(inner)
        }
      }
    }
    level = next
  }
}

function requireText(text: string): void {
  if (text.includes('\0')) throw new RequestError('body_malformed', 'it has a NUL character')
  if (!text.isWellFormed()) throw new RequestError('body_malformed', 'it has half of a surrogate pair')
}
