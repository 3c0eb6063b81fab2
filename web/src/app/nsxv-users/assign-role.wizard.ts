import {
  afterNextRender,
  Component,
  computed,
  Injector,
  inject,
  output,
  resource,
  signal,
  viewChild,
} from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { FormControl, ReactiveFormsModule, type ValidatorFn, Validators } from '@angular/forms'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrInputModule, ClrRadioModule } from '@clr/angular/forms'
import { ClrWizard, ClrWizardModule } from '@clr/angular/wizard'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { type Assignment, NsxvUsersService } from './nsxv-users.service.ts'
import { type NsxvUser, roleName, roleOf, roles, type ScopingObject } from './nsxv-users.ts'

const isName: ValidatorFn = ({ value }) =>
  /^[^\\@/]+(@[^\\@/]+)?$|^[^\\@/]+\\[^\\@/]+$/.test(value)
    ? null
    : { name: 'A name, with its domain as name@domain or DOMAIN\\name.' }

/**
 * Gives a user or group of vCenter's a role, in three steps, or somebody who has one another, in two. It is always
 * there and shows when it begins.
 *
 * @see nsxv-api.md 7, Assign Role wizard
 */
@Component({
  selector: 'sp-assign-role-wizard',
  imports: [
    ReactiveFormsModule,
    ClrDatagridModule,
    ClrInputModule,
    ClrRadioModule,
    ClrWizardModule,
    Dialog,
    ErrorAlert,
    ProblemPipe,
  ],
  templateUrl: './assign-role.wizard.html',
})
export class AssignRoleWizard {
  readonly #users = inject(NsxvUsersService)
  readonly #injector = inject(Injector)
  private readonly wizard = viewChild.required(ClrWizard)
  /** With the name of the one who has it now. */
  readonly done = output<string>()

  protected readonly open = signal(false)
  /** Whose role is changed; undefined: somebody is added. */
  protected readonly user = signal<NsxvUser | undefined>(undefined)
  protected readonly kind = new FormControl<'user' | 'group'>('user', { nonNullable: true })
  protected readonly name = new FormControl('', { nonNullable: true, validators: [Validators.required, isName] })
  protected readonly role = new FormControl('auditor', { nonNullable: true })
  protected readonly limited = new FormControl(false, { nonNullable: true })
  protected readonly chosen = signal<ScopingObject[]>([])
  /** Whether it was said that objects are to be chosen, and none was. */
  protected readonly lacksObject = signal(false)
  readonly #role = toSignal(this.role.valueChanges, { initialValue: this.role.value })
  protected readonly isLimited = toSignal(this.limited.valueChanges, { initialValue: false })
  protected readonly isScopable = computed(() => roleOf(this.#role())?.scopable === true)
  protected readonly roleName = roleName

  protected readonly known = resource({
    params: () => this.open() || undefined,
    loader: () => this.#users.roles(),
  })
  protected readonly offered = computed(() => {
    const known = this.known.hasValue() ? this.known.value() : []
    return roles.filter(({ id }) => known.includes(id))
  })
  protected readonly objects = resource({
    params: () => this.open() || undefined,
    loader: () => this.#users.objects(),
  })

  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  /** Whether it is asked if the sessions may end. */
  protected readonly asks = signal(false)

  /** @param user Whose role is changed; absent: somebody is added. */
  begin(user?: NsxvUser): void {
    this.user.set(user)
    this.kind.reset()
    this.name.reset()
    this.role.reset(user?.accessControlEntry.role ?? 'auditor')
    this.limited.reset(user !== undefined && !user.hasGlobalObjectAccess)
    this.chosen.set(user && !user.hasGlobalObjectAccess ? (user.accessControlEntry.resource ?? []) : [])
    this.lacksObject.set(false)
    this.error.set(undefined)
    // The steps are others when somebody is added.
    afterNextRender(
      () => {
        this.wizard().reset()
        this.open.set(true)
      },
      { injector: this.#injector },
    )
  }

  protected toRole(): void {
    this.name.markAsTouched()
    if (this.name.valid) this.wizard().forceNext()
  }

  protected finish(): void {
    this.lacksObject.set(this.isScopable() && this.limited.value && this.chosen().length === 0)
    if (this.lacksObject() || this.busy()) return
    this.error.set(undefined)
    if (this.user()) this.asks.set(true)
    else void this.#assign()
  }

  protected readonly change = async (): Promise<void> => {
    const user = this.user()
    if (user) await this.#users.change(user, this.#assignment())
  }

  protected changed(): void {
    this.asks.set(false)
    this.open.set(false)
    this.done.emit(this.user()?.name ?? '')
  }

  protected readonly idOf = ({ objectId }: ScopingObject): string => objectId

  async #assign(): Promise<void> {
    const name = this.name.value.trim()
    this.busy.set(true)
    try {
      await this.#users.assign(name, this.kind.value === 'group', this.#assignment())
      this.open.set(false)
      this.done.emit(name)
    } catch (error) {
      this.error.set(error)
    } finally {
      this.busy.set(false)
    }
  }

  #assignment(): Assignment {
    const limited = this.isScopable() && this.limited.value
    return { role: this.role.value, resources: limited ? this.chosen().map(({ objectId }) => objectId) : [] }
  }
}
