import type { X509Certificate } from 'node:crypto'
import { type CertificateChain, fingerprintOf, holds, isForClients, isIssuedBy } from '../certificates/certificate.ts'
import { AccessError } from '../errors.ts'
import { type FindRole, rightsAt } from '../permissions/rights.ts'
import type { PrincipalIdentity } from '../principal.ts'
import type { Roles } from '../roles/roles.ts'
import type { RolesForPath } from '../roles/roles-for-paths.ts'

/** A principal identity as the way in needs it. */
export interface KnownIdentity {
  id: string
  name: string
  nodeId: string
  isProtected: boolean
  /** Undefined where it signs in with a token. */
  certificateId: string | undefined
  rolesForPaths: readonly RolesForPath[]
  createdAt: number
}

export type Identities = ReturnType<typeof createIdentities>

function principalOf(known: KnownIdentity, find: FindRole): PrincipalIdentity {
  const { id, name, nodeId, isProtected, certificateId, rolesForPaths } = known
  return {
    kind: 'principal_identity',
    id,
    name,
    nodeId,
    isProtected,
    certificateId,
    rolesForPaths,
    rights: rightsAt(rolesForPaths, '/', find),
  }
}

/** Principal identities and certificates in memory: what the way in asks on every request. */
export function createIdentities(roles: Roles) {
  const identities = new Map<string, KnownIdentity>()
  const chains = new Map<string, CertificateChain>()
  /** Identities by the fingerprints of their certificates. */
  const presented = new Map<string, string>()
  /** Those that sign in with a token: by name, then by node. */
  const machines = new Map<string, Map<string, KnownIdentity>>()
  let principals = new Map<string, PrincipalIdentity>()
  roles.onChange(() => {
    principals = new Map()
  })
  let issuers = new WeakMap<X509Certificate, readonly X509Certificate[]>()

  function issuersOf(certificate: X509Certificate): readonly X509Certificate[] {
    let found = issuers.get(certificate)
    if (!found) {
      const issuedIt = [...chains.values()].flat().filter((one) => isIssuedBy(certificate, one))
      // One CA can be in many chains.
      found = [...new Map(issuedIt.map((one) => [one.fingerprint256, one])).values()]
      issuers.set(certificate, found)
    }
    return found
  }

  function certificateOf({ certificateId }: KnownIdentity): X509Certificate | undefined {
    return certificateId === undefined ? undefined : chains.get(certificateId)?.[0]
  }

  /** A store of an earlier version can have certificates that are for servers only. */
  const maySignInWith = (certificate: X509Certificate, now: number): boolean =>
    isForClients(certificate) && holds(certificate, issuersOf, now)

  function principal(known: KnownIdentity): PrincipalIdentity {
    let found = principals.get(known.id)
    if (!found) {
      found = principalOf(known, roles.find)
      principals.set(known.id, found)
    }
    return found
  }

  function remove(id: string): void {
    const known = identities.get(id)
    if (!known) return
    const certificate = certificateOf(known)
    if (certificate) presented.delete(fingerprintOf(certificate))
    const nodes = machines.get(known.name)
    if (known.certificateId === undefined && nodes?.delete(known.nodeId) && nodes.size === 0)
      machines.delete(known.name)
    identities.delete(id)
    principals.delete(id)
  }

  return {
    putCertificate(id: string, chain: CertificateChain): void {
      chains.set(id, chain)
      issuers = new WeakMap()
    },

    removeCertificate(id: string): void {
      chains.delete(id)
      issuers = new WeakMap()
    },

    /** @param known Its certificate, where it has one, was put before. */
    put(known: KnownIdentity): void {
      remove(known.id)
      identities.set(known.id, known)
      const certificate = certificateOf(known)
      if (certificate) presented.set(fingerprintOf(certificate), known.id)
      if (known.certificateId !== undefined) return
      const nodes = machines.get(known.name) ?? new Map()
      machines.set(known.name, nodes.set(known.nodeId, known))
    },

    remove,

    /** Whether anybody can sign in with a client certificate. */
    useCertificates: (): boolean => presented.size > 0,

    /**
     * Who presents a certificate. That they have its key was proved in the TLS handshake.
     *
     * @param fingerprint As `fingerprintOf` gives it.
     * @param now Milliseconds since 1970.
     * @throws {AccessError} `unauthenticated` for a certificate that is nobody's; `certificate_untrusted` for one that
     *   is not for clients or not within its dates, or whose known issuers are not.
     */
    recognise(fingerprint: string, now: number): PrincipalIdentity {
      const known = identities.get(presented.get(fingerprint) ?? '')
      const certificate = known && certificateOf(known)
      if (!certificate) throw new AccessError('unauthenticated', 'The client certificate is nobody’s')
      if (!maySignInWith(certificate, now)) {
        throw new AccessError('certificate_untrusted', 'The client certificate is not trusted')
      }
      return principal(known)
    },

    /** Whose session it is, as they may act now; undefined when they are gone or could not sign in any longer. */
    find(id: string, now: number): PrincipalIdentity | undefined {
      const known = identities.get(id)
      if (!known) return undefined
      const certificate = certificateOf(known)
      return certificate && !maySignInWith(certificate, now) ? undefined : principal(known)
    },

    /**
     * Which identity a program is that a token vouches for. A name that several nodes share is enough for none of them.
     *
     * @param nodeId Undefined where the token does not say it.
     * @throws {AccessError} `unauthenticated`
     */
    recogniseMachine(name: string, nodeId: string | undefined): PrincipalIdentity {
      const nodes = machines.get(name)
      const [only, another] = nodes?.values() ?? []
      const known = nodeId === undefined ? (another ? undefined : only) : nodes?.get(nodeId)
      if (!known) throw new AccessError('unauthenticated', 'The token names no principal identity, or more than one')
      return principal(known)
    },
  }
}
