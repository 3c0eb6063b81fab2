import { DatePipe } from '@angular/common'
import { Component, computed, inject, resource, signal } from '@angular/core'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { SessionService } from '../session/session.service.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { SsoResetPasswordDialog } from './reset-password.dialog.ts'
import { SsoService } from './sso.service.ts'
import { type SsoUser, ssoDomain, statusOf } from './sso.ts'
import { SsoUserFieldsDialog } from './user-fields.dialog.ts'

type What = 'create' | 'edit' | 'reset' | 'disable' | 'delete'

/** The users of vsphere.local. */
@Component({
  selector: 'sp-sso-users',
  imports: [
    DatePipe,
    ClrDatagridModule,
    ClrLabel,
    Dialog,
    ErrorAlert,
    Notice,
    SsoResetPasswordDialog,
    SsoUserFieldsDialog,
  ],
  templateUrl: './users.page.html',
})
export class SsoUsersPage {
  readonly #sso = inject(SsoService)
  readonly #session = inject(SessionService).session

  protected readonly users = resource({ loader: () => this.#sso.users() })
  /** Whose groups are shown beside the list. */
  protected readonly detail = signal<SsoUser | undefined>(undefined)
  protected readonly groups = resource({
    params: () => this.detail(),
    loader: ({ params: user }) => this.#sso.groupsOf(user),
  })
  protected readonly asked = signal<{ what: What; user?: SsoUser } | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)
  protected readonly statusOf = statusOf

  readonly #own = computed(() => {
    const { vcenter } = this.#session()
    return vcenter?.domain.toLowerCase() === ssoDomain ? vcenter.user_name.toLowerCase() : undefined
  })

  /** One's own password is changed with the old one, not reset. */
  protected isOwn({ name }: SsoUser): boolean {
    return name.toLowerCase() === this.#own()
  }

  protected ask(what: What, user?: SsoUser): void {
    this.notice.set('')
    this.error.set(undefined)
    this.asked.set(user ? { what, user } : { what })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.users.reload()
  }

  /** What needs no second thought is done at once. */
  protected async now(work: Promise<unknown>, said: string): Promise<void> {
    this.notice.set('')
    this.error.set(undefined)
    try {
      await work
      this.done(said)
    } catch (error) {
      this.error.set(error)
    }
  }

  protected unlock(user: SsoUser): Promise<void> {
    return this.now(this.#sso.unlock(user), `${user.name} is unlocked.`)
  }

  protected enable(user: SsoUser): Promise<void> {
    return this.now(this.#sso.changeUser(user, { disabled: false }), `${user.name} is enabled.`)
  }

  protected readonly disable = (): Promise<unknown> => this.#sso.changeUser(this.#user(), { disabled: true })
  protected readonly remove = (): Promise<unknown> => this.#sso.removeUser(this.#user())

  #user(): SsoUser {
    const user = this.asked()?.user
    if (!user) throw new Error('somebody is asked about')
    return user
  }
}
