import { randomUUID } from 'node:crypto'
import type { CertificateTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import type { Description } from '../description.ts'
import { AccessError } from '../errors.ts'
import { firstRevision, type Managed } from '../managed.ts'
import type { Identities } from '../principal-identities/identities.ts'
import { type CertificateChain, fingerprintOf, pemOf, readCertificateChain, requireSound } from './certificate.ts'

/** A certificate that was imported. */
export interface Certificate extends Managed {
  id: string
  chain: CertificateChain
  description: Description
  /** Identifiers of the principal identities that sign in with it: one at most. */
  usedBy: string[]
}

export type Certificates = ReturnType<typeof createCertificates>

/** Nothing but what is a certificate gets into the table, so that it can be read again without a check. */
export function certificateOf(row: CertificateTable, usedBy: string[] = []): Certificate {
  return {
    ...row,
    chain: readCertificateChain('pem_encoded', row.pem),
    description: JSON.parse(row.description),
    usedBy,
  }
}

/**
 * Stores a certificate within a change.
 *
 * @throws {AccessError} `already_exists` for one that is stored already.
 */
export async function storeCertificate(
  inside: Stores,
  chain: CertificateChain,
  description: Description,
  managed: Managed,
): Promise<Certificate> {
  const fingerprint = fingerprintOf(chain[0])
  const present = await inside.certificates.findByFingerprint(fingerprint)
  if (present) throw new AccessError('already_exists', `The certificate is imported already, with id=[${present.id}]`)
  const row = {
    id: randomUUID(),
    fingerprint,
    pem: pemOf(chain),
    description: JSON.stringify(description),
    ...managed,
  }
  await inside.certificates.insert(row)
  return certificateOf(row)
}

/** Certificates that callers imported: those of principal identities, and of the CAs that issued them. */
export function createCertificates(stores: Stores, identities: Identities) {
  async function find(id: string, inside = stores): Promise<Certificate> {
    const row = await inside.certificates.find(id)
    if (!row) throw new AccessError('not_found', id)
    const user = await inside.principalIdentities.findByCertificate(id)
    return certificateOf(row, user ? [user.id] : [])
  }

  return {
    async list(): Promise<Certificate[]> {
      const users = new Map<string | null, string>()
      for (const { id, certificateId } of await stores.principalIdentities.list()) users.set(certificateId, id)
      return (await stores.certificates.list()).map((row) => {
        const user = users.get(row.id)
        return certificateOf(row, user === undefined ? [] : [user])
      })
    },

    /** @throws {AccessError} `not_found` */
    read: (id: string): Promise<Certificate> => find(id),

    /** @throws {AccessError} `invalid_field` for what is no sound certificate; `already_exists` */
    async import(call: Call, pem: string, description: Description): Promise<Certificate> {
      const chain = readCertificateChain('pem_encoded', pem)
      await requireSound('pem_encoded', chain[0], call.now)
      return call.change(async (change) => {
        const stored = await storeCertificate(
          change.stores,
          chain,
          description,
          firstRevision(call.caller.name, call.now),
        )
        change.values(stored.id, undefined, stored)
        change.onCommit(() => identities.putCertificate(stored.id, chain))
        return stored
      })
    },

    /** @throws {AccessError} `not_found`; `in_use` while a principal identity signs in with it. */
    async remove(call: Call, id: string): Promise<void> {
      await call.change(async (change) => {
        const before = await find(id, change.stores)
        if (before.usedBy.length > 0) {
          throw new AccessError('in_use', `The certificate ${id} is used by principal identity ${before.usedBy.join()}`)
        }
        await change.stores.certificates.remove(id)
        change.values(id, before, undefined)
        change.onCommit(() => identities.removeCertificate(id))
      })
    },
  }
}
