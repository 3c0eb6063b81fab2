import type { VcenterCall } from '../call.ts'
import type { PrincipalKey, VcenterPrincipal } from '../principal.ts'

/** Whose checks are told apart: those of one caller's session that came with one operation id. */
interface Scope {
  readonly sessionKey: string | undefined
  readonly opId: string
  readonly principal: VcenterPrincipal | undefined
  readonly key: string
  /** Objects by the privileges that were checked on them. */
  readonly seen: Map<string, Set<string>>
  /** How many of the checks that are kept are its own. */
  kept: number
}

/** That a privilege was asked for on an object, whatever the answer was. */
export interface RecordedCheck {
  /** Counted from 1. */
  readonly number: number
  readonly scope: Readonly<Pick<Scope, 'sessionKey' | 'opId' | 'principal'>>
  readonly objectId: string
  readonly privilege: string
}

interface KeptCheck extends RecordedCheck {
  readonly scope: Scope
}

export type RecordedChecks = ReturnType<typeof createRecordedChecks>

/**
 * The latest privilege checks, each of a session and operation id once. One more than can be kept takes the place of
 * the oldest.
 *
 * @param capacity How many are kept.
 * @param exists Whether there is such an object: there is no end to the names of others.
 * @see vcenter-api.md 2.4
 */
export function createRecordedChecks(capacity: number, exists: (objectId: string) => boolean) {
  const ring: KeptCheck[] = []
  let newest = 0
  const scopes = new Map<string, Scope>()
  const scopeOfCall = new WeakMap<VcenterCall, Scope>()
  const listeners = new Set<() => void>()

  function scopeOf(call: VcenterCall): Scope {
    const known = scopeOfCall.get(call)
    if (known && known.kept > 0) return known
    const key = scopeKey(call.caller?.key, call)
    const scope = scopes.get(key) ?? known ?? newScope(call, key)
    scopes.set(key, scope)
    scopeOfCall.set(call, scope)
    return scope
  }

  function newScope({ caller, sessionKey, opId }: VcenterCall, key: string): Scope {
    return { sessionKey, opId: caller ? opId : '', principal: caller, key, seen: new Map(), kept: 0 }
  }

  function forget({ scope, objectId, privilege }: KeptCheck): void {
    const objects = scope.seen.get(privilege)
    objects?.delete(objectId)
    if (objects?.size === 0) scope.seen.delete(privilege)
    scope.kept--
    if (scope.kept === 0) scopes.delete(scope.key)
  }

  function keep(scope: Scope, objectId: string, privilege: string): void {
    const place = newest % capacity
    const oldest = ring[place]
    if (oldest) forget(oldest)
    newest++
    ring[place] = { number: newest, scope, objectId, privilege }
    const objects = scope.seen.get(privilege)
    if (objects) objects.add(objectId)
    else scope.seen.set(privilege, new Set([objectId]))
    scope.kept++
    if (scope.kept === 1) scopes.set(scope.key, scope)
    for (const listen of listeners) listen()
  }

  return {
    /** Takes next to no time for a check that the session's operation made before. */
    record(call: VcenterCall, objectId: string, privilege: string): void {
      const scope = scopeOf(call)
      if (scope.seen.get(privilege)?.has(objectId)) return
      if (exists(objectId)) keep(scope, objectId, privilege)
    },

    /** Number of the latest check; 0 before the first. */
    get newest(): number {
      return newest
    },

    /** Number of the oldest one that is kept; 1 before the first. */
    get oldest(): number {
      return Math.max(1, newest - capacity + 1)
    },

    /** One that is kept. */
    at: (number: number): RecordedCheck => ring[(number - 1) % capacity] as RecordedCheck,

    /** How many are called back. */
    get listening(): number {
      return listeners.size
    },

    /** Calls back with every new check. @returns what ends that. */
    onCheck(listen: () => void): () => void {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
  }
}

/**
 * Those who have not signed in share one scope, whatever they call their operations: they can make up as many names as
 * they like, and would push out everybody else's checks.
 */
function scopeKey(caller: PrincipalKey | undefined, { sessionKey = '', opId }: VcenterCall): string {
  return caller === undefined ? '' : `${sessionKey}\n${caller}\n${opId}`
}
