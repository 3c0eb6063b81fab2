import { HttpClient } from '@angular/common/http'
import { Component, computed, inject, input, resource, signal } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { FormControl, ReactiveFormsModule } from '@angular/forms'
import { ClrPasswordModule } from '@clr/angular/forms'
import { ClarityIcons, ClrIcon, checkCircleIcon, exclamationCircleIcon, unknownStatusIcon } from '@clr/angular/icon'
import { firstValueFrom } from 'rxjs'
import { ErrorAlert } from './error-alert.ts'

ClarityIcons.addIcons(checkCircleIcon, exclamationCircleIcon, unknownStatusIcon)

interface Rule {
  field: string
  text: string
  /** null: only setting the password tells. */
  met: boolean | null
}

interface Checked {
  acceptable: boolean
  rules: Rule[]
}

/** How long somebody is taken to be typing still. */
const pauseMs = 300

const kinds = {
  kept: { shape: 'check-circle', status: 'success', said: 'Kept:' },
  broken: { shape: 'exclamation-circle', status: 'danger', said: 'Broken:' },
  open: { shape: 'unknown-status', status: 'neutral', said: 'Not known before it is set:' },
} as const

/** Puts a sample password to the rules of a policy while it is typed. Nothing of it is kept, here or on the server. */
@Component({
  selector: 'sp-password-check',
  imports: [ReactiveFormsModule, ClrPasswordModule, ClrIcon, ErrorAlert],
  template: `
    <clr-password-container>
      <label>Sample password</label>
      <input clrPassword [formControl]="password" autocomplete="off" autocapitalize="none" spellcheck="false" />
      <clr-control-helper>It is put to the rules while you type, and kept nowhere.</clr-control-helper>
    </clr-password-container>
    @if (comparesOld()) {
      <clr-password-container>
        <label>Password that it would replace</label>
        <input clrPassword [formControl]="old" autocomplete="off" autocapitalize="none" spellcheck="false" />
        <clr-control-helper>Any text: nobody is told whether it is somebody's password.</clr-control-helper>
      </clr-password-container>
    }
    <sp-error-alert [error]="checks.error()" />
    @if (typed() && checked(); as answer) {
      <ul class="list-unstyled" aria-label="Rules">
        @for (rule of answer.rules; track rule.field) {
          @let kind = kindOf(rule);
          <li>
            <cds-icon [shape]="kind.shape" [status]="kind.status" aria-hidden="true" />
            <span class="clr-sr-only">{{ kind.said }}</span>
            {{ rule.text }}
          </li>
        }
      </ul>
    }
    <p class="clr-sr-only" role="status">{{ said() }}</p>
  `,
})
export class PasswordCheck {
  readonly #http = inject(HttpClient)
  /** Of the call. */
  readonly url = input.required<string>()
  /** What goes with the password, such as a policy that is not saved yet; undefined: nothing can be checked just now. */
  readonly body = input<object>()
  /** Whether rules compare the password with the one before. */
  readonly comparesOld = input(false)

  protected readonly password = new FormControl('', { nonNullable: true })
  protected readonly old = new FormControl('', { nonNullable: true })
  protected readonly typed = toSignal(this.password.valueChanges, { initialValue: '' })
  readonly #old = toSignal(this.old.valueChanges, { initialValue: '' })
  /** The newest answer: it stays while the next one is on its way. */
  protected readonly checked = signal<Checked | undefined>(undefined)

  protected readonly checks = resource({
    params: () => {
      const [password, old, body] = [this.typed(), this.comparesOld() ? this.#old() : '', this.body()]
      if (password === '' || body === undefined) return undefined
      return { url: this.url(), body: { ...body, password, ...(old === '' ? {} : { old_password: old }) } }
    },
    loader: async ({ params: { url, body }, abortSignal }) => {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      if (abortSignal.aborted) return
      const answer = await firstValueFrom(this.#http.post<Checked>(url, body))
      if (!abortSignal.aborted) this.checked.set(answer)
    },
  })

  /** For those who do not see the list: once somebody pauses, and only what is wrong. */
  protected readonly said = computed(() => {
    const checked = this.checked()
    if (this.typed() === '' || checked === undefined || this.checks.isLoading()) return ''
    const broken = checked.rules.filter(({ met }) => met === false).map(({ text }) => text)
    return broken.length === 0 ? 'The password keeps the rules.' : `Broken rules: ${broken.join('; ')}.`
  })

  protected kindOf({ met }: Rule) {
    if (met === null) return kinds.open
    return met ? kinds.kept : kinds.broken
  }
}
