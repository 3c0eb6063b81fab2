import { setImmediate } from 'node:timers/promises'
import type { SdkCall } from '../call.ts'
import { inferred } from '../inferred.ts'
import type { ManagedObject } from '../managed-type.ts'
import { notAuthenticated } from '../objects.ts'
import { vimFault } from '../types/faults.ts'
import { type ObjectContent, objectContent, type PropertyFilterSpec } from '../types/property-collector.ts'
import { invalid, list, writeField } from '../types/vim-type.ts'
import { collect } from './collect.ts'
import { compileFilter } from './filter.ts'
import { readContent } from './read.ts'

/** An answer that can be given in parts. */
export interface Retrieval {
  /** The call that asked for the part that is read. */
  call: SdkCall
  /** The collector that it began with. */
  readonly collector: string
  readonly contents: Generator<ObjectContent | undefined>
  /** What was read beyond the last part. */
  ahead: ObjectContent | undefined
  /** Objects of a part. */
  readonly page: number
  /** How often it has let others have their turn. */
  pauses: number
}

export function beginRetrieval(
  specSet: readonly PropertyFilterSpec[],
  call: SdkCall,
  collector: ManagedObject,
  page: number,
): Retrieval {
  const limit = inferred.filtersOfRetrieval
  if (specSet.length > limit) throw invalid('specSet', `has more than ${limit} filters`)
  const filters = specSet.map((spec, index) => compileFilter(spec, `specSet[${index}]`, call.registry))
  const retrieval: Retrieval = {
    call,
    collector: collector.id,
    contents: contents(),
    ahead: undefined,
    page,
    pauses: 0,
  }
  return retrieval

  function* contents(): Generator<ObjectContent | undefined> {
    for (const filter of filters) {
      for (const object of collect(filter, () => retrieval.call)) {
        yield object && readContent(object, filter.pathsOf(object.type) ?? [], retrieval.call)
      }
    }
  }
}

/**
 * @throws {VimFault} `NotAuthenticated` for nobody, where there is something that they may not know; `LimitExceeded` when
 *   it goes on for too long.
 */
async function takePage(retrieval: Retrieval, ended: AbortSignal): Promise<ObjectContent[]> {
  const { contents, page, call, ahead } = retrieval
  const objects: ObjectContent[] = ahead ? [ahead] : []
  retrieval.ahead = undefined
  for (let next = contents.next(); !next.done; next = contents.next()) {
    const content = next.value
    if (!content) {
      await setImmediate()
      requireTime(retrieval, ended)
      continue
    }
    if (!call.session && content.missingSet.length > 0) throw notAuthenticated(content.obj)
    if (objects.length === page) {
      retrieval.ahead = content
      break
    }
    objects.push(content)
  }
  return objects
}

/** @throws {VimFault} `RequestCanceled` where nobody waits for the answer any more; `LimitExceeded` */
function requireTime(retrieval: Retrieval, ended: AbortSignal): void {
  if (ended.aborted) throw vimFault('RequestCanceled', 'The client is gone', {})
  if (++retrieval.pauses <= inferred.pausesOfRetrieval) return
  throw vimFault('LimitExceeded', 'The selections lead to too many objects', {})
}

/** The next part, with the token for the one after it where there is one. */
export async function continueRetrieval(
  retrieval: Retrieval,
  call: SdkCall,
): Promise<{ token?: string; objects: ObjectContent[] }> {
  retrieval.call = call
  const objects = await takePage(retrieval, call.ended)
  if (!retrieval.ahead) return { objects }
  return { token: call.objects.keepRetrieval(retrieval), objects }
}

/** All of it at once, as XML: so much is written a piece at a time. @throws {VimFault} `LimitExceeded` when that is too much. */
export async function writeAll(retrieval: Retrieval): Promise<string> {
  const limit = inferred.valuesOfAnswer
  const { ended } = retrieval.call
  let xml = ''
  let values = 0
  do {
    const contents = await takePage(retrieval, ended)
    for (const { propSet, missingSet } of contents) values += propSet.length + missingSet.length
    if (values > limit) {
      const message = `More than ${limit} values are not given at once: RetrievePropertiesEx gives them in parts`
      throw vimFault('LimitExceeded', message, { limit })
    }
    xml += writeField(list(objectContent), 'returnval', contents)
    await setImmediate()
  } while (retrieval.ahead)
  return xml
}

/** @throws {AccessError} `invalid_field` for a token that is none of the collector's, or no longer. */
export function takeRetrieval(token: string, collector: ManagedObject, { objects }: SdkCall): Retrieval {
  const retrieval = objects.takeRetrieval(token)
  if (retrieval?.collector === collector.id) return retrieval
  throw invalid('token', 'is not one that can be continued')
}
