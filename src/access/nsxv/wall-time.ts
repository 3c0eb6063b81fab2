/** A time as a clock on the wall shows it. */
interface WallTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** @throws {RangeError} for a time zone that is none. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone)
  if (!format) {
    const numbers = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'short', ...numbers, ...time })
    formats.set(timezone, format)
  }
  return format
}

/** Whether the IANA knows a time zone by this name. */
export const isTimezone = (name: string): boolean =>
  ['UTC', 'GMT', 'Etc/UTC'].includes(name) || Intl.supportedValuesOf('timeZone').includes(name)

/** What a clock shows in a time zone, and what the zone is called then. */
export function wallTime(at: number, timezone: string): WallTime & { zone: string } {
  const parts = formatOf(timezone).formatToParts(at)
  const text = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ''
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(text(type))
  return {
    year: number('year'),
    month: number('month'),
    day: number('day'),
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
    zone: text('timeZoneName'),
  }
}

const asUtc = ({ year, month, day, hour, minute, second }: WallTime) =>
  Date.UTC(year, month - 1, day, hour, minute, second)

/** When a clock in a time zone shows this; undefined where it never does, such as on the 30th of February. */
export function timeOfWall(wall: WallTime, timezone: string): number | undefined {
  let at = asUtc(wall)
  // Twice, for the zone may be another one between the guess and the time.
  for (let pass = 0; pass < 2; pass++) at += asUtc(wall) - asUtc(wallTime(at, timezone))
  const shown = wallTime(at, timezone)
  const members = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  return members.every((member) => shown[member] === wall[member]) ? at : undefined
}

const pad = (number: number) => String(number).padStart(2, '0')

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** `Fri Jan 22 03:05:01 UTC 2016`, as `date` has it. */
export function spelledDate(at: number, timezone: string): string {
  const wall = wallTime(at, timezone)
  const { year, month, day, hour, minute, second, zone } = wall
  const weekday = days[new Date(asUtc(wall)).getUTCDay()]
  const date = `${weekday} ${months[month - 1]} ${String(day).padStart(2)}`
  return `${date} ${pad(hour)}:${pad(minute)}:${pad(second)} ${zone} ${year}`
}

/** `01/22/2016 03:05:01`, as the settings of the time have it. [inferred] */
export function numberedDate(at: number, timezone: string): string {
  const { year, month, day, hour, minute, second } = wallTime(at, timezone)
  return `${pad(month)}/${pad(day)}/${year} ${pad(hour)}:${pad(minute)}:${pad(second)}`
}

const numbered = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/

/** The time that is spelt so; undefined where it is none. */
export function parseNumberedDate(text: string, timezone: string): number | undefined {
  const [month, day, year, hour, minute, second] = (numbered.exec(text)?.slice(1) ?? []).map(Number)
  if (second === undefined) return undefined
  return timeOfWall({ year, month, day, hour, minute, second } as WallTime, timezone)
}
