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
  refusesCaller,
  type Send,
  sessionCredential,
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

  return {
    name,
    origin,

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
        const credentials = credential.headers()
        const shown = credentials instanceof Promise ? await credentials : credentials
        try {
          answer = await attempt(call, shown)
        } catch (error) {
          if (error instanceof UpstreamError && error.stale && call.reads && again && tries === 1) continue
          log.warn({ upstream: name, reason: reasonOf(error) }, 'a relayed call had no answer')
          throw error
        }
        if (answer.status !== 401 && answer.status !== 403) return answer
        const body = await wholeBody(answer.body, longestRefusal)
        if (!refusesCaller(answer.status, body)) return { ...answer, body }
        const mayRetry = credential.refused(shown)
        if (mayRetry && again && tries < 3) continue
        log.warn({ upstream: name }, "the upstream does not take the relay's credentials")
        throw new UpstreamError(
          'gone',
          mayRetry && !again
            ? "the relay's session at the upstream had ended, so nothing was done; the next call begins a new one"
            : "the upstream does not take the relay's credentials",
        )
      }
    },

    /** Keeps the session alive that nobody uses. */
    async keepHouse(): Promise<void> {
      await credential.keepHouse().catch((error) => {
        log.warn({ upstream: name, reason: reasonOf(error) }, 'the session at the upstream cannot be kept')
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

/** For the server's own log, where addresses may be named. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
