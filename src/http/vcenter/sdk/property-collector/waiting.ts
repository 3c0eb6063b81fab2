import { setTimeout } from 'node:timers/promises'
import type { SdkCall } from '../call.ts'
import { type ManagedObject, referenceTo } from '../managed-type.ts'
import { notAuthenticated } from '../objects.ts'
import { vimFault } from '../types/faults.ts'
import type { UpdateSet } from '../types/property-collector.ts'
import { followChanges } from './changes.ts'
import { findUpdates, type Updates, type Watched } from './updates.ts'

/** How far the client of a collector has been told. */
export interface CollectorState {
  version: number
  /** Ends the wait that is under way. */
  cancel: (() => void) | undefined
}

/** Milliseconds between two looks, at least. */
const shortestPause = 20

/**
 * What has changed since a version; where nothing has, it waits until something does. One call of a collector waits at
 * a time: the one before it ends.
 *
 * @param filters The collector's.
 * @param version Empty: everything is told.
 * @param most Objects that are told of at once.
 * @returns undefined where nothing changed in so many seconds.
 * @throws {VimFault} `InvalidCollectorVersion`, `RequestCanceled`, `LimitExceeded`; `NotAuthenticated` once the session
 *   has ended.
 */
export async function waitForUpdates(
  call: SdkCall,
  collector: ManagedObject,
  filters: () => ManagedObject<Watched>[],
  { version, seconds, most }: { version: string; seconds: number; most: number },
): Promise<UpdateSet | undefined> {
  const state = call.objects.collectorState(collector.id)
  state.cancel?.()
  const cancelled = new AbortController()
  const cancel = () => cancelled.abort()
  state.cancel = cancel
  const ended = AbortSignal.any([cancelled.signal, call.ended])
  const end = performance.now() + seconds * 1000
  using changes = followChanges(call.services.journal)
  try {
    if (version === '') for (const { subject } of filters()) subject.told.clear()
    else if (version !== String(state.version)) {
      throw vimFault('InvalidCollectorVersion', `The collector is not at version ${version}`, {})
    }
    for (;;) {
      const begun = performance.now()
      const set = await look(call, filters(), most, state, ended)
      const now = performance.now()
      if (set || now >= end) return set
      // Looking takes a small part of the time, however much there is to look at.
      await setTimeout(Math.min(shortestPause + (now - begun) * 20, end - now), undefined, { signal: ended })
      await changes.next(Math.max(0, end - performance.now()), ended)
      if (!call.session || !call.services.vcenterSessions.find(call.session.key)) {
        throw notAuthenticated()
      }
    }
  } catch (error) {
    if (ended.aborted) throw vimFault('RequestCanceled', 'The wait was ended', {})
    throw error
  } finally {
    if (state.cancel === cancel) state.cancel = undefined
  }
}

/** What is not as the client was told; it counts as told once all of it has been found. */
async function look(
  call: SdkCall,
  filters: readonly ManagedObject<Watched>[],
  most: number,
  state: CollectorState,
  ended: AbortSignal,
): Promise<UpdateSet | undefined> {
  const found: Updates[] = []
  const filterSet: UpdateSet['filterSet'] = []
  let room = most
  for (const filter of filters) {
    const one = await findUpdates(filter.subject, call, room, ended)
    ended.throwIfAborted()
    found.push(one)
    room -= one.updates.length
    if (one.updates.length > 0) filterSet.push({ filter: referenceTo(filter), objectSet: one.updates })
  }
  if (filterSet.length === 0) return undefined
  for (const { settle } of found) settle()
  const truncated = found.some(({ more }) => more) ? { truncated: true } : {}
  return { version: String(++state.version), filterSet, ...truncated }
}
