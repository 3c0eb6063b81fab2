import { Component, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule, ClrSelectModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { SsoService } from './sso.service.ts'
import { type SsoGroup, type SsoMember, ssoDomain } from './sso.ts'

const text = (value: string) =>
  new FormControl(value, { nonNullable: true, validators: [Validators.required, Validators.maxLength(255)] })

/** Puts a user or a group into a group. */
@Component({
  selector: 'sp-sso-member-dialog',
  imports: [ReactiveFormsModule, ClrInputModule, ClrSelectModule, Dialog, ProblemPipe],
  template: `
    @let fields = form.controls;
    <sp-dialog
      [title]="'Add a member to ' + group().name"
      action="Add"
      [form]="form"
      [work]="save"
      (done)="done.emit(fields.name.value)"
      (closed)="closed.emit()"
    >
      <p>Members have from the next call on all that is given to the group. So have the members of a group in it.</p>
      <clr-select-container>
        <label>What</label>
        <select clrSelect [formControl]="fields.type">
          <option value="user">User</option>
          <option value="group">Group</option>
        </select>
      </clr-select-container>
      <clr-input-container>
        <label>Name</label>
        <input clrInput [formControl]="fields.name" autocomplete="off" autocapitalize="none" spellcheck="false" />
        <clr-control-error>{{ fields.name | problem }}</clr-control-error>
      </clr-input-container>
      <clr-input-container>
        <label>Domain</label>
        <input clrInput [formControl]="fields.domain" autocomplete="off" autocapitalize="none" spellcheck="false" />
        <clr-control-helper>
          vsphere.local, or a directory's: whether that has such a user or group is not asked
        </clr-control-helper>
        <clr-control-error>{{ fields.domain | problem }}</clr-control-error>
      </clr-input-container>
    </sp-dialog>
  `,
})
export class SsoMemberDialog {
  readonly #sso = inject(SsoService)
  readonly group = input.required<SsoGroup>()
  /** With the member's name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly form = new FormGroup({
    type: new FormControl<SsoMember['type']>('user', { nonNullable: true }),
    name: text(''),
    domain: text(ssoDomain),
  })

  protected readonly save = (): Promise<unknown> => this.#sso.addMember(this.group(), this.form.getRawValue())
}
