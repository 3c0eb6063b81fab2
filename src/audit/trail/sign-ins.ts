import type { AuditIndex } from './audit-index.ts'
import { countClasses, hourOf, isRefusedSignIn, type Names } from './chunk.ts'
import { type Surface, surfaces } from './facets.ts'

export interface SignInsOfHour {
  /** When the hour begins, in milliseconds since 1970. */
  hour: number
  /** Sign-ins that were refused, by the surface whose they are. */
  refused: Record<Surface, number>
  /** Wrong passwords that have locked an account. */
  locked: Record<Surface, number>
}

export interface RefusedSignIns {
  /** Oldest first; hours without any are in it. */
  hours: SignInsOfHour[]
  /** False: there were so many records that not all have been looked at yet. */
  complete: boolean
}

const hourInMs = 3_600_000
/** How long somebody waits for the index, in milliseconds, and what is looked at besides, in characters of records. */
const patience = 1000
const mostRead = 16_000_000

const hasAny = ({ classes }: Names) => classes.some(({ hour }) => hour !== undefined)

const none = () => Object.fromEntries(surfaces.map((surface) => [surface, 0])) as Record<Surface, number>

/** Refused sign-ins of the last hours, the present one included. */
export async function refusedSignIns(index: AuditIndex, hours: number, now: number): Promise<RefusedSignIns> {
  const first = hourOf(now) - (hours - 1) * hourInMs
  const counts = Array.from({ length: hours }, (_, n) => ({
    hour: first + n * hourInMs,
    refused: none(),
    locked: none(),
  }))
  await index.catchUp(patience)
  let read = 0
  const times = { from: first, to: first + hours * hourInMs - 1 }
  for await (const { chunk } of index.chunks({ order: 'desc', times, signatures: false, entriesOf: hasAny })) {
    read += chunk.cost
    if (read > mostRead) return { hours: counts, complete: false }
    for (const { class: of, count } of countClasses(chunk)) {
      if (of.hour === undefined) continue
      const counted = counts[(of.hour - first) / hourInMs]
      if (!counted) continue
      if (isRefusedSignIn(of)) counted.refused[of.surface] += count
      if (of.locks) counted.locked[of.surface] += count
    }
  }
  return { hours: counts, complete: true }
}
