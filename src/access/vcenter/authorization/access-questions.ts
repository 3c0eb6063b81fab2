import { AccessError } from '../../errors.ts'
import type { Turns } from '../../turns/turns.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { globalRoot, type ObjectNode } from '../object-tree.ts'
import { chargedKeyOf, type PrincipalKey, principalKey, ssoDomain } from '../principal.ts'
import type { SsoDirectory } from '../sso/directory.ts'
import type { NamedPrincipals, Somebody } from '../sso/named-principals.ts'
import { nodeOf } from './dynamic-id.ts'
import { type Entry, type Explanation, type ExplanationParts, explain, lineageOf } from './explanation.ts'
import { type Grantee, granteeOf, type Permission } from './permission.ts'
import type { NamedPrincipal } from './permission-changes.ts'
import { privileges } from './privileges.ts'
import { requireName } from './wording.ts'

/** An entry of a step, with the groups that lead from who was asked about to the one that it is for. */
export interface ToldEntry extends Entry {
  readonly through: readonly PrincipalKey[]
}

export interface ToldStep {
  /** Undefined where the caller may not see it. */
  readonly node: ObjectNode | undefined
  readonly entries: readonly ToldEntry[]
  /** Entries that the caller may not read. */
  readonly hidden: number
}

/** An explanation as far as the caller may read what it is made of. */
export interface ToldExplanation extends Omit<Explanation, 'steps'> {
  readonly node: ObjectNode
  readonly somebody: Somebody
  readonly steps: readonly ToldStep[]
}

/** Somebody who may, and by what. */
export interface Allowed {
  readonly somebody: Somebody
  readonly entries: readonly ToldEntry[]
}

/** An object that has permissions about somebody, and what comes of it there and below. */
export interface Place {
  readonly node: ObjectNode
  readonly entries: readonly ToldEntry[]
  readonly here: boolean
  /** Whether it reaches the objects below, as far as those have no permissions about them. */
  readonly below: boolean
}

export interface Held {
  readonly privilege: string
  /** Of what decides, those whose role has it; none where it comes without a permission on the way up. */
  readonly permissions: readonly Permission[]
}

/** Where a list goes on, and how long a page is. */
export interface Part {
  after?: string | undefined
  limit: number
}

export interface Listed<Item> {
  items: Item[]
  /** What the next page comes after; undefined on the last. */
  next: string | undefined
}

export interface AccessQuestionParts extends ExplanationParts {
  authorization: Authorization
  directory: SsoDirectory
  named: NamedPrincipals
  turns: Turns
}

export type AccessQuestions = ReturnType<typeof createAccessQuestions>

/**
 * Who may do what where, and why. A verdict is told to whoever sees the object, as vCenter tells it; what it is made of
 * as far as the caller may read those permissions.
 *
 * @see vcenter-api.md 7.4, FetchUserPrivilegeOnEntities, RetrieveEntityPermissions
 */
export function createAccessQuestions(parts: AccessQuestionParts) {
  const { tree, permissions, roles, index, authorization, directory, named, turns } = parts

  /** @throws {AccessError} `not_found`, `forbidden` */
  function requireNode(call: VcenterCall, objectId: string, privilege: string): ObjectNode {
    const node = nodeOf(tree, objectId)
    if (!node) throw new AccessError('not_found', `There is no object ${objectId}`, { objectId, value: objectId })
    authorization.require(call, objectId, privilege)
    return node
  }

  /** @throws {AccessError} `invalid_field` */
  function requirePrivilege(privilege: string): void {
    if (privileges.has(privilege)) return
    throw new AccessError('invalid_field', `There is no privilege ${privilege}`, { field: 'privilege' })
  }

  /** @throws {AccessError} `invalid_field`, `directory_unreachable` */
  async function somebodyCalled(asked: NamedPrincipal): Promise<Somebody> {
    requireName(asked.name, 'principal')
    if (asked.domain !== undefined) requireName(asked.domain, 'domain')
    return named.find(asked)
  }

  /**
   * Whether the caller may read a permission: on an object that they may read, or of those that reach one.
   *
   * @see vcenter-api.md 7.4, RetrieveEntityPermissions
   */
  function canRead({ caller }: VcenterCall, { objectId, propagate }: Permission, below?: ObjectNode): boolean {
    if (authorization.allows(caller, objectId, 'System.Read')) return true
    return (
      propagate &&
      objectId !== globalRoot &&
      below !== undefined &&
      authorization.allows(caller, below.id, 'System.Read')
    )
  }

  const toldOf = (somebody: Somebody, entry: Entry): ToldEntry => {
    const { group, domain, name } = entry.permission
    return { ...entry, through: group ? somebody.wayInto(principalKey(name, domain)) : [] }
  }

  function deciding(somebody: Somebody, objectId: string, privilege: string): ToldEntry[] {
    const steps = explain(parts, somebody.principal, objectId, privilege)?.steps ?? []
    return steps
      .flatMap(({ entries }) => entries)
      .filter(({ outcome, gives }) => outcome === 'decides' && gives)
      .map((entry) => toldOf(somebody, entry))
  }

  /** Users and groups who could have something on an object: those of our own domain, and whom permissions name. */
  function candidates(node: ObjectNode, privilege: string): Map<Grantee, NamedPrincipal> {
    const found = new Map<Grantee, NamedPrincipal>()
    for (const { name } of directory.users()) {
      found.set(granteeOf(false, principalKey(name, ssoDomain)), { group: false, name, domain: ssoDomain })
    }
    // Of those who only see the way to what they have below, too.
    const ids = privilege === 'System.View' ? permissions.objects() : lineageOf(node).map(({ id }) => id)
    for (const id of ids) {
      for (const { grantee, group, name, domain } of permissions.on(id).values()) {
        if (!found.has(grantee)) found.set(grantee, { group, name, domain })
      }
    }
    return found
  }

  async function page<Key extends string, Item>(
    { caller }: VcenterCall,
    keys: Iterable<Key>,
    { after, limit }: Part,
    itemOf: (key: Key) => Item | undefined,
  ): Promise<Listed<Item>> {
    const items: Item[] = []
    let last: Key | undefined
    const work = turns.begin(chargedKeyOf(caller))
    for (const key of [...keys].filter((key) => after === undefined || key > after).sort()) {
      if (work.isSpent) await work.turn()
      const item = itemOf(key)
      if (item === undefined) continue
      if (items.length === limit) return { items, next: last }
      items.push(item)
      last = key
    }
    return { items, next: undefined }
  }

  return {
    /**
     * Whether somebody has a privilege on an object, and why.
     *
     * @throws {AccessError} `not_found`; `forbidden` without System.View; `invalid_field`, `directory_unreachable`
     */
    async explain(
      call: VcenterCall,
      asked: NamedPrincipal,
      objectId: string,
      privilege: string,
    ): Promise<ToldExplanation> {
      const node = requireNode(call, objectId, 'System.View')
      requirePrivilege(privilege)
      const somebody = await somebodyCalled(asked)
      const explanation = explain(parts, somebody.principal, node.id, privilege)
      // It may have gone while a directory was asked.
      if (!explanation) throw new AccessError('not_found', `There is no object ${objectId}`, { objectId })
      const steps = explanation.steps.map(({ node: above, entries }): ToldStep => {
        const readable = entries.filter(({ permission }) => canRead(call, permission, node))
        const seen = readable.length > 0 || authorization.allows(call.caller, above.id, 'System.View')
        return {
          node: seen ? above : undefined,
          entries: readable.map((entry) => toldOf(somebody, entry)),
          hidden: entries.length - readable.length,
        }
      })
      const below = explanation.below.filter(({ id }) => authorization.allows(call.caller, id, 'System.Read'))
      return { ...explanation, node, somebody, steps, below }
    },

    /**
     * Users and groups who have a privilege on an object, with the permissions that give it to them: users of our own
     * domain, and whom the permissions name. Of a directory's user only the groups of our own domain are known here.
     *
     * @throws {AccessError} `not_found`; `forbidden` without System.Read; `invalid_field`
     */
    async whoMay(call: VcenterCall, objectId: string, privilege: string, part: Part): Promise<Listed<Allowed>> {
      const node = requireNode(call, objectId, 'System.Read')
      requirePrivilege(privilege)
      const found = candidates(node, privilege)
      return page(call, found.keys(), part, (grantee) => {
        const somebody = named.recall(found.get(grantee)!)
        if (!index.isAllowed(somebody.principal, node.id, privilege)) return undefined
        const by = deciding(somebody, node.id, privilege)
        const entries = by.filter(({ permission }) => canRead(call, permission, node))
        // A row says by what somebody may; there is none where the caller may read nothing of it.
        return by.length > 0 && entries.length === 0 ? undefined : { somebody, entries }
      })
    },

    /**
     * Objects with permissions about somebody, with whether they have a privilege there and below; only those that the
     * caller may read.
     *
     * @throws {AccessError} `unauthenticated`, `invalid_field`, `directory_unreachable`
     */
    async where(call: VcenterCall, asked: NamedPrincipal, privilege: string, part: Part): Promise<Listed<Place>> {
      requirePrivilege(privilege)
      const somebody = await somebodyCalled(asked)
      const { principal } = somebody
      const ids = new Set<string>()
      const grantees = [granteeOf(false, principal.key), ...[...principal.groups].map((key) => granteeOf(true, key))]
      for (const grantee of grantees) for (const { objectId } of permissions.ofGrantee(grantee)) ids.add(objectId)
      return page(call, ids, part, (id) => {
        const node = nodeOf(tree, id)
        if (!node || !authorization.allows(call.caller, id, 'System.Read')) return undefined
        const steps = explain(parts, principal, id, privilege)?.steps ?? []
        const entries = steps.find((step) => step.node === node)?.entries ?? []
        return {
          node,
          entries: entries.map((entry) => toldOf(somebody, entry)),
          here: index.isAllowed(principal, id, privilege),
          below: index.flowOn(principal, id)?.privileges.has(privilege) ?? false,
        }
      })
    },

    /**
     * Every privilege that somebody has on an object.
     *
     * @throws {AccessError} as `explain`
     */
    async privilegesOf(
      call: VcenterCall,
      asked: NamedPrincipal,
      objectId: string,
    ): Promise<{ somebody: Somebody; held: Held[]; entries: ToldEntry[]; hidden: number }> {
      const node = requireNode(call, objectId, 'System.View')
      const somebody = await somebodyCalled(asked)
      const trace = index.trace(somebody.principal, node.id)
      if (!trace) throw new AccessError('not_found', `There is no object ${objectId}`, { objectId })
      const readable = trace.deciding.filter((permission) => canRead(call, permission, node))
      const held = [...index.privilegesOn(somebody.principal, node.id)].sort().map((privilege) => ({
        privilege,
        permissions: readable.filter(({ roleId }) => roles.find(roleId)?.privileges.has(privilege)),
      }))
      const entries = readable.map((permission) =>
        toldOf(somebody, {
          permission,
          outcome: 'decides',
          gives: (roles.find(permission.roleId)?.privileges.size ?? 0) > 0,
        }),
      )
      return { somebody, held, entries, hidden: trace.deciding.length - readable.length }
    },
  }
}
