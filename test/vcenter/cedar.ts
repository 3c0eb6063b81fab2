import assert from 'node:assert/strict'
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { isAllowed } from '../../src/access/vcenter/authorization/effective-roles.ts'
import type { Permission } from '../../src/access/vcenter/authorization/permission.ts'
import { createPermissionIndex } from '../../src/access/vcenter/authorization/permission-index.ts'
import type { ObjectNode } from '../../src/access/vcenter/object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../../src/access/vcenter/principal.ts'
import { askedPrivileges, beginning, groupNames, World } from './random-permissions.ts'

/** Questions asked of one world: writing its policies takes longer than asking. */
const questionsOfWorld = 40

const uid = (type: string, id: string) => ({ type, id })
const written = (type: string, id: string) => `${type}::${JSON.stringify(id)}`
const role = (id: number) => written('Action', `role ${id}`)

/** Cedar's word for a user or group; ours are keys. */
function grantee({ group, name }: Permission): string {
  return group ? `principal in ${written('Group', name)}` : `principal == ${written('User', name)}`
}

/** That a permission of a level is about the principal; one for a group is only where none is for the user. */
function isAbout(permission: Permission, level: readonly Permission[]): string {
  const users = permission.group ? level.filter(({ group }) => !group) : []
  return [grantee(permission), ...users.map((user) => `!(${grantee(user)})`)].join(' && ')
}

/** Every way from an object up to the top. */
function ways({ holder }: ObjectNode): ObjectNode[][] {
  if (holder.parents.length === 0) return [[holder]]
  return holder.parents.flatMap((parent) => ways(parent).map((way) => [holder, ...way]))
}

function* below(node: ObjectNode): Iterable<ObjectNode> {
  yield node
  for (const child of node.children) yield* below(child)
}

/**
 * The rules of vcenter-api.md 4.1 said another way, for a policy language that knows nothing of levels: on every way
 * from an object to the top, a permission counts where nothing nearer on that way is about the principal.
 */
function policiesOf({ permissions, roles, objects }: World): string {
  const policies = new Set(['permit(principal, action == Action::"System.Anonymous", resource);'])
  const gives = ({ roleId }: Permission) => (roles.find(roleId)?.privileges.size ?? 0) > 0
  for (const object of objects) {
    const resource = `resource == ${written('Object', object.id)}`
    for (const way of ways(object)) {
      const nearer: string[] = []
      for (const [distance, { id }] of way.entries()) {
        const level = [...permissions.on(id).values()].filter(({ propagate }) => distance === 0 || propagate)
        for (const permission of level) {
          const conditions = [isAbout(permission, level), ...nearer].join(' && ')
          policies.add(`permit(principal, action in ${role(permission.roleId)}, ${resource}) when { ${conditions} };`)
        }
        nearer.push(...level.map((permission) => `!(${grantee(permission)})`))
      }
    }
    for (const { holder } of below(object)) {
      const level = [...permissions.on(holder.id).values()]
      for (const permission of level.filter(gives)) {
        const condition = isAbout(permission, level)
        policies.add(`permit(principal, action == Action::"System.View", ${resource}) when { ${condition} };`)
      }
    }
  }
  return [...policies].join('\n')
}

function entitiesOf({ roles, principals }: World) {
  const inGroup = ({ groups }: VcenterPrincipal) =>
    groupNames.filter((name) => groups.has(principalKey(name, 'vsphere.local')))
  const roleIds = [...roles.all()].map(({ id }) => id)
  return [
    ...principals.map((who) => ({
      uid: uid('User', who.name),
      attrs: {},
      parents: inGroup(who).map((name) => uid('Group', name)),
    })),
    ...askedPrivileges.map((privilege) => ({
      uid: uid('Action', privilege),
      attrs: {},
      parents: roleIds
        .filter((id) => roles.find(id)?.privileges.has(privilege))
        .map((id) => uid('Action', `role ${id}`)),
    })),
  ]
}

function cedarAllows(entities: ReturnType<typeof entitiesOf>, [who, object, privilege]: Question) {
  const answer = statefulIsAuthorized({
    principal: uid('User', who.name),
    action: uid('Action', privilege),
    resource: uid('Object', object.id),
    context: {},
    preparsedPolicySetId: 'world',
    entities,
  })
  assert(answer.type === 'success' && answer.response.diagnostics.errors.length === 0, JSON.stringify(answer))
  return answer.response.decision === 'allow'
}

type Question = [VcenterPrincipal, ObjectNode, string]

/**
 * Asks Cedar, the algorithm and the index the same of random inventories, and refuses to let them differ.
 *
 * @returns How many of the questions were answered with yes.
 */
export function agreeWithCedar(questions: number, seed: number): number {
  let left = questions
  let allowed = 0
  const property = fc.property(beginning, fc.array(fc.nat(), { minLength: questionsOfWorld * 3 }), (steps, numbers) => {
    const world = new World()
    for (const step of steps) world.take(step)
    const index = createPermissionIndex(world)
    const parsed = preparsePolicySet('world', { staticPolicies: policiesOf(world) })
    assert(parsed.type === 'success', JSON.stringify(parsed))
    const entities = entitiesOf(world)
    const pick = <T>(from: readonly T[], number: number): T => from[number % from.length] as T
    for (let at = 0; at < Math.min(questionsOfWorld, left) * 3; at += 3) {
      const [one = 0, two = 0, three = 0] = numbers.slice(at)
      const question: Question = [pick(world.principals, one), pick(world.objects, two), pick(askedPrivileges, three)]
      const [who, object, privilege] = question
      const expected = cedarAllows(entities, question)
      const said = `${who.name} ${privilege} on ${object.id}`
      assert.equal(isAllowed(object, who, privilege, world.granted), expected, said)
      assert.equal(index.isAllowed(who, object.id, privilege), expected, `${said}, by the index`)
      if (expected) allowed++
    }
    left -= Math.min(questionsOfWorld, left)
  })
  fc.assert(property, { seed, numRuns: Math.ceil(questions / questionsOfWorld), endOnFailure: true })
  return allowed
}
