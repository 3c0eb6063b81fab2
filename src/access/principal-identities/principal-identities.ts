import { randomUUID } from 'node:crypto'
import type { Change } from '../../audit/journal.ts'
import type { PrincipalIdentityTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import { readCertificateChain, requireForClients, requireNoCa, requireSound } from '../certificates/certificate.ts'
import { type Certificate, certificateOf, storeCertificate } from '../certificates/certificates.ts'
import type { Description } from '../description.ts'
import { AccessError } from '../errors.ts'
import { firstRevision, type Managed, nextRevision } from '../managed.ts'
import { covers, rightsAt, rightsOf } from '../permissions/rights.ts'
import { isSuperuser } from '../protection.ts'
import { rolesIn } from '../roles/custom-roles.ts'
import type { RolesForPath } from '../roles/roles-for-paths.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Identities, KnownIdentity } from './identities.ts'

/** A program that signs in with a certificate or a token of its own. */
export interface StoredIdentity extends Managed, KnownIdentity {
  description: Description
}

/** What a caller says of a new one. */
export interface NewIdentity {
  name: string
  nodeId: string
  isProtected: boolean
  rolesForPaths: readonly RolesForPath[]
  description: Description
}

export type PrincipalIdentities = ReturnType<typeof createPrincipalIdentities>

export function identityOf(row: PrincipalIdentityTable): StoredIdentity {
  return {
    ...row,
    isProtected: row.isProtected === 1,
    certificateId: row.certificateId ?? undefined,
    rolesForPaths: JSON.parse(row.rolesForPaths),
    description: JSON.parse(row.description),
  }
}

const isToken = (identity: StoredIdentity) => identity.certificateId === undefined
const rolesOf = (rolesForPaths: readonly RolesForPath[]) => rolesForPaths.flatMap(({ roles }) => roles)

/** The principal identities of the cluster: those with certificates and those with tokens. */
export function createPrincipalIdentities(
  stores: Stores,
  identities: Identities,
  managerRealms: ReadonlySet<string>,
  sessions: Sessions,
) {
  async function find(id: string, kind: 'certificate' | 'token', inside = stores): Promise<StoredIdentity> {
    const row = await inside.principalIdentities.find(id)
    const found = row && identityOf(row)
    if (!found || isToken(found) !== (kind === 'token')) throw new AccessError('not_found', id)
    return found
  }

  /** Nobody hands out or takes over rights that they do not have. */
  async function requireRights(
    call: Call,
    inside: Stores,
    rolesForPaths: readonly RolesForPath[],
    what: string,
  ): Promise<void> {
    const find = await rolesIn(inside)
    const own = rightsAt(call.caller.rolesForPaths, '/', find)
    if (!covers(own, rightsOf(rolesOf(rolesForPaths), find))) throw new AccessError('forbidden', what)
  }

  async function requireNew(call: Call, { name, nodeId }: NewIdentity, inside: Stores): Promise<void> {
    if (await inside.principalIdentities.findByName(name, nodeId)) {
      throw new AccessError(
        'already_exists',
        `A principal identity with name=[${name}] and node_id=[${nodeId}] already exists`,
      )
    }
    // The audit log tells callers by their names.
    const users = (await Promise.all([...managerRealms].map((realm) => inside.accounts.listOfRealm(realm)))).flat()
    if (users.some(({ username }) => username.toLowerCase() === name.toLowerCase())) {
      throw new AccessError('already_exists', `A user with name=[${name}] already exists`)
    }
    // Whoever has the name has what others of the name have made.
    const shared = (await inside.principalIdentities.isNameTaken(name)) || (await inside.policyObjects.isOwner(name))
    if (shared && !isSuperuser(call.caller)) {
      throw new AccessError('forbidden', `Only an Enterprise Admin gives the name ${name} to another identity`)
    }
  }

  async function insert(
    call: Call,
    change: Change,
    given: NewIdentity,
    certificate: Certificate | undefined,
  ): Promise<StoredIdentity> {
    await requireGrantable(call, change.stores, given)
    await requireNew(call, given, change.stores)
    const row: PrincipalIdentityTable = {
      id: randomUUID(),
      name: given.name,
      nodeId: given.nodeId,
      certificateId: certificate?.id ?? null,
      isProtected: given.isProtected ? 1 : 0,
      rolesForPaths: JSON.stringify(given.rolesForPaths),
      description: JSON.stringify(given.description),
      bindingDescription: '{}',
      ...firstRevision(call.caller.name, call.now),
    }
    await change.stores.principalIdentities.insert(row)
    const stored = identityOf(row)
    change.values(row.id, undefined, stored)
    change.onCommit(() => {
      if (certificate) identities.putCertificate(certificate.id, certificate.chain)
      identities.put(stored)
    })
    return stored
  }

  async function requireGrantable(call: Call, inside: Stores, { rolesForPaths }: NewIdentity): Promise<void> {
    const find = await rolesIn(inside)
    for (const role of rolesOf(rolesForPaths)) {
      if (!find(role)) throw new AccessError('invalid_field', `value ${role} of property role does not exist`)
    }
    await requireRights(call, inside, rolesForPaths, 'The roles give more rights than the caller has')
  }

  /** An imported certificate that is fit for an identity and not yet another's. */
  async function freeCertificate(call: Call, id: string, inside: Stores): Promise<Certificate> {
    const row = await inside.certificates.find(id)
    if (!row) throw new AccessError('invalid_field', 'property certificate_id names no certificate')
    const certificate = certificateOf(row)
    const [own] = certificate.chain
    requireNoCa('certificate_id', own)
    requireForClients('certificate_id', own)
    await requireSound('certificate_id', own, call.now)
    const user = await inside.principalIdentities.findByCertificate(id)
    if (user) throw new AccessError('already_exists', `The certificate ${id} is that of principal identity ${user.id}`)
    return certificate
  }

  const list = async (kind?: 'certificate' | 'token'): Promise<StoredIdentity[]> => {
    const all = (await stores.principalIdentities.list()).map(identityOf)
    return kind === undefined ? all : all.filter((identity) => isToken(identity) === (kind === 'token'))
  }

  return {
    /** @param kind Absent: all of them, as their role bindings are listed. */
    list,

    /** @throws {AccessError} `not_found` */
    read: (id: string, kind: 'certificate' | 'token'): Promise<StoredIdentity> => find(id, kind),

    /**
     * Makes an identity that signs in with a certificate that comes with it.
     *
     * @throws {AccessError} `invalid_field` for a certificate that is not sound, is a CA's or is not for clients, and for a
     *   role that does not exist; `already_exists` for a certificate, or a name and node, that are taken; `forbidden` for rights that
     *   the caller does not have.
     */
    async createWithCertificate(call: Call, given: NewIdentity, pem: string): Promise<StoredIdentity> {
      const chain = readCertificateChain('certificate_pem', pem)
      requireNoCa('certificate_pem', chain[0])
      requireForClients('certificate_pem', chain[0])
      await requireSound('certificate_pem', chain[0], call.now)
      return call.change(async (change) => {
        const managed = firstRevision(call.caller.name, call.now)
        const description = { display_name: `${given.name}@${given.nodeId}` }
        return insert(call, change, given, await storeCertificate(change.stores, chain, description, managed))
      })
    },

    /** Makes one that signs in with a certificate that was imported before. @throws as `createWithCertificate` */
    async create(call: Call, given: NewIdentity, certificateId: string): Promise<StoredIdentity> {
      return call.change(async (change) =>
        insert(call, change, given, await freeCertificate(call, certificateId, change.stores)),
      )
    },

    /** Makes one that signs in with a token. @throws as `createWithCertificate` */
    async createWithToken(call: Call, given: NewIdentity): Promise<StoredIdentity> {
      return call.change((change) => insert(call, change, given, undefined))
    },

    /**
     * Gives an identity another certificate that was imported before; the old one stays imported and signs nobody in
     * from the next request on.
     *
     * @throws {AccessError} as `create`; `not_found`; `forbidden` for an identity with more rights than the caller.
     */
    async updateCertificate(call: Call, id: string, certificateId: string): Promise<StoredIdentity> {
      return call.change(async (change) => {
        const before = await find(id, 'certificate', change.stores)
        await requireRights(
          call,
          change.stores,
          before.rolesForPaths,
          'The principal identity has more rights than the caller',
        )
        const certificate = await freeCertificate(call, certificateId, change.stores)
        const managed = nextRevision(before, call.caller.name, call.now)
        await change.stores.principalIdentities.update(id, { ...managed, certificateId })
        await sessions.endOfIdentity(change, id)
        const after = { ...before, ...managed, certificateId }
        change.values(id, before, after)
        change.onCommit(() => {
          identities.putCertificate(certificateId, certificate.chain)
          identities.put(after)
        })
        return after
      })
    },

    /** Removes an identity and leaves its certificate. @throws {AccessError} `not_found`, `forbidden` */
    async remove(call: Call, id: string, kind: 'certificate' | 'token'): Promise<void> {
      await call.change(async (change) => {
        const before = await find(id, kind, change.stores)
        await requireRights(
          call,
          change.stores,
          before.rolesForPaths,
          'The principal identity has more rights than the caller',
        )
        await sessions.endOfIdentity(change, id)
        await change.stores.principalIdentities.remove(id)
        change.values(id, before, undefined)
        change.onCommit(() => identities.remove(id))
      })
    },
  }
}
