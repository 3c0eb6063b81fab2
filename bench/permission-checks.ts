import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { createAuthorization } from '../src/access/vcenter/authorization/authorizer.ts'
import { granteeOf, type Permission } from '../src/access/vcenter/authorization/permission.ts'
import { createPermissionIndex } from '../src/access/vcenter/authorization/permission-index.ts'
import { createPermissionView } from '../src/access/vcenter/authorization/permission-view.ts'
import { privileges, systemPrivileges } from '../src/access/vcenter/authorization/privileges.ts'
import { createRecordedChecks } from '../src/access/vcenter/authorization/recorded-checks.ts'
import type { Role } from '../src/access/vcenter/authorization/role.ts'
import { createRoleView } from '../src/access/vcenter/authorization/role-view.ts'
import type { VcenterCall } from '../src/access/vcenter/call.ts'
import { keptChecks } from '../src/access/vcenter/inferred.ts'
import type { ObjectNode } from '../src/access/vcenter/object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../src/access/vcenter/principal.ts'
import { createVsphereInventory, type VsphereInventory } from '../src/inventory/vsphere/inventory.ts'
import { madeInventory } from '../src/inventory/vsphere/made-inventory.ts'

/** Sizes of the inventory; everything else is the same for each. */
export const objectCounts = [1_000, 100_000, 1_000_000]
const permissionCount = 10_000
const userCount = 1_000
const groupCount = 200
const groupsOfUser = 5
const roleCount = 50
const privilegesOfRole = 30
const questionCount = 500_000
const rounds = 3
/** For each peer and size, in milliseconds; they answer some dozens of questions in it. */
const peerTime = 2_000
/** Objects that the peers are asked about. */
const peerObjects = 500

const domain = 'vsphere.local'

export interface CheckFigures {
  objects: number
  /** Answers a second, each by itself, of one that has answered the like before. */
  ours: number
  /** The same, and each check recorded. */
  recorded: number
  /** The first time anything is asked. */
  cold: number
  casbin: number
  cedar: number
}

/** The same numbers in every run: what is measured must not depend on luck. */
function createRandom(seed: number) {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return { random, pick: <T>(from: readonly T[]): T => from[random(from.length)] as T }
}

interface World {
  inventory: VsphereInventory
  roles: Role[]
  permissions: Permission[]
  principals: VcenterPrincipal[]
  questions: { who: VcenterPrincipal; objectId: string; privilege: string }[]
}

function sizeOf(objects: number) {
  const datacenters = Math.max(1, Math.round(objects / 50_000))
  return { datacenters, clusters: 4, hosts: 20, vms: objects - datacenters * 120 }
}

function makeWorld(objects: number): World {
  const { random, pick } = createRandom(objects)
  const inventory = createVsphereInventory(madeInventory(sizeOf(objects)))
  const ids = [...privileges.keys()]
  const roles = Array.from({ length: roleCount }, (_, index): Role => {
    const given = Array.from({ length: privilegesOfRole }, () => pick(ids))
    const name = `role-${index}`
    const all = new Set<string>([...systemPrivileges, ...given])
    return { id: 1000 + index, name, label: name, description: '', privileges: all, system: false, grantable: true }
  })
  const principals = Array.from({ length: userCount }, (_, index): VcenterPrincipal => {
    const groups = Array.from({ length: groupsOfUser }, () => principalKey(`group-${random(groupCount)}`, domain))
    const name = `user-${index}`
    return { name, domain, key: principalKey(name, domain), groups: new Set(groups) }
  })
  const nodes = [...allBelow(inventory.root)]
  const holders = nodes.filter((node) => node.holder === node)
  // Every tenth on what others are in, where there is so much of that.
  const places = holders.filter((node) => node.children.size > 0)
  const permissions = new Map<string, Permission>()
  while (permissions.size < permissionCount) {
    const group = random(4) > 0
    const name = group ? `group-${random(groupCount)}` : `user-${random(userCount)}`
    const { id: objectId } = pick(random(10) === 0 ? places : holders)
    const grantee = granteeOf(group, principalKey(name, domain))
    const propagate = random(5) > 0
    const roleId = pick(roles).id
    permissions.set(`${objectId} ${grantee}`, { objectId, name, domain, group, grantee, roleId, propagate })
  }
  // Ids come out of requests: they are never the very texts that the inventory holds.
  const questions = Array.from({ length: questionCount }, () => ({
    who: pick(principals),
    objectId: Buffer.from(pick(nodes).id).toString('latin1'),
    privilege: pick(ids),
  }))
  return { inventory, roles, permissions: [...permissions.values()], principals, questions }
}

function* allBelow(root: ObjectNode): Iterable<ObjectNode> {
  const found = new Set<ObjectNode>([root])
  for (const node of found) {
    yield node
    for (const child of node.children) found.add(child)
  }
}

/** Work a second of processor time: others on the machine do not count. */
function perSecond(times: number, work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (times * 1e6) / (user + system)
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** @returns with the figures how many of the questions were answered with yes, which every way to answer must agree on. */
function measureOurs({ inventory, roles, permissions, questions }: World) {
  const index = createPermissionIndex({
    tree: inventory,
    roles: createRoleView(roles),
    permissions: createPermissionView(permissions),
  })
  let allowed = 0
  const ask = () => {
    allowed = 0
    for (const { who, objectId, privilege } of questions) if (index.isAllowed(who, objectId, privilege)) allowed++
  }
  const cold = perSecond(questionCount, ask)
  const warm = Array.from({ length: rounds }, () => perSecond(questionCount, ask))

  const recorded = createRecordedChecks(keptChecks, index.has)
  const authorization = createAuthorization(index, recorded.record)
  // A call asks about some objects one after another.
  const calls = questions
    .filter((_, index) => index % 1000 === 0)
    .map(({ who }): VcenterCall => {
      const { key } = who
      return { caller: who, sessionKey: key, opId: '', now: 0, change: () => Promise.reject(new Error('not here')) }
    })
  const recording = Array.from({ length: rounds }, () =>
    perSecond(questionCount, () => {
      for (const [at, { objectId, privilege }] of questions.entries()) {
        authorization.may(calls[Math.floor(at / 1000)] as VcenterCall, objectId, privilege)
      }
    }),
  )
  return { ours: median(warm), recorded: median(recording), cold, allowed }
}

/** What peers are told of: some objects, and all that is above them. */
function peerPart({ inventory, questions, permissions }: World) {
  const asked = questions.slice(0, peerObjects)
  const known = new Set<ObjectNode>(asked.map(({ objectId }) => inventory.find(objectId) as ObjectNode))
  for (const node of known) for (const parent of node.parents) known.add(parent)
  return { asked, known, permissions }
}

function forAWhile(ask: (at: number) => void): number {
  ask(0)
  let answered = 0
  const before = process.threadCpuUsage()
  for (const until = performance.now() + peerTime; performance.now() < until; answered++) ask(answered)
  const { user, system } = process.threadCpuUsage(before)
  return (answered * 1e6) / (user + system)
}

const casbinModel = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
g2 = _, _
g3 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g2(r.obj, p.obj) && g(r.sub, p.sub) && g3(r.act, p.act)
`

/** Users in groups, objects in objects, privileges in roles; any permission on the way up counts. */
async function measureCasbin(world: World): Promise<number> {
  const { asked, known, permissions } = peerPart(world)
  const lines = [
    ...permissions.map(({ grantee, objectId, roleId }) => `p, ${grantee}, ${objectId}, role-${roleId}`),
    ...world.principals.flatMap(({ key, groups }) =>
      [...groups].map((group) => `g, ${granteeOf(false, key)}, ${granteeOf(true, group)}`),
    ),
    ...[...known].flatMap((node) => node.parents.map((parent) => `g2, ${node.id}, ${parent.id}`)),
    ...world.roles.flatMap((role) => [...role.privileges].map((privilege) => `g3, ${privilege}, role-${role.id}`)),
  ]
  const enforcer = await newEnforcer(newModelFromString(casbinModel), new StringAdapter(lines.join('\n')))
  return forAWhile((at) => {
    const { who, objectId, privilege } = asked[at % asked.length] as World['questions'][0]
    enforcer.enforceSync(granteeOf(false, who.key), objectId, privilege)
  })
}

/** The same in Cedar, which is told with each question of the user and the object and what these are in. */
function measureCedar(world: World): number {
  const { asked, known, permissions } = peerPart(world)
  const entity = (type: string, id: string) => `${type}::${JSON.stringify(id)}`
  const policies = permissions.map(
    ({ group, grantee, objectId, roleId }) =>
      `permit(principal ${group ? 'in' : '=='} ${entity(group ? 'Group' : 'User', grantee)}, action in ${entity('Action', `role-${roleId}`)}, resource in ${entity('Object', objectId)});`,
  )
  const parsed = preparsePolicySet('bench', { staticPolicies: policies.join('\n') })
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed))
  const uid = (type: string, id: string) => ({ type, id })
  const above = (id: string) => {
    const nodes = new Set([[...known].find((node) => node.id === id) as ObjectNode])
    for (const node of nodes) for (const parent of node.parents) nodes.add(parent)
    return [...nodes]
  }
  const questions = asked.map(({ who, objectId, privilege }) => ({
    principal: uid('User', granteeOf(false, who.key)),
    action: uid('Action', privilege),
    resource: uid('Object', objectId),
    context: {},
    preparsedPolicySetId: 'bench',
    entities: [
      {
        uid: uid('User', granteeOf(false, who.key)),
        attrs: {},
        parents: [...who.groups].map((group) => uid('Group', granteeOf(true, group))),
      },
      {
        uid: uid('Action', privilege),
        attrs: {},
        parents: world.roles
          .filter((role) => role.privileges.has(privilege))
          .map((role) => uid('Action', `role-${role.id}`)),
      },
      ...above(objectId).map((node) => ({
        uid: uid('Object', node.id),
        attrs: {},
        parents: node.parents.map((parent) => uid('Object', parent.id)),
      })),
    ],
  }))
  return forAWhile((at) => {
    const answer = statefulIsAuthorized(questions[at % questions.length] as (typeof questions)[0])
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer))
  })
}

/**
 * Permission checks a second over inventories of several sizes with the same permissions on them, beside two libraries
 * that decide by policies. These are asked an easier question, for there is nothing in them that a nearer permission
 * takes the place of one further up.
 */
export async function measurePermissionChecks(): Promise<CheckFigures[]> {
  const figures: CheckFigures[] = []
  for (const objects of objectCounts) {
    const world = makeWorld(objects)
    const { allowed, ...ours } = measureOurs(world)
    if (allowed < questionCount / 100) throw new Error(`only ${allowed} of ${questionCount} questions are of interest`)
    figures.push({
      objects: world.inventory.size,
      ...ours,
      casbin: await measureCasbin(world),
      cedar: measureCedar(world),
    })
  }
  return figures
}

if (import.meta.main) {
  const whole = (value: number) => Math.round(value)
  console.table(
    (await measurePermissionChecks()).map((figures) =>
      Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, whole(value)])),
    ),
  )
}
