import { Component, inject, input, linkedSignal, output, resource, signal } from '@angular/core'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { ObjectLink } from './object-link.ts'
import { VsphereService } from './vsphere.service.ts'
import { type Permission, principalName, type Role, roleName } from './vsphere.ts'

/** The permissions that give a role. */
@Component({
  selector: 'sp-role-usage-dialog',
  imports: [Dialog, ErrorAlert, ObjectLink],
  template: `
    <sp-dialog size="lg" [title]="'Where ' + roleName(role()) + ' is given'" (closed)="closed.emit()">
      <sp-error-alert [error]="first.error() ?? error()" />
      @if (answer(); as found) {
        @if (found.permissions.length === 0) {
          <p>No permission that you may read gives this role.</p>
        } @else {
          <div class="scroll-x">
            <table class="table">
              <caption class="clr-sr-only">Permissions that give the role</caption>
              <thead>
                <tr>
                  <th scope="col" class="left">On</th>
                  <th scope="col" class="left">User or group</th>
                  <th scope="col" class="left">Propagates</th>
                </tr>
              </thead>
              <tbody>
                @for (one of found.permissions; track one.permission) {
                  <tr>
                    <td class="left">
                      <sp-object-link [object]="one.object" />
                    </td>
                    <td class="left">
                      <span class="foreign">{{ principalName(one.principal) }}</span
                      >{{ one.principal.type === 'GROUP' ? ' (group)' : '' }}
                    </td>
                    <td class="left">{{ one.propagating ? 'yes' : 'no' }}</td>
                  </tr>
                }
              </tbody>
            </table>
          </div>
          @if (found.next_cursor) {
            <button type="button" class="btn btn-link btn-sm" (click)="more()">Show more</button>
          }
        }
      }
    </sp-dialog>
  `,
})
export class RoleUsageDialog {
  readonly #vsphere = inject(VsphereService)
  readonly role = input.required<Role>()
  readonly closed = output()
  protected readonly first = resource({
    params: () => this.role().id,
    loader: ({ params }) => this.#vsphere.usage(params),
  })
  protected readonly answer = linkedSignal<{ permissions: Permission[]; next_cursor?: string } | undefined>(() =>
    this.first.hasValue() ? this.first.value() : undefined,
  )
  protected readonly error = signal<unknown>(undefined)
  protected readonly principalName = principalName
  protected readonly roleName = roleName

  protected async more(): Promise<void> {
    const before = this.answer()
    if (!before?.next_cursor) return
    try {
      const next = await this.#vsphere.usage(this.role().id, before.next_cursor)
      this.answer.set({ ...next, permissions: [...before.permissions, ...next.permissions] })
    } catch (error) {
      this.error.set(error)
    }
  }
}
