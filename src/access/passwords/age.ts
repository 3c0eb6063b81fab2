const dayInMs = 24 * 60 * 60 * 1000

/** Whole days since a password was last changed. */
export function daysSince(changedAt: number, now: number): number {
  return Math.max(0, Math.floor((now - changedAt) / dayInMs))
}

/** Whole days until a password stops being valid; undefined: never. @param expiresAt As milliseconds since 1970. */
export function daysUntil(expiresAt: number, now: number): number | undefined {
  return Number.isFinite(expiresAt) ? Math.max(0, Math.floor((expiresAt - now) / dayInMs)) : undefined
}

/**
 * When a password stops being valid, in milliseconds since 1970: as soon as more whole days have passed than it is
 * valid for.
 *
 * @param validDays 1 to 9999; 0 means never.
 * @see nsx-api.md 2.6, `last_password_change` > `password_change_frequency`
 */
export function expiresAt(changedAt: number, validDays: number): number {
  return validDays === 0 ? Number.POSITIVE_INFINITY : changedAt + (validDays + 1) * dayInMs
}
