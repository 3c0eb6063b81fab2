import { DatePipe } from '@angular/common'
import { Component, computed, inject, input, resource, signal } from '@angular/core'
import { Router } from '@angular/router'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { ClrSelectModule } from '@clr/angular/forms'
import { SessionService } from '../session/session.service.ts'
import { mayInNsx } from '../session/session.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { NodeUsersService } from './node-users.service.ts'
import { ago, daysLeft, expiry, isReserved, type NodeUser, statusOf } from './node-users.ts'
import { PasswordDialog, type PasswordWay } from './password.dialog.ts'
import { SshKeysDialog } from './ssh-keys.dialog.ts'
import { UserFieldsDialog } from './user-fields.dialog.ts'

type What = 'create' | 'create-audit' | 'edit' | 'deactivate' | 'delete' | 'keys' | PasswordWay

/** What the person is asked about just now, and about whom. */
interface Asked {
  what: What
  user?: NodeUser
}

const dayInMs = 86_400_000
const neverInDays = 100_000

/** The local users of the managers and of every edge. @see nsx-api.md 2 */
@Component({
  selector: 'sp-node-users',
  imports: [
    DatePipe,
    ClrDatagridModule,
    ClrLabel,
    ClrSelectModule,
    Dialog,
    ErrorAlert,
    Notice,
    PasswordDialog,
    SshKeysDialog,
    UserFieldsDialog,
  ],
  templateUrl: './node-users.page.html',
})
export class NodeUsersPage {
  readonly #users = inject(NodeUsersService)
  readonly #router = inject(Router)
  readonly #session = inject(SessionService).session
  /** The edge whose users are shown; absent: the managers'. */
  readonly of = input('')

  protected readonly realms = resource({ loader: () => this.#users.realms() })
  protected readonly realm = computed(() =>
    this.realms.hasValue() ? this.realms.value().find(({ id }) => id === (this.of() ?? '')) : undefined,
  )
  protected readonly users = resource({
    params: () => this.realm(),
    loader: ({ params: realm }) => this.#users.list(realm),
  })

  protected readonly mayChangePasswords = computed(() =>
    mayInNsx(this.#session(), 'system_administration_passwd_mgmt', 'crud'),
  )
  protected readonly mayChangeUsers = computed(() => mayInNsx(this.#session(), 'system_administration', 'crud'))
  protected readonly lacksAudit = computed(
    () => this.users.hasValue() && !this.users.value().some(({ account_type }) => account_type === 'audit'),
  )

  protected readonly asked = signal<Asked | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly ago = ago
  /** Those who never expire stand last. */
  protected readonly byExpiry = {
    compare: (a: NodeUser, b: NodeUser): number => (daysLeft(a) ?? neverInDays) - (daysLeft(b) ?? neverInDays),
  }
  protected readonly expiry = expiry
  protected readonly isReserved = isReserved
  protected readonly statusOf = statusOf

  protected show(id: string): void {
    this.notice.set('')
    void this.#router.navigate([], { queryParams: { of: id || null } })
  }

  protected ask(what: What, user?: NodeUser): void {
    this.notice.set('')
    this.asked.set(user ? { what, user } : { what })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.users.reload()
  }

  /** The day, which the server gives as an age. */
  protected changedOn(user: NodeUser): Date {
    return new Date(Date.now() - user.last_password_change * dayInMs)
  }

  protected readonly deactivate = (): Promise<unknown> => this.#users.deactivate(this.#realm(), this.#user())
  protected readonly remove = (): Promise<unknown> => this.#users.remove(this.#realm(), this.#user())

  #realm() {
    const realm = this.realm()
    if (!realm) throw new Error('users are changed in a realm')
    return realm
  }

  #user() {
    const user = this.asked()?.user
    if (!user) throw new Error('somebody is asked about')
    return user
  }
}
