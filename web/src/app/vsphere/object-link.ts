import { Component, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import { globalRoot, type InventoryObject, nameOf } from './vsphere.ts'

/** An object, with a way to its permissions. */
@Component({
  selector: 'sp-object-link',
  imports: [RouterLink],
  template: `
    @if (object().id === globalRoot) {
      <a routerLink="/global-permissions">Global permissions</a>
    } @else {
      <a routerLink="/vsphere-permissions" [queryParams]="{ of: object().id }"
        ><span class="foreign">{{ nameOf(object()) }}</span></a
      >
    }
  `,
})
export class ObjectLink {
  readonly object = input.required<InventoryObject>()
  protected readonly globalRoot = globalRoot
  protected readonly nameOf = nameOf
}
