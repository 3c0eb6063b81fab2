import { Component, computed, inject, input, output, resource } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrCheckboxModule, ClrSelectModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { PrincipalFields, principalControls, principalIn } from './principal-fields.ts'
import { VsphereService } from './vsphere.service.ts'
import { globalRoot, type InventoryObject, nameOf, type Permission, principalName, roleName } from './vsphere.ts'

/** Gives somebody a role on an object, or changes which one it is. */
@Component({
  selector: 'sp-permission-dialog',
  imports: [ReactiveFormsModule, ClrCheckboxModule, ClrSelectModule, Dialog, ErrorAlert, PrincipalFields, ProblemPipe],
  template: `
    @let fields = form().controls;
    @let permission = this.permission();
    <sp-dialog
      [title]="title()"
      [action]="permission ? 'Save' : 'Add'"
      [form]="form()"
      [work]="save"
      (done)="done.emit(said())"
      (closed)="closed.emit()"
    >
      <sp-error-alert [error]="roles.error()" />
      @if (!permission) {
        <sp-principal-fields [controls]="form().controls" />
      }
      <clr-select-container>
        <label>Role</label>
        <select clrSelect [formControl]="fields.role">
          <option value="" disabled>Choose a role</option>
          @for (role of grantable(); track role.id) {
            <option [value]="role.id">{{ roleName(role) }}</option>
          }
        </select>
        <clr-control-helper>You can give only what you have here yourself.</clr-control-helper>
        <clr-control-error>{{ fields.role | problem }}</clr-control-error>
      </clr-select-container>
      <clr-checkbox-wrapper>
        <input type="checkbox" clrCheckbox [formControl]="fields.propagating" />
        <label>{{ isGlobal() ? 'Propagate to the whole inventory' : 'Propagate to the objects below' }}</label>
      </clr-checkbox-wrapper>
    </sp-dialog>
  `,
})
export class PermissionDialog {
  readonly #vsphere = inject(VsphereService)
  readonly object = input.required<InventoryObject>()
  /** Absent: a new one. */
  readonly permission = input<Permission>()
  /** With what was done, for people. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly roles = resource({ loader: () => this.#vsphere.roles() })
  protected readonly grantable = computed(() =>
    this.roles.hasValue() ? this.roles.value().filter(({ grantable }) => grantable) : [],
  )
  protected readonly isGlobal = computed(() => this.object().id === globalRoot)
  protected readonly title = computed(() => {
    const permission = this.permission()
    const where = this.isGlobal() ? 'globally' : `on ${nameOf(this.object())}`
    return permission ? `Role of ${principalName(permission.principal)} ${where}` : `New permission ${where}`
  })
  protected readonly roleName = roleName

  protected readonly form = computed(() => {
    const permission = this.permission()
    return new FormGroup({
      ...principalControls(permission?.principal),
      role: new FormControl(permission?.role.id ?? '', { nonNullable: true, validators: Validators.required }),
      propagating: new FormControl(permission?.propagating ?? true, { nonNullable: true }),
    })
  })

  protected said(): string {
    const who = principalName(principalIn(this.form().controls))
    return this.permission() ? `The role of ${who} is changed.` : `The permission for ${who} is added.`
  }

  protected readonly save = async (): Promise<void> => {
    const { controls } = this.form()
    const given = { role: controls.role.value, propagating: controls.propagating.value }
    const permission = this.permission()
    if (permission) await this.#vsphere.change(permission.permission, given)
    else await this.#vsphere.add(this.object(), principalIn(controls), given)
  }
}
