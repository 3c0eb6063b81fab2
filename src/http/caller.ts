import type { FastifyRequest } from 'fastify'

/**
 * Whom the cost of a call is charged to: the user who calls, on all connections and in all sessions; the address where
 * the user is not known.
 */
export function callerKeyOf({ vcenter, sallyport, nsxv, identity, source }: FastifyRequest): string {
  const ofVcenter = vcenter?.session?.principal ?? sallyport?.vcenter?.principal
  if (ofVcenter) return ofVcenter.key
  if (nsxv) return nsxv.key
  if (identity) return `nsx ${identity.principal.name.toLowerCase()}`
  return `address ${source}`
}
