/** A local user, as NSX Manager tells of it. @see nsx-api.md 2.2 */
export interface NodeUser {
  userid: number
  username: string
  full_name: string
  account_type: string
  status: 'ACTIVE' | 'PASSWORD_EXPIRED' | 'NOT_ACTIVATED'
  /** Days since the password was changed. */
  last_password_change: number
  /** Days that a password is valid; 0: for ever. */
  password_change_frequency: number
  password_change_warning: number
  password_reset_required: boolean
}

export interface SshKey {
  label: string
  type: string
  value: string
}

/** An appliance with local users, by the address of its calls. */
export interface Node {
  id: string
  name: string
  /** Where its `/users` is. */
  url: string
}

/** Whose users they are: the managers have theirs in common, each edge has its own. */
export interface Realm {
  id: string
  name: string
  isEdge: boolean
  url: string
  /** SSH keys are not shared: they stay on the appliance that they were added to. */
  nodes: Node[]
}

/** Every appliance has root and admin, and neither can be switched off or taken away. */
export const isReserved = ({ userid }: NodeUser): boolean => userid === 0 || userid === 10_000

/** Whole days until the password is no longer good: 0 on the last day, below that it has expired. */
export function daysLeft(user: NodeUser): number | undefined {
  if (user.status === 'NOT_ACTIVATED' || user.password_change_frequency === 0) return undefined
  return user.password_change_frequency - user.last_password_change
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)

export const ago = (count: number): string => (count === 0 ? 'today' : `${days(count)} ago`)

export function expiry(user: NodeUser): string {
  const left = daysLeft(user)
  if (user.status === 'NOT_ACTIVATED') return ''
  if (left === undefined) return 'never'
  if (left < 0) return 'expired'
  return left === 0 ? 'today' : `in ${days(left)}`
}

/** @see NodeUserProperties.status */
export function statusOf(user: NodeUser): { text: string; color: 'success' | 'warning' | 'danger' | '' } {
  if (user.status === 'NOT_ACTIVATED') return { text: 'Not activated', color: '' }
  if (user.status === 'PASSWORD_EXPIRED') return { text: 'Password expired', color: 'danger' }
  if (user.password_reset_required) return { text: 'Must change password', color: 'warning' }
  const left = daysLeft(user)
  if (left !== undefined && left <= user.password_change_warning) return { text: 'Expires soon', color: 'warning' }
  return { text: 'Active', color: 'success' }
}
