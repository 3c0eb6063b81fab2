import { DatePipe, DecimalPipe } from '@angular/common'
import { HttpClient } from '@angular/common/http'
import { Component, computed, DestroyRef, inject, resource, signal } from '@angular/core'
import { RouterLink } from '@angular/router'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { firstValueFrom } from 'rxjs'
import { background } from '../api/background.ts'
import { SessionService } from '../session/session.service.ts'
import { hasOwnPassword } from '../session/session.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { nodeKinds, type Overview, surfaceNames } from './overview.ts'
import { SignInsChart } from './sign-ins-chart.ts'

const refreshEvery = 30_000
/** Days before one's own password expires from which on one is told. */
const soon = 14

/** How things stand. */
@Component({
  selector: 'sp-overview',
  imports: [DatePipe, DecimalPipe, RouterLink, ClrAlertModule, ClrLabel, ErrorAlert, SignInsChart],
  templateUrl: './overview.page.html',
})
export class OverviewPage {
  readonly #http = inject(HttpClient)
  readonly #session = inject(SessionService).session
  /** Whether it is the person who asks, and not the page by itself. */
  readonly #asked = signal(true)
  protected readonly names = surfaceNames
  protected readonly kinds = nodeKinds
  protected readonly overview = resource({ loader: () => this.#read() })
  protected readonly readAt = signal<Date | undefined>(undefined)

  protected readonly sessions = computed(() => {
    const { nsx, vcenter, ssh } = this.overview.hasValue() ? this.overview.value().sessions : {}
    const all = [
      { name: 'NSX Manager', count: nsx },
      { name: 'vCenter', count: vcenter },
      { name: 'SSH consoles', count: ssh },
    ]
    return all.flatMap(({ name, count }) => (count === undefined ? [] : [{ name, count }]))
  })

  protected readonly locked = computed(() => {
    const { nsx, vcenter } = this.overview.hasValue() ? this.overview.value().locked : {}
    const all = [
      { name: 'NSX Manager', count: nsx },
      { name: 'vCenter', count: vcenter },
    ]
    return all.flatMap(({ name, count }) => (count === undefined ? [] : [{ name, count }]))
  })

  /** Whose passwords of the person's own expire soon. */
  protected readonly expiring = computed(() => {
    const session = this.#session()
    return (['nsx', 'vcenter'] as const).flatMap((identity) => {
      const days = session[identity]?.password_expires_in_days
      return days === undefined || days > soon || !hasOwnPassword(session, identity) ? [] : [{ identity, days }]
    })
  })

  constructor() {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !this.overview.isLoading()) this.#load(false)
    }, refreshEvery)
    inject(DestroyRef).onDestroy(() => clearInterval(timer))
  }

  protected refresh(): void {
    this.#load(true)
  }

  #load(asked: boolean): void {
    this.#asked.set(asked)
    this.overview.reload()
  }

  async #read(): Promise<Overview> {
    const options = this.#asked() ? {} : background()
    const overview = await firstValueFrom(this.#http.get<Overview>('/sallyport/v1/overview', options))
    this.readAt.set(new Date())
    return overview
  }
}
