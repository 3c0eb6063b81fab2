import { HttpClient } from '@angular/common/http'
import { Component, computed, effect, inject, input, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms'
import { Router } from '@angular/router'
import { ClrSelectModule } from '@clr/angular/forms'
import { firstValueFrom } from 'rxjs'
import { SessionService } from '../../session/session.service.ts'
import { mayInNsx } from '../../session/session.ts'
import { ErrorAlert } from '../../shared/error-alert.ts'
import { everyPage } from '../../shared/every-page.ts'
import { Notice } from '../../shared/notice.ts'
import { PasswordCheck } from '../../shared/password-check.ts'
import { ChangesDialog, type Review, shownChanges } from '../changes.dialog.ts'
import { Draft, differences, type Values } from '../draft.ts'
import { numberControls } from '../number-controls.ts'
import { NumberRules } from '../number-rules.ts'
import {
  afterReset,
  allRules,
  effectsOf,
  inWords,
  labelOf,
  lockoutRules,
  passwordRules,
  type Reset,
  resets,
  textOf,
} from './auth-policy.ts'

interface Place {
  /** Of an edge; empty: the managers, which have theirs in common. */
  id: string
  name: string
  url: string
}

const managers: Place = { id: '', name: 'NSX Managers', url: '/api/v1/node/aaa/auth-policy' }

/** What is about to be done, once it is confirmed. */
interface Asked {
  title: string
  action: string
  danger: boolean
  review: Review
  work: () => Promise<unknown>
  said: string
}

/** Lockouts and passwords of the managers' accounts, and of each edge's. @see nsx-api.md 1 */
@Component({
  selector: 'sp-auth-policy',
  imports: [ReactiveFormsModule, ClrSelectModule, ChangesDialog, ErrorAlert, Notice, NumberRules, PasswordCheck],
  templateUrl: './auth-policy.page.html',
})
export class AuthPolicyPage {
  readonly #http = inject(HttpClient)
  readonly #router = inject(Router)
  readonly #session = inject(SessionService).session
  /** The edge whose policy is shown; absent: the managers'. */
  readonly of = input('')

  protected readonly mayChange = computed(() => mayInNsx(this.#session(), 'system_administration', 'crud'))
  readonly #mayList = computed(() => mayInNsx(this.#session(), 'system_administration'))
  protected readonly places = resource({
    params: () => this.#mayList(),
    loader: async ({ params: mayList }): Promise<Place[]> => {
      if (!mayList) return [managers]
      const edges = await everyPage<{ id: string; display_name: string }>(this.#http, '/api/v1/transport-nodes', {
        node_types: 'EdgeNode',
      })
      return [
        managers,
        ...edges.map(({ id, display_name: name }) => ({
          id,
          name,
          url: `/api/v1/transport-nodes/${encodeURIComponent(id)}/node/aaa/auth-policy`,
        })),
      ]
    },
  })
  protected readonly place = computed(() =>
    this.places.hasValue() ? this.places.value().find(({ id }) => id === (this.of() ?? '')) : undefined,
  )
  protected readonly policy = resource({ params: () => this.place(), loader: ({ params: place }) => this.#read(place) })

  protected readonly hash = new FormControl('sha512', { nonNullable: true })
  protected readonly draft = new Draft(new FormGroup({ ...numberControls(allRules), hash_algorithm: this.hash }))
  protected readonly isManagers = computed(() => this.place()?.id === '')
  protected readonly lockoutRules = computed(() =>
    lockoutRules.filter(({ name }) => this.isManagers() || !name.startsWith('api_')),
  )
  protected readonly passwordRules = passwordRules
  protected readonly resets = resets
  protected readonly inWords = computed(() => inWords(this.draft.values(), this.isManagers()))

  protected readonly comparesOld = computed(() => Number(this.draft.values().minimum_unique_chars) > 0)
  /** What the sample password is put to: the policy as it is typed. */
  protected readonly checkBody = computed(() => {
    const place = this.place()
    if (!place || !this.draft.isValid()) return undefined
    const { hash_algorithm: _, ...policy } = this.draft.changed()
    return { ...(place.id ? { appliance: place.id } : {}), policy }
  })

  protected readonly asked = signal<Asked | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)

  constructor() {
    effect(() => {
      if (this.policy.hasValue()) this.draft.show(this.policy.value())
    })
  }

  protected showOf(id: string): void {
    this.notice.set('')
    this.error.set(undefined)
    void this.#router.navigate([], { queryParams: { of: id || null } })
  }

  protected discard(): void {
    this.draft.show(this.draft.base() ?? {})
  }

  /** Asks the server once more, for others may have changed the policy meanwhile. */
  protected async review(): Promise<void> {
    this.draft.form.markAllAsTouched()
    const place = this.place()
    if (!place || !this.draft.isValid()) return
    await this.#ask(async () => {
      const meanwhile = this.draft.meet(await this.#read(place))
      const [before, after] = [this.draft.base() ?? {}, this.draft.values()]
      return {
        title: `Change the authentication policy of ${place.name}`,
        action: 'Save',
        danger: false,
        review: this.#reviewOf(before, after, meanwhile),
        work: async () =>
          this.draft.show(await firstValueFrom(this.#http.put<Values>(place.url, this.draft.changed()))),
        said: 'The policy is saved.',
      }
    })
  }

  protected async reset(reset: Reset): Promise<void> {
    const place = this.place()
    if (!place) return
    await this.#ask(async () => {
      const before = await this.#read(place)
      return {
        title: `${reset.title} of ${place.name}`,
        action: 'Reset',
        danger: true,
        review: this.#reviewOf(before, this.#heeded(afterReset(before, reset)), []),
        work: async () => {
          const params = { action: reset.action }
          this.draft.show(await firstValueFrom(this.#http.post<Values>(place.url, null, { params })))
        },
        said: 'The defaults are back.',
      }
    })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
  }

  async #ask(asked: () => Promise<Asked>): Promise<void> {
    this.notice.set('')
    this.error.set(undefined)
    try {
      this.asked.set(await asked())
    } catch (error) {
      this.error.set(error)
    }
  }

  #read({ url }: Place): Promise<Values> {
    return firstValueFrom(this.#http.get<Values>(url))
  }

  /** Edges have no API that could be locked. */
  #heeded(policy: Values): Values {
    return this.isManagers()
      ? policy
      : Object.fromEntries(Object.entries(policy).filter(([name]) => !name.startsWith('api_')))
  }

  #reviewOf(before: Values, after: Values, meanwhile: Parameters<typeof shownChanges>[0]): Review {
    const known = Object.fromEntries(Object.entries(after).filter(([name]) => name in this.draft.form.controls))
    return {
      changes: shownChanges(differences(before, known), labelOf, textOf),
      effects: effectsOf(before, known, this.isManagers()),
      meanwhile: shownChanges(meanwhile, labelOf, textOf),
    }
  }
}
