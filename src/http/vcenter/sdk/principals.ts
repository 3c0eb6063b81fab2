import { localDomain, type VcenterPrincipal } from '../../../access/vcenter/principal.ts'

/** `DOMAIN\name`, as vim25 writes principals. @see vcenter-api.md 3.2 */
export const displayName = ({ name, domain }: Pick<VcenterPrincipal, 'name' | 'domain'>): string =>
  `${domain.toUpperCase()}\\${name}`

/** A principal of a permission: `DOMAIN\name`, `name@domain`, or a name of the local domain. @see vcenter-api.md 3.2 */
export function parsePrincipal(text: string): { name: string; domain: string } {
  const backslash = text.indexOf('\\')
  if (backslash >= 0) return { domain: text.slice(0, backslash) || localDomain, name: text.slice(backslash + 1) }
  const at = text.lastIndexOf('@')
  if (at >= 0) return { domain: text.slice(at + 1) || localDomain, name: text.slice(0, at) }
  return { domain: localDomain, name: text }
}
