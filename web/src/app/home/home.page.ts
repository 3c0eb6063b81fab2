import { Component, inject } from '@angular/core'
import { SessionService } from '../session/session.service.ts'

/** Who one is, and what that gives. */
@Component({
  selector: 'sp-home',
  template: `
    <h1>You</h1>
    @if (session().nsx; as nsx) {
      <h2>NSX Manager</h2>
      <p><span class="foreign">{{ nsx.user_name }}</span>: {{ nsx.roles.join(', ') || 'no role' }}</p>
    }
    @if (session().vcenter; as vcenter) {
      <h2>vCenter</h2>
      <p>
        <span class="foreign">{{ vcenter.user_name }}&#64;{{ vcenter.domain }}</span
        >: {{ vcenter.administrator ? 'administrator' : vcenter.privileges.length + ' privileges on the root folder' }}
      </p>
      <h2>NSX for vSphere</h2>
      <p>{{ vcenter.nsxv_role ?? 'no role' }}</p>
    }
  `,
})
export class HomePage {
  protected readonly session = inject(SessionService).session
}
