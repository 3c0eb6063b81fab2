import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Journal } from '../audit/journal.ts'
import type { Clock } from './clock.ts'

/** Milliseconds that a finding is good for: whoever asks more often costs no more. */
const goodFor = 1000
/** Milliseconds that the database may take. */
const patience = 3000

/** What a page of a file system takes at least. */
const probe = Buffer.alloc(4096, 'x')

export type Readiness = ReturnType<typeof createReadiness>

/**
 * Whether calls can be served: every one needs its audit record in the database and its line in a log file.
 *
 * @param stopping Whether the server is on its way down.
 * @param log Told of what is in the way.
 */
export function createReadiness(
  journal: Journal,
  dataDir: string,
  stopping: () => boolean,
  clock: Clock,
  log: (error: unknown) => void,
) {
  let found: { at: number; problem: Promise<string | undefined> } | undefined

  async function look(): Promise<string | undefined> {
    const file = join(dataDir, 'ready-probe')
    try {
      await writeFile(file, probe)
      await rm(file)
    } catch (error) {
      log(error)
      return `the data directory cannot be written (${(error as NodeJS.ErrnoException).code})`
    }
    const late = new AbortController()
    try {
      const committed = journal.change(
        ({ stores }) => stores.properties.put('ready_at', String(clock())),
        () => undefined,
      )
      const answered = await Promise.race([
        committed.then(() => true),
        setTimeout(patience, false, { signal: late.signal }),
      ])
      return answered ? undefined : 'the database does not answer'
    } catch (error) {
      log(error)
      return 'the database cannot be written'
    } finally {
      late.abort()
    }
  }

  return {
    /** What is in the way; undefined: nothing. */
    problem(): Promise<string | undefined> {
      if (stopping()) return Promise.resolve('the server is stopping')
      const now = performance.now()
      if (!found || now - found.at >= goodFor) found = { at: now, problem: look() }
      return found.problem
    },
  }
}
