import type { Clock } from '../access/clock.ts'
import {
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamHeaders,
  type UpstreamRequest,
  wholeBody,
} from './exchange.ts'

/** What the relay shows for itself with a request. */
export interface Credential {
  /** Header names and values in turn. @throws {UpstreamError} while the upstream refuses the relay. */
  headers(): readonly string[] | Promise<readonly string[]>
  /** Hears that the upstream took these headers for nobody's. @returns whether another try may fare better. */
  refused(headers: readonly string[]): boolean
  /** Keeps alive what would end from not being used. */
  keepHouse(): Promise<void>
  /** Signs out. */
  end(): Promise<void>
}

/** Sends a request that is not a client's. */
export type Send = (request: UpstreamRequest) => Promise<UpstreamAnswer>

/** A client certificate says it all, or name and password go with every request. */
export function fixedCredential(headers: readonly string[]): Credential {
  return { headers: () => headers, refused: () => false, keepHouse: async () => {}, end: async () => {} }
}

export function basicCredential(user: string, password: string): Credential {
  return fixedCredential(['authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`])
}

/** An unused session is used so often, in milliseconds. Managers end theirs after half an hour unless told otherwise. */
const unusedFor = 60_000
/**
 * Refused sign-ins are tried again after this many milliseconds, then twice as many, up to the last: a wrong password
 * must not lock the relay's account at the upstream.
 */
const firstPause = 5_000
const longestPause = 900_000

/** Answers whoever is signed in, and changes nothing. */
export const whoAmI = '/api/v1/aaa/user-info'
const ended: readonly string[] = []

/** A session at the upstream, begun when it is first needed and again whenever it has ended. */
export function sessionCredential(user: string, password: string, send: Send, steady: Clock): Credential {
  let session: { headers: readonly string[]; usedAt: number } | undefined
  let signingIn: Promise<readonly string[]> | undefined
  let pause = 0
  let refusedUntil = 0
  /** What is said until it is tried again. */
  let refusal = refusalOf(401)

  async function signIn(): Promise<readonly string[]> {
    if (steady() < refusedUntil) throw refusal
    const form = new URLSearchParams({ j_username: user, j_password: password }).toString()
    const { status, headers, body } = await send({
      method: 'POST',
      path: '/api/session/create',
      headers: ['content-type', 'application/x-www-form-urlencoded'],
      body: Buffer.from(form),
    })
    await wholeBody(body, longestRefusal)
    const shown = sessionHeaders(headers)
    if (status !== 200 || !shown) {
      pause = Math.min(pause === 0 ? firstPause : pause * 2, longestPause)
      refusedUntil = steady() + pause
      refusal = refusalOf(status)
      throw refusal
    }
    pause = 0
    session = { headers: shown, usedAt: steady() }
    return shown
  }

  function headers(): readonly string[] | Promise<readonly string[]> {
    if (session) {
      session.usedAt = steady()
      return session.headers
    }
    // Whoever comes while it is being made waits for the one that is made.
    signingIn ??= signIn().finally(() => {
      signingIn = undefined
    })
    return signingIn
  }

  return {
    headers,

    refused(shown) {
      // Another request may have renewed it already.
      if (session?.headers === shown) session = undefined
      return true
    },

    async keepHouse() {
      if (!session || steady() - session.usedAt < unusedFor) return
      const { headers: shown } = session
      session.usedAt = steady()
      const { status, body } = await send({ method: 'GET', path: whoAmI, headers: [...shown], body: undefined })
      if (!refusesCaller(status, await wholeBody(body, longestRefusal))) return
      if (session?.headers === shown) session = undefined
      await headers()
    },

    async end() {
      const shown = session?.headers ?? ended
      session = undefined
      if (shown === ended) return
      const { body } = await send({
        method: 'POST',
        path: '/api/session/destroy',
        headers: [...shown],
        body: undefined,
      })
      await wholeBody(body, longestRefusal)
    },
  }
}

export const refusesCredentials = "the upstream does not take the relay's credentials"

/** @param status What the sign-in was answered with. */
function refusalOf(status: number): UpstreamError {
  if (status === 401 || status === 403) return new UpstreamError('gone', refusesCredentials)
  const what = status === 200 ? 'without a session' : `with status ${status}`
  return new UpstreamError('gone', 'the relay cannot sign in at the upstream', { why: `sign-in: ${notAManager(what)}` })
}

/** For administrators. @param what How a call was answered that every manager knows. */
export function notAManager(what: string): string {
  return `it was answered ${what}; the setting url must name a manager that is up`
}

/** Bodies of refusals are read up to this many bytes. */
export const longestRefusal = 64 * 1024

/** The session's cookie and token, as every request shows them. */
function sessionHeaders(headers: UpstreamHeaders): string[] | undefined {
  const cookies = [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';', 1)[0] as string)
  const token = headers['x-xsrf-token']
  if (cookies.length === 0 || typeof token !== 'string') return undefined
  return ['cookie', cookies.join('; '), 'x-xsrf-token', token]
}

/**
 * Whether an answer says that the upstream knows nobody by the credentials, and so that it did nothing; not that the
 * one it knows may not do this.
 *
 * @see nsx-api.md 5.2, 5.6
 */
export function refusesCaller(status: number, body: Buffer): boolean {
  if (status === 401) return true
  if (status !== 403) return false
  try {
    const { error_code } = JSON.parse(body.toString())
    return ['403', '98'].includes(String(error_code))
  } catch {
    return false
  }
}
