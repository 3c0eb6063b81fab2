import type { Logger } from 'pino'
import { Pool } from 'undici'
import type { Clock } from '../access/clock.ts'
import type { UpstreamSettings } from '../config-relay.ts'
import { Exchange, type UpstreamAnswer, UpstreamError, type UpstreamRequest, wholeBody } from './exchange.ts'
import { type Caller, requestHeaders } from './headers.ts'
import {
  basicCredential,
  type Credential,
  fixedCredential,
  longestRefusal,
  notAManager,
  refusesCaller,
  refusesCredentials,
  type Send,
  sessionCredential,
  whoAmI,
} from './upstream-session.ts'

/** A call as it goes on. */
export interface RelayedCall extends Omit<UpstreamRequest, 'headers'> {
  /** The client's own. */
  headers: Parameters<typeof requestHeaders>[0]
  caller: Caller
  /** It changes nothing, so it may be sent a second time. */
  reads: boolean
  /** Takes what is to be called when nobody needs to know any more how it ends. */
  whenGone: ((giveUp: () => void) => void) | undefined
}

export type Upstream = ReturnType<typeof createUpstream>

/** A reason that lasts is logged again after so many milliseconds. */
const toldEvery = 60_000
/** When stopping, so many milliseconds are spent on signing out. */
const farewell = 1000

/** A real manager and the connections to it. */
export function createUpstream(settings: UpstreamSettings, steady: Clock, log: Logger) {
  const { name, origin, ca, clientCertificate, connectTimeout } = settings
  const pool = new Pool(origin, {
    connections: settings.connections,
    pipelining: 1,
    // Whatever a manager offers: headers and connections are those of HTTP/1.1.
    allowH2: false,
    connect: {
      timeout: connectTimeout,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
      ...(settings.servername === undefined ? {} : { servername: settings.servername }),
      ...clientCertificate,
    },
  })
  const direct = (request: UpstreamRequest) => new Exchange(pool, request, settings).answer
  const credential = credentialOf(settings, direct, steady)

  function attempt(call: RelayedCall, shown: readonly string[]): Promise<UpstreamAnswer> {
    const { method, path, body } = call
    const headers = requestHeaders(call.headers, call.caller, shown)
    const length = call.headers['content-length']
    if (length !== undefined && body !== undefined && !Buffer.isBuffer(body)) headers.push('content-length', length)
    const exchange = new Exchange(pool, { method, path, headers, body }, settings)
    call.whenGone?.(() => exchange.giveUp())
    return exchange.answer
  }

  let trouble: { why: string; toldAt: number; untold: number } | undefined

  /** Logs why a call had no answer: when the reason is another one, and each minute how many more there were. */
  function troubled(error: unknown): void {
    if (error instanceof UpstreamError && error.kind === 'given-up') return
    const why = whyNot(error)
    const now = steady()
    if (trouble?.why === why && now - trouble.toldAt < toldEvery) {
      trouble.untold++
      return
    }
    const more = trouble?.why === why ? { calls: trouble.untold + 1 } : {}
    log.warn({ upstream: name, reason: why, ...more }, 'relayed calls have no answer')
    trouble = { why, toldAt: now, untold: 0 }
  }

  function answers(answer: UpstreamAnswer): UpstreamAnswer {
    if (trouble) log.info({ upstream: name }, 'the upstream answers again')
    trouble = undefined
    return answer
  }

  return {
    name,
    origin,

    /** Signs in and reads who it is, as the relay would before a call. @returns why that fails; undefined: it does not. */
    async attempt(): Promise<string | undefined> {
      try {
        const headers = [...(await credential.headers())]
        const { status, body } = await direct({ method: 'GET', path: whoAmI, headers, body: undefined })
        if (refusesCaller(status, await wholeBody(body, longestRefusal))) return refusesCredentials
        // Whoever may not ask who it is was known all the same.
        return status === 200 || status === 403 ? undefined : `HTTP: ${notAManager(`with status ${status}`)}`
      } catch (error) {
        return whyNot(error)
      }
    },

    /**
     * Sends a call on with our credentials. A session that has ended is renewed, and the call is sent again where it
     * can be: the upstream did nothing with it.
     *
     * @throws {UpstreamError}
     */
    async send(call: RelayedCall): Promise<UpstreamAnswer> {
      const again = call.body === undefined || Buffer.isBuffer(call.body)
      for (let tries = 1; ; tries++) {
        let answer: UpstreamAnswer
        let shown: readonly string[]
        try {
          const credentials = credential.headers()
          shown = credentials instanceof Promise ? await credentials : credentials
          answer = await attempt(call, shown)
        } catch (error) {
          if (error instanceof UpstreamError && error.stale && call.reads && again && tries === 1) continue
          troubled(error)
          throw error
        }
        if (answer.status !== 401 && answer.status !== 403) return answers(answer)
        const body = await wholeBody(answer.body, longestRefusal)
        if (!refusesCaller(answer.status, body)) return answers({ ...answer, body })
        const mayRetry = credential.refused(shown)
        if (mayRetry && again && tries < 3) continue
        const refused = new UpstreamError(
          'gone',
          mayRetry && !again
            ? "the relay's session at the upstream had ended, so nothing was done; the next call begins a new one"
            : refusesCredentials,
        )
        troubled(refused)
        throw refused
      }
    },

    /** Keeps the session alive that nobody uses. */
    async keepHouse(): Promise<void> {
      await credential.keepHouse().catch((error) => {
        log.warn({ upstream: name, reason: whyNot(error) }, 'the session at the upstream cannot be kept')
      })
    },

    /** Signs out and closes the connections. */
    async close(): Promise<void> {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, farewell)
      })
      await Promise.race([credential.end().catch(() => {}), late])
      clearTimeout(timer)
      await pool.destroy()
    },
  }
}

function credentialOf({ credential }: UpstreamSettings, send: Send, steady: Clock): Credential {
  if (!credential) return fixedCredential([])
  const { kind, user, password } = credential
  return kind === 'basic' ? basicCredential(user, password) : sessionCredential(user, password, send, steady)
}

/** For administrators. */
const whyNot = (error: unknown): string => (error instanceof UpstreamError ? error.why : (error as Error).message)
