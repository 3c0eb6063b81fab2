const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      weekday: 'short',
      month: 'short',
      day: '2-digit',
      year: 'numeric',
      timeZoneName: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    })
    formats.set(timezone, format)
  }
  return format
}

/** The line that every answer of a `get` begins with: `Tue Jun 07 2022 UTC 06:33:29.963`. @see nsx-api.md 10 */
export function timestamp(now: number, timezone: string): string {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const { weekday, month, day, year, timeZoneName, hour, minute, second, fractionalSecond } = parts
  return `${weekday} ${month} ${day} ${year} ${timeZoneName} ${hour}:${minute}:${second}.${fractionalSecond}`
}
