const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** The line that every answer of a `get` begins with: `Tue Jun 07 2022 UTC 06:33:29.963`. @see nsx-api.md 10 */
export function timestamp(now: number): string {
  const time = new Date(now)
  const day = String(time.getUTCDate()).padStart(2, '0')
  const clock = time.toISOString().slice(11, 23)
  return `${days[time.getUTCDay()]} ${months[time.getUTCMonth()]} ${day} ${time.getUTCFullYear()} UTC ${clock}`
}
