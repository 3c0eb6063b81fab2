import { HttpClient } from '@angular/common/http'
import { Component, computed, inject, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, type ValidatorFn, Validators } from '@angular/forms'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrInputModule } from '@clr/angular/forms'
import { firstValueFrom } from 'rxjs'
import { SessionService } from '../session/session.service.ts'
import { mayInNsx, type NsxPermission } from '../session/session.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { everyPage } from '../shared/every-page.ts'
import { Notice } from '../shared/notice.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'

/** @see nsx-api.md 6.2 */
interface Role {
  role: string
  display_name: string
  description: string
  features: { feature: string; feature_name: string; permission: NsxPermission }[]
  _system_owned?: boolean
}

const url = '/policy/api/v1/aaa'

const permissionNames: Record<NsxPermission, string> = {
  crud: 'full access',
  execute: 'use',
  read: 'read',
  none: 'none',
}

/** What each role of NSX gives. */
@Component({
  selector: 'sp-nsx-roles',
  imports: [ReactiveFormsModule, ClrDatagridModule, ClrInputModule, Dialog, ErrorAlert, Notice, ProblemPipe],
  templateUrl: './nsx-roles.page.html',
})
export class NsxRolesPage {
  readonly #http = inject(HttpClient)
  readonly #session = inject(SessionService).session

  protected readonly roles = resource({
    loader: () => everyPage<Role>(this.#http, `${url}/roles-with-feature-permissions`),
  })
  protected readonly mayChange = computed(() => mayInNsx(this.#session(), 'users_custom_role', 'crud'))
  protected readonly asked = signal<{ what: 'clone' | 'delete'; role: Role } | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly form = signal(cloneForm())

  protected given({ features }: Role): { name: string; permission: string }[] {
    return features
      .filter(({ permission }) => permission !== 'none')
      .map(({ feature_name: name, permission }) => ({ name, permission: permissionNames[permission] }))
  }

  protected ask(what: 'clone' | 'delete', role: Role): void {
    this.notice.set('')
    this.form.set(cloneForm())
    this.asked.set({ what, role })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.roles.reload()
  }

  protected readonly clone = (): Promise<unknown> =>
    firstValueFrom(this.#http.post(this.#urlOfAsked(), this.form().getRawValue(), { params: { action: 'clone' } }))

  protected readonly remove = (): Promise<unknown> =>
    firstValueFrom(this.#http.delete(this.#urlOfAsked(), { responseType: 'text' }))

  #urlOfAsked(): string {
    return `${url}/roles/${encodeURIComponent(this.asked()?.role.role ?? '')}`
  }
}

/** Its controls are called as the server calls the fields. */
function cloneForm() {
  const text = (most: number, ...more: ValidatorFn[]) =>
    new FormControl('', { nonNullable: true, validators: [Validators.maxLength(most), ...more] })
  const isId: ValidatorFn = ({ value }) =>
    /^[_a-z0-9-]*$/.test(value) ? null : { id: "Small letters, digits, '_' and '-'." }
  return new FormGroup({
    new_role_id: text(255, Validators.required, isId),
    new_role_name: text(255, Validators.required),
    new_role_description: text(1024),
  })
}
