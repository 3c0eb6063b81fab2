import { HttpClient } from '@angular/common/http'
import { Component, computed, effect, inject, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { ClrCheckboxModule, ClrInputModule, ClrTextareaModule } from '@clr/angular/forms'
import { firstValueFrom } from 'rxjs'
import { asApiError } from '../../api/api-error.ts'
import { SessionService } from '../../session/session.service.ts'
import { mayInNsx } from '../../session/session.ts'
import { ErrorAlert } from '../../shared/error-alert.ts'
import { Notice } from '../../shared/notice.ts'
import { ChangesDialog, type Review, shownChanges } from '../changes.dialog.ts'
import { type Change, Draft, type Values } from '../draft.ts'
import { numberControls } from '../number-controls.ts'
import { NumberRules } from '../number-rules.ts'
import { allRules, effectsOf, labelOf, limitRules, textOf, timeRules } from './api-service.ts'
import { Switches } from './switches.ts'
import { type Connection, keyOf, lockedOut, type Switch, versionsOf, withoutSuite } from './tls-choice.ts'

const url = '/api/v1/cluster/api-service'

interface Config extends Values {
  _revision: number
  _last_modified_user: string
}

const noConnection: Connection = { address: '', protocol_version: '', cipher_suite: '', certificate_key: '' }

const addressesOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

/** How the managers serve their API: sessions, limits, TLS. @see nsx-api.md 7 */
@Component({
  selector: 'sp-api-service',
  imports: [
    ReactiveFormsModule,
    ClrAlertModule,
    ClrCheckboxModule,
    ClrInputModule,
    ClrTextareaModule,
    ChangesDialog,
    ErrorAlert,
    Notice,
    NumberRules,
    Switches,
  ],
  templateUrl: './api-service.page.html',
})
export class ApiServicePage {
  readonly #http = inject(HttpClient)
  readonly #session = inject(SessionService).session
  protected readonly mayChange = computed(() => mayInNsx(this.#session(), 'system_administration', 'crud'))
  protected readonly config = resource({ loader: () => this.#read() })
  protected readonly connections = resource({
    loader: () => firstValueFrom(this.#http.get<Connection>('/sallyport/v1/connection')),
  })
  protected readonly connection = computed(() =>
    this.connections.hasValue() ? this.connections.value() : noConnection,
  )

  protected readonly redirectHost = new FormControl('', { nonNullable: true })
  protected readonly basic = new FormControl(true, { nonNullable: true })
  protected readonly cookies = new FormControl(true, { nonNullable: true })
  protected readonly versions = new FormControl<Switch[]>([], { nonNullable: true })
  protected readonly suites = new FormControl<Switch[]>([], { nonNullable: true })
  protected readonly immune = new FormControl<string[]>([], { nonNullable: true })
  /** The same as it is typed, one a line. */
  protected readonly immuneText = new FormControl('', { nonNullable: true })
  protected readonly draft = new Draft(
    new FormGroup({
      ...numberControls(allRules),
      redirect_host: this.redirectHost,
      basic_authentication_enabled: this.basic,
      cookie_based_authentication_enabled: this.cookies,
      lockout_immune_addresses: this.immune,
      protocol_versions: this.versions,
      cipher_suites: this.suites,
    }),
  )
  protected readonly timeRules = timeRules
  protected readonly limitRules = limitRules

  protected readonly versionsNow = computed(() => this.draft.values().protocol_versions as Switch[])
  protected readonly suitesNow = computed(() => this.draft.values().cipher_suites as Switch[])
  /** Why what is chosen cannot be saved. */
  protected readonly problem = computed(() => {
    const { basic_authentication_enabled: basic, cookie_based_authentication_enabled: cookies } = this.draft.values()
    if (!basic && !cookies) return 'Keep one way to sign in: with both off, nobody could.'
    return lockedOut(this.versionsNow(), this.suitesNow(), this.connection().certificate_key)
  })
  /** What is ticked and still not served. */
  protected readonly idle = computed(() =>
    withoutSuite(this.versionsNow(), this.suitesNow(), this.connection().certificate_key),
  )
  protected readonly hasOwnAddress = computed(() =>
    (this.draft.values().lockout_immune_addresses as string[]).includes(this.connection().address),
  )

  protected readonly asked = signal<Review | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)
  #revision = 0

  constructor() {
    const hasOther = (addresses: readonly string[], text: string) => addresses.join() !== addressesOf(text).join()
    this.immuneText.valueChanges.subscribe((text) => {
      if (hasOther(this.immune.value, text)) this.immune.setValue(addressesOf(text))
    })
    this.immune.valueChanges.subscribe((addresses) => {
      if (hasOther(addresses, this.immuneText.value)) this.immuneText.setValue(addresses.join('\n'))
    })
    effect(() => {
      if (this.config.hasValue()) this.#show(this.config.value())
    })
  }

  protected readonly noteOfVersion = (name: string): string =>
    name === this.connection().protocol_version ? ' (your browser uses it)' : ''

  protected readonly noteOfSuite = (name: string): string => {
    const { cipher_suite, certificate_key } = this.connection()
    const key = keyOf(name)
    const notes = [
      versionsOf(name)
        .map((version) => version.replace('v', ' '))
        .join(' and '),
    ]
    if (key !== undefined && key !== certificate_key)
      notes.push(`not usable: it needs a certificate with an ${key.toUpperCase()} key`)
    if (name === cipher_suite) notes.push('your browser uses it')
    return ` (${notes.join('; ')})`
  }

  protected addOwnAddress(): void {
    this.immune.setValue([...this.immune.value, this.connection().address])
  }

  protected discard(): void {
    this.draft.show(this.draft.base() ?? {})
  }

  /** Asks the server once more, for others may have changed the configuration meanwhile. */
  protected async review(): Promise<void> {
    this.draft.form.markAllAsTouched()
    if (!this.draft.isValid() || this.problem() !== undefined) return
    this.notice.set('')
    this.error.set(undefined)
    try {
      const latest = await this.#read()
      this.asked.set(this.#reviewOn(latest))
    } catch (error) {
      this.error.set(error)
    }
  }

  /** What somebody else has saved since is kept; only what is changed here is put in its place, and looked at once more. */
  protected readonly save = async (): Promise<void> => {
    try {
      const body = { ...this.draft.values(), _revision: this.#revision }
      this.#show(await firstValueFrom(this.#http.put<Config>(url, body)))
    } catch (error) {
      if (asApiError(error).status === 412) {
        this.asked.set(this.#reviewOn(await this.#read()))
      }
      throw error
    }
  }

  protected done(): void {
    this.asked.set(undefined)
    this.notice.set('The configuration is saved.')
    this.connections.reload()
  }

  #show(config: Config): void {
    this.#revision = config._revision
    this.draft.show(config)
  }

  #reviewOn(latest: Config): Review {
    const isNewer = latest._revision !== this.#revision
    const meanwhile: Change[] = this.draft.meet(latest)
    this.#revision = latest._revision
    return {
      changes: shownChanges(this.draft.changes(), labelOf, textOf),
      effects: effectsOf(this.draft.base() ?? {}, this.draft.values(), this.connection()),
      meanwhile: shownChanges(meanwhile, labelOf, textOf),
      ...(isNewer ? { by: latest._last_modified_user } : {}),
    }
  }

  #read(): Promise<Config> {
    return firstValueFrom(this.#http.get<Config>(url))
  }
}
