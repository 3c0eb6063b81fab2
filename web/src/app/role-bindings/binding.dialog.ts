import { Component, computed, inject, input, output } from '@angular/core'
import { FormGroup, ReactiveFormsModule } from '@angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { PathsEditor, pathRows, rolesForPaths } from './paths-editor.ts'
import { RoleBindingsService } from './role-bindings.service.ts'
import { changesBetween, type Role, type RoleBinding } from './role-bindings.ts'

/** Changes which roles somebody has. */
@Component({
  selector: 'sp-binding-dialog',
  imports: [ReactiveFormsModule, Dialog, PathsEditor],
  template: `
    <sp-dialog
      [title]="'Roles of ' + binding().name"
      action="Save"
      size="lg"
      [form]="form()"
      [work]="save"
      (done)="done.emit()"
      (closed)="closed.emit()"
    >
      <p>
        What the roles give counts from the next call on.
        @if (endsSessions()) {
          Open sessions of <strong class="foreign">{{ binding().name }}</strong> end at once.
        }
      </p>
      <sp-paths-editor [rows]="form().controls.roles_for_paths" [roles]="roles()" />
    </sp-dialog>
  `,
})
export class BindingDialog {
  readonly #bindings = inject(RoleBindingsService)
  readonly binding = input.required<RoleBinding>()
  readonly roles = input.required<readonly Role[]>()
  readonly done = output()
  readonly closed = output()
  protected readonly form = computed(() => new FormGroup({ roles_for_paths: pathRows(this.binding().roles_for_paths) }))
  /** Those of remote users go on with their new roles. */
  protected readonly endsSessions = computed(() => !this.binding().type.startsWith('remote'))

  protected readonly save = async (): Promise<void> => {
    const changes = changesBetween(this.binding().roles_for_paths, rolesForPaths(this.form().controls.roles_for_paths))
    if (changes.length > 0) await this.#bindings.change(this.binding(), changes)
  }
}
