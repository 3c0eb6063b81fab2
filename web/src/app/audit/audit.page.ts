import { DatePipe, DecimalPipe } from '@angular/common'
import {
  Component,
  computed,
  DestroyRef,
  ElementRef,
  effect,
  inject,
  linkedSignal,
  resource,
  signal,
  untracked,
} from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms'
import { ActivatedRoute, Router } from '@angular/router'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { ClrCheckboxModule, ClrInputModule, ClrSelectModule } from '@clr/angular/forms'
import { ClrDropdownModule } from '@clr/angular/popover/dropdown'
import { asApiError } from '../api/api-error.ts'
import { SessionService } from '../session/session.service.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { isComplete, showOnFields } from '../shared/form-errors.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { AuditService } from './audit.service.ts'
import {
  apiTime,
  type Filter,
  type FilterName,
  type FormatId,
  filterNames,
  formats,
  kindNames,
  type ListedEntry,
  localTime,
  type Outcome,
  outcomeNames,
  surfaceNames,
} from './audit.ts'
import { EntryDetails } from './entry-details.ts'
import { readableSurfaces } from './readable.ts'

/** Entries that are kept while the log is followed; older ones go from the end of the list. */
const mostFollowed = 500
/** Names are compared so far. */
const longestName = 128
/** Between two questions for what is new, in milliseconds: a busy log is shown in portions. */
const shortestPause = 1000
/** How far somebody may scroll, in pixels, before following stops: what is read must not move away. */
const slightScroll = 40

const colors = { success: 'success', denied: 'danger', failure: 'warning', unknown: 'info' } as const

/** What has happened on all appliances, as far as the person may read it. */
@Component({
  selector: 'sp-audit',
  imports: [
    DatePipe,
    DecimalPipe,
    ReactiveFormsModule,
    ClrCheckboxModule,
    ClrDatagridModule,
    ClrDropdownModule,
    ClrInputModule,
    ClrLabel,
    ClrSelectModule,
    EntryDetails,
    ErrorAlert,
    ProblemPipe,
  ],
  templateUrl: './audit.page.html',
})
export class AuditPage {
  readonly #audit = inject(AuditService)
  readonly #router = inject(Router)
  readonly #route = inject(ActivatedRoute)
  readonly #session = inject(SessionService).session
  readonly #address = toSignal(this.#route.queryParamMap, { requireSync: true })

  protected readonly form = new FormGroup({
    user: text(),
    operation: text(),
    source: text(),
    text: text(),
    outcome: text(),
    surface: text(),
    kind: text(),
    from: text(),
    to: text(),
    changes: new FormControl(false, { nonNullable: true }),
  })
  protected readonly outcomes = Object.entries(outcomeNames)
  protected readonly kinds = Object.entries(kindNames)
  protected readonly formats = formats
  protected readonly outcomeNames = outcomeNames
  protected readonly surfaceNames = surfaceNames
  protected readonly colors = colors

  /** The surfaces whose records the person may read. */
  protected readonly surfaces = computed(() => readableSurfaces(this.#session()))

  /** The address holds all that is asked for: who gets it sees the same. */
  protected readonly filter = computed<Filter>(
    () => Object.fromEntries(filterNames.map((name) => [name, this.#address().get(name)]).filter(([, is]) => is)),
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  )
  readonly #place = computed(
    () => {
      const [before, after] = [this.#address().get('before'), this.#address().get('after')]
      return { ...(before ? { before } : after ? { after } : {}) }
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  )
  protected readonly isFiltered = computed(() => Object.keys(this.filter()).length > 0)
  protected readonly isNewest = computed(() => Object.keys(this.#place()).length === 0)

  protected readonly page = resource({
    params: () => ({ filter: this.filter(), place: this.#place() }),
    loader: ({ params: { filter, place }, abortSignal }) => this.#audit.page(filter, place, abortSignal),
  })
  readonly #found = computed(() => (this.page.hasValue() ? this.page.value() : undefined))
  protected readonly entries = linkedSignal<ListedEntry[]>(() => this.#found()?.entries ?? [])
  protected readonly total = linkedSignal(() => this.#found()?.total)
  protected readonly older = linkedSignal(() => this.#found()?.older)
  protected readonly unfinished = computed(() => this.#found()?.unfinished === true)
  /** What the form cannot show. */
  protected readonly error = signal<unknown>(undefined)
  protected readonly detail = signal<ListedEntry | null>(null)

  protected readonly following = signal(false)
  /** Said to those who cannot see the list move. */
  protected readonly said = signal('')
  #followed = new AbortController()

  /** Bytes that came so far of the file that is on its way. */
  protected readonly exported = signal<number | undefined>(undefined)
  #exporting = new AbortController()

  constructor() {
    effect(() => {
      const filter = this.filter()
      this.form.reset({
        ...filter,
        from: localTime(filter.from),
        to: localTime(filter.to),
        changes: filter.changes === 'true',
      })
    })
    effect(() => {
      const thrown = this.page.error()
      this.error.set(undefined)
      if (thrown) this.error.set(showOnFields(this.form, thrown))
    })
    // Other entries are another thing to follow.
    effect(() => {
      this.filter()
      this.#place()
      untracked(() => {
        this.pause()
        this.detail.set(null)
      })
    })
    // Scrolling does not bubble.
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
    host.addEventListener('scroll', (event) => this.#scrolled(event), { capture: true, passive: true })
    inject(DestroyRef).onDestroy(() => {
      this.#followed.abort()
      this.#exporting.abort()
    })
  }

  protected search(): void {
    if (!isComplete(this.form)) return
    const { from, to, changes, ...texts } = this.form.getRawValue()
    const asked = { ...texts, from: apiTime(from), to: apiTime(to), changes: changes ? 'true' : '' }
    void this.#go(asked)
    // The same once more is a wish to see what is new.
    if (JSON.stringify(given(asked)) === JSON.stringify(given(this.filter())) && this.isNewest()) this.page.reload()
  }

  protected clear(): void {
    void this.#go({})
  }

  /** Adds what the shown entry has to the filter. */
  protected only(name: FilterName, value: string): void {
    void this.#go({ ...this.filter(), [name]: value.slice(0, longestName) })
  }

  protected goTo(place: { before?: string | undefined; after?: string | undefined }): void {
    void this.#go(this.filter(), place)
  }

  protected newer(): void {
    const newer = this.#found()?.newer
    if (newer) this.goTo({ after: newer })
  }

  #go(filter: Filter, place: { before?: string | undefined; after?: string | undefined } = {}): Promise<boolean> {
    return this.#router.navigate([], { queryParams: given({ ...filter, ...place }) })
  }

  protected toggle(): void {
    if (this.following()) {
      this.pause('Following is paused.')
    } else {
      void this.#follow()
    }
  }

  protected pause(said = ''): void {
    this.#followed.abort()
    this.following.set(false)
    this.said.set(said)
  }

  #scrolled(event: Event): void {
    if (this.following() && (event.target as HTMLElement).scrollTop > slightScroll) {
      this.pause('Following is paused, for the list was scrolled.')
    }
  }

  async #follow(): Promise<void> {
    const found = this.#found()
    if (!found) return
    this.#followed = new AbortController()
    const { signal } = this.#followed
    this.following.set(true)
    this.error.set(undefined)
    this.said.set('New entries appear at the top.')
    let after = found.newer
    try {
      while (!signal.aborted) {
        const began = performance.now()
        const page = await this.#audit.next(this.filter(), after, signal)
        if (signal.aborted) return
        after = page.newer
        this.#add(page.results)
        await new Promise((resolve) => setTimeout(resolve, shortestPause - (performance.now() - began)))
      }
    } catch (thrown) {
      if (signal.aborted) return
      this.pause()
      this.error.set(asApiError(thrown))
    }
  }

  #add(fresh: readonly ListedEntry[]): void {
    if (fresh.length === 0) return
    // Readings of the list, which following leaves out, may stand in it already.
    const known = new Set(this.entries().map(({ id }) => id))
    const added = fresh.filter(({ id }) => !known.has(id))
    const all = [...added, ...this.entries()]
    this.entries.set(all.slice(0, mostFollowed))
    const cut = all[mostFollowed - 1]
    if (all.length > mostFollowed && cut) this.older.set(cut.id)
    this.total.update((total) => (total === undefined ? undefined : total + added.length))
    this.said.set(`${added.length} new ${added.length === 1 ? 'entry' : 'entries'}.`)
  }

  protected async export(format: FormatId): Promise<void> {
    this.#exporting = new AbortController()
    this.error.set(undefined)
    this.exported.set(0)
    try {
      const file = await this.#audit.export(
        this.filter(),
        format,
        (bytes) => this.exported.set(bytes),
        this.#exporting.signal,
      )
      if (file) save(file.body, file.name)
    } catch (thrown) {
      this.error.set(asApiError(thrown))
    } finally {
      this.exported.set(undefined)
    }
  }

  protected cancelExport(): void {
    this.#exporting.abort()
  }

  protected colorOf(outcome: Outcome): (typeof colors)[Outcome] {
    return colors[outcome]
  }
}

function text() {
  return new FormControl('', { nonNullable: true })
}

const given = (values: Partial<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter((pair): pair is [string, string] => Boolean(pair[1]))
      .sort(),
  )

function save(body: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(body)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
