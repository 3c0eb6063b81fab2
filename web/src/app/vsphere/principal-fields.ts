import { Component, inject, input, signal } from '@angular/core'
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop'
import { FormControl, type FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrDatalistModule, ClrInputModule, ClrSelectModule } from '@clr/angular/forms'
import { debounceTime, switchMap } from 'rxjs'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { VsphereService } from './vsphere.service.ts'
import type { Principal, PrincipalType } from './vsphere.ts'

const longest = 256
/** Milliseconds without a key after which the directory is asked. */
const pause = 250

/** The controls that `<sp-principal-fields>` shows. */
export const principalControls = (
  { type, name, domain }: Principal = { type: 'USER', name: '', domain: 'vsphere.local' },
) => ({
  type: new FormControl<PrincipalType>(type, { nonNullable: true }),
  principal: new FormControl(name, {
    nonNullable: true,
    validators: [Validators.required, Validators.maxLength(longest)],
  }),
  domain: new FormControl(domain, {
    nonNullable: true,
    validators: [Validators.required, Validators.maxLength(longest)],
  }),
})

export type PrincipalForm = FormGroup<ReturnType<typeof principalControls>>

/** Who is meant by the controls. */
export function principalIn({ type, principal, domain }: ReturnType<typeof principalControls>): Principal {
  return { type: type.value, name: principal.value.trim(), domain: domain.value.trim() }
}

/** A user or a group by name; names of vsphere.local are proposed while one types. */
@Component({
  selector: 'sp-principal-fields',
  imports: [ReactiveFormsModule, ClrDatalistModule, ClrInputModule, ClrSelectModule, ProblemPipe],
  template: `
    @let fields = controls();
    <clr-select-container>
      <label>User or group</label>
      <select clrSelect [formControl]="fields.type">
        <option value="USER">User</option>
        <option value="GROUP">Group</option>
      </select>
    </clr-select-container>
    <clr-datalist-container>
      <label>Name</label>
      <input
        clrDatalistInput
        [formControl]="fields.principal"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
      />
      <datalist>
        @for (one of proposed(); track one.type + one.name) {
          @if (one.type === fields.type.value) {
            <option [value]="one.name">{{ one.description }}</option>
          }
        }
      </datalist>
      <clr-control-helper>Names of vsphere.local are proposed. Those of directories are taken as you write them.</clr-control-helper>
      <clr-control-error>{{ fields.principal | problem }}</clr-control-error>
    </clr-datalist-container>
    <clr-input-container>
      <label>Domain</label>
      <input clrInput [formControl]="fields.domain" autocomplete="off" autocapitalize="none" spellcheck="false" />
      <clr-control-error>{{ fields.domain | problem }}</clr-control-error>
    </clr-input-container>
  `,
})
export class PrincipalFields {
  readonly #vsphere = inject(VsphereService)
  readonly controls = input.required<ReturnType<typeof principalControls>>()
  protected readonly proposed = signal<(Principal & { description: string })[]>([])

  constructor() {
    toObservable(this.controls)
      .pipe(
        switchMap(({ principal }) => principal.valueChanges),
        debounceTime(pause),
        // Without proposals the name can be written all the same.
        switchMap((name) => this.#vsphere.principals(name).catch(() => [])),
        takeUntilDestroyed(),
      )
      .subscribe((found) => this.proposed.set(found))
  }
}
