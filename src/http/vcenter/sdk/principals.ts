import type { VcenterPrincipal } from '../../../access/vcenter/principal.ts'

/** `DOMAIN\name`, as vim25 writes principals. @see vcenter-api.md 3.2 */
export const displayName = ({ name, domain }: Pick<VcenterPrincipal, 'name' | 'domain'>): string =>
  `${domain.toUpperCase()}\\${name}`
