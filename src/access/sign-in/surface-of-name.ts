import { ssoDomain } from '../vcenter/principal.ts'
import { parseSignInName } from '../vcenter/sso/user-name.ts'

export type SignInSurface = 'nsx' | 'vcenter'

/**
 * Whose users a name may be of, by how it is written: without a domain, or at the realm's own, NSX Manager's; at
 * vCenter's own domain, vCenter's; at any other a directory's, which both may know.
 *
 * @param localDomain The domain of NSX Manager's local users; empty for none.
 * @see docs/decisions/025-console-sessions.md
 */
export function surfacesOfName(name: string, localDomain: string): readonly SignInSurface[] {
  if (!/[@\\]/.test(name)) return ['nsx']
  const domain = parseSignInName(name).domain.toLowerCase()
  if (domain === ssoDomain) return ['vcenter']
  if (localDomain !== '' && domain === localDomain.toLowerCase()) return ['nsx']
  return ['nsx', 'vcenter']
}
