import { Component, inject, input, output, signal } from '@angular/core'
import { FormGroup, ReactiveFormsModule } from '@angular/forms'
import { ErrorAlert } from '../shared/error-alert.ts'
import { isComplete, showOnFields } from '../shared/form-errors.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { SessionService } from './session.service.ts'
import type { Identity } from './session.ts'

/** Somebody who has shown a password that opens nothing but its own change. */
export interface MustChange {
  surface: Identity
  userName: string
  oldPassword: string
}

/** A new password in place of one that has expired or was given by somebody else. */
@Component({
  selector: 'sp-must-change',
  imports: [ReactiveFormsModule, ErrorAlert, NewPassword],
  template: `
    <form class="clr-form" novalidate (submit)="$event.preventDefault(); change()">
      <p class="p4">
        The password of <strong class="foreign">{{ who().userName }}</strong> has expired or was set by somebody else.
        Choose a new one to go on.
      </p>
      <sp-error-alert [error]="error()" />
      <sp-new-password [controls]="form.controls" />
      <button type="submit" class="btn btn-primary" [disabled]="busy()">Change password</button>
      <button type="button" class="btn btn-link" (click)="cancelled.emit()">Sign in as somebody else</button>
    </form>
  `,
})
export class MustChangeForm {
  readonly #sessions = inject(SessionService)
  readonly who = input.required<MustChange>()
  /** Tells the new password. */
  readonly changed = output<string>()
  readonly cancelled = output()
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  protected readonly form = new FormGroup(newPasswordControls())

  protected async change(): Promise<void> {
    if (this.busy()) return
    this.error.set(undefined)
    if (!isComplete(this.form)) return
    const { surface, userName, oldPassword } = this.who()
    const { password } = this.form.getRawValue()
    this.busy.set(true)
    try {
      await this.#sessions.changePassword(surface, oldPassword, password, userName)
      this.changed.emit(password)
    } catch (error) {
      this.error.set(showOnFields(this.form, error))
    } finally {
      this.busy.set(false)
    }
  }
}
