import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Client, ClientKey, Limiter } from '../access/limits/limiter.ts'
import type { Principal } from '../access/principal.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** Where the call is counted, until its answer has left. */
    limiter?: Limiter | undefined
    /** As whose it is counted there. */
    client?: Client | undefined
  }
}

/** Counts a call among all that are outstanding. @throws {AccessError} `server_busy` */
export function takePlace({ raw, manager, server }: FastifyRequest): void {
  const limiter = server.services.limiters.of(manager.id)
  limiter.enter()
  raw.limiter = limiter
}

/** Counts a call as its caller's. @throws {AccessError} `rate_exceeded`, `client_busy` */
export function takeClientPlace({ raw, manager, server, identity }: FastifyRequest): void {
  if (!identity) return
  const { principal } = identity
  const limiter = server.services.limiters.of(manager.id)
  const client = limiter.enterClient(clientKey(principal), principal.name)
  // Whoever hung up while the password was checked has left already.
  if (raw.limiter) raw.client = client
  else limiter.leaveClient(client)
}

/** Nothing need be written together for a local user; a name keeps remote ones apart from them by its type. */
function clientKey(principal: Principal): ClientKey {
  return principal.kind === 'local_user' ? principal.account.userid : principal.name.toLowerCase()
}

/** The answer has left, or the connection is gone. */
export function leavePlace(raw: IncomingMessage): void {
  const { limiter, client } = raw
  if (!limiter) return
  raw.limiter = undefined
  limiter.leave()
  if (!client) return
  raw.client = undefined
  limiter.leaveClient(client)
}
