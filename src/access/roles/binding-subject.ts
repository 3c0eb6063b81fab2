import { AccessError } from '../errors.ts'
import { type Principal, type RemoteSourceType, remoteSourceTypes } from '../principal.ts'
import type { RemoteSubject } from './remote-bindings.ts'

/** Whom a binding is about, as far as a caller says it. */
export interface SentSubject {
  type?: string
  name?: string
  sourceType?: string
  sourceId?: string
}

/** Whom a stored binding is about. Only remote users and groups have a source. */
export interface BoundSubject {
  type: RemoteSubject['type'] | 'local_user' | 'principal_identity'
  name: string
  sourceType: string
  sourceId: string
}

/** Whose binding is created and deleted with them, and how they are called. */
export const comesWithOwner: ReadonlyMap<string, string> = new Map([
  ['local_user', 'local user'],
  ['principal_identity', 'principal identity'],
])

const remoteTypes: readonly string[] = ['remote_user', 'remote_group', 'remote']

/** Types that have several sources, which their ids tell apart. */
const sourcesWithIds: readonly string[] = ['LDAP', 'OIDC']

/** Groups that can be bound in one LDAP source. @see nsx-api.md 6.3 */
export const mostLdapGroups = 20

const invalid = (message: string) => new AccessError('invalid_field', message)
const missing = (property: string) => invalid(`required property ${property} is missing`)

/**
 * Whom a new binding is about. A source type that is not said is vIDM, the oldest one, or LDAP where only LDAP can be
 * meant; an id that is not said stands for whichever source of the type knows the name (both inferred).
 *
 * @throws {AccessError} `invalid_field`; `binding_fixed` for users whose binding comes and goes with them.
 * @see nsx-api.md 6.3
 */
export function newSubject({ type, name, sourceType, sourceId = '' }: SentSubject): RemoteSubject {
  if (type === undefined) throw missing('type')
  const owner = comesWithOwner.get(type)
  if (owner !== undefined) {
    throw new AccessError('binding_fixed', `The role binding of a ${owner} is created and deleted with the ${owner}`)
  }
  if (!remoteTypes.includes(type)) throw invalid(`value ${type} of property type is not one of [${remoteTypes}]`)
  if (name === undefined) throw missing('name')
  const source = sourceType ?? (type === 'remote' ? 'LDAP' : 'VIDM')
  if (!(remoteSourceTypes as readonly string[]).includes(source)) {
    throw invalid(`value ${source} of property identity_source_type is not one of [${remoteSourceTypes}]`)
  }
  if (type === 'remote' && source !== 'LDAP') {
    throw invalid(`value ${source} of property identity_source_type is not LDAP, which the type remote needs`)
  }
  if (sourceId !== '' && !sourcesWithIds.includes(source)) {
    throw invalid(`property identity_source_id is for the identity source types [${sourcesWithIds}] only`)
  }
  return { type: type as RemoteSubject['type'], name, sourceType: source as RemoteSourceType, sourceId }
}

/**
 * Refuses a change that speaks of somebody else. What is not said is not compared.
 *
 * @throws {AccessError} `invalid_field`
 */
export function requireSameSubject(bound: BoundSubject, sent: SentSubject): void {
  if (bound.type === 'local_user' && (sent.sourceType !== undefined || sent.sourceId !== undefined)) {
    throw invalid('identity_source_type is not a valid property of a local user')
  }
  const differs = (property: string, value: string) =>
    invalid(`value ${value} of property ${property} is not that of the binding`)
  const { type, name, sourceType, sourceId } = sent
  if (type !== undefined && type !== bound.type) throw differs('type', type)
  if (name !== undefined && name.toLowerCase() !== bound.name.toLowerCase()) throw differs('name', name)
  if (sourceType !== undefined && sourceType !== bound.sourceType) throw differs('identity_source_type', sourceType)
  if (sourceId !== undefined && sourceId !== bound.sourceId) throw differs('identity_source_id', sourceId)
}

/** Whether a binding gives roles to the caller: by their name, or by one of their groups'. */
export function isAbout(
  caller: Principal,
  bound: BoundSubject & { id?: string; userid?: number | undefined },
): boolean {
  if (caller.kind === 'principal_identity') return bound.type === 'principal_identity' && bound.id === caller.id
  if (caller.kind === 'local_user') return bound.type === 'local_user' && bound.userid === caller.account.userid
  const { sourceType, sourceId, name, groups } = caller.person
  if (bound.sourceType !== sourceType || (bound.sourceId !== '' && bound.sourceId !== sourceId)) return false
  const key = bound.name.toLowerCase()
  const byName = bound.type !== 'remote_group' && name.toLowerCase() === key
  return byName || (bound.type !== 'remote_user' && groups.some((group) => group.toLowerCase() === key))
}

/**
 * Whether one more group can be bound.
 *
 * @param bound The source ids of the groups that are bound; an empty one counts for every source.
 */
export function hasRoomForGroup(bound: readonly string[], sourceId: string): boolean {
  const everywhere = bound.filter((id) => id === '').length
  const ids = sourceId === '' ? new Set(bound.filter((id) => id !== '')) : new Set([sourceId])
  const fullest = Math.max(0, ...[...ids].map((id) => bound.filter((other) => other === id).length))
  return everywhere + fullest < mostLdapGroups
}
