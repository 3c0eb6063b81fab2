import { Component, effect, inject, input, output, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule, ClrSelectModule, ClrTextareaModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { PathsEditor, pathRows, rolesForPaths } from './paths-editor.ts'
import { RoleBindingsService } from './role-bindings.service.ts'
import { type Role, type RoleBinding, sourceTypes } from './role-bindings.ts'

type NewType = 'remote_user' | 'remote_group' | 'principal_identity'

const text = (value: string, most: number, needed = true) =>
  new FormControl(value, {
    nonNullable: true,
    validators: [Validators.maxLength(most), ...(needed ? [Validators.required] : [])],
  })

/** Gives roles to somebody who is kept elsewhere, or to a program with a certificate. */
@Component({
  selector: 'sp-new-binding-dialog',
  imports: [ReactiveFormsModule, ClrInputModule, ClrSelectModule, ClrTextareaModule, Dialog, PathsEditor, ProblemPipe],
  templateUrl: './new-binding.dialog.html',
})
export class NewBindingDialog {
  readonly #bindings = inject(RoleBindingsService)
  readonly roles = input.required<readonly Role[]>()
  /** Whether the person may read which directories are set up. */
  readonly mayReadSources = input(false)
  /** With the name. */
  readonly done = output<string>()
  readonly closed = output()

  protected readonly sourceTypes = sourceTypes
  protected readonly type = signal<NewType>('remote_user')
  protected readonly sourceType = signal('LDAP')
  protected readonly sources = resource({
    params: () => (this.mayReadSources() ? true : undefined),
    loader: () => this.#bindings.ldapSources(),
    defaultValue: [],
  })

  protected readonly form = new FormGroup({
    type: new FormControl<NewType>('remote_user', { nonNullable: true }),
    name: text('', 255),
    identity_source_type: text('LDAP', 32),
    identity_source_id: text('', 255, false),
    node_id: text('', 255),
    certificate_pem: text('', 1_000_000),
    roles_for_paths: pathRows([{ path: '/', roles: [] }]),
  })

  constructor() {
    const { controls } = this.form
    controls.type.valueChanges.subscribe((type) => this.type.set(type))
    controls.identity_source_type.valueChanges.subscribe((type) => {
      controls.identity_source_id.setValue('')
      this.sourceType.set(type)
    })
    // What is not to be seen is not to be filled in either.
    effect(() => {
      const isIdentity = this.type() === 'principal_identity'
      for (const name of ['identity_source_type', 'identity_source_id'] as const) toggle(controls[name], !isIdentity)
      for (const name of ['node_id', 'certificate_pem'] as const) toggle(controls[name], isIdentity)
    })
  }

  protected readonly save = async (): Promise<void> => {
    const { type, name, identity_source_type, identity_source_id, node_id, certificate_pem } = this.form.getRawValue()
    const paths = rolesForPaths(this.form.controls.roles_for_paths)
    if (type === 'principal_identity') {
      await this.#bindings.createIdentity({ name, node_id, certificate_pem }, paths)
      return
    }
    const source: Partial<RoleBinding> = { identity_source_type, ...(identity_source_id ? { identity_source_id } : {}) }
    await this.#bindings.create({ type, name, ...source }, paths)
  }
}

function toggle(control: FormControl, on: boolean): void {
  if (on) control.enable({ emitEvent: false })
  else control.disable({ emitEvent: false })
}
