import { Component, input } from '@angular/core'
import { FormArray, FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrInputModule, ClrSelectModule } from '@clr/angular/forms'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import type { Role, RolesForPath } from './role-bindings.ts'

/** As the server has it: `;` separates paths where several are named. */
const path = /^\/$|^(?:\/(?!\.{1,2}(?:\/|$))[^/;]+)+$/

function rowOf({ path: at, roles }: RolesForPath) {
  const options = { nonNullable: true } as const
  const isPath = (control: { value: string }) =>
    path.test(control.value) ? null : { path: "A path begins with '/', and '/' alone is everywhere." }
  return new FormGroup({
    path: new FormControl(at, { ...options, validators: [Validators.required, isPath, Validators.maxLength(1024)] }),
    roles: new FormControl(
      roles.map(({ role }) => role),
      { ...options, validators: Validators.required },
    ),
  })
}

export type PathRows = FormArray<ReturnType<typeof rowOf>>

/** Rows of `<sp-paths-editor>`, one a path. */
export const pathRows = (bound: readonly RolesForPath[]): PathRows => new FormArray(bound.map(rowOf))

export const rolesForPaths = (rows: PathRows): RolesForPath[] =>
  rows.getRawValue().map((row) => ({ path: row.path, roles: row.roles.map((role) => ({ role })) }))

/** Which roles somebody has, and where. */
@Component({
  selector: 'sp-paths-editor',
  imports: [ReactiveFormsModule, ClrInputModule, ClrSelectModule, ProblemPipe],
  template: `
    @for (row of rows().controls; track row; let index = $index) {
      <fieldset class="path-row">
        <legend>Where, and which roles{{ rows().length > 1 ? ' (' + (index + 1) + ')' : '' }}</legend>
        <clr-input-container>
          <label>Path</label>
          <input clrInput [formControl]="row.controls.path" autocomplete="off" spellcheck="false" />
          <clr-control-helper>'/': everywhere; /orgs/default/projects/…: there and below</clr-control-helper>
          <clr-control-error>{{ row.controls.path | problem }}</clr-control-error>
        </clr-input-container>
        <clr-select-container>
          <label>Roles</label>
          <select clrSelect multiple size="6" [formControl]="row.controls.roles">
            @for (role of roles(); track role.role) {
              <option [value]="role.role">{{ role.role_display_name }}</option>
            }
          </select>
          <clr-control-helper>Several with the Ctrl key; what they give adds up</clr-control-helper>
          <clr-control-error>{{ row.controls.roles | problem }}</clr-control-error>
        </clr-select-container>
        @if (rows().length > 1) {
          <button type="button" class="btn btn-sm btn-link" (click)="rows().removeAt(index)">
            Take away <span class="foreign">{{ row.controls.path.value || 'this path' }}</span>
          </button>
        }
      </fieldset>
    }
    <button type="button" class="btn btn-sm" (click)="add()">Another path</button>
  `,
})
export class PathsEditor {
  readonly rows = input.required<PathRows>()
  readonly roles = input.required<readonly Role[]>()

  protected add(): void {
    this.rows().push(rowOf({ path: '', roles: [] }))
  }
}
