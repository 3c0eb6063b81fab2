import { Component, computed, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrCheckboxModule, ClrInputModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { SsoService } from './sso.service.ts'
import type { SsoUser } from './sso.ts'

const text = (value: string, most: number) =>
  new FormControl(value, { nonNullable: true, validators: Validators.maxLength(most) })

/** Makes a user of vsphere.local, or changes one. */
@Component({
  selector: 'sp-sso-user-fields-dialog',
  imports: [ReactiveFormsModule, ClrCheckboxModule, ClrInputModule, Dialog, NewPassword, ProblemPipe],
  template: `
    @let user = this.user();
    @let fields = form().controls;
    <sp-dialog
      [title]="user ? 'Change ' + user.name : 'New user'"
      [action]="user ? 'Save' : 'Create'"
      [form]="form()"
      [work]="save"
      (done)="done.emit(fields.name.value)"
      (closed)="closed.emit()"
    >
      @if (!user) {
        <clr-input-container>
          <label>User name</label>
          <input clrInput [formControl]="fields.name" autocomplete="off" autocapitalize="none" spellcheck="false" />
          <clr-control-helper>Letters, digits, '_', '.', '$' and '-'; never changes</clr-control-helper>
          <clr-control-error>{{ fields.name | problem }}</clr-control-error>
        </clr-input-container>
        <sp-new-password [controls]="fields" label="Password" />
        <clr-checkbox-wrapper>
          <input type="checkbox" clrCheckbox [formControl]="fields.password_must_change" />
          <label>The user must change the password before anything else</label>
        </clr-checkbox-wrapper>
      }
      <clr-input-container>
        <label>First name</label>
        <input clrInput [formControl]="fields.first_name" autocomplete="off" />
        <clr-control-error>{{ fields.first_name | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>Last name</label>
        <input clrInput [formControl]="fields.last_name" autocomplete="off" />
        <clr-control-error>{{ fields.last_name | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>E-mail</label>
        <input clrInput [formControl]="fields.email" autocomplete="off" />
        <clr-control-error>{{ fields.email | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>Description</label>
        <input clrInput [formControl]="fields.description" autocomplete="off" />
        <clr-control-error>{{ fields.description | problem }}</clr-control-error>
      </clr-input-container>
    </sp-dialog>
  `,
})
export class SsoUserFieldsDialog {
  readonly #sso = inject(SsoService)
  /** Absent: a new one. */
  readonly user = input<SsoUser>()
  /** With the user's name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly form = computed(() => {
    const user = this.user()
    return new FormGroup({
      name: new FormControl(user?.name ?? '', { nonNullable: true, validators: Validators.required }),
      first_name: text(user?.first_name ?? '', 128),
      last_name: text(user?.last_name ?? '', 128),
      email: text(user?.email ?? '', 254),
      description: text(user?.description ?? '', 1024),
      password_must_change: new FormControl(true, { nonNullable: true }),
      ...newPasswordControls(user === undefined),
    })
  })

  protected readonly save = (): Promise<unknown> => {
    const user = this.user()
    const { name, password, password_must_change, repeated: _, ...fields } = this.form().getRawValue()
    if (user) return this.#sso.changeUser(user, fields)
    return this.#sso.createUser({ name, password, password_must_change, ...fields })
  }
}
