import { randomUUID } from 'node:crypto'
import { AccessError } from '../../../access/errors.ts'
import { inferred } from './inferred.ts'
import type { ManagedObject, ManagedType } from './managed-type.ts'
import type { Retrieval } from './property-collector/retrieval.ts'
import type { CollectorState } from './property-collector/waiting.ts'

/** What a session has made for itself, and nobody else sees: views, collectors, filters, answers in parts. */
export interface SessionObjects {
  find(id: string): ManagedObject | undefined
  ofType(type: ManagedType): ManagedObject[]
  /**
   * @param id One of the server's choice unless said otherwise.
   * @throws {AccessError} `limit_reached` when there are too many; `unauthenticated` without a session.
   */
  add(type: ManagedType, subject: unknown, id?: string): ManagedObject
  remove(id: string): void
  /** How far the client of a collector has been told. @throws {AccessError} `unauthenticated` without a session. */
  collectorState(id: string): CollectorState
  /** Keeps an answer for when the client asks for more; of too many the oldest is forgotten. @returns its token. */
  keepRetrieval(retrieval: Retrieval): string
  /** What a token stands for, which is good once. */
  takeRetrieval(token: string): Retrieval | undefined
}

/** They live as long as the session does that made them. */
export function createSessionObjects(): SessionObjects {
  const objects = new Map<string, ManagedObject>()
  const retrievals = new Map<string, Retrieval>()
  const collectors = new Map<string, CollectorState>()
  const session = randomUUID()
  let tokens = 0
  return {
    find: (id) => objects.get(id),
    ofType: (type) => [...objects.values()].filter((object) => object.type === type),
    add(type, subject, id = `session[${session}]${randomUUID()}`) {
      const limit = inferred.objectsOfSession
      if (objects.size >= limit) {
        throw new AccessError('limit_reached', `A session can have ${limit} views, collectors and filters`)
      }
      const object = { type, id, entity: undefined, subject }
      objects.set(id, object)
      return object
    },
    remove(id) {
      objects.delete(id)
      collectors.delete(id)
    },
    collectorState(id) {
      const state = collectors.get(id) ?? { version: 0, cancel: undefined }
      collectors.set(id, state)
      return state
    },
    keepRetrieval(retrieval) {
      const [oldest] = retrievals.keys()
      if (oldest !== undefined && retrievals.size >= inferred.openRetrievals) retrievals.delete(oldest)
      const token = String(++tokens)
      retrievals.set(token, retrieval)
      return token
    },
    takeRetrieval(token) {
      const retrieval = retrievals.get(token)
      retrievals.delete(token)
      return retrieval
    },
  }
}

const nobody = () => new AccessError('unauthenticated', 'The session is not authenticated.')

/** Of whoever has no session. */
export const nobodysObjects: SessionObjects = {
  find: () => undefined,
  ofType: () => [],
  add: () => {
    throw nobody()
  },
  remove: () => {},
  collectorState: () => {
    throw nobody()
  },
  keepRetrieval: () => {
    throw nobody()
  },
  takeRetrieval: () => undefined,
}
