import type { NsxvUserTable } from '../../store/schema.ts'
import type { Grant } from './principal.ts'
import type { NsxvRole } from './roles.ts'

/** Somebody who may have a role on the NSX Manager: an account of its own, or a user or group of vCenter's. */
export interface NsxvUser {
  /** Of `userinfo-N`; never given twice. */
  readonly number: number
  readonly realmId: string
  /** `local`: an account that the API made, which has no console. */
  readonly origin: 'cli' | 'local' | 'vcenter'
  /** The account of the appliance's own; null for users and groups of vCenter's. */
  readonly userid: number | null
  /** As it is shown; it never changes. */
  readonly name: string
  readonly key: string
  readonly group: boolean
  readonly fullName: string
  readonly email: string
  readonly enabled: boolean
  /** Null: none yet, which only local users can be without. */
  readonly role: NsxvRole | null
  /** Ids of the objects that the role is for; the global root is all of them. */
  readonly scope: readonly string[]
  /** Starts at 0 and grows by one with every change. */
  readonly revision: number
}

export const userOf = ({ nameKey, isGroup, enabled, role, scope, ...row }: NsxvUserTable): NsxvUser => ({
  ...row,
  key: nameKey,
  group: isGroup === 1,
  enabled: enabled === 1,
  role: role === '' ? null : (role as NsxvRole),
  scope: JSON.parse(scope),
})

export const rowOf = ({ key, group, enabled, role, scope, ...user }: NsxvUser): NsxvUserTable => ({
  ...user,
  nameKey: key,
  isGroup: group ? 1 : 0,
  enabled: enabled ? 1 : 0,
  role: role ?? '',
  scope: JSON.stringify(scope),
})

export const objectIdOf = ({ number }: Pick<NsxvUser, 'number'>) => `userinfo-${number}`

/** What somebody's own role gives. */
export const grantsOf = ({ role, scope }: NsxvUser): Grant[] => (role === null ? [] : [{ role, scope }])

/** What the audit log keeps of a user. */
export const shownOf = ({ name, origin, role, scope, enabled, fullName, email }: NsxvUser) => ({
  name,
  origin,
  role: role ?? 'none',
  scope,
  enabled,
  ...(fullName === '' ? {} : { fullName }),
  ...(email === '' ? {} : { email }),
})
