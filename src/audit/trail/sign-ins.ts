import type { AuditIndex } from './audit-index.ts'
import { countClasses, hourOf } from './chunk.ts'
import { type Surface, surfaces } from './facets.ts'

export interface SignInsOfHour {
  /** When the hour begins, in milliseconds since 1970. */
  hour: number
  /** Sign-ins that were refused, by the surface whose they are. */
  refused: Record<Surface, number>
}

const hourInMs = 3_600_000

/** Refused sign-ins of the last hours, the present one included, oldest first; hours without any are in it. */
export async function refusedSignIns(index: AuditIndex, hours: number, now: number): Promise<SignInsOfHour[]> {
  const first = hourOf(now) - (hours - 1) * hourInMs
  const counts = Array.from({ length: hours }, (_, n) => ({
    hour: first + n * hourInMs,
    refused: Object.fromEntries(surfaces.map((surface) => [surface, 0])) as Record<Surface, number>,
  }))
  await index.catchUp()
  const times = { from: first, to: first + hours * hourInMs - 1 }
  for await (const { chunk } of index.chunks({ order: 'desc', times, signatures: false })) {
    for (const { class: of, count } of countClasses(chunk)) {
      if (of.hour === undefined) continue
      const counted = counts[(of.hour - first) / hourInMs]
      if (counted) counted.refused[of.surface] += count
    }
  }
  return counts
}
