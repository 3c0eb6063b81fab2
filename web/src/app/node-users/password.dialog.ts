import { Component, computed, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrPasswordModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { NewPassword, newPasswordControls } from '../shared/new-password.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { NodeUsersService } from './node-users.service.ts'
import type { NodeUser, Realm } from './node-users.ts'

/** The ways in which a local user comes to a password. @see nsx-api.md 2.6 */
export type PasswordWay = 'activate' | 'reset' | 'change'

const words: Record<PasswordWay, { title: string; action: string; what: string }> = {
  activate: {
    title: 'Activate',
    action: 'Activate',
    what: 'The user can sign in with this password at once, and the days until it expires begin anew.',
  },
  reset: {
    title: 'Reset the password of',
    action: 'Reset password',
    what:
      'Open sessions and SSH consoles of the user end at once. The user must change the password before anything else, ' +
      'and the days until it expires go on counting.',
  },
  change: {
    title: 'Change the password of',
    action: 'Change password',
    what:
      'Open sessions and SSH consoles of the user end at once, except your own session. The days until the password ' +
      'expires begin anew.',
  },
}

/** Gives a local user a password. */
@Component({
  selector: 'sp-password-dialog',
  imports: [ReactiveFormsModule, ClrPasswordModule, Dialog, NewPassword, ProblemPipe],
  template: `
    <sp-dialog
      [title]="words().title + ' ' + user().username"
      [action]="words().action"
      [form]="form()"
      [work]="save"
      (done)="done.emit()"
      (closed)="closed.emit()"
    >
      <p>{{ words().what }}</p>
      @if (way() === 'change') {
        <clr-password-container>
          <label>Old password</label>
          <input clrPassword [formControl]="form().controls.old_password" autocomplete="off" />
          <clr-control-error>{{ form().controls.old_password | problem }}</clr-control-error>
        </clr-password-container>
      }
      <sp-new-password [controls]="form().controls" />
    </sp-dialog>
  `,
})
export class PasswordDialog {
  readonly #users = inject(NodeUsersService)
  readonly realm = input.required<Realm>()
  readonly user = input.required<NodeUser>()
  readonly way = input.required<PasswordWay>()
  readonly done = output()
  readonly closed = output()
  protected readonly words = computed(() => words[this.way()])

  protected readonly form = computed(() => {
    const old = { value: '', disabled: this.way() !== 'change' }
    return new FormGroup({
      old_password: new FormControl(old, { nonNullable: true, validators: Validators.required }),
      ...newPasswordControls(),
    })
  })

  protected readonly save = (): Promise<unknown> => {
    const { old_password, password } = this.form().getRawValue()
    const [realm, user] = [this.realm(), this.user()]
    if (this.way() === 'activate') return this.#users.activate(realm, user, password)
    if (this.way() === 'reset') return this.#users.resetPassword(realm, user, password)
    return this.#users.change(realm, user, { old_password, password })
  }
}
