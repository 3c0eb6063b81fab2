import { Component, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms'
import { ClrCheckboxModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { SsoService } from './sso.service.ts'
import type { SsoUser } from './sso.ts'

/** Gives another user of vsphere.local a new password. */
@Component({
  selector: 'sp-sso-reset-password-dialog',
  imports: [ReactiveFormsModule, ClrCheckboxModule, Dialog, NewPassword],
  template: `
    <sp-dialog
      [title]="'Reset the password of ' + user().name"
      action="Reset password"
      [form]="form"
      [work]="save"
      (done)="done.emit()"
      (closed)="closed.emit()"
    >
      <p>Open sessions of the user end at once, and an account that failed sign-ins have locked is open again.</p>
      <sp-new-password [controls]="form.controls" />
      <clr-checkbox-wrapper>
        <input type="checkbox" clrCheckbox [formControl]="form.controls.password_must_change" />
        <label>The user must change the password before anything else</label>
      </clr-checkbox-wrapper>
    </sp-dialog>
  `,
})
export class SsoResetPasswordDialog {
  readonly #sso = inject(SsoService)
  readonly user = input.required<SsoUser>()
  readonly done = output()
  readonly closed = output()
  protected readonly form = new FormGroup({
    ...newPasswordControls(),
    password_must_change: new FormControl(true, { nonNullable: true }),
  })

  protected readonly save = (): Promise<unknown> => {
    const { password, password_must_change } = this.form.getRawValue()
    return this.#sso.resetPassword(this.user(), { password, password_must_change })
  }
}
