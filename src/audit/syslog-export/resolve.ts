import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const longestMs = 5_000

// Names are looked up in the threads that hash passwords; they get one of them.
let last: Promise<unknown> = Promise.resolve()

/** Whether a collector's name leads to an address; one that cannot be told within 5 s does not. */
export async function resolves(server: string): Promise<boolean> {
  if (isIP(server)) return true
  const late = new AbortController()
  const found = last.then(() => {
    if (late.signal.aborted) return false
    return lookup(server).then(
      () => true,
      () => false,
    )
  })
  last = found
  try {
    return await Promise.race([found, setTimeout(longestMs, false, { signal: late.signal })])
  } finally {
    late.abort()
  }
}
