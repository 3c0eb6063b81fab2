import { computed, DOCUMENT, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { Router } from '@angular/router'
import { SessionService } from './session.service.ts'
import { signedIn } from './session.ts'

const key = 'sallyport-activity'
/** What people do, as opposed to what pages do by themselves. */
const deeds = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
/** Milliseconds that the warning stands before the sign-out. */
const warning = 60_000
/** Milliseconds between two deeds that are taken note of; pointers move often. */
const noticedEvery = 1_000
/** Milliseconds after which the server hears that somebody is still there. */
const toldEvery = 30_000

/**
 * Signs people out who do nothing for as long as the session would live without them: of several sessions, the one that
 * lives shortest. A minute before they are warned. What they do in any window of the browser counts.
 */
@Injectable({ providedIn: 'root' })
export class IdleService {
  readonly #sessions = inject(SessionService)
  readonly #router = inject(Router)
  readonly #window = inject(DOCUMENT).defaultView
  /** When somebody last did something, as milliseconds since 1970. */
  #last = Date.now()
  #told = Date.now()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Milliseconds without a deed until the sign-out; undefined: never. */
  readonly #timeout = computed(() => {
    const { nsx, vcenter } = this.#sessions.session()
    const timeouts = [nsx, vcenter].flatMap((one) => (one?.idle_timeout_seconds ? [one.idle_timeout_seconds] : []))
    return timeouts.length === 0 ? undefined : Math.min(...timeouts) * 1000
  })

  readonly #left = signal<number | undefined>(undefined)
  /** Seconds until the sign-out, from a minute before it. */
  readonly secondsLeft = this.#left.asReadonly()

  constructor() {
    effect(() => {
      this.#timeout()
      // Who has just signed in has just done something.
      untracked(() => this.#noted(Date.now()))
    })
  }

  begin(): void {
    for (const deed of deeds) this.#window?.addEventListener(deed, () => this.#did(), { passive: true, capture: true })
    this.#window?.addEventListener('storage', ({ key: changed, newValue }) => {
      if (changed === key && newValue) this.#noted(Number(newValue))
    })
  }

  /** Somebody did something; the session goes on. */
  stay(): void {
    this.#did(true)
  }

  #did(sure = false): void {
    const now = Date.now()
    if (!signedIn(this.#sessions.session(), 'any')) return
    // Moving the pointer over a warning is no answer to it.
    if (!sure && (this.#left() !== undefined || now - this.#last < noticedEvery)) return
    this.#window?.localStorage.setItem(key, String(now))
    this.#noted(now)
  }

  #noted(at: number): void {
    this.#last = Math.max(this.#last, at)
    this.#look()
  }

  #look(): void {
    clearTimeout(this.#timer)
    const timeout = this.#timeout()
    if (timeout === undefined) return this.#left.set(undefined)
    const now = Date.now()
    const left = this.#last + timeout - now
    if (left <= 0) return void this.#signOut()
    const warns = Math.min(warning, timeout / 2)
    this.#left.set(left <= warns ? Math.ceil(left / 1000) : undefined)
    // The server counts from the last call: it hears of what was done since.
    const untold = this.#last > this.#told
    if (untold && now - this.#told >= Math.min(toldEvery, timeout / 4)) this.#tell(now)
    const next = left <= warns ? 1_000 : Math.min(left - warns, untold ? Math.min(toldEvery, timeout / 4) : left)
    this.#timer = setTimeout(() => this.#look(), Math.max(200, next))
  }

  #tell(now: number): void {
    this.#told = now
    this.#sessions.use().catch(() => {})
  }

  async #signOut(): Promise<void> {
    this.#left.set(undefined)
    const next = this.#router.url
    await this.#sessions.signOut().catch(() => {})
    await this.#router.navigate(['/sign-in'], { queryParams: { next, why: 'idle' } })
  }
}
