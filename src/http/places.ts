import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Client, ClientKey, Limiter } from '../access/limits/limiter.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** Where the call is counted, until its answer has left. */
    limiter?: Limiter | undefined
    /** As whose it is counted there. */
    client?: Client | undefined
    /** Whether the answer has left, or the connection is gone. */
    left?: true
  }
}

/** Counts a call among all that are outstanding. @throws {AccessError} `server_busy` */
export function takePlace({ raw }: FastifyRequest, limiter: Limiter): void {
  // Whoever hung up while the password was checked takes no place that nobody would give back.
  if (raw.left) return
  limiter.enter()
  raw.limiter = limiter
}

/** Counts a call as its caller's. @throws {AccessError} `rate_exceeded`, `client_busy` */
export function takeClientPlace({ raw }: FastifyRequest, limiter: Limiter, key: ClientKey, name: string): void {
  const client = limiter.enterClient(key, name)
  // Whoever hung up while the password was checked has left already.
  if (raw.limiter) raw.client = client
  else limiter.leaveClient(client)
}

/** The answer has left, or the connection is gone. */
export function leavePlace(raw: IncomingMessage): void {
  const { limiter, client } = raw
  raw.left = true
  if (!limiter) return
  raw.limiter = undefined
  limiter.leave()
  if (!client) return
  raw.client = undefined
  limiter.leaveClient(client)
}
