import { randomUUID } from 'node:crypto'
import type { Call } from '../access/call.ts'
import { AccessError } from '../access/errors.ts'
import { firstRevision, type Managed, nextRevision, requirePutRevision, requireRevision } from '../access/managed.ts'
import { ownerFor, requireUnprotected } from '../access/protection.ts'
import type { PolicyObjectTable } from '../store/schema.ts'
import type { Stores } from '../store/stores.ts'
import type { PolicyBody, PolicyType } from './policy-types.ts'
import { segmentType } from './segment.ts'
import { tier0Type } from './tier-0.ts'
import { tier1Type } from './tier-1.ts'

/** Every collection of the tree. */
export const policyTypes: readonly PolicyType[] = [segmentType, tier0Type, tier1Type]

/** The root under which policy objects live. */
export const infra = '/infra'

export interface PolicyObject extends Managed {
  type: PolicyType
  id: string
  path: string
  parentPath: string
  uniqueId: string
  /** Name of the principal identity that protects the object; empty: nobody does. */
  owner: string
  /** What the caller gave, completed with defaults and computed values. */
  body: PolicyBody
}

export interface StoreOptions {
  /** Stores the object even if what it points to does not exist. */
  force: boolean
  /** What the caller says about changing what another protects; undefined: nothing. */
  overwrite: boolean | undefined
}

export type PolicyTree = ReturnType<typeof createPolicyTree>

/** The tree of policy objects: typed collections, each object known by its path. */
export function createPolicyTree(stores: Stores) {
  const pathOf = (type: PolicyType, id: string) => `${infra}/${type.collection}/${id}`

  function objectOf(type: PolicyType, row: PolicyObjectTable): PolicyObject {
    const given = JSON.parse(row.body) as PolicyBody
    return { ...row, type, body: { display_name: row.id, ...type.complete(given) } }
  }

  async function requireReferences(inside: Stores, type: PolicyType, body: PolicyBody): Promise<void> {
    for (const path of type.references(body)) {
      if (await inside.policyObjects.find(path)) continue
      throw new AccessError('invalid_field', `the path ${path} does not exist`)
    }
  }

  async function isReferenced(inside: Stores, path: string): Promise<boolean> {
    for (const type of policyTypes) {
      const rows = await inside.policyObjects.list(infra, type.collection)
      if (rows.some((row) => type.references(JSON.parse(row.body)).includes(path))) return true
    }
    return false
  }

  /** Stores what `next` makes of the object's given fields, or of none where it does not exist yet. */
  async function store(
    call: Call,
    type: PolicyType,
    id: string,
    { force, overwrite }: StoreOptions,
    next: (stored: { given: PolicyBody; revision: number } | undefined) => PolicyBody,
  ): Promise<PolicyObject> {
    const path = pathOf(type, id)
    return call.change(async ({ stores: inside, values }) => {
      const row = await inside.policyObjects.find(path)
      if (row) requireUnprotected(call.caller, row.owner, type.resourceType, overwrite)
      const given = next(row && { given: JSON.parse(row.body), revision: row.revision })
      type.check(given)
      if (!force) await requireReferences(inside, type, given)
      const by = call.caller.name
      const after: PolicyObjectTable = {
        path,
        parentPath: infra,
        collection: type.collection,
        id,
        uniqueId: row?.uniqueId ?? randomUUID(),
        body: JSON.stringify(given),
        owner: row?.owner ?? ownerFor(call.caller),
        ...(row ? nextRevision(row, by, call.now) : firstRevision(by, call.now)),
      }
      if (row) await inside.policyObjects.update(after)
      else await inside.policyObjects.insert(after)
      const stored = objectOf(type, after)
      values(path, row && objectOf(type, row), stored)
      return stored
    })
  }

  return {
    async list(type: PolicyType): Promise<PolicyObject[]> {
      const rows = await stores.policyObjects.list(infra, type.collection)
      return rows.map((row) => objectOf(type, row))
    },

    /** @throws {AccessError} `not_found` */
    async read(type: PolicyType, id: string): Promise<PolicyObject> {
      const path = pathOf(type, id)
      const row = await stores.policyObjects.find(path)
      if (!row) throw new AccessError('not_found', path)
      return objectOf(type, row)
    },

    /**
     * Creates the object, or replaces all that was given of it before.
     *
     * @param revision The one the caller read; needed to replace, and to be left out to create.
     * @throws {AccessError} `already_exists` without a revision; `stale_revision`; `invalid_field`; `not_owner`
     */
    put(
      call: Call,
      type: PolicyType,
      id: string,
      given: PolicyBody,
      revision: number | undefined,
      options: StoreOptions,
    ) {
      return store(call, type, id, options, (stored) => {
        requirePutRevision(stored?.revision, revision, `path=[${pathOf(type, id)}]`)
        return given
      })
    },

    /** Creates the object, or changes the fields that are given. @throws as `put`, but needs no revision. */
    patch(
      call: Call,
      type: PolicyType,
      id: string,
      given: PolicyBody,
      revision: number | undefined,
      options: StoreOptions,
    ) {
      return store(call, type, id, options, (stored) => {
        if (stored && revision !== undefined) requireRevision(stored.revision, revision)
        return { ...stored?.given, ...given }
      })
    },

    /** @throws {AccessError} `not_found`; `not_owner`; `in_use` while another object points to it. */
    async remove(call: Call, type: PolicyType, id: string, overwrite: boolean | undefined): Promise<void> {
      const path = pathOf(type, id)
      await call.change(async ({ stores: inside, values }) => {
        const row = await inside.policyObjects.find(path)
        if (!row) throw new AccessError('not_found', path)
        requireUnprotected(call.caller, row.owner, type.resourceType, overwrite)
        if (await isReferenced(inside, path)) {
          throw new AccessError(
            'in_use',
            `The object path=[${path}] cannot be deleted as either it has children or it is being referenced by other objects`,
          )
        }
        await inside.policyObjects.remove(path)
        values(path, objectOf(type, row), undefined)
      })
    },
  }
}
