import { DatePipe, DecimalPipe } from '@angular/common'
import { HttpClient } from '@angular/common/http'
import { Component, computed, DestroyRef, inject, resource, signal } from '@angular/core'
import { RouterLink } from '@angular/router'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { firstValueFrom } from 'rxjs'
import { background } from '../api/background.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { nodeKinds, type Overview, surfaceNames } from './overview.ts'
import { SignInsChart } from './sign-ins-chart.ts'

const refreshEvery = 30_000

/** How things stand. */
@Component({
  selector: 'sp-overview',
  imports: [DatePipe, DecimalPipe, RouterLink, ClrLabel, ErrorAlert, SignInsChart],
  templateUrl: './overview.page.html',
})
export class OverviewPage {
  readonly #http = inject(HttpClient)
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
