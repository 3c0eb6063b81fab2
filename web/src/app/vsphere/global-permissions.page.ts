import { Component } from '@angular/core'
import { ObjectPermissions } from './object-permissions.ts'
import { globalRoot } from './vsphere.ts'

/** The permissions above the whole inventory. @see vcenter-api.md 4.1, R7 */
@Component({
  selector: 'sp-global-permissions',
  imports: [ObjectPermissions],
  template: `
    <h1>Global permissions</h1>
    <p>
      A global permission stands above the inventory: where it propagates it reaches all of it, as far as no object has a
      nearer one for the same person. One that does not propagate gives what is outside the inventory only, such as making
      roles.
    </p>
    <sp-object-permissions [object]="object" />
  `,
})
export class GlobalPermissionsPage {
  protected readonly object = { id: globalRoot, type: globalRoot }
}
