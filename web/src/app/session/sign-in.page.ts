import { Component, computed, inject, input, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { Router } from '@angular/router'
import { ClrInputModule, ClrPasswordModule } from '@clr/angular/forms'
import { asApiError } from '../api/api-error.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { SessionService } from './session.service.ts'
import type { Identity } from './session.ts'

const appliances: Record<Identity, string> = { nsx: 'NSX Manager', vcenter: 'vCenter' }

@Component({
  selector: 'sp-sign-in',
  imports: [ReactiveFormsModule, ClrInputModule, ClrPasswordModule, ErrorAlert],
  template: `
    <main class="login-wrapper">
      <form class="login" [formGroup]="form" (ngSubmit)="signIn()">
        <section class="title" role="heading" aria-level="1">Sallyport</section>
        <div class="login-group">
          @if (appliance(); as name) {
            <p class="p4">This page needs a sign-in to {{ name }}.</p>
          }
          <sp-error-alert [error]="error()" />
          <clr-input-container>
            <label>User name</label>
            <input clrInput formControlName="userName" autocomplete="username" autocapitalize="none" spellcheck="false" />
            <clr-control-helper>
              admin for NSX Manager, administrator&#64;vsphere.local for vCenter, user&#64;domain of a directory
            </clr-control-helper>
            <clr-control-error>Say who you are.</clr-control-error>
          </clr-input-container>
          <clr-password-container>
            <label>Password</label>
            <input clrPassword formControlName="password" autocomplete="current-password" />
            <clr-control-error>The password is missing.</clr-control-error>
          </clr-password-container>
          <button type="submit" class="btn btn-primary" [disabled]="busy()">Sign in</button>
          @if (sessions.session().oidc_sign_in; as url) {
            <a class="signup" [href]="url">Sign in with the identity provider</a>
          }
        </div>
      </form>
    </main>
  `,
})
export class SignInPage {
  protected readonly sessions = inject(SessionService)
  readonly #router = inject(Router)
  /** The page to go on to. */
  readonly next = input<string>()
  /** The sign-in that the page needs. */
  readonly to = input<Identity>()
  protected readonly appliance = computed(() => appliances[this.to() as Identity])
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  protected readonly form = new FormGroup({
    userName: new FormControl('', { nonNullable: true, validators: Validators.required }),
    password: new FormControl('', { nonNullable: true, validators: Validators.required }),
  })

  protected async signIn(): Promise<void> {
    this.form.markAllAsTouched()
    if (this.form.invalid || this.busy()) return
    const { userName, password } = this.form.getRawValue()
    this.busy.set(true)
    this.error.set(undefined)
    try {
      await this.sessions.signIn(userName, password)
      await this.#router.navigateByUrl(this.next() ?? '/')
    } catch (error) {
      this.error.set(asApiError(error))
      this.form.controls.password.reset()
    } finally {
      this.busy.set(false)
    }
  }
}
