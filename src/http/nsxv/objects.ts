import type { Nsxv } from '../../access/nsxv/nsxv.ts'
import type { ScopingObject } from '../../access/nsxv/scoping-objects.ts'
import type { Members } from './document.ts'
import { inferred } from './inferred.ts'

/** What every object of NSX-v's carries, in the order seen. @see nsxv-api.md 2.3 */
export function objectMembers(
  { id, type, name }: ScopingObject,
  { uuid, nodeId }: Pick<Nsxv, 'uuid' | 'nodeId'>,
  revision: number = inferred.objectRevision,
): Members {
  return {
    objectId: id,
    objectTypeName: type,
    vsmUuid: uuid,
    nodeId,
    revision,
    type: { typeName: type },
    name,
    clientHandle: '',
    extendedAttributes: {},
    isUniversal: false,
    universalRevision: 0,
  }
}
