import type { ObjectNode, ObjectTree } from '../object-tree.ts'
import type { VcenterPrincipal } from '../principal.ts'
import { nodeOf } from './dynamic-id.ts'
import { granteeOf, type Permission } from './permission.ts'
import type { PermissionIndex } from './permission-index.ts'
import type { PermissionView } from './permission-view.ts'
import type { RoleView } from './role-view.ts'

/**
 * What becomes of a permission that is about somebody, on the way up from an object:
 * `decides`; `user_before_groups`, where one for the user decides on the same object; `not_propagating`, where it counts on
 * its own object alone; `nearer_decides`, where an object nearer on every path has one for them.
 *
 * @see vcenter-api.md 4.1, R2 to R5
 */
export const entryOutcomes = ['decides', 'user_before_groups', 'not_propagating', 'nearer_decides'] as const
export type EntryOutcome = (typeof entryOutcomes)[number]

export interface Entry {
  readonly permission: Permission
  readonly outcome: EntryOutcome
  /** Whether its role has the privilege that is asked about. */
  readonly gives: boolean
}

/** An object on the way up, with what is set there about somebody. */
export interface Step {
  readonly node: ObjectNode
  readonly entries: readonly Entry[]
}

/**
 * Why it is so: `granted` by the permissions that decide; `anonymous`, for everybody has System.Anonymous; `on_the_way`,
 * for they have something below and so see the object; `no_permission` about them counts here; `no_access`, for what
 * decides gives nothing at all; `not_in_role`, for it gives other privileges.
 */
export const reasons = ['granted', 'anonymous', 'on_the_way', 'no_permission', 'no_access', 'not_in_role'] as const
export type Reason = (typeof reasons)[number]

export interface Explanation {
  readonly allowed: boolean
  readonly reason: Reason
  /** Whose permissions the object has, where it has none of its own; otherwise the object itself. */
  readonly holder: ObjectNode
  /** Objects with permissions about them, the nearest first and the global root last. */
  readonly steps: readonly Step[]
  /** Of `on_the_way`: objects below with a permission that gives them something; the first few. */
  readonly below: readonly ObjectNode[]
}

export interface ExplanationParts {
  tree: ObjectTree
  permissions: PermissionView
  roles: RoleView
  index: PermissionIndex
}

/** Objects below that are named as reasons. */
const fewBelow = 10

/**
 * Says why somebody has a privilege on an object, or has it not. The verdict is the index's, which decides every call,
 * and so is which permissions decide: here they are only put into their order and the others told why they do not count.
 *
 * @returns undefined where there is no such object.
 */
export function explain(
  { tree, permissions, roles, index }: ExplanationParts,
  who: VcenterPrincipal,
  objectId: string,
  privilege: string,
): Explanation | undefined {
  const node = nodeOf(tree, objectId)
  const trace = index.trace(who, objectId)
  if (!node || !trace) return undefined
  const { holder } = node
  const deciding = new Set(trace.deciding)
  const own = granteeOf(false, who.key)
  const grantees = [own, ...[...who.groups].map((key) => granteeOf(true, key))].filter(permissions.hasGrantee)

  const steps: Step[] = []
  for (const above of lineageOf(node)) {
    const here = permissions.on(above.id)
    const reaches = ({ propagate }: Permission) => propagate || above === holder
    const ownDecides = deciding.has(here.get(own) as Permission)
    const entries = grantees
      .flatMap((grantee) => here.get(grantee) ?? [])
      .map((permission): Entry => {
        const gives = roles.find(permission.roleId)?.privileges.has(privilege) ?? false
        return { permission, gives, outcome: outcomeOf(permission) }
      })
      .sort((a, b) => order(a) - order(b))
    if (entries.length > 0) steps.push({ node: above, entries })

    function outcomeOf(permission: Permission): EntryOutcome {
      if (deciding.has(permission)) return 'decides'
      if (!reaches(permission)) return 'not_propagating'
      return permission.group && ownDecides ? 'user_before_groups' : 'nearer_decides'
    }
  }

  const allowed = index.isAllowed(who, objectId, privilege)
  const given = trace.grant.privileges
  const reason = allowed ? whyAllowed() : whyNot()
  const below = reason === 'on_the_way' ? first(fewBelow, index.givingBelow(who, objectId)) : []
  return { allowed, reason, holder, steps, below }

  function whyAllowed(): Reason {
    if (given.has(privilege)) return 'granted'
    return privilege === 'System.Anonymous' ? 'anonymous' : 'on_the_way'
  }

  function whyNot(): Reason {
    if (deciding.size === 0) return 'no_permission'
    return given.size === 0 ? 'no_access' : 'not_in_role'
  }
}

const order = ({ outcome, permission }: Entry) => entryOutcomes.indexOf(outcome) * 2 + (permission.group ? 1 : 0)

/** What holds the permissions of an object and all that it inherits from, each before those above it. */
export function lineageOf(node: ObjectNode): ObjectNode[] {
  const topFirst = new Set<ObjectNode>()
  function climb({ holder }: ObjectNode): void {
    if (topFirst.has(holder)) return
    for (const parent of holder.parents.toReversed()) climb(parent)
    topFirst.add(holder)
  }
  climb(node)
  return [...topFirst].reverse()
}

function first<T>(count: number, from: Iterable<T>): T[] {
  const found: T[] = []
  for (const one of from) {
    found.push(one)
    if (found.length === count) break
  }
  return found
}
