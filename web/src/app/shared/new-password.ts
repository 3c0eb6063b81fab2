import { Component, input } from '@angular/core'
import { FormControl, ReactiveFormsModule, type ValidatorFn, Validators } from '@angular/forms'
import { ClrPasswordModule } from '@clr/angular/forms'
import { ProblemPipe } from './problem.pipe.ts'

/** The controls that `<sp-new-password>` shows. @param needed Whether there must be a password. */
export function newPasswordControls(needed = true) {
  const password = new FormControl('', { nonNullable: true, validators: needed ? Validators.required : [] })
  const isRepeated: ValidatorFn = ({ value }) =>
    value === password.value ? null : { differs: 'The two passwords differ.' }
  const repeated = new FormControl('', { nonNullable: true, validators: isRepeated })
  password.valueChanges.subscribe(() => repeated.updateValueAndValidity())
  return { password, repeated }
}

/** A new password, typed twice. */
@Component({
  selector: 'sp-new-password',
  imports: [ReactiveFormsModule, ClrPasswordModule, ProblemPipe],
  template: `
    <clr-password-container>
      <label>{{ label() }}</label>
      <input clrPassword [formControl]="controls().password" autocomplete="new-password" />
      <clr-control-helper>{{ helper() }}</clr-control-helper>
      <clr-control-error>{{ controls().password | problem }}</clr-control-error>
    </clr-password-container>
    <clr-password-container>
      <label>{{ label() }}, once more</label>
      <input clrPassword [formControl]="controls().repeated" autocomplete="new-password" />
      <clr-control-error>{{ controls().repeated | problem }}</clr-control-error>
    </clr-password-container>
  `,
})
export class NewPassword {
  readonly controls = input.required<ReturnType<typeof newPasswordControls>>()
  readonly label = input('New password')
  readonly helper = input('')
}
