import { isIPv4 } from 'node:net'

/** Failed sign-ins of one account from one source at one appliance. */
export interface FailureCount {
  failures: number
  /** When the first of them happened, in milliseconds since 1970. */
  windowStartedAt: number
  /** When the last allowed one happened; null before that. */
  lockedAt: number | null
}

/** Periods in seconds. 0 failures or a lockout period of 0: never locked. A reset period of 0: a count never grows old. */
export interface LockoutRule {
  maxFailures: number
  resetPeriod: number
  lockoutPeriod: number
  /** Whether an attempt during the lock, even with the right password, makes it begin anew. */
  restarts?: boolean
}

/** Whether a sign-in is refused whatever its password. The rule in force now counts, so that a shorter period frees at once. */
export function isLocked(count: FailureCount | undefined, rule: LockoutRule, now: number): boolean {
  if (!count || count.lockedAt === null || rule.maxFailures === 0) return false
  return now < count.lockedAt + rule.lockoutPeriod * 1000
}

/**
 * The count after one more failure. Failures must all fall into the reset period; when it passes, or when a lock
 * has ended, a new count starts.
 *
 * @see NSX REST API 4.2.1, AuthenticationPolicyProperties.api_failed_auth_reset_period
 */
export function countFailure(count: FailureCount | undefined, rule: LockoutRule, now: number): FailureCount {
  const goesOn = count && count.lockedAt === null && !isSpent(count, rule, now)
  const failures = goesOn ? count.failures + 1 : 1
  return {
    failures,
    windowStartedAt: goesOn ? count.windowStartedAt : now,
    lockedAt: rule.maxFailures > 0 && rule.lockoutPeriod > 0 && failures >= rule.maxFailures ? now : null,
  }
}

/**
 * The count after an attempt during the lock.
 *
 * @see NSX REST API 4.2.1, AuthenticationPolicyProperties.cli_failed_auth_lockout_period
 */
export function restartLock(count: FailureCount, rule: LockoutRule, now: number): FailureCount {
  return rule.restarts && isLocked(count, rule, now) ? { ...count, lockedAt: now } : count
}

/** Whether a count has nothing more to say: its lock has ended, or its failures have grown old. */
export function isSpent(count: FailureCount, rule: LockoutRule, now: number): boolean {
  if (count.lockedAt !== null) return !isLocked(count, rule, now)
  return rule.resetPeriod > 0 && now >= count.windowStartedAt + rule.resetPeriod * 1000
}

/** The source that failures are counted under: an IPv4 address, or the /64 network of an IPv6 one, whose holder has all of it. */
export function lockoutSource(address: string): string {
  const plain = plainAddress(address)
  if (isIPv4(plain)) return plain
  const [head = '', tail] = plain.split('%', 1)[0]!.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((g) => g.replace(/^0+(?=.)/, ''))
  return `${groups.join(':')}::/64`
}

/** An IPv4 address that came in through an IPv6 socket, as itself. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}
