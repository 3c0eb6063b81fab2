import { randomUUID } from 'node:crypto'
import { AccessError } from '../../../access/errors.ts'
import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import { inferred } from './inferred.ts'
import type { ManagedObject, ManagedType } from './managed-type.ts'

/** Objects that a session has made for itself, and that nobody else sees: views, collectors, filters. */
export interface SessionObjects {
  find(id: string): ManagedObject | undefined
  ofType(type: ManagedType): ManagedObject[]
  /**
   * @param id One of the server's choice unless said otherwise.
   * @throws {AccessError} `limit_reached` when there are too many; `unauthenticated` without a session.
   */
  add(type: ManagedType, subject: unknown, id?: string): ManagedObject
  remove(id: string): void
}

/** They live as long as the session does that made them. */
export function createSessionObjects(): SessionObjects {
  const objects = new Map<string, ManagedObject>()
  const session = randomUUID()
  return {
    find: (id) => objects.get(id),
    ofType: (type) => [...objects.values()].filter((object) => object.type === type),
    add(type, subject, id = `session[${session}]${randomUUID()}`) {
      const limit = inferred.objectsOfSession
      if (objects.size >= limit) {
        throw new AccessError('limit_reached', `A session can have ${limit} views, collectors and filters`)
      }
      const object = { type, id, entity: rootFolder, subject }
      objects.set(id, object)
      return object
    },
    remove: (id) => void objects.delete(id),
  }
}

/** Of whoever has no session. */
export const nobodysObjects: SessionObjects = {
  find: () => undefined,
  ofType: () => [],
  add: () => {
    throw new AccessError('unauthenticated', 'The session is not authenticated.')
  },
  remove: () => {},
}
