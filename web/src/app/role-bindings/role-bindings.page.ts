import { Component, computed, inject, resource, signal } from '@angular/core'
import { FormControl, ReactiveFormsModule } from '@angular/forms'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrInputModule } from '@clr/angular/forms'
import { SessionService } from '../session/session.service.ts'
import { mayInNsx } from '../session/session.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { BindingDialog } from './binding.dialog.ts'
import { NewBindingDialog } from './new-binding.dialog.ts'
import { RoleBindingsService } from './role-bindings.service.ts'
import { nameOf, type RoleBinding, rolesOf, sourceOf, types } from './role-bindings.ts'

/** A binding with the words for it that the table sorts and filters by. */
interface Row {
  binding: RoleBinding
  name: string
  type: string
  source: string
  roles: string
}

/** admin and audit: their roles are theirs for good. @see nsx-api.md 2.4 */
const fixedUsers = ['10000', '10002']

/** Who has which roles in NSX, and where. @see nsx-api.md 6.3 */
@Component({
  selector: 'sp-role-bindings',
  imports: [
    ReactiveFormsModule,
    ClrDatagridModule,
    ClrInputModule,
    BindingDialog,
    Dialog,
    ErrorAlert,
    NewBindingDialog,
    Notice,
  ],
  templateUrl: './role-bindings.page.html',
})
export class RoleBindingsPage {
  readonly #bindings = inject(RoleBindingsService)
  readonly #session = inject(SessionService).session

  protected readonly rootField = new FormControl('', { nonNullable: true })
  protected readonly root = signal('')
  protected readonly bindings = resource({
    params: () => this.root(),
    loader: ({ params }) => this.#bindings.list(params),
  })
  protected readonly identities = resource({ loader: () => this.#bindings.identities(), defaultValue: [] })
  readonly #mayReadRoles = computed(() => mayInNsx(this.#session(), 'users_custom_role'))
  protected readonly roles = resource({
    params: () => (this.#mayReadRoles() ? true : undefined),
    loader: () => this.#bindings.roles(),
    defaultValue: [],
  })
  protected readonly rows = computed(() => (this.bindings.hasValue() ? this.bindings.value().map(rowOf) : []))

  protected readonly mayChange = computed(
    () => this.#mayReadRoles() && mayInNsx(this.#session(), 'users_role_assignments', 'crud'),
  )
  protected readonly mayReadSources = computed(() => mayInNsx(this.#session(), 'users_configuration'))

  protected readonly asked = signal<{ what: 'new' | 'change' | 'remove'; binding?: RoleBinding } | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly nameOf = nameOf

  protected ask(what: 'new' | 'change' | 'remove', binding?: RoleBinding): void {
    this.notice.set('')
    this.asked.set(binding ? { what, binding } : { what })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.bindings.reload()
    this.identities.reload()
  }

  /** Why nobody, or not this person, can change the roles; undefined where they can. */
  protected fixed(binding: RoleBinding): string | undefined {
    const { nsx } = this.#session()
    if (fixedUsers.includes(binding.user_id ?? '')) return 'Its roles cannot be changed.'
    if (binding.name === nsx?.user_name && binding.type === 'local_user' && nsx.source === 'local') {
      return 'Nobody can change the roles of their own.'
    }
    if (this.#certificateOf(binding)) return 'Its roles were given with its certificate and cannot be changed.'
    return undefined
  }

  /** Bindings of local users go with the users. */
  protected removable(binding: RoleBinding): boolean {
    if (binding.type === 'principal_identity') return this.#certificateOf(binding) !== undefined
    return binding.type !== 'local_user' && this.fixed(binding) === undefined
  }

  #certificateOf({ id }: RoleBinding): string | undefined {
    return this.identities.value().find((identity) => identity.id === id)?.certificate_id
  }

  protected readonly remove = (): Promise<unknown> => {
    const binding = this.asked()?.binding
    if (!binding) throw new Error('a binding is asked about')
    return binding.type === 'principal_identity'
      ? this.#bindings.removeIdentity(binding)
      : this.#bindings.remove(binding)
  }
}

const rowOf = (binding: RoleBinding): Row => ({
  binding,
  name: binding.name,
  type: types[binding.type],
  source: sourceOf(binding),
  roles: rolesOf(binding),
})
