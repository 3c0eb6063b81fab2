import { Component, computed, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { NodeUsersService } from './node-users.service.ts'
import type { NodeUser, Realm } from './node-users.ts'

const text = (value: string, most: number) =>
  new FormControl(value, { nonNullable: true, validators: Validators.maxLength(most) })
const days = (value: number) =>
  new FormControl(value, {
    nonNullable: true,
    validators: [Validators.required, Validators.min(0), Validators.max(9999)],
  })

/** Makes a local user, or changes one. */
@Component({
  selector: 'sp-user-fields-dialog',
  imports: [ReactiveFormsModule, ClrInputModule, Dialog, NewPassword, ProblemPipe],
  template: `
    @let user = this.user();
    @let fields = form().controls;
    <sp-dialog
      [title]="user ? 'Change ' + user.username : isAudit() ? 'New audit user' : 'New guest user'"
      [action]="user ? 'Save' : 'Create'"
      [form]="form()"
      [work]="save"
      (done)="done.emit(fields.username.value)"
      (closed)="closed.emit()"
    >
      <clr-input-container>
        <label>User name</label>
        <input clrInput [formControl]="fields.username" autocomplete="off" autocapitalize="none" spellcheck="false" />
        <clr-control-helper>
          @if (user?.userid === 0) {
            root keeps its name.
          } @else if (user) {
            Audit records that there are keep the old name.
          } @else {
            A letter, then letters, digits, '.', '_', '-' or '&#64;'; 32 at most. It has the role Auditor until its role
            binding is changed.
          }
        </clr-control-helper>
        <clr-control-error>{{ fields.username | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>Full name</label>
        <input clrInput [formControl]="fields.full_name" autocomplete="off" />
        <clr-control-error>{{ fields.full_name | problem }}</clr-control-error>
      </clr-input-container>
      @if (!user) {
        <sp-new-password
          [controls]="form().controls"
          label="Password"
          helper="Without one the user cannot sign in until somebody activates it with a password."
        />
      }
      <clr-input-container>
        <label>Password valid for (days)</label>
        <input type="number" clrInput min="0" max="9999" [formControl]="fields.password_change_frequency" />
        <clr-control-helper>0: for ever. When the days are over, the user can sign in only to change it.</clr-control-helper>
        <clr-control-error>{{ fields.password_change_frequency | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>Warn before it expires (days)</label>
        <input type="number" clrInput min="0" max="9999" [formControl]="fields.password_change_warning" />
        <clr-control-error>{{ fields.password_change_warning | problem }}</clr-control-error>
      </clr-input-container>
    </sp-dialog>
  `,
})
export class UserFieldsDialog {
  readonly #users = inject(NodeUsersService)
  readonly realm = input.required<Realm>()
  /** Absent: a new one. */
  readonly user = input<NodeUser>()
  /** Whether the new one is the audit user. */
  readonly isAudit = input(false)
  /** With the user's name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly form = computed(() => {
    const user = this.user()
    const username = new FormControl(
      { value: user?.username ?? (this.isAudit() ? 'audit' : ''), disabled: user?.userid === 0 },
      { nonNullable: true, validators: [Validators.required, Validators.maxLength(32)] },
    )
    return new FormGroup({
      username,
      full_name: text(user?.full_name ?? '', 255),
      password_change_frequency: days(user?.password_change_frequency ?? 90),
      password_change_warning: days(user?.password_change_warning ?? 7),
      ...newPasswordControls(false),
    })
  })

  protected readonly save = async (): Promise<void> => {
    const user = this.user()
    // A disabled control is no value of the form: root's name is not sent.
    const { password, repeated: _, ...fields } = this.form().value
    if (user) await this.#users.change(this.realm(), user, fields)
    else {
      const made = password ? { ...fields, password } : fields
      await (this.isAudit() ? this.#users.createAudit(this.realm(), made) : this.#users.create(this.realm(), made))
    }
  }
}
