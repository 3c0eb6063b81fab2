import { Component, computed, inject, resource, signal } from '@angular/core'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { SessionService } from '../session/session.service.ts'
import { mayInVcenter } from '../session/session.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { RoleDialog, type RoleWay } from './role.dialog.ts'
import { RoleUsageDialog } from './role-usage.dialog.ts'
import { VsphereService } from './vsphere.service.ts'
import type { Role, RoleWithPrivileges } from './vsphere.ts'

/** What the person is asked just now. */
interface Asked {
  /** Of the dialog with the privileges: how it is open, and what it is about. */
  editor?: { way: RoleWay; role?: RoleWithPrivileges }
  usage?: Role
  delete?: Role
}

/** The roles of vCenter: sets of privileges that permissions give. */
@Component({
  selector: 'sp-roles',
  imports: [ClrDatagridModule, Dialog, ErrorAlert, Notice, RoleDialog, RoleUsageDialog],
  templateUrl: './roles.page.html',
})
export class RolesPage {
  readonly #vsphere = inject(VsphereService)
  readonly #session = inject(SessionService).session
  protected readonly roles = resource({ loader: () => this.#vsphere.roles() })
  protected readonly groups = resource({ loader: () => this.#vsphere.privileges() })
  protected readonly mayChange = computed(() => mayInVcenter(this.#session(), 'Authorization.ModifyRoles'))
  protected readonly asked = signal<Asked>({})
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)

  /** Opens the dialog with the privileges. @param role Absent: a new one. */
  protected async edit(way: RoleWay, role?: Role): Promise<void> {
    this.ask({})
    try {
      this.asked.set({ editor: role ? { way, role: await this.#vsphere.role(role.id) } : { way } })
    } catch (error) {
      this.error.set(error)
    }
  }

  protected ask(asked: Asked): void {
    this.notice.set('')
    this.error.set(undefined)
    this.asked.set(asked)
  }

  protected done(said: string): void {
    this.ask({})
    this.notice.set(said)
    this.roles.reload()
  }

  protected readonly remove = (): Promise<unknown> => this.#vsphere.removeRole(this.asked().delete?.id ?? '')
}
