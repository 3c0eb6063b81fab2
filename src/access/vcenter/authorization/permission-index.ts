import { globalRoot, type ObjectNode, type ObjectTree } from '../object-tree.ts'
import type { VcenterPrincipal } from '../principal.ts'
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

/**
 * Permissions that decide together, for everybody they are about; for the others the levels above decide together.
 * Few objects have permissions, so many objects share a level.
 */
interface Level {
  readonly number: number
  readonly permissions: ReadonlyMap<Grantee, Permission>
  readonly above: readonly Level[]
}

/** Everybody for whom the same permissions count: a user and groups, as far as there are permissions for them. */
interface Subject {
  readonly number: number
  readonly user: Grantee | undefined
  readonly groups: ReadonlySet<Grantee>
  /** Ids of the objects with a permission for them that gives something, and of all above these; made when needed. */
  way: ReadonlySet<string> | undefined
}

export interface IndexLimits {
  /** Levels that are told apart. */
  levels: number
  subjects: number
  /** Sets of privileges. */
  grants: number
  /** Ids of objects on the way to others, of all subjects together. */
  wayIds: number
  /** Answers that are remembered, as a power of 2. */
  answersLog2: number
}

const defaultLimits: IndexLimits = {
  levels: 200_000,
  subjects: 10_000,
  grants: 2_000,
  wayIds: 1_000_000,
  answersLog2: 18,
}

export interface IndexParts {
  tree: ObjectTree
  permissions: PermissionView
  roles: RoleView
}

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
  /** By number; what has number 0 has not been looked at. */
  let levels: Level[]
  let ownLevels: Map<string, Level>
  let flowLevels: Map<string, Level>
  let joinedLevels: Map<string, Level>
  let subjects: Map<string, Subject>
  let subjectOfPrincipal: WeakMap<VcenterPrincipal, Subject>
  let grants: Grant[]
  let grantNumbers: Map<string, number>
  let wayIds: number

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
    levels = [{ number: 0, permissions: new Map(), above: [] }]
    ownLevels = new Map()
    flowLevels = new Map()
    joinedLevels = new Map()
    subjects = new Map()
    subjectOfPrincipal = new WeakMap()
    grants = []
    grantNumbers = new Map()
    wayIds = 0
    answers.fill(0)
  }

  function newLevel(permissions: Level['permissions'], above: readonly Level[]): Level {
    const level = { number: levels.length, permissions, above }
    levels.push(level)
    return level
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
      level = newLevel(new Map(), [...flows])
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
      const flowing = new Map([...permissions.on(holder.id)].filter(([, { propagate }]) => propagate))
      const above = joined(holder.parents)
      level = flowing.size === 0 ? above : newLevel(flowing, [above])
      flowLevels.set(holder.id, level)
    }
    return level
  }

  function levelAt({ holder }: ObjectNode): Level {
    const own = permissions.on(holder.id)
    if ([...own.values()].every(({ propagate }) => propagate)) return flowAt(holder)
    let level = ownLevels.get(holder.id)
    if (!level) {
      level = newLevel(own, [joined(holder.parents)])
      ownLevels.set(holder.id, level)
    }
    return level
  }

  const nodeOf = (objectId: string) => (objectId === globalRoot ? tree.global : tree.find(objectId))

  /** @returns 0 where there is no such object. */
  function levelNumberOf(objectId: string): number {
    const known = levelNumbers.get(objectId)
    if (known !== 0) return known
    const node = nodeOf(objectId)
    if (!node) return 0
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
    const user = permissions.hasGrantee(self) ? self : undefined
    const groups = [...principal.groups].map((key) => granteeOf(true, key)).filter(permissions.hasGrantee)
    const key = [user ?? '', ...groups.sort()].join('\n')
    let subject = subjects.get(key)
    if (!subject) {
      subject = { number: subjects.size + 1, user, groups: new Set(groups), way: undefined }
      subjects.set(key, subject)
    }
    return subject
  }

  /** The number of what the permissions of one object give; undefined where none is about the subject. */
  function matchAt(set: Level['permissions'], { user, groups }: Subject): number | undefined {
    const own = user === undefined ? undefined : set.get(user)
    if (own) return grantOfRoles([own.roleId])
    const shared: number[] = []
    if (groups.size <= set.size) {
      for (const group of groups) {
        const permission = set.get(group)
        if (permission) shared.push(permission.roleId)
      }
    } else {
      for (const [grantee, { roleId }] of set) if (groups.has(grantee)) shared.push(roleId)
    }
    return shared.length > 0 ? grantOfRoles(shared) : undefined
  }

  function grantOfRoles(roleIds: readonly number[]): number {
    const ids = [...new Set(roleIds)].sort((a, b) => a - b)
    const key = ids.join()
    let number = grantNumbers.get(key)
    if (number === undefined) {
      const sets = ids.map((id) => roles.find(id)?.privileges ?? new Set<string>())
      const all = sets.length === 1 && sets[0] ? sets[0] : new Set(sets.flatMap((set) => [...set]))
      number = grants.push({ roles: ids, privileges: all }) - 1
      grantNumbers.set(key, number)
    }
    return number
  }

  function grantNumberAt(subject: Subject, level: number): number {
    const at = ((Math.imul(subject.number, 0x9e3779b1) + Math.imul(level, 0x85ebca6b)) >>> shift) << 2
    if (answers[at] === subject.number && answers[at + 1] === level) return answers[at + 2] as number
    const { permissions: set, above } = levels[level] as Level
    let grant = matchAt(set, subject)
    if (grant === undefined) {
      const flowing = new Set(above.map(({ number }) => grantNumberAt(subject, number)))
      const [first] = flowing
      grant =
        first !== undefined && flowing.size === 1
          ? first
          : grantOfRoles([...flowing].flatMap((number) => (grants[number] as Grant).roles))
    }
    answers[at] = subject.number
    answers[at + 1] = level
    answers[at + 2] = grant
    return grant
  }

  /** Objects that somebody may see because they have something below. @see vcenter-api.md 4.1, R11 */
  function wayOf(subject: Subject): ReadonlySet<string> {
    if (subject.way) return subject.way
    const way = new Set<string>()
    const own = subject.user === undefined ? [] : [subject.user]
    for (const grantee of [...own, ...subject.groups]) {
      for (const { objectId } of permissions.ofGrantee(grantee)) {
        const node = nodeOf(objectId)
        if (!node || way.has(objectId)) continue
        const match = matchAt(permissions.on(objectId), subject)
        if (match === undefined || (grants[match] as Grant).privileges.size === 0) continue
        const toClimb: ObjectNode[] = [node]
        for (const step of toClimb) {
          if (way.has(step.id)) continue
          way.add(step.id)
          toClimb.push(...step.parents)
        }
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

  /** What somebody has on an object; undefined where there is no such object. */
  function grantOn(principal: VcenterPrincipal, objectId: string): Grant | undefined {
    refresh()
    const level = levelNumberOf(objectId)
    return level === 0 ? undefined : grants[grantNumberAt(subjectOf(principal), level)]
  }

  return {
    /** The roles that somebody has on an object and what they give; undefined where there is no such object. */
    grantOn,

    /** What of that reaches the objects below, as far as those have no permissions of their own. */
    flowOn(principal: VcenterPrincipal, objectId: string): Grant | undefined {
      refresh()
      const node = nodeOf(objectId)
      return node && grants[grantNumberAt(subjectOf(principal), flowAt(node).number)]
    },

    /** Whether somebody has a privilege on an object. Nobody has one on an object that is not there. */
    isAllowed(principal: VcenterPrincipal | undefined, objectId: string, privilege: string): boolean {
      if (privilege === 'System.Anonymous') return nodeOf(objectId) !== undefined
      const grant = principal && grantOn(principal, objectId)
      if (!grant) return false
      if (grant.privileges.has(privilege)) return true
      return privilege === 'System.View' && wayOf(subjectOf(principal)).has(objectId)
    },

    /** Every privilege that {@link isAllowed} says yes to. */
    privilegesOn(principal: VcenterPrincipal, objectId: string): ReadonlySet<string> {
      const grant = grantOn(principal, objectId)
      if (!grant) return new Set()
      if (grant.privileges.has('System.View') && grant.privileges.has('System.Anonymous')) return grant.privileges
      const privileges = new Set(grant.privileges).add('System.Anonymous')
      return wayOf(subjectOf(principal)).has(objectId) ? privileges.add('System.View') : privileges
    },
  }
}
