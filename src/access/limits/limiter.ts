import type { ApiServiceConfig } from '../api-service.ts'
import type { Clock } from '../clock.ts'
import { AccessError } from '../errors.ts'

/** What may be asked of one manager node; a limit of 0 is none. */
export type Limits = Pick<
  ApiServiceConfig,
  'clientApiRateLimit' | 'clientApiConcurrencyLimit' | 'globalApiConcurrencyLimit'
>

/** What a client is known by: the userid of a local user, the name of a remote one. */
export type ClientKey = number | string

/** A client that has called of late. */
export interface Client {
  /** When its second began, in milliseconds since 1970. */
  secondFrom: number
  callsInSecond: number
  /** Calls that are not answered yet. */
  outstanding: number
}

export type Limiter = ReturnType<typeof createLimiter>

const second = 1000

/**
 * Counts the calls of one manager node against the limits, as they are at the time of the call. A client's second
 * begins with its first call after the last one has passed, so that any burst after a rest is held to the limit.
 *
 * Every call costs one look-up; what is kept are the clients of the time since `forgetIdle` was last called.
 *
 * @see NSX REST API 4.2, ApiServiceConfig.client_api_rate_limit; the window is inferred, nsx-api.md 7.5
 */
export function createLimiter(limits: () => Limits, steady: Clock) {
  const clients = new Map<ClientKey, Client>()
  let outstanding = 0

  /** A clock that was set back begins a new second too. */
  function isOver(client: Client, now: number): boolean {
    const elapsed = now - client.secondFrom
    return elapsed >= second || elapsed < 0
  }

  return {
    /** How many clients are remembered. */
    get size(): number {
      return clients.size
    },

    /** A call has come in, whoever's it is. @throws {AccessError} `server_busy`; the call has no place then. */
    enter(): void {
      const { globalApiConcurrencyLimit: limit } = limits()
      if (limit > 0 && outstanding >= limit) {
        throw new AccessError('server_busy', `Server exceeded request concurrency of ${limit}`)
      }
      outstanding++
    },

    /**
     * It is known whose call it is.
     *
     * @param name As the refusal shows it.
     * @returns what `leaveClient` takes.
     * @throws {AccessError} `rate_exceeded`, `client_busy`; it is not counted as the client's outstanding call then.
     */
    enterClient(key: ClientKey, name: string): Client {
      const { clientApiRateLimit: rate, clientApiConcurrencyLimit: limit } = limits()
      const now = steady()
      let client = clients.get(key)
      if (client === undefined) {
        client = { secondFrom: now, callsInSecond: 0, outstanding: 0 }
        clients.set(key, client)
      } else if (isOver(client, now)) {
        client.secondFrom = now
        client.callsInSecond = 0
      }
      if (rate > 0 && client.callsInSecond >= rate) {
        throw new AccessError('rate_exceeded', `Client '${name}' exceeded request rate of ${rate} per second`)
      }
      client.callsInSecond++
      if (limit > 0 && client.outstanding >= limit) {
        throw new AccessError('client_busy', `Client '${name}' exceeded request concurrency of ${limit}`)
      }
      client.outstanding++
      return client
    },

    /** The call of a client has been answered, or its connection is gone. Once a call. */
    leaveClient(client: Client): void {
      client.outstanding--
    },

    /** The call has been answered, or its connection is gone. Once a call that entered. */
    leave(): void {
      outstanding--
    },

    /** Forgets the clients who have nothing under way and whose second is over. */
    forgetIdle(): void {
      const now = steady()
      for (const [key, client] of clients) if (client.outstanding === 0 && isOver(client, now)) clients.delete(key)
    },
  }
}
