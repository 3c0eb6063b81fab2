import { randomBytes } from 'node:crypto'
import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { checksPageSize, longestWait, mostWaiting } from '../inferred.ts'
import { type ObjectTree, rootFolder } from '../object-tree.ts'
import { type PrincipalKey, principalKey } from '../principal.ts'
import { type DynamicId, dynamicIdOf, findObject, nodeOf } from './dynamic-id.ts'
import type { RecordedCheck, RecordedChecks } from './recorded-checks.ts'

/** A check that meets one condition is let pass; without any condition, all are. */
export interface CheckFilter {
  objects?: readonly DynamicId[] | undefined
  /** Sessions by their keys. */
  sessionKeys?: readonly string[] | undefined
  /** Undefined stands for those who have not signed in. */
  principals?: readonly ({ name: string; domain: string } | undefined)[] | undefined
  privileges?: readonly string[] | undefined
  opIds?: readonly string[] | undefined
}

export interface CheckIteration {
  size?: number | undefined
  /** Of the check after which the list begins; empty: of none. */
  marker?: string | undefined
  /** Of the check with which it ends. */
  endMarker?: string | undefined
  /** How long to wait for a first check after the marker. */
  timeoutMs?: number | undefined
}

export interface CheckList {
  /** In the order in which they were made; of those that look alike, for they differ in what is not shown, the first. */
  items: RecordedCheck[]
  /** Of the check up to which the list goes. */
  marker: string
  /** Whether checks after the marker may be missing because they are not kept any more. */
  truncated: boolean
}

export type PrivilegeChecks = ReturnType<typeof createPrivilegeChecks>

const nobody = ''

/** Of an object that is gone nobody knows the type: it goes by the name that fits all. */
const goneType = 'ManagedEntity'

/** The id of an object that may be called so. */
function nameableId(tree: ObjectTree, object: DynamicId): string | undefined {
  const gone = !nodeOf(tree, object.id) && object.type.toLowerCase() === goneType.toLowerCase()
  return gone ? object.id : findObject(tree, object)?.id
}

/** What a filter lets pass; filters can be long, and so can the list. */
function passing(tree: ObjectTree, filter: CheckFilter): (check: RecordedCheck) => boolean {
  const { objects, sessionKeys, principals, privileges, opIds } = filter
  if (!(objects || sessionKeys || principals || privileges || opIds)) return () => true
  const sessions = new Set(sessionKeys)
  const people = new Set<PrincipalKey>(principals?.map((one) => (one ? principalKey(one.name, one.domain) : nobody)))
  const wanted = new Set(privileges)
  const operations = new Set(opIds?.filter((opId) => opId !== ''))
  const ids = new Set(objects?.map((object) => nameableId(tree, object)))
  return ({ scope: { sessionKey, principal, opId }, objectId, privilege }) =>
    ids.has(objectId) ||
    (sessionKey !== undefined && sessions.has(sessionKey)) ||
    people.has(principal?.key ?? nobody) ||
    wanted.has(privilege) ||
    operations.has(opId)
}

function requireWhole(value: number | undefined, least: number, field: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return
  throw new AccessError('invalid_field', `${field} is a whole number of at least ${least}`, { field })
}

/**
 * What privileges were checked, to find out the least that some work needs. Reading them is not recorded itself:
 * otherwise nobody could wait for the next one.
 *
 * @see vcenter-api.md 2.4
 */
export function createPrivilegeChecks(
  recorded: RecordedChecks,
  tree: ObjectTree,
  authorization: Pick<Authorization, 'allows'>,
) {
  // Numbers begin anew with every start of the server; so a marker says of which start it is.
  const start = randomBytes(6).toString('base64url')
  const waiting = new Set<() => void>()
  let closed = false

  const markerOf = (number: number) => `${start}.${number}`

  /** @throws {AccessError} `not_found` */
  function read(marker: string): number {
    const number = Number(marker.slice(start.length + 1))
    if (Number.isInteger(number) && number >= 0 && number <= recorded.newest && markerOf(number) === marker) {
      return number
    }
    throw new AccessError('not_found', `There is no privilege check ${marker}`, { value: marker })
  }

  /** @throws {AccessError} `unauthenticated`, `forbidden` */
  function requireCollector({ caller }: VcenterCall): void {
    const privilege = 'Sessions.CollectPrivilegeChecks'
    if (authorization.allows(caller, rootFolder, privilege)) return
    if (!caller) throw new AccessError('unauthenticated', 'Authentication required.')
    throw new AccessError('forbidden', `The caller does not have the privilege ${privilege}`, {
      objectId: rootFolder,
      privilege,
    })
  }

  function pageAfter(after: number, last: number, size: number, passes: ReturnType<typeof passing>) {
    const items = new Map<string, RecordedCheck>()
    let number = Math.max(after, recorded.oldest - 1)
    while (number < last && items.size < size) {
      number++
      const check = recorded.at(number)
      if (!passes(check)) continue
      const { scope, objectId, privilege } = check
      const shown = `${scope.principal?.key ?? nobody}\n${objectId}\n${privilege}`
      if (!items.has(shown)) items.set(shown, check)
    }
    return { items: [...items.values()], marker: markerOf(number) }
  }

  /** Until there is another check, the time is over or the server stops. */
  function another(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let soon: NodeJS.Immediate | undefined
      const finish = () => {
        clearTimeout(timer)
        clearImmediate(soon)
        end()
        waiting.delete(finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      // Checks come in numbers; one look at all of a turn is enough.
      const end = recorded.onCheck(() => {
        soon ??= setImmediate(finish)
      })
      waiting.add(finish)
    })
  }

  return {
    /** Marker of the latest check. @throws {AccessError} `forbidden` */
    latest(call: VcenterCall): string {
      requireCollector(call)
      return markerOf(recorded.newest)
    },

    /**
     * @throws {AccessError} `not_found` for a marker that never was one since the server started; `invalid_field`;
     *   `forbidden`
     */
    async list(call: VcenterCall, filter: CheckFilter = {}, iteration: CheckIteration = {}): Promise<CheckList> {
      requireCollector(call)
      const { size = checksPageSize, marker, endMarker, timeoutMs = 0 } = iteration
      requireWhole(size, 1, 'size')
      requireWhole(timeoutMs, 0, 'timeout_ms')
      const end = endMarker ? read(endMarker) : undefined
      const last = () => end ?? recorded.newest
      const from = marker ? read(marker) : 0
      const truncated = Boolean(marker) && from < recorded.oldest - (from === 0 ? 1 : 0)
      const passes = passing(tree, filter)
      let page = pageAfter(from, last(), size, passes)
      const until = performance.now() + Math.min(timeoutMs, longestWait)
      for (let after = recorded.newest; marker && end === undefined && page.items.length === 0; ) {
        const left = until - performance.now()
        if (left <= 0 || closed || waiting.size >= mostWaiting) break
        await another(left)
        page = pageAfter(after, last(), size, passes)
        after = recorded.newest
      }
      requireCollector(call)
      return { ...page, truncated }
    },

    /** How the object of a check is named to clients. */
    objectOf({ objectId }: Pick<RecordedCheck, 'objectId'>): DynamicId {
      const node = nodeOf(tree, objectId)
      return node ? dynamicIdOf(node) : { type: goneType, id: objectId }
    },

    /** Answers whoever waits. */
    close(): void {
      closed = true
      for (const finish of waiting) finish()
    },
  }
}
