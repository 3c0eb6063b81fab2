import { Component, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrPasswordModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { SessionService } from './session.service.ts'
import type { Identity } from './session.ts'

/** Changes the password of whoever is signed in. */
@Component({
  selector: 'sp-change-password-dialog',
  imports: [ReactiveFormsModule, ClrPasswordModule, Dialog, NewPassword, ProblemPipe],
  template: `
    <sp-dialog
      [title]="'Change your password for ' + (identity() === 'nsx' ? 'NSX Manager' : 'vCenter')"
      action="Change password"
      [form]="form"
      [work]="change"
      (done)="closed.emit()"
      (closed)="closed.emit()"
    >
      <p>Your other sessions end at once; this one goes on.</p>
      <clr-password-container>
        <label>Old password</label>
        <input clrPassword [formControl]="form.controls.old_password" autocomplete="current-password" />
        <clr-control-error>{{ form.controls.old_password | problem }}</clr-control-error>
      </clr-password-container>
      <sp-new-password [controls]="form.controls" />
    </sp-dialog>
  `,
})
export class ChangePasswordDialog {
  readonly #sessions = inject(SessionService)
  readonly identity = input.required<Identity>()
  readonly closed = output()
  protected readonly form = new FormGroup({
    old_password: new FormControl('', { nonNullable: true, validators: Validators.required }),
    ...newPasswordControls(),
  })

  protected readonly change = async (): Promise<void> => {
    const { old_password, password } = this.form.getRawValue()
    await this.#sessions.changePassword(this.identity(), old_password, password)
    await this.#sessions.refresh()
  }
}
