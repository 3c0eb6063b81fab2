import type { SsoUserRow } from '../../../store/sso-users.ts'
import type { SsoPolicy } from './policy.ts'

/** A user of vCenter's own domain, without its secrets. Never changes: another one takes its place. */
export type SsoUser = SsoUserRow

/** The user that administers vCenter from the beginning: never deleted, never disabled, always an administrator. */
export const administratorName = 'Administrator'

export const fullNameOf = ({ firstName, lastName }: SsoUser): string => `${firstName} ${lastName}`.trim()

const dayInMs = 24 * 60 * 60 * 1000

/** Whether the password opens nothing until it is changed. */
export function mustChangePassword(user: SsoUser, policy: SsoPolicy, now: number): boolean {
  return user.passwordMustChange === 1 || now >= passwordExpiresAt(user, policy)
}

/** When a password has lived its life, in milliseconds since 1970. */
export function passwordExpiresAt({ passwordChangedAt }: SsoUser, { passwordLifetime }: SsoPolicy): number {
  return passwordLifetime === 0 ? Number.POSITIVE_INFINITY : passwordChangedAt + passwordLifetime * dayInMs
}
