import type { SdkCall } from '../call.ts'
import { inferred } from '../inferred.ts'
import type { ManagedObject } from '../managed-type.ts'
import { notAuthenticated } from '../objects.ts'
import { vimFault } from '../types/faults.ts'
import {
  type ObjectContent,
  objectContent,
  type PropertyFilterSpec,
  retrieveResult,
} from '../types/property-collector.ts'
import { invalid, writeField, writeValue } from '../types/vim-type.ts'
import { collect, looksAtOnce } from './collect.ts'
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
  /** How many objects were looked at. */
  looked: number
}

export function beginRetrieval(
  specSet: readonly PropertyFilterSpec[],
  call: SdkCall,
  collector: ManagedObject,
  page: number,
): Retrieval {
  const limit = inferred.filtersOfRetrieval
  if (specSet.length > limit) throw invalid('specSet', `has more than ${limit} filters`)
  const filters = specSet.map((spec, index) => compileFilter(spec, `specSet[${index}]`, call))
  const retrieval: Retrieval = {
    call,
    collector: collector.id,
    contents: contents(),
    ahead: undefined,
    page,
    looked: 0,
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

/** What a method returns besides what it has written. */
interface Frame {
  head: string
  tail: string
}

/**
 * Writes the next objects, each as an element of that name, in the caller's turns.
 *
 * @returns how many.
 * @throws {VimFault} `NotAuthenticated` for nobody, where there is something that they may not know; `RequestCanceled`
 *   where nobody waits for the answer any more; `LimitExceeded` when it goes on for too long, or is too large.
 */
async function writeObjects(retrieval: Retrieval, tag: string): Promise<number> {
  const { contents, page, call, ahead } = retrieval
  const { work, answer, ended } = call
  let written = 0
  async function write(content: ObjectContent): Promise<void> {
    await answer.add(writeValue(objectContent, tag, content))
    written++
  }
  retrieval.ahead = undefined
  try {
    if (ahead) await write(ahead)
    for (;;) {
      if (work.isSpent) {
        await work.turn()
        ended.throwIfAborted()
      }
      const { done, value: content } = contents.next()
      if (done) return written
      if (!content) {
        retrieval.looked += looksAtOnce
        if (retrieval.looked > inferred.looksOfRetrieval) {
          throw vimFault('LimitExceeded', 'The selections lead to too many objects', {})
        }
        continue
      }
      if (!call.session && content.missingSet.length > 0) throw notAuthenticated()
      if (written === page) {
        retrieval.ahead = content
        return written
      }
      await write(content)
    }
  } catch (error) {
    if (ended.aborted) throw vimFault('RequestCanceled', 'The client is gone', {})
    throw error
  }
}

/** Writes all of it. @throws as `writeObjects` */
export async function writeAll(retrieval: Retrieval): Promise<Frame> {
  await writeObjects(retrieval, 'returnval')
  return { head: '', tail: '' }
}

/** Writes the next part, with the token for the one after it where there is one. @throws as `writeObjects` */
export async function writePage(retrieval: Retrieval, call: SdkCall): Promise<Frame> {
  retrieval.call = call
  const written = await writeObjects(retrieval, 'objects')
  if (written === 0) return { head: '', tail: '' }
  const { token: type } = retrieveResult.fields
  const token = retrieval.ahead ? writeField(type, 'token', call.objects.keepRetrieval(retrieval)) : ''
  return { head: `<returnval>${token}`, tail: '</returnval>' }
}

/** @throws {AccessError} `invalid_field` for a token that is none of the collector's, or no longer. */
export function takeRetrieval(token: string, collector: ManagedObject, { objects }: SdkCall): Retrieval {
  const retrieval = objects.takeRetrieval(token)
  if (retrieval?.collector === collector.id) return retrieval
  throw invalid('token', 'is not one that can be continued')
}
