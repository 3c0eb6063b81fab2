import { Component, computed, inject, resource, signal, viewChild } from '@angular/core'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { asApiError } from '../api/api-error.ts'
import { SessionService } from '../session/session.service.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { AssignRoleWizard } from './assign-role.wizard.ts'
import { NsxvUsersService } from './nsxv-users.service.ts'
import { isInert, mayManage, type NsxvUser, originOf, roleName, scopeOf } from './nsxv-users.ts'

interface Asked {
  what: 'enable' | 'disable' | 'delete'
  user: NsxvUser
}

/** Who has which role on the NSX Manager for vSphere. @see nsxv-api.md 7 */
@Component({
  selector: 'sp-nsxv-users',
  imports: [ClrDatagridModule, ClrLabel, AssignRoleWizard, Dialog, ErrorAlert, Notice],
  templateUrl: './nsxv-users.page.html',
})
export class NsxvUsersPage {
  readonly #users = inject(NsxvUsersService)
  readonly #sessions = inject(SessionService)
  protected readonly wizard = viewChild(AssignRoleWizard)

  protected readonly me = computed(() => this.#sessions.session().vcenter)
  protected readonly mayManage = computed(() => mayManage(this.me()?.nsxv_role))
  protected readonly users = resource({ loader: () => this.#users.list() })
  /** There is none: nothing that a role would change. */
  protected readonly isAbsent = computed(() => this.#failure()?.status === 404)
  /** Everything is refused with a page to those who have no role. */
  protected readonly hasNoRole = computed(() => this.#failure()?.status === 403 && this.me()?.nsxv_role === null)
  readonly #failure = computed(() => {
    const error = this.users.error()
    return error === undefined ? undefined : asApiError(error)
  })

  protected readonly asked = signal<Asked | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly isInert = isInert
  protected readonly originOf = originOf
  protected readonly roleName = roleName
  protected readonly scopeOf = scopeOf

  protected begin(user?: NsxvUser): void {
    this.notice.set('')
    this.wizard()?.begin(user)
  }

  protected ask(what: Asked['what'], user: NsxvUser): void {
    this.notice.set('')
    this.asked.set({ what, user })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.users.reload()
    // It may have been one's own role.
    void this.#sessions.refresh()
  }

  protected readonly work = async (): Promise<unknown> => {
    const asked = this.asked()
    if (!asked) return
    if (asked.what === 'delete') return this.#users.remove(asked.user)
    return this.#users.setEnabled(asked.user, asked.what === 'enable')
  }
}
