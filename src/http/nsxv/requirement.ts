import type { NsxvFeature, NsxvPermission } from '../../access/nsxv/feature-matrix.ts'
import type { RouteConfig } from '../request.ts'
import { nsxvFace } from './face.ts'
import type { Form } from './media.ts'

/** What a route of NSX-v's asks of its caller: some role, or a permission on a feature. */
export type NsxvRequirement = 'any-role' | { feature: NsxvFeature; permission: NsxvPermission; object?: 'any' }

/** What a route of NSX-v's is besides its path. */
export interface NsxvRoute {
  needs: NsxvRequirement
  /** Forms of the answer; absent: it has no body. */
  produces?: readonly Form[]
  /** Of a route that takes a body: its elements or members that are no secrets, as the audit log may show them. */
  consumes?: readonly string[]
}

const documents = ['xml', 'json'] as const

const called = { face: nsxvFace, requires: 'sign-in' as const }

/** A call that reads. */
export const reads = (feature: NsxvFeature, object?: 'any'): RouteConfig => ({
  ...called,
  nsxv: {
    needs: { feature, permission: 'read', ...(object ? { object } : {}) },
    produces: documents,
  },
})

/** The same of a list whose cost grows with what is stored. */
export const lists = (...needs: Parameters<typeof reads>): RouteConfig => ({ ...reads(...needs), costly: true })

/** A call that reads what every role may. */
export const readsAnyRole: RouteConfig = { ...called, nsxv: { needs: 'any-role', produces: documents } }

/**
 * A call that changes something, as the audit log names it.
 *
 * @param answers Whether the answer has a body.
 * @param takes Where the call has a body: its elements or members that are no secrets.
 */
export const writes = (
  needs: NsxvRequirement,
  module: string,
  name: string,
  { answers, takes }: { answers?: boolean; takes?: readonly string[] } = {},
): RouteConfig => ({
  ...called,
  nsxv: {
    needs,
    ...(answers ? { produces: documents } : {}),
    ...(takes ? { consumes: takes } : {}),
  },
  operation: { module, name },
})

/** Changes of users. */
export const changesUsers: NsxvRequirement = { feature: 'user_account_management', permission: 'write' }
/** The appliance itself. */
export const managesAppliance: NsxvRequirement = { feature: 'appliance_management', permission: 'write' }
