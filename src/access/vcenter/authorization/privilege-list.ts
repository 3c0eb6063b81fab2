import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { requireOnServer } from './granting.ts'
import { createPages, type Iteration, type Page } from './pages.ts'
import { type Privilege, privileges, privilegeVersion } from './privileges.ts'

/** Fields stand alone or together: a privilege has to pass all that are there. An empty list lets every one pass. */
export interface PrivilegeFilter {
  names?: readonly string[] | undefined
  onParent?: boolean | undefined
  versions?: readonly number[] | undefined
}

export type PrivilegeList = ReturnType<typeof createPrivilegeList>

/** What there is to put into roles. @see vcenter-api.md 2.3 */
export function createPrivilegeList(authorization: Authorization) {
  const pages = createPages<PrivilegeFilter, Privilege>(({ id }) => id)

  function passing({ names = [], versions = [], onParent }: PrivilegeFilter): Privilege[] {
    const named = new Set(names)
    if (versions.length > 0 && !versions.includes(privilegeVersion)) return []
    return [...privileges.values()].filter(
      (privilege) =>
        (named.size === 0 || named.has(privilege.id)) && (onParent === undefined || onParent === privilege.onParent),
    )
  }

  return {
    /** @throws {AccessError} `forbidden`; `invalid_field` as all pages */
    list(call: VcenterCall, filter: PrivilegeFilter | undefined, iteration: Iteration = {}): Page<Privilege> {
      requireOnServer(authorization, call, 'System.Read')
      return pages.page(filter, iteration, (filter = {}) => passing(filter))
    },

    /** @throws {AccessError} `not_found`, `forbidden` */
    find(call: VcenterCall, id: string): Privilege {
      requireOnServer(authorization, call, 'System.Read')
      const privilege = privileges.get(id)
      if (!privilege) throw new AccessError('not_found', `There is no privilege ${id}`, { value: id })
      return privilege
    },
  }
}
