import type { VcenterEvent } from '../../../access/vcenter/events/event.ts'
import { newestEvents } from '../../../access/vcenter/events/search.ts'
import { displayName } from '../../../access/vcenter/principal.ts'
import { parseSignInName } from '../../../access/vcenter/sso/user-name.ts'
import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { referenceOf } from './errors.ts'
import { categories, categoryOf, eventNameOf, messages, wireEvent } from './events/wire.ts'
import { inferred } from './inferred.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedObject, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { has, requireObject } from './objects.ts'
import { int, reference, string } from './types/basic.ts'
import { type EventName, event, eventFilterSpec } from './types/event.ts'
import { vimFault } from './types/faults.ts'
import { dataObject, invalid, list, type ValueOf } from './types/vim-type.ts'
import { basesOf } from './vim25/table.ts'

type Spec = ValueOf<typeof eventFilterSpec>

const elementDescription = dataObject('ElementDescription', { label: string, summary: string, key: string })

const eventDescription = dataObject('EventDescription', {
  category: list(elementDescription),
  eventInfo: list(
    dataObject('EventDescriptionEventDetail', {
      key: string,
      description: string,
      category: string,
      formatOnDatacenter: string,
      formatOnComputeResource: string,
      formatOnHost: string,
      formatOnVm: string,
      fullFormat: string,
    }),
  ),
})

/** Sign-ins, and changes of roles and permissions, out of the audit trail. */
export const eventManager: ManagedType = {
  name: 'EventManager',
  base: managedObject,
  properties: {
    description: property(eventDescription, 'System.View', () => ({
      category: Object.entries(categories).map(([key, label]) => ({ key, label, summary: label })),
      eventInfo: Object.entries(messages).map(([key, fullFormat]) => ({
        key,
        description: key,
        category: categoryOf(key as EventName),
        formatOnDatacenter: fullFormat,
        formatOnComputeResource: fullFormat,
        formatOnHost: fullFormat,
        formatOnVm: fullFormat,
        fullFormat,
      })),
    })),
    maxCollector: property(int, 'System.View', () => inferred.eventCollectorsOfSession),
  },
  methods: {
    /** The newest of those that are asked for, oldest first. */
    QueryEvents: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { filter: eventFilterSpec },
      result: list(event),
      async run(call, { filter }) {
        const found = await search(call, filter)
        return found.map((one) => wireEvent(one, call, !filter.disableFullMessage))
      },
    }),

    CreateCollectorForEvents: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { filter: eventFilterSpec },
      result: reference,
      async run(call, { filter }) {
        const limit = inferred.eventCollectorsOfSession
        if (call.objects.ofType(eventHistoryCollector).length >= limit) {
          throw vimFault('LimitExceeded', `A session can have ${limit} event collectors`, { limit })
        }
        const events = await search(call, filter)
        const subject: Collector = { filter, events, at: 0, page: inferred.pageOfEvents }
        return referenceTo(call.objects.add(eventHistoryCollector, subject))
      },
    }),
  },
}

/** What a client pages through: the events there were, and behind them those that come. */
interface Collector {
  readonly filter: Spec
  /** Oldest first. */
  events: VcenterEvent[]
  /** How many of them lie behind. */
  at: number
  page: number
}

type Target = ManagedObject<Collector>

const historyCollector: ManagedType = {
  name: 'HistoryCollector',
  base: managedObject,
  properties: {},
  methods: {
    SetCollectorPageSize: method({
      requires: 'session',
      parameters: { maxCount: int },
      run(_call, { maxCount }, { subject }: Target) {
        subject.page = requireCount(maxCount)
      },
    }),

    /** To the oldest. */
    RewindCollector: method({
      requires: 'session',
      parameters: {},
      run(_call, _args, { subject }: Target) {
        subject.at = 0
      },
    }),

    /** To the latest page. */
    ResetCollector: method({
      requires: 'session',
      costly: true,
      parameters: {},
      async run(call, _args, { subject }: Target) {
        await collect(call, subject)
        subject.at = Math.max(0, subject.events.length - subject.page)
      },
    }),

    DestroyCollector: method({
      requires: 'session',
      parameters: {},
      run: (call, _args, { id }: Target) => call.objects.remove(id),
    }),
  },
}

const read = {
  requires: 'session',
  costly: true,
  parameters: { maxCount: int },
  result: list(event),
} as const

export const eventHistoryCollector: ManagedType = {
  name: 'EventHistoryCollector',
  base: historyCollector,
  properties: {
    /** As it was when the collector was made or reset. */
    latestPage: property(list(event), 'System.Read', ({ events, page, filter }: Collector, call) =>
      visible(events.slice(-page), call)
        .map((one) => wireEvent(one, call, !filter.disableFullMessage))
        .reverse(),
    ),
  },
  methods: {
    ReadNextEvents: method({
      ...read,
      async run(call, { maxCount }, { subject }: Target) {
        requireCount(maxCount)
        if (subject.at >= subject.events.length) await collect(call, subject)
        const found = subject.events.slice(subject.at, subject.at + maxCount)
        subject.at += found.length
        return wire(found, subject, call)
      },
    }),

    /** Newest first. */
    ReadPreviousEvents: method({
      ...read,
      run(call, { maxCount }, { subject }: Target) {
        const from = Math.max(0, subject.at - requireCount(maxCount))
        const found = subject.events.slice(from, subject.at).reverse()
        subject.at = from
        return wire(found, subject, call)
      },
    }),
  },
}

const wire = (found: readonly VcenterEvent[], { filter }: Pick<Collector, 'filter'>, call: SdkCall) =>
  visible(found, call).map((one) => wireEvent(one, call, !filter.disableFullMessage))

/** Adds what came since; of too many the oldest are forgotten. */
async function collect(call: SdkCall, collector: Collector): Promise<void> {
  const newer = await search(call, collector.filter, collector.events.at(-1)?.chainId)
  const all = [...collector.events, ...newer]
  collector.events = all.slice(-inferred.eventsOfAnswer)
  collector.at = Math.max(0, collector.at - (all.length - collector.events.length))
}

function requireCount(maxCount: number): number {
  const most = inferred.eventsOfAnswer
  if (maxCount < 1 || maxCount > most) throw invalid('maxCount', `is not from 1 to ${most}`)
  return maxCount
}

/** Whoever may read the object that it is about. */
const visible = (events: readonly VcenterEvent[], call: SdkCall): VcenterEvent[] =>
  events.filter(({ objectId }) => has(call, objectAt(objectId, call), 'System.Read'))

/** Of an object that is gone the root folder's permissions count. */
const objectAt = (id: string, { services }: SdkCall): string | undefined => (services.vsphere.find(id) ? id : undefined)

/** @param after The number of the last record that is known already. */
function search(call: SdkCall, spec: Spec, after?: number): Promise<VcenterEvent[]> {
  const { maxCount = inferred.eventsOfAnswer, time = {} } = spec
  const takes = matcherOf(spec, call)
  return newestEvents(
    call.services.auditTrail,
    {
      from: time.beginTime,
      // Events of that very millisecond count.
      to: time.endTime === undefined ? undefined : time.endTime + 1,
      after,
      takes: (one) => takes(one) && visible([one], call).length > 0,
      most: Math.min(requireCount(maxCount), inferred.eventsOfAnswer),
    },
    call.callerKey,
    call.ended,
  )
}

/** @throws {VimFault} `ManagedObjectNotFound` */
function matcherOf(spec: Spec, call: SdkCall): (event: VcenterEvent) => boolean {
  const { entity, userName, eventChainId, alarm, scheduledTask, category, type, tag, eventTypeId } = spec
  if (entity) requireObject(call, entity.entity)
  // Clients write them with and without the beginning.
  const ids = new Set(eventTypeId)
  const users = userName && new Set(userName.userList.map(nameKey))
  // There are no alarms, no scheduled tasks and no tags that an event could have come from.
  const fromNothing = alarm !== undefined || scheduledTask !== undefined || tag.length > 0
  return (event) => {
    if (fromNothing) return false
    const name = eventNameOf(event)
    if (eventChainId !== undefined && event.chainId !== eventChainId) return false
    if (category.length > 0 && !category.includes(categoryOf(name))) return false
    if (type.length > 0 && ![name, ...basesOf(name)].some((one) => type.includes(one))) return false
    if (ids.size > 0 && !ids.has(name) && !ids.has(`vim.event.${name}`)) return false
    if (users && users.size > 0 && !users.has(nameKey(event.user))) return false
    return !entity || isAt(event, entity, call)
  }
}

const nameKey = (text: string): string => displayName(parseSignInName(text)).toLowerCase()

function isAt({ objectId }: VcenterEvent, { entity, recursion }: NonNullable<Spec['entity']>, call: SdkCall): boolean {
  const at = referenceOf(call, objectId).id
  const above = call.services.vsphere.find(at)?.parent
  if (recursion === 'self') return at === entity.id
  if (recursion === 'children') return above?.id === entity.id
  for (let one: VsphereObject | undefined = call.services.vsphere.find(at); one; one = one.parent) {
    if (one.id === entity.id) return true
  }
  return false
}
