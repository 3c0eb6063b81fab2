import type { Feature } from '../access/roles/features.ts'

/** A policy object's own fields, as its API spells them. */
export type PolicyBody = Record<string, unknown>

/** A typed collection of the policy tree: what its objects are, beyond what all policy objects are. */
export interface PolicyType {
  /** Last part of the collection's path, such as `segments`. */
  collection: string
  resourceType: string
  /** How audit records call one of them. */
  noun: string
  feature: Feature
  /** Nobody changes what the lab has of it: it is there to be pointed to until the whole tree is built. */
  readOnly?: true
  /** Values of fields that were not given, and of those the server computes; given ones win over defaults. */
  complete(body: PolicyBody): PolicyBody
  /** Paths of other policy objects that the object points to. */
  references(body: PolicyBody): string[]
  /** @throws {AccessError} `invalid_field` for what a schema cannot say. */
  check(body: PolicyBody): void
}
