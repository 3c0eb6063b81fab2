import { Component, computed, inject, input, linkedSignal, resource, signal } from '@angular/core'
import { RouterLink } from '@angular/router'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { ObjectLink } from './object-link.ts'
import { PermissionDialog } from './permission.dialog.ts'
import { VsphereService } from './vsphere.service.ts'
import {
  type ObjectPermissions as Answer,
  globalRoot,
  type InventoryObject,
  kindOf,
  nameOf,
  principalName,
  type ReachingPermission,
  roleName,
} from './vsphere.ts'

interface Asked {
  what: 'add' | 'change' | 'remove'
  permission?: ReachingPermission
}

/** The permissions of an object: its own, which can be changed, and those that reach it from above. */
@Component({
  selector: 'sp-object-permissions',
  imports: [RouterLink, ClrDatagridModule, ClrLabel, Dialog, ErrorAlert, Notice, ObjectLink, PermissionDialog],
  templateUrl: './object-permissions.html',
})
export class ObjectPermissions {
  readonly #vsphere = inject(VsphereService)
  readonly object = input.required<InventoryObject>()

  protected readonly first = resource({
    params: () => this.object().id,
    loader: ({ params }) => this.#vsphere.permissions(params),
  })
  /** What was fetched of it so far. */
  protected readonly answer = linkedSignal<Answer | undefined>(() =>
    this.first.hasValue() ? this.first.value() : undefined,
  )
  protected readonly isGlobal = computed(() => this.object().id === globalRoot)
  protected readonly sharesWith = computed(() => {
    const holder = this.answer()?.holder
    return holder && holder.id !== this.object().id ? holder : undefined
  })
  protected readonly asked = signal<Asked | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)
  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf
  protected readonly principalName = principalName
  protected readonly roleName = roleName

  protected ask(what: Asked['what'], permission?: ReachingPermission): void {
    this.notice.set('')
    this.asked.set(permission ? { what, permission } : { what })
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.first.reload()
  }

  protected async more(): Promise<void> {
    const before = this.answer()
    if (!before?.next_cursor) return
    try {
      const next = await this.#vsphere.permissions(this.object().id, before.next_cursor)
      this.answer.set({ ...next, permissions: [...before.permissions, ...next.permissions] })
    } catch (error) {
      this.error.set(error)
    }
  }

  protected readonly remove = (): Promise<unknown> => this.#vsphere.remove(this.asked()?.permission?.permission ?? '')
}
