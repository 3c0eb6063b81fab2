import type { NsxvUserTable } from '../../store/schema.ts'
import type { Grant } from './principal.ts'
import type { NsxvRole } from './roles.ts'

/** Somebody who has a role on the NSX Manager: an account of its command line, or a user or group of vCenter's. */
export interface NsxvUser extends Grant {
  /** Of `userinfo-N`; never given twice. */
  readonly number: number
  readonly realmId: string
  readonly origin: 'cli' | 'vcenter'
  /** The account of the command line; null for others. */
  readonly userid: number | null
  /** As it is shown; it never changes. */
  readonly name: string
  readonly key: string
  readonly group: boolean
  readonly fullName: string
  readonly email: string
  readonly enabled: boolean
  /** Starts at 0 and grows by one with every change. */
  readonly revision: number
}

export const userOf = ({ nameKey, isGroup, enabled, role, scope, ...row }: NsxvUserTable): NsxvUser => ({
  ...row,
  key: nameKey,
  group: isGroup === 1,
  enabled: enabled === 1,
  role: role as NsxvRole,
  scope: JSON.parse(scope),
})

export const rowOf = ({ key, group, enabled, scope, ...user }: NsxvUser): NsxvUserTable => ({
  ...user,
  nameKey: key,
  isGroup: group ? 1 : 0,
  enabled: enabled ? 1 : 0,
  scope: JSON.stringify(scope),
})

export const objectIdOf = ({ number }: Pick<NsxvUser, 'number'>) => `userinfo-${number}`

/** What the audit log keeps of a user. */
export const shownOf = ({ name, origin, role, scope, enabled }: NsxvUser) => ({ name, origin, role, scope, enabled })
