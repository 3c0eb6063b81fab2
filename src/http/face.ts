import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Limiter } from '../access/limits/limiter.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Requirement } from './request.ts'

export interface ErrorReply {
  status: number
  body: string
  /** JSON unless said otherwise. */
  type?: string
  headers?: Readonly<Record<string, string>>
  /** Whether the error is a refusal; anything else is logged in full. */
  foreseen: boolean
}

/** How a surface looks to its clients: a property of every route, and of paths that are none. */
export interface Face {
  /** On every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** Told of every call of its own, before anything is asked about it. */
  begin?(request: FastifyRequest): void
  /** Where its calls are counted. */
  limiter(request: FastifyRequest): Limiter
  /** Finds out who calls; a caller who shows nothing is nobody, and no error. */
  identify(request: FastifyRequest, done: (error?: Error) => void): void
  /** Counts the call as its caller's. @throws {AccessError} for callers who call too much, or may not make the call. */
  admit(request: FastifyRequest, requires: Requirement): void
  refuse(error: unknown, request: FastifyRequest): ErrorReply
  record(request: FastifyRequest, status: number, bytes: number): AuditRecord
  /** Adds the headers that are known once the answer is. */
  finish?(request: FastifyRequest, reply: FastifyReply): void
}
