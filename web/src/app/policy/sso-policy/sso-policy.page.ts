import { HttpClient } from '@angular/common/http'
import { Component, computed, effect, inject, resource, signal } from '@angular/core'
import { FormGroup, ReactiveFormsModule } from '@angular/forms'
import { firstValueFrom } from 'rxjs'
import { ErrorAlert } from '../../shared/error-alert.ts'
import { Notice } from '../../shared/notice.ts'
import { PasswordCheck } from '../../shared/password-check.ts'
import { ChangesDialog, type Review, shownChanges } from '../changes.dialog.ts'
import { Draft, type Values } from '../draft.ts'
import { numberControls } from '../number-controls.ts'
import { NumberRules } from '../number-rules.ts'
import {
  allRules,
  effectsOf,
  inWords,
  labelOf,
  lockoutRules,
  passwordRules,
  type SsoUser,
  textOf,
} from './sso-policy.ts'

const url = '/sallyport/v1/sso/policy'

/** What passwords of vsphere.local must be like, and when its users are locked. */
@Component({
  selector: 'sp-sso-policy',
  imports: [ReactiveFormsModule, ChangesDialog, ErrorAlert, Notice, NumberRules, PasswordCheck],
  template: `
    <h1>Password and lockout policy</h1>
    <p>
      For the users of vsphere.local. Whoever is of an LDAP directory has the policy of that directory. Only members of
      Administrators&#64;vsphere.local read it and change it.
    </p>
    <sp-error-alert [error]="policy.error() ?? error()" />
    <sp-notice [text]="notice()" />
    @if (policy.hasValue()) {
      <div class="clr-row">
        <form class="clr-form clr-col-12 clr-col-lg-7" [formGroup]="draft.form" novalidate (ngSubmit)="review()">
          <ul class="list">
            @for (sentence of inWords(); track $index) {
              <li>{{ sentence }}</li>
            }
          </ul>
          <h2>Passwords</h2>
          <sp-number-rules [rules]="passwordRules" [form]="draft.form" />
          <h2>Lockout</h2>
          <sp-number-rules [rules]="lockoutRules" [form]="draft.form" />
          <div class="btn-group">
            <button type="submit" class="btn btn-primary" [disabled]="draft.changes().length === 0">Review changes</button>
            <button type="button" class="btn" [disabled]="draft.changes().length === 0" (click)="discard()">Discard</button>
            <button type="button" class="btn" (click)="useDefaults()">Fill in the defaults</button>
          </div>
        </form>
        <section class="clr-col-12 clr-col-lg-5 stays" aria-labelledby="sample">
          <h2 id="sample">Try a password</h2>
          @if (draft.changes().length > 0) {
            <p>It is put to the policy as it stands on this page, before you save it.</p>
          }
          @if (!checkBody()) {
            <p>Something in the form is not valid yet: passwords can be tried when it is.</p>
          }
          <sp-password-check url="/sallyport/v1/sso/password-check" [body]="checkBody()" />
        </section>
      </div>
    }
    @if (asked(); as review) {
      <sp-changes-dialog
        title="Change the policy of vsphere.local"
        [review]="review"
        [work]="save"
        (done)="done()"
        (closed)="asked.set(undefined)"
      />
    }
  `,
})
export class SsoPolicyPage {
  readonly #http = inject(HttpClient)
  protected readonly policy = resource({ loader: () => this.#read() })
  protected readonly draft = new Draft(new FormGroup(numberControls(allRules)))
  protected readonly passwordRules = passwordRules
  protected readonly lockoutRules = lockoutRules
  protected readonly inWords = computed(() => inWords(this.draft.values()))
  protected readonly checkBody = computed(() => (this.draft.isValid() ? { policy: this.draft.changed() } : undefined))
  protected readonly asked = signal<Review | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)

  constructor() {
    effect(() => {
      if (this.policy.hasValue()) this.draft.show(this.policy.value())
    })
  }

  protected discard(): void {
    this.draft.show(this.draft.base() ?? {})
  }

  protected useDefaults(): void {
    for (const { name, default: value } of allRules) this.draft.form.controls[name]?.setValue(value)
    this.draft.form.markAsDirty()
  }

  /** Asks the server once more, for others may have changed the policy meanwhile. */
  protected async review(): Promise<void> {
    this.draft.form.markAllAsTouched()
    if (!this.draft.isValid()) return
    this.notice.set('')
    this.error.set(undefined)
    try {
      const [latest, { users }] = await Promise.all([
        this.#read(),
        firstValueFrom(this.#http.get<{ users: SsoUser[] }>('/sallyport/v1/sso/users')),
      ])
      const meanwhile = this.draft.meet(latest)
      const [before, after] = [this.draft.base() ?? {}, this.draft.values()]
      this.asked.set({
        changes: shownChanges(this.draft.changes(), labelOf, textOf),
        effects: effectsOf(before, after, users, Date.now()),
        meanwhile: shownChanges(meanwhile, labelOf, textOf),
      })
    } catch (error) {
      this.error.set(error)
    }
  }

  protected readonly save = async (): Promise<void> =>
    this.draft.show(await firstValueFrom(this.#http.patch<Values>(url, this.draft.changed())))

  protected done(): void {
    this.asked.set(undefined)
    this.notice.set('The policy is saved.')
  }

  #read(): Promise<Values> {
    return firstValueFrom(this.#http.get<Values>(url))
  }
}
