import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FlowChecks } from '../../../providers/openid-provider.ts'
import type { Clock } from '../../clock.ts'

/** A sign-in that a browser has begun and the provider has not answered yet. */
export interface SignInFlow extends FlowChecks {
  realmId: string
  /** Where the browser goes when it is signed in: a path here. */
  returnTo: string
}

/** How long people have to sign in at the provider, in milliseconds. */
export const flowLife = 5 * 60_000
const most = 1000
/** Of one address, so that nobody pushes out everybody else's. */
const mostOfSource = 50

interface Pending extends SignInFlow {
  browserHash: Buffer
  source: string
  until: number
}

const secret = () => randomBytes(32).toString('base64url')
const sha256 = (text: string) => hash('sha256', text, 'buffer')

export type SignInFlows = ReturnType<typeof createSignInFlows>

/** The sign-ins under way: each good once, for a short time, and in the browser that began it. */
export function createSignInFlows(steady: Clock) {
  // Oldest first, for they all live equally long.
  const pending = new Map<string, Pending>()

  function makeRoom(source: string): void {
    const now = steady()
    let ofSource = 0
    let oldestOfSource: string | undefined
    for (const [state, flow] of pending) {
      if (now >= flow.until) pending.delete(state)
      else if (flow.source === source) {
        ofSource++
        oldestOfSource ??= state
      }
    }
    if (ofSource >= mostOfSource) pending.delete(oldestOfSource as string)
    else if (pending.size >= most) pending.delete(pending.keys().next().value as string)
  }

  return {
    /** @returns the flow, and what the browser must show when it comes back. */
    begin(realmId: string, source: string, returnTo: string): { flow: SignInFlow; browser: string } {
      makeRoom(source)
      const browser = secret()
      const flow = { realmId, returnTo, state: secret(), nonce: secret(), verifier: secret() }
      pending.set(flow.state, { ...flow, source, browserHash: sha256(browser), until: steady() + flowLife })
      return { flow, browser }
    },

    /** The flow of a state, which is used up whoever shows it; undefined where it is none, too old or another browser's. */
    take(realmId: string, state: string, browser: string): SignInFlow | undefined {
      const found = pending.get(state)
      if (!found) return undefined
      pending.delete(state)
      const own = timingSafeEqual(found.browserHash, sha256(browser))
      return own && found.realmId === realmId && steady() < found.until ? found : undefined
    },

    /** Ends what was begun with a provider that has changed. */
    forgetRealm(realmId: string): void {
      for (const [state, flow] of pending) if (flow.realmId === realmId) pending.delete(state)
    },
  }
}

/**
 * A path on this server, as it stands in a `Location`; undefined where a browser would read it as anything else.
 *
 * Browsers take `\` for `/`, and drop tabs and line ends: `/\evil` and `/<tab>/evil` are other hosts.
 */
export function localPath(text: string): string | undefined {
  if (text.length > 2048 || !/^\/(?![/\\])[!-[\]-~]*$/.test(text)) return undefined
  const base = 'https://here.invalid'
  if (!URL.canParse(text, base)) return undefined
  const { origin, pathname, search, hash: fragment } = new URL(text, base)
  // Dots may have been resolved to a path that begins with two slashes.
  return origin === base && !pathname.startsWith('//') ? pathname + search + fragment : undefined
}
