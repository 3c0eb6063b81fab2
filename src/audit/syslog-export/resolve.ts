import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const longestMs = 5_000

/** Whether a collector's name leads to an address; one that cannot be told in time does not. */
export async function resolves(server: string): Promise<boolean> {
  if (isIP(server)) return true
  const late = new AbortController()
  try {
    return await Promise.race([
      lookup(server).then(
        () => true,
        () => false,
      ),
      setTimeout(longestMs, false, { signal: late.signal }),
    ])
  } finally {
    late.abort()
  }
}
