import { HttpClient } from '@angular/common/http'
import { Injectable, inject, signal } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import { type Identity, nobody, type Session } from './session.ts'

const url = '/sallyport/v1/session'

/** Who is signed in. The sessions themselves are in cookies that no script sees. */
@Injectable({ providedIn: 'root' })
export class SessionService {
  readonly #http = inject(HttpClient)
  readonly #session = signal<Session>(nobody)
  readonly session = this.#session.asReadonly()

  async refresh(): Promise<void> {
    this.#session.set(await firstValueFrom(this.#http.get<Session>(url)))
  }

  /** @throws {ApiError} */
  async signIn(userName: string, password: string): Promise<void> {
    const body = { user_name: userName, password }
    this.#session.set(await firstValueFrom(this.#http.post<Session>(url, body)))
  }

  /** @param identity Absent: all of them. */
  async signOut(identity?: Identity): Promise<void> {
    await firstValueFrom(this.#http.delete(url, identity ? { params: { surface: identity } } : {}))
    await this.refresh()
  }

  /** Told that the server no longer knows a session. */
  ended(): void {
    this.#session.update(({ oidc_sign_in }) => ({ ...nobody, oidc_sign_in }))
  }
}
