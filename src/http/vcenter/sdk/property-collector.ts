import { setImmediate, setTimeout } from 'node:timers/promises'
import type { SdkCall } from './call.ts'
import { inferred } from './inferred.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedObject, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { notAuthenticated, requireObject } from './objects.ts'
import { followChanges } from './property-collector/changes.ts'
import { collect } from './property-collector/collect.ts'
import { compileFilter } from './property-collector/filter.ts'
import { readContent } from './property-collector/read.ts'
import { takeUpdates, type Watched } from './property-collector/updates.ts'
import { boolean, reference, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import {
  type ObjectContent,
  objectContent,
  type PropertyFilterSpec,
  propertyFilterSpec,
  retrieveOptions,
  retrieveResult,
  updateSet,
  waitOptions,
} from './types/property-collector.ts'
import { invalid, list, optional, type ValueOf } from './types/vim-type.ts'

/** @see vcenter-api.md 7.5 */
export const propertyCollector: ManagedType = {
  name: 'PropertyCollector',
  base: managedObject,
  properties: {
    filter: property(list(reference), 'System.View', (_subject, call) =>
      call.objects.ofType(propertyFilter).map(referenceTo),
    ),
  },
  methods: {
    RetrieveProperties: method({
      requires: 'nothing',
      parameters: { specSet: list(propertyFilterSpec) },
      result: list(objectContent),
      async run(call, { specSet }) {
        const retrieval = beginRetrieval(specSet, call, inferred.pageOfObjects)
        const contents: ObjectContent[] = []
        for (let more = true; more; ) {
          const page = takePage(retrieval)
          contents.push(...page.objects)
          more = page.more
          // Others have their turn between two pages.
          if (more) await setImmediate()
        }
        return contents
      },
    }),

    RetrievePropertiesEx: method({
      requires: 'nothing',
      parameters: { specSet: list(propertyFilterSpec), options: retrieveOptions },
      result: retrieveResult,
      run(call, { specSet, options }, target) {
        const { maxObjects = inferred.pageOfObjects } = options
        if (maxObjects <= 0) throw invalid('options.maxObjects', 'is not positive')
        const page = Math.min(maxObjects, inferred.pageOfObjects)
        return continueRetrieval(beginRetrieval(specSet, call, page), target, call)
      },
      answer: (made) => (made.objects.length > 0 ? made : undefined),
    }),

    ContinueRetrievePropertiesEx: method({
      requires: { privilege: 'System.View' },
      parameters: { token: string },
      result: retrieveResult,
      run: (call, { token }, target) => continueRetrieval(takeRetrieval(token, target, call), target, call),
    }),

    CancelRetrievePropertiesEx: method({
      requires: { privilege: 'System.View' },
      parameters: { token: string },
      run: (call, { token }, target) => void takeRetrieval(token, target, call),
    }),

    CreateFilter: method({
      requires: { privilege: 'System.View' },
      parameters: { spec: propertyFilterSpec, partialUpdates: boolean },
      result: reference,
      run(call, { spec }, target) {
        const filter = compileFilter(spec, 'spec', call.registry)
        // What cannot be found is said at once.
        for (const { reference } of filter.starts) requireObject(call, reference)
        const watched: OwnedFilter = { collector: target.id, filter, told: new Map() }
        return referenceTo(call.objects.add(propertyFilter, watched))
      },
    }),

    CheckForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string) },
      result: updateSet,
      run: (call, { version }, target) => checkForUpdates(target, version ?? '', Infinity, call),
    }),

    WaitForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string) },
      result: updateSet,
      async run(call, { version = '' }, target) {
        const set = await waitForUpdates(target, version, inferred.longestWait, Infinity, call)
        // It cannot answer nothing.
        return set ?? { version, filterSet: [] }
      },
    }),

    WaitForUpdatesEx: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string), options: optional(waitOptions) },
      result: updateSet,
      run(call, { version, options = {} }, target) {
        const { maxWaitSeconds = inferred.longestWait, maxObjectUpdates = Infinity } = options
        if (maxWaitSeconds < 0) throw invalid('options.maxWaitSeconds', 'is negative')
        if (maxObjectUpdates <= 0) throw invalid('options.maxObjectUpdates', 'is not positive')
        return waitForUpdates(
          target,
          version ?? '',
          Math.min(maxWaitSeconds, inferred.longestWait),
          maxObjectUpdates,
          call,
        )
      },
    }),

    CancelWaitForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      run: (call, _args, target) => collectorOf(target, call).cancel?.(),
    }),

    CreatePropertyCollector: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      result: reference,
      run: (call) => referenceTo(call.objects.add(propertyCollector, newCollector())),
    }),

    DestroyPropertyCollector: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      run(call, _args, target) {
        if (call.registry.singleton(target.id)) {
          throw vimFault('NotSupported', 'The property collector of the session cannot be destroyed', {})
        }
        collectorOf(target, call).cancel?.()
        for (const filter of filtersOf(target, call)) call.objects.remove(filter.id)
        call.objects.remove(target.id)
      },
    }),
  },
}

/** @see vcenter-api.md 7.5 */
export const propertyFilter: ManagedType = {
  name: 'PropertyFilter',
  base: managedObject,
  properties: {},
  methods: {
    DestroyPropertyFilter: method({
      requires: 'session',
      parameters: {},
      run: (call, _args, target) => call.objects.remove(target.id),
    }),
  },
}

/** What one collector of a session has under way. */
interface Collector {
  /** Retrievals that go on when the client asks for more, by their tokens. */
  retrievals: Map<string, Retrieval>
  tokens: number
  /** Of what was told last. */
  version: number
  /** Ends the wait that is under way. */
  cancel: (() => void) | undefined
}

interface OwnedFilter extends Watched {
  /** The id of the collector it was made with. */
  collector: string
}

const newCollector = (): Collector => ({ retrievals: new Map(), tokens: 0, version: 0, cancel: undefined })

/** The state of a collector; the one that every session has begins when it is first needed. */
function collectorOf(target: ManagedObject<Collector | undefined>, { objects }: SdkCall): Collector {
  return target.subject ?? (objects.find(target.id) ?? objects.add(target.type, newCollector(), target.id)).subject
}

function filtersOf({ id }: ManagedObject, { objects }: SdkCall): ManagedObject<OwnedFilter>[] {
  return objects.ofType(propertyFilter).filter(({ subject }) => subject.collector === id)
}

/** An answer that is given in parts. */
interface Retrieval {
  /** The call that asked for the part that is read. */
  call: SdkCall
  contents: Generator<ObjectContent>
  ahead: IteratorResult<ObjectContent> | undefined
  page: number
}

function beginRetrieval(specSet: readonly PropertyFilterSpec[], call: SdkCall, page: number): Retrieval {
  const filters = specSet.map((spec, index) => compileFilter(spec, `specSet[${index}]`, call.registry))
  const retrieval: Retrieval = { call, contents: contents(), ahead: undefined, page }
  return retrieval

  function* contents(): Generator<ObjectContent> {
    for (const filter of filters) {
      for (const object of collect(filter, () => retrieval.call)) {
        yield readContent(object, filter.pathsOf(object.type) ?? [], retrieval.call)
      }
    }
  }
}

function takePage(retrieval: Retrieval): { objects: ObjectContent[]; more: boolean } {
  const { contents, page, call } = retrieval
  const objects: ObjectContent[] = []
  let next = retrieval.ahead ?? contents.next()
  for (; !next.done && objects.length < page; next = contents.next()) {
    const missing = next.value.missingSet[0]
    if (missing && !call.session) throw missing.fault
    objects.push(next.value)
  }
  retrieval.ahead = next
  return { objects, more: !next.done }
}

function continueRetrieval(retrieval: Retrieval, target: ManagedObject, call: SdkCall): ValueOf<typeof retrieveResult> {
  retrieval.call = call
  const { objects, more } = takePage(retrieval)
  if (!more) return { objects }
  const collector = collectorOf(target, call)
  const { retrievals } = collector
  const [oldest] = retrievals.keys()
  if (oldest !== undefined && retrievals.size >= inferred.openRetrievals) retrievals.delete(oldest)
  const token = String(++collector.tokens)
  retrievals.set(token, retrieval)
  return { token, objects }
}

/** @throws {AccessError} `invalid_field` for a token that is none, or no longer. */
function takeRetrieval(token: string, target: ManagedObject, call: SdkCall): Retrieval {
  const { retrievals } = collectorOf(target, call)
  const retrieval = retrievals.get(token)
  if (!retrieval) throw invalid('token', 'is not one that can be continued')
  retrievals.delete(token)
  return retrieval
}

/** What has changed since a version; undefined: nothing. @param version Empty: everything is told. */
function checkForUpdates(
  target: ManagedObject,
  version: string,
  most: number,
  call: SdkCall,
): ValueOf<typeof updateSet> | undefined {
  const collector = collectorOf(target, call)
  if (version !== '' && version !== String(collector.version)) {
    throw vimFault('InvalidCollectorVersion', `The collector is not at version ${version}`, {})
  }
  const set: ValueOf<typeof updateSet> = { version: '', filterSet: [] }
  let room = most
  for (const filter of filtersOf(target, call)) {
    if (version === '') filter.subject.told.clear()
    const { updates, more } = takeUpdates(filter.subject, call, room)
    if (updates.length > 0) set.filterSet.push({ filter: referenceTo(filter), objectSet: updates })
    if (more) set.truncated = true
    room -= updates.length
  }
  if (set.filterSet.length === 0) return undefined
  set.version = String(++collector.version)
  return set
}

/** The same, and where nothing has changed yet waits until something has. One call of a collector waits at a time. */
async function waitForUpdates(
  target: ManagedObject,
  version: string,
  seconds: number,
  most: number,
  call: SdkCall,
): Promise<ValueOf<typeof updateSet> | undefined> {
  const collector = collectorOf(target, call)
  collector.cancel?.()
  const cancelled = new AbortController()
  const cancel = () => cancelled.abort()
  collector.cancel = cancel
  const ended = AbortSignal.any([cancelled.signal, call.ended])
  const end = performance.now() + seconds * 1000
  using changes = followChanges(call.services.journal)
  try {
    for (;;) {
      const begun = performance.now()
      const set = checkForUpdates(target, version, most, call)
      const now = performance.now()
      if (set || now >= end) return set
      // Looking takes a small part of the time, however much there is to look at.
      await setTimeout(Math.min(shortestPause + (now - begun) * 20, end - now), undefined, { signal: ended })
      await changes.next(Math.max(0, end - performance.now()), ended)
      requireSession(target, call)
    }
  } catch (error) {
    if (ended.aborted) throw vimFault('RequestCanceled', 'The wait was ended', {})
    throw error
  } finally {
    if (collector.cancel === cancel) collector.cancel = undefined
  }
}

/** @throws {VimFault} `NotAuthenticated` where the session has ended meanwhile. */
function requireSession(target: ManagedObject, { session, services }: SdkCall): void {
  if (!session || !services.vcenterSessions.find(session.key)) throw notAuthenticated(referenceTo(target))
}

/** Milliseconds between two looks, at least. */
const shortestPause = 20
