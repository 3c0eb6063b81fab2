import { Component, computed, inject, input, linkedSignal, output } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule, ClrTextareaModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { PrivilegeTree } from './privilege-tree.ts'
import { VsphereService } from './vsphere.service.ts'
import type { PrivilegeGroup, RoleWithPrivileges } from './vsphere.ts'

export type RoleWay = 'create' | 'clone' | 'edit' | 'view'

const titles: Record<RoleWay, string> = { create: 'New role', clone: 'Clone of', edit: 'Edit role', view: 'Role' }

/** A role with its privileges, to look at, to change, or to make another one of. */
@Component({
  selector: 'sp-role-dialog',
  imports: [ReactiveFormsModule, ClrInputModule, ClrTextareaModule, Dialog, PrivilegeTree, ProblemPipe],
  template: `
    @let fields = form().controls;
    <sp-dialog
      size="lg"
      [title]="title()"
      [action]="action()"
      [form]="form()"
      [work]="save"
      (done)="done.emit(fields.name.value)"
      (closed)="closed.emit()"
    >
      @if (way() === 'edit' && role()?.use_count) {
        <p>
          {{ role()?.use_count }} {{ role()?.use_count === 1 ? 'permission gives' : 'permissions give' }} this role: what you
          change counts for all whom they are for, from their next call on.
        </p>
      }
      @if (way() !== 'view') {
        <clr-input-container>
          <label>Name</label>
          <input clrInput [formControl]="fields.name" autocomplete="off" />
          <clr-control-error>{{ fields.name | problem }}</clr-control-error>
        </clr-input-container>
        <clr-textarea-container>
          <label>Description</label>
          <textarea clrTextarea rows="2" [formControl]="fields.description"></textarea>
          <clr-control-error>{{ fields.description | problem }}</clr-control-error>
        </clr-textarea-container>
      } @else {
        <p class="foreign">{{ role()?.description }}</p>
      }
      <sp-privilege-tree [groups]="groups()" [readOnly]="way() === 'view'" [(chosen)]="chosen" />
    </sp-dialog>
  `,
})
export class RoleDialog {
  readonly #vsphere = inject(VsphereService)
  readonly way = input.required<RoleWay>()
  readonly groups = input.required<PrivilegeGroup[]>()
  /** The one that is looked at, changed or cloned. */
  readonly role = input<RoleWithPrivileges>()
  /** With its name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly title = computed(() => {
    const role = this.role()
    return role ? `${titles[this.way()]} ${role.name}` : titles.create
  })
  protected readonly action = computed(() => {
    if (this.way() === 'view') return undefined
    return this.way() === 'edit' ? 'Save' : 'Create'
  })
  protected readonly form = computed(() => {
    const role = this.role()
    const name = role ? (this.way() === 'clone' ? `Clone of ${role.name}` : role.name) : ''
    return new FormGroup({
      name: new FormControl(name, { nonNullable: true, validators: [Validators.required, Validators.maxLength(256)] }),
      description: new FormControl(role?.description ?? '', {
        nonNullable: true,
        validators: Validators.maxLength(4096),
      }),
    })
  })
  protected readonly chosen = linkedSignal<ReadonlySet<string>>(() => new Set(this.role()?.privileges ?? []))

  protected readonly save = async (): Promise<void> => {
    const { name, description } = this.form().getRawValue()
    const fields = { name, description, privileges: [...this.chosen()] }
    const role = this.role()
    if (this.way() === 'edit' && role) await this.#vsphere.changeRole(role.id, fields)
    else await this.#vsphere.createRole(fields)
  }
}
