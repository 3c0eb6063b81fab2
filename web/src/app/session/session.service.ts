import { HttpClient } from '@angular/common/http'
import { Injectable, inject, signal } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import { type Identity, nobody, type Session } from './session.ts'

export const sessionUrl = '/sallyport/v1/session'

/** Who is signed in. The sessions themselves are in cookies that no script sees. */
@Injectable({ providedIn: 'root' })
export class SessionService {
  readonly #http = inject(HttpClient)
  readonly #session = signal<Session>(nobody)
  readonly session = this.#session.asReadonly()
  #asking: Promise<Identity[]> | undefined

  async refresh(): Promise<void> {
    this.#session.set(await firstValueFrom(this.#http.get<Session>(sessionUrl)))
  }

  /** @throws {ApiError} `password_must_change`, with the surface whose user it is, among others. */
  async signIn(userName: string, password: string): Promise<void> {
    const body = { user_name: userName, password }
    this.#session.set(await firstValueFrom(this.#http.post<Session>(sessionUrl, body)))
  }

  /** @param identity Absent: all of them. */
  async signOut(identity?: Identity): Promise<void> {
    const options = identity ? { params: { surface: identity } } : {}
    await firstValueFrom(this.#http.delete(sessionUrl, options)).finally(() => this.refresh())
  }

  /** Asks, once at a time, which of the sessions that there were are no more. */
  ended(): Promise<Identity[]> {
    this.#asking ??= this.#whichEnded().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #whichEnded(): Promise<Identity[]> {
    const before = this.session()
    await this.refresh()
    const now = this.session()
    return (['nsx', 'vcenter'] as const).filter((identity) => before[identity] && !now[identity])
  }

  /** Uses the sessions, so that they go on. */
  async use(): Promise<void> {
    await firstValueFrom(this.#http.get('/sallyport/v1/connection'))
  }

  /**
   * Changes one's own password.
   *
   * @param userName Who one is, where the old password opens nothing but this; absent: whose session it is, which goes on.
   * @throws {ApiError}
   */
  async changePassword(surface: Identity, oldPassword: string, password: string, userName?: string): Promise<void> {
    const basic = userName === undefined ? undefined : `Basic ${base64(`${userName}:${oldPassword}`)}`
    const options = basic === undefined ? {} : { headers: { Authorization: basic } }
    await firstValueFrom(this.#http.post(changeUrls[surface], { old_password: oldPassword, password }, options))
  }
}

const changeUrls: Record<Identity, string> = {
  nsx: '/api/v1/node/users?action=reset_own_password',
  vcenter: '/sallyport/v1/sso/change-password',
}

/** Of text as UTF-8. */
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
