import { Component, input } from '@angular/core'
import { type Entry, principalName, roleName } from './vsphere.ts'

/** A permission in words: who has which role, and by which groups it is theirs. */
@Component({
  selector: 'sp-entry',
  template: `
    @let one = entry();
    {{ one.principal.type === 'GROUP' ? 'group' : 'user' }}
    <strong class="foreign">{{ principalName(one.principal) }}</strong> has the role
    <strong class="foreign">{{ roleName(one.role) }}</strong
    >@if (one.through.length > 1) {, by the groups
      @for (group of one.through; track $index; let last = $last) {
        <span class="foreign">{{ principalName(group) }}</span>@if (!last) { in&ngsp; }
      }
    }
  `,
})
export class EntryWords {
  readonly entry = input.required<Entry>()
  protected readonly principalName = principalName
  protected readonly roleName = roleName
}
