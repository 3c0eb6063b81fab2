import type { ObjectNode, ObjectTree } from '../object-tree.ts'
import type { VcenterPrincipal } from '../principal.ts'
import { nodeOf } from './dynamic-id.ts'
import { createNumberedIds } from './numbered-ids.ts'
import { type Grantee, granteeOf, type Permission } from './permission.ts'
import type { PermissionView } from './permission-view.ts'
import type { RoleView } from './role-view.ts'

/** What somebody has on an object. */
export interface Grant {
  /** Role ids, each once. */
  readonly roles: readonly number[]
  readonly privileges: ReadonlySet<string>
}

/** How it was decided what somebody has on an object. */
export interface Trace {
  readonly grant: Grant
  /** The permissions whose roles make it up: those that decide on their own path to the object. */
  readonly deciding: readonly Permission[]
}

/**
 * Permissions that decide together, for everybody they are about; for the others the levels above decide together.
 * Few objects have permissions, so many objects share a level.
 */
interface Level extends PermissionSet {
  readonly number: number
  /** Whose permissions they are; undefined where it only joins others. */
  readonly objectId: string | undefined
  readonly above: readonly Level[]
}

/** What an evaluation tells of itself. */
interface Report {
  /** Numbers of the users and groups whose permissions decide, by what these are on. */
  readonly deciding: Map<string, readonly number[]>
  /** Grants of the levels that it has been through. */
  readonly grants: Map<number, number>
}

/** A grant, whose privileges are one bit each: there are many of them. */
interface Bits {
  readonly roles: readonly number[]
  /** As long as is needed for the last privilege in them. */
  readonly words: Int32Array
}

/** Permissions of one object, as fast to look through as numbers are. */
interface PermissionSet {
  /** Numbers of the users and groups they are for, and of what each of these is given. */
  readonly grantees: Int32Array
  readonly grants: Int32Array
  /** Where there are many, the same to look things up in. */
  readonly byGrantee: ReadonlyMap<number, number> | undefined
}

/** Everybody for whom the same permissions count: a user and groups, as far as there are permissions for them. */
interface Subject {
  readonly number: number
  /** `none` without a permission for just them. */
  readonly user: number
  readonly groups: ReadonlySet<number>
  /** The same by their keys. */
  readonly grantees: readonly Grantee[]
  /** Ids of the objects with a permission for them that gives something, and of all above these; made when needed. */
  way: ReadonlySet<string> | undefined
}

export interface IndexLimits {
  /** Levels that are told apart. */
  levels: number
  subjects: number
  /** Sets of privileges, and what two of them are together. */
  grants: number
  sums: number
  /** Ids of objects on the way to others, of all subjects together. */
  wayIds: number
  /** Answers that are remembered, as a power of 2. */
  answersLog2: number
}

const defaultLimits: IndexLimits = {
  levels: 200_000,
  subjects: 10_000,
  grants: 30_000,
  sums: 100_000,
  wayIds: 1_000_000,
  answersLog2: 18,
}

export interface IndexParts {
  tree: ObjectTree
  permissions: PermissionView
  roles: RoleView
}

/** Number of no level and of no user or group. */
const none = 0
/** Number of the grant that gives nothing, for there is no permission. */
const nothing = 0
const noMatch = -1
/** More permissions on one object than this are looked up in a map. */
const mostInArray = 8
/** Grants have smaller numbers, so that two of them make a small one. */
const pairFactor = 2 ** 15

export type PermissionIndex = ReturnType<typeof createPermissionIndex>

/**
 * Answers what {@link isAllowed} answers, fast: what an object's level is and what a subject has there is remembered,
 * in memory that does not grow with the number of checks. Any change of permissions, roles or the tree makes it
 * forget everything, and it learns again as it is asked; what changes about a person makes another principal of them.
 *
 * @see vcenter-api.md 4.2
 */
export function createPermissionIndex({ tree, permissions, roles }: IndexParts, limits = defaultLimits) {
  let stale = true
  const levelNumbers = createNumberedIds()
  /** By number; the one of number `none` is nobody's. */
  let levels: Level[]
  let ownLevels: Map<string, Level>
  let flowLevels: Map<string, Level>
  let joinedLevels: Map<string, Level>
  let subjects: Map<string, Subject>
  let subjectOfPrincipal: WeakMap<VcenterPrincipal, Subject>
  let grants: Bits[]
  let grantNumbers: Map<string, number>
  /** What two grants are together. */
  let sums: Map<number, number>
  let granteeNumbers: Map<Grantee, number>
  let wayIds: number
  /** Of every privilege that any role gives. */
  const privilegeNumbers = new Map<string, number>()

  // Four numbers an answer: subject, level, grant, and one that keeps an answer within a cache line. A new answer
  // takes the place of an older one.
  const answers = new Int32Array(4 << limits.answersLog2)
  const shift = 32 - limits.answersLog2

  const forget = () => {
    stale = true
  }
  tree.onChange(forget)
  permissions.onChange(forget)
  roles.onChange(forget)

  function startOver(): void {
    stale = false
    levelNumbers.clear()
    levels = []
    ownLevels = new Map()
    flowLevels = new Map()
    joinedLevels = new Map()
    subjects = new Map()
    subjectOfPrincipal = new WeakMap()
    grants = []
    grantNumbers = new Map()
    sums = new Map()
    granteeNumbers = new Map()
    wayIds = 0
    answers.fill(0)
    grantOfRoles([])
    newLevel(undefined, [], [])
  }

  function newLevel(objectId: string | undefined, permissions: readonly Permission[], above: readonly Level[]): Level {
    const level = { number: levels.length, objectId, ...setOf(permissions), above }
    levels.push(level)
    return level
  }

  function setOf(permissions: readonly Permission[]): PermissionSet {
    const grantees = Int32Array.from(permissions, ({ grantee }) => granteeNumber(grantee))
    const grants = Int32Array.from(permissions, ({ roleId }) => grantOfRoles([roleId]))
    const many = permissions.length > mostInArray
    return {
      grantees,
      grants,
      byGrantee: many ? new Map(Array.from(grantees, (id, at) => [id, grants[at]!])) : undefined,
    }
  }

  function granteeNumber(grantee: Grantee): number {
    let number = granteeNumbers.get(grantee)
    if (number === undefined) {
      number = granteeNumbers.size + 1
      granteeNumbers.set(grantee, number)
    }
    return number
  }

  /** What parents let flow: their levels, each once, as one. */
  function joined(parents: readonly ObjectNode[]): Level {
    const flows = new Set<Level>()
    for (const parent of parents) flows.add(flowAt(parent))
    const [first, ...others] = flows
    if (first && others.length === 0) return first
    const key = [...flows].map(({ number }) => number).join()
    let level = joinedLevels.get(key)
    if (!level) {
      level = newLevel(undefined, [], [...flows])
      joinedLevels.set(key, level)
    }
    return level
  }

  function flowAt(below: ObjectNode): Level {
    let { holder } = below
    // Most of the way up there is nothing to see.
    while (!permissions.has(holder.id) && holder.parents.length === 1) {
      holder = (holder.parents[0] as ObjectNode).holder
    }
    if (!permissions.has(holder.id)) return joined(holder.parents)
    let level = flowLevels.get(holder.id)
    if (!level) {
      const flowing = [...permissions.on(holder.id).values()].filter(({ propagate }) => propagate)
      const above = joined(holder.parents)
      level = flowing.length === 0 ? above : levelOf(holder, flowing, above)
      flowLevels.set(holder.id, level)
    }
    return level
  }

  function levelOf({ id, adds }: ObjectNode, own: readonly Permission[], above: Level): Level {
    return adds ? newLevel(undefined, [], [newLevel(id, own, []), above]) : newLevel(id, own, [above])
  }

  function levelAt({ holder }: ObjectNode): Level {
    const own = [...permissions.on(holder.id).values()]
    if (own.every(({ propagate }) => propagate)) return flowAt(holder)
    let level = ownLevels.get(holder.id)
    if (!level) {
      level = levelOf(holder, own, joined(holder.parents))
      ownLevels.set(holder.id, level)
    }
    return level
  }

  /** @returns `none` where there is no such object. */
  function levelNumberOf(objectId: string): number {
    const known = levelNumbers.get(objectId)
    if (known !== none) return known
    const node = nodeOf(tree, objectId)
    if (!node) return none
    if (levels.length >= limits.levels) startOver()
    const { number } = levelAt(node)
    levelNumbers.set(objectId, number)
    return number
  }

  function subjectOf(principal: VcenterPrincipal): Subject {
    let subject = subjectOfPrincipal.get(principal)
    if (!subject) {
      subject = newSubject(principal)
      subjectOfPrincipal.set(principal, subject)
    }
    return subject
  }

  function newSubject(principal: VcenterPrincipal): Subject {
    const self = granteeOf(false, principal.key)
    const user = permissions.hasGrantee(self) ? [self] : []
    const groups = [...principal.groups].map((key) => granteeOf(true, key)).filter(permissions.hasGrantee)
    const grantees = [...user, ...groups.sort()]
    const key = grantees.join('\n')
    let subject = subjects.get(key)
    if (!subject) {
      subject = {
        number: subjects.size + 1,
        user: user.length > 0 ? granteeNumber(self) : none,
        groups: new Set(groups.map(granteeNumber)),
        grantees,
        way: undefined,
      }
      subjects.set(key, subject)
    }
    return subject
  }

  /**
   * The number of what the permissions of one object give; `noMatch` where none is about the subject.
   *
   * @param deciding Is told whose permissions these are.
   */
  function matchAt(
    { grantees, grants, byGrantee }: PermissionSet,
    { user, groups }: Subject,
    deciding?: number[],
  ): number {
    let shared = noMatch
    if (byGrantee && groups.size < grantees.length) {
      const own = byGrantee.get(user)
      if (own !== undefined) {
        deciding?.push(user)
        return own
      }
      for (const group of groups) {
        const grant = byGrantee.get(group)
        if (grant === undefined) continue
        deciding?.push(group)
        shared = sum(shared, grant)
      }
      return shared
    }
    for (let at = 0; at < grantees.length; at++) {
      const grantee = grantees[at] as number
      if (grantee === user) {
        deciding?.splice(0, deciding.length, user)
        return grants[at] as number
      }
      if (!groups.has(grantee)) continue
      deciding?.push(grantee)
      shared = sum(shared, grants[at] as number)
    }
    return shared
  }

  /** What two grants give together; `noMatch` gives nothing. */
  function sum(one: number, other: number): number {
    if (one === other || one <= nothing) return other
    if (other === nothing) return one
    const pair = Math.min(one, other) * pairFactor + Math.max(one, other)
    let number = sums.get(pair)
    if (number === undefined) {
      number = grantOfRoles([...(grants[one] as Bits).roles, ...(grants[other] as Bits).roles])
      if (sums.size >= limits.sums) sums.clear()
      sums.set(pair, number)
    }
    return number
  }

  function grantOfRoles(roleIds: readonly number[]): number {
    const ids = [...new Set(roleIds)].sort((a, b) => a - b)
    const key = ids.join()
    let number = grantNumbers.get(key)
    if (number === undefined) {
      number = grants.push({ roles: ids, words: wordsOf(privilegesOf(ids)) }) - 1
      grantNumbers.set(key, number)
    }
    return number
  }

  function privilegesOf(roleIds: readonly number[]): ReadonlySet<string> {
    const sets = roleIds.map((id) => roles.find(id)?.privileges ?? new Set<string>())
    return sets.length === 1 && sets[0] ? sets[0] : new Set(sets.flatMap((set) => [...set]))
  }

  function wordsOf(ids: ReadonlySet<string>): Int32Array {
    for (const id of ids) if (!privilegeNumbers.has(id)) privilegeNumbers.set(id, privilegeNumbers.size)
    const words = new Int32Array((privilegeNumbers.size + 31) >>> 5)
    for (const id of ids) {
      const number = privilegeNumbers.get(id) as number
      words[number >>> 5]! |= 1 << (number & 31)
    }
    return words
  }

  function grantNumberAt(subject: Subject, level: number): number {
    const at = ((Math.imul(subject.number, 0x9e3779b1) + Math.imul(level, 0x85ebca6b)) >>> shift) << 2
    if (answers[at] === subject.number && answers[at + 1] === level) return answers[at + 2] as number
    const grant = evaluate(subject, level, grantNumberAt)
    answers[at] = subject.number
    answers[at + 1] = level
    answers[at + 2] = grant
    return grant
  }

  /** @param above What the subject has at a level above. */
  function evaluate(
    subject: Subject,
    level: number,
    above: (subject: Subject, level: number) => number,
    deciding?: number[],
  ): number {
    const known = levels[level] as Level
    let grant = matchAt(known, subject, deciding)
    if (grant === noMatch) {
      for (const { number } of known.above) grant = sum(grant, above(subject, number))
      if (grant === noMatch) grant = nothing
    }
    return grant
  }

  /** The same evaluation, which remembers nothing and tells what decided. */
  function trace(subject: Subject, level: number, report: Report): number {
    const known = report.grants.get(level)
    if (known !== undefined) return known
    const deciding: number[] = []
    const grant = evaluate(subject, level, (subject, above) => trace(subject, above, report), deciding)
    const { objectId } = levels[level] as Level
    if (objectId !== undefined && deciding.length > 0) report.deciding.set(objectId, deciding)
    report.grants.set(level, grant)
    return grant
  }

  /** Objects with a permission that gives somebody something there. */
  function* givingNodes(subject: Subject): Iterable<ObjectNode> {
    const seen = new Set<string>()
    for (const grantee of subject.grantees) {
      for (const { objectId } of permissions.ofGrantee(grantee)) {
        const node = nodeOf(tree, objectId)
        if (!node || seen.has(objectId)) continue
        seen.add(objectId)
        // Of many permissions on one object only those about the subject matter.
        const here = permissions.on(objectId)
        const match = matchAt(setOf(subject.grantees.flatMap((grantee) => here.get(grantee) ?? [])), subject)
        if ((grants[match] as Bits).words.some((word) => word !== 0)) yield node
      }
    }
  }

  /** Objects that somebody may see because they have something below. @see vcenter-api.md 4.1, R11 */
  function wayOf(subject: Subject): ReadonlySet<string> {
    if (subject.way) return subject.way
    const way = new Set<string>()
    for (const node of givingNodes(subject)) {
      if (way.has(node.id)) continue
      const toClimb: ObjectNode[] = [node]
      for (const step of toClimb) {
        if (way.has(step.id)) continue
        way.add(step.id)
        if (!step.adds) toClimb.push(...step.parents)
      }
    }
    if (wayIds + way.size > limits.wayIds) {
      for (const other of subjects.values()) other.way = undefined
      wayIds = 0
    }
    wayIds += way.size
    subject.way = way
    return way
  }

  /** Makes sure that what follows neither answers from before a change nor fills the memory. */
  function refresh(): void {
    if (stale || subjects.size >= limits.subjects || grants.length >= limits.grants) startOver()
  }

  function has(objectId: string): boolean {
    refresh()
    return levelNumberOf(objectId) !== none
  }

  /** What somebody has on an object; undefined where there is no such object. */
  function find(principal: VcenterPrincipal, objectId: string): Bits | undefined {
    refresh()
    const level = levelNumberOf(objectId)
    return level === none ? undefined : grants[grantNumberAt(subjectOf(principal), level)]
  }

  const shown = (found: Bits | undefined): Grant | undefined =>
    found && { roles: found.roles, privileges: privilegesOf(found.roles) }

  return {
    /** Whether there is such an object. */
    has,

    /** The roles that somebody has on an object and what they give; undefined where there is no such object. */
    grantOn: (principal: VcenterPrincipal, objectId: string): Grant | undefined => shown(find(principal, objectId)),

    /** What of that reaches the objects below, as far as those have no permissions of their own. */
    flowOn(principal: VcenterPrincipal, objectId: string): Grant | undefined {
      refresh()
      const node = nodeOf(tree, objectId)
      return shown(node && grants[grantNumberAt(subjectOf(principal), flowAt(node).number)])
    },

    /** How what somebody has on an object comes about; undefined where there is no such object. */
    trace(principal: VcenterPrincipal, objectId: string): Trace | undefined {
      refresh()
      const level = levelNumberOf(objectId)
      if (level === none) return undefined
      const subject = subjectOf(principal)
      const report: Report = { deciding: new Map(), grants: new Map() }
      const found = trace(subject, level, report)
      const deciding = [...report.deciding].flatMap(([id, numbers]) => {
        const here = permissions.on(id)
        return subject.grantees
          .filter((grantee) => numbers.includes(granteeNumber(grantee)))
          .flatMap((grantee) => here.get(grantee) ?? [])
      })
      return { grant: shown(grants[found])!, deciding }
    },

    /**
     * Objects below one, or that one itself, with a permission that gives somebody something there: why they may see it.
     *
     * @see vcenter-api.md 4.1, R11
     */
    *givingBelow(principal: VcenterPrincipal, objectId: string): Iterable<ObjectNode> {
      refresh()
      for (const node of givingNodes(subjectOf(principal))) if (isAtOrAbove(objectId, node)) yield node
    },

    /** Whether somebody has a privilege on an object. Nobody has one on an object that is not there. */
    isAllowed(principal: VcenterPrincipal | undefined, objectId: string, privilege: string): boolean {
      if (privilege === 'System.Anonymous') return has(objectId)
      const found = principal && find(principal, objectId)
      if (!found) return false
      const number = privilegeNumbers.get(privilege)
      // A word that is not there has no bits.
      if (number !== undefined && ((found.words[number >>> 5] as number) & (1 << (number & 31))) !== 0) return true
      return privilege === 'System.View' && wayOf(subjectOf(principal)).has(objectId)
    },

    /** Every privilege that {@link isAllowed} says yes to. */
    privilegesOn(principal: VcenterPrincipal, objectId: string): ReadonlySet<string> {
      const grant = shown(find(principal, objectId))
      if (!grant) return new Set()
      if (grant.privileges.has('System.View') && grant.privileges.has('System.Anonymous')) return grant.privileges
      const privileges = new Set(grant.privileges).add('System.Anonymous')
      return wayOf(subjectOf(principal)).has(objectId) ? privileges.add('System.View') : privileges
    },
  }
}

/** Whether an object is one or stands above it, on whatever path. */
function isAtOrAbove(objectId: string, below: ObjectNode): boolean {
  const toClimb = new Set([below])
  for (const node of toClimb) {
    if (node.id === objectId) return true
    for (const parent of node.parents) toClimb.add(parent)
  }
  return false
}
