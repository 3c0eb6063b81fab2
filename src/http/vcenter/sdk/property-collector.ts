import type { SdkCall } from './call.ts'
import { inferred } from './inferred.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedObject, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { requireObject } from './objects.ts'
import { compileFilter } from './property-collector/filter.ts'
import { beginRetrieval, takeRetrieval, writeAll, writePage } from './property-collector/retrieval.ts'
import type { Watched } from './property-collector/updates.ts'
import { waitForUpdates } from './property-collector/waiting.ts'
import { boolean, reference, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { propertyFilterSpec, retrieveOptions, updateSet, waitOptions } from './types/property-collector.ts'
import { invalid, list, optional } from './types/vim-type.ts'

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
      written: true,
      run: (call, { specSet }, target) => writeAll(beginRetrieval(specSet, call, target, Infinity)),
    }),

    RetrievePropertiesEx: method({
      requires: 'nothing',
      parameters: { specSet: list(propertyFilterSpec), options: retrieveOptions },
      written: true,
      run(call, { specSet, options }, target) {
        const { maxObjects = inferred.pageOfObjects } = options
        if (maxObjects <= 0) throw invalid('options.maxObjects', 'is not positive')
        const page = Math.min(maxObjects, inferred.pageOfObjects)
        return writePage(beginRetrieval(specSet, call, target, page), call)
      },
    }),

    ContinueRetrievePropertiesEx: method({
      requires: { privilege: 'System.View' },
      parameters: { token: string },
      written: true,
      run: (call, { token }, target) => writePage(takeRetrieval(token, target, call), call),
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
        const filter = compileFilter(spec, 'spec', call)
        // What cannot be found is said at once.
        for (const { reference } of filter.starts) requireObject(call, reference)
        const limit = inferred.filtersOfSession
        if (call.objects.ofType(propertyFilter).length >= limit) {
          throw vimFault('LimitExceeded', `A session can have ${limit} filters`, { limit })
        }
        const subject: OwnedFilter = { collector: target.id, filter, told: new Map(), values: 0 }
        return referenceTo(call.objects.add(propertyFilter, subject))
      },
    }),

    CheckForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string) },
      result: updateSet,
      run: (call, { version = '' }, target) => wait(call, target, { version, seconds: 0, most: Infinity }),
    }),

    WaitForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string) },
      result: updateSet,
      async run(call, { version = '' }, target) {
        const set = await wait(call, target, { version, seconds: inferred.longestWait, most: Infinity })
        // It cannot answer nothing.
        return set ?? { version, filterSet: [] }
      },
    }),

    WaitForUpdatesEx: method({
      requires: { privilege: 'System.View' },
      parameters: { version: optional(string), options: optional(waitOptions) },
      result: updateSet,
      run(call, { version = '', options = {} }, target) {
        const { maxWaitSeconds = inferred.longestWait, maxObjectUpdates: most = Infinity } = options
        if (maxWaitSeconds < 0) throw invalid('options.maxWaitSeconds', 'is negative')
        if (most <= 0) throw invalid('options.maxObjectUpdates', 'is not positive')
        return wait(call, target, { version, seconds: Math.min(maxWaitSeconds, inferred.longestWait), most })
      },
    }),

    CancelWaitForUpdates: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      run: (call, _args, target) => call.objects.collectorState(target.id).cancel?.(),
    }),

    CreatePropertyCollector: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      result: reference,
      run: (call) => referenceTo(call.objects.add(propertyCollector, undefined)),
    }),

    DestroyPropertyCollector: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      run(call, _args, target) {
        if (call.registry.singleton(target.id)) {
          throw vimFault('NotSupported', 'The property collector of the session cannot be destroyed', {})
        }
        call.objects.collectorState(target.id).cancel?.()
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

interface OwnedFilter extends Watched {
  /** The id of the collector it was made with. */
  collector: string
}

function filtersOf({ id }: ManagedObject, { objects }: SdkCall): ManagedObject<OwnedFilter>[] {
  return objects.ofType(propertyFilter).filter(({ subject }) => subject.collector === id)
}

const wait = (call: SdkCall, collector: ManagedObject, asked: Parameters<typeof waitForUpdates>[3]) =>
  waitForUpdates(call, collector, () => filtersOf(collector, call), asked)
