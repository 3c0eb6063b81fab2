import type { Clock } from '../access/clock.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { type KeptHead, type ProvenUpTo, type Verdict, verifyJournals } from './verify.ts'

/** What is known of the chains of records. */
export interface ChainState {
  /** Records there are. */
  records: number
  /** When the last one was made, in milliseconds since 1970. */
  lastAt: number | undefined
  /** How the last look at them ended, and when; undefined before the first one has. */
  verified: { verdict: Verdict; at: number } | undefined
}

export type ChainWatch = ReturnType<typeof createChainWatch>

/**
 * Verifies the chains of this process's store while somebody wants to know of them. Each look goes on where the last one
 * ended, so that it costs what came since; what was verified before is looked at again by the next process, and by
 * `sallyport audit verify`.
 *
 * @param head What the head file says.
 * @param log Told when a look could not be finished.
 */
export function createChainWatch(
  store: AuditRecordStore,
  head: () => KeptHead | undefined,
  clock: Clock,
  log: (error: unknown) => void,
) {
  const proven = new Map<number, ProvenUpTo>()
  let verified: ChainState['verified']
  let looking = false
  let closed: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    try {
      verified = { verdict: await verifyJournals(store, proven, head()), at: clock() }
    } catch (error) {
      log(error)
    } finally {
      looking = false
    }
  }

  return {
    /** What is known now. It has the chains looked at, which nobody waits for. */
    async state(): Promise<ChainState> {
      if (!looking) {
        looking = true
        closed = look()
      }
      const ends = await Promise.all((await store.journals()).map(({ id }) => store.last(id)))
      const last = ends.filter((end) => end !== undefined)
      return {
        records: last.reduce((sum, { seq }) => sum + seq, 0),
        lastAt: last.length === 0 ? undefined : Math.max(...last.map(({ at }) => at)),
        verified,
      }
    },

    /** Waits for the look that is under way. */
    close: (): Promise<void> => closed,
  }
}
