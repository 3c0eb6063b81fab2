import { Component, computed, inject, input, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { Router } from '@angular/router'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { ClrInputModule, ClrPasswordModule } from '@clr/angular/forms'
import { asApiError } from '../api/api-error.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { type MustChange, MustChangeForm } from './must-change.ts'
import { SessionService } from './session.service.ts'
import { type Identity, signedIn } from './session.ts'

const appliances: Record<Identity, string> = { nsx: 'NSX Manager', vcenter: 'vCenter' }

const hints: Record<Identity, string> = {
  nsx: 'A local user such as admin, or user@domain of a directory',
  vcenter: 'A user such as administrator@vsphere.local, or user@domain of a directory',
}
const anyHint = 'admin for NSX Manager, administrator@vsphere.local for vCenter, user@domain of a directory for both'

@Component({
  selector: 'sp-sign-in',
  imports: [ReactiveFormsModule, ClrAlertModule, ClrInputModule, ClrPasswordModule, ErrorAlert, MustChangeForm],
  templateUrl: './sign-in.page.html',
})
export class SignInPage {
  protected readonly sessions = inject(SessionService)
  readonly #router = inject(Router)
  /** The page to go on to. */
  readonly next = input<string>()
  /** The sign-in that the page needs. */
  readonly to = input<Identity>()
  /** Why somebody is here who was signed in a moment ago. */
  readonly why = input<'idle'>()
  protected readonly appliance = computed(() => appliances[this.to() as Identity])
  protected readonly hint = computed(() => hints[this.to() as Identity] ?? anyHint)
  protected readonly isSecond = computed(() => signedIn(this.sessions.session(), 'any'))
  protected readonly provider = computed(() => {
    const url = this.to() === 'vcenter' ? null : this.sessions.session().oidc_sign_in
    return url && `${url}?return_to=${encodeURIComponent(`/console${this.#nextUrl()}`)}`
  })
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  protected readonly mustChange = signal<MustChange | undefined>(undefined)
  protected readonly form = new FormGroup({
    userName: new FormControl('', { nonNullable: true, validators: Validators.required }),
    password: new FormControl('', { nonNullable: true, validators: Validators.required }),
  })

  protected async signIn(): Promise<void> {
    this.form.markAllAsTouched()
    if (this.form.invalid || this.busy()) return
    const { userName, password } = this.form.getRawValue()
    await this.#enter(userName.trim(), password)
  }

  protected async changed({ userName }: MustChange, password: string): Promise<void> {
    this.mustChange.set(undefined)
    await this.#enter(userName, password)
  }

  async #enter(userName: string, password: string): Promise<void> {
    this.busy.set(true)
    this.error.set(undefined)
    try {
      await this.sessions.signIn(userName, password)
      await this.#router.navigateByUrl(this.#nextUrl())
    } catch (thrown) {
      const error = asApiError(thrown)
      this.form.controls.password.reset()
      if (error.code === 'password_must_change') {
        this.mustChange.set({ surface: error.surface as Identity, userName, oldPassword: password })
      } else this.error.set(error)
    } finally {
      this.busy.set(false)
    }
  }

  /** An address here, whatever the link says. */
  #nextUrl(): string {
    const next = this.next() ?? '/'
    return /^\/(?![/\\])/.test(next) ? next : '/'
  }
}
