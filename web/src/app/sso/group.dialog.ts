import { Component, computed, inject, input, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { SsoService } from './sso.service.ts'
import type { SsoGroup } from './sso.ts'

/** Makes a group of vsphere.local, or changes what is said of one. */
@Component({
  selector: 'sp-sso-group-dialog',
  imports: [ReactiveFormsModule, ClrInputModule, Dialog, ProblemPipe],
  template: `
    @let group = this.group();
    @let fields = form().controls;
    <sp-dialog
      [title]="group ? 'Change ' + group.name : 'New group'"
      [action]="group ? 'Save' : 'Create'"
      [form]="form()"
      [work]="save"
      (done)="done.emit(fields.name.value)"
      (closed)="closed.emit()"
    >
      @if (!group) {
        <clr-input-container>
          <label>Name</label>
          <input clrInput [formControl]="fields.name" autocomplete="off" autocapitalize="none" spellcheck="false" />
          <clr-control-helper>Letters, digits, '_', '.', '$' and '-'; never changes</clr-control-helper>
          <clr-control-error>{{ fields.name | problem }}</clr-control-error>
        </clr-input-container>
      }
      <clr-input-container>
        <label>Description</label>
        <input clrInput [formControl]="fields.description" autocomplete="off" />
        <clr-control-error>{{ fields.description | problem }}</clr-control-error>
      </clr-input-container>
    </sp-dialog>
  `,
})
export class SsoGroupDialog {
  readonly #sso = inject(SsoService)
  /** Absent: a new one. */
  readonly group = input<SsoGroup>()
  /** With the group's name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly form = computed(() => {
    const { name = '', description = '' } = this.group() ?? {}
    return new FormGroup({
      name: new FormControl(name, { nonNullable: true, validators: Validators.required }),
      description: new FormControl(description, { nonNullable: true, validators: Validators.maxLength(1024) }),
    })
  })

  protected readonly save = (): Promise<unknown> => {
    const group = this.group()
    const fields = this.form().getRawValue()
    return group ? this.#sso.describe(group, fields.description) : this.#sso.createGroup(fields)
  }
}
