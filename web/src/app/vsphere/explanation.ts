import { Component, computed, input } from '@angular/core'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { EntryWords } from './entry-words.ts'
import { ObjectLink } from './object-link.ts'
import {
  type Explanation as Answer,
  type Entry,
  globalRoot,
  kindOf,
  nameOf,
  principalName,
  type Step,
} from './vsphere.ts'

const outcomes: Record<Entry['outcome'], string> = {
  decides: 'Decides',
  user_before_groups: 'Does not count: a permission for the user goes before those of groups on the same object',
  not_propagating: 'Does not count: it is for that object only and does not propagate',
  nearer_decides: 'Does not count: a nearer object has a permission about them',
}

/** Whether somebody has a privilege on an object, and how that comes about. */
@Component({
  selector: 'sp-explanation',
  imports: [ClrAlertModule, ClrLabel, EntryWords, ObjectLink],
  templateUrl: './explanation.html',
})
export class Explanation {
  readonly answer = input.required<Answer>()
  protected readonly outcomes = outcomes
  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf
  protected readonly principalName = principalName

  /** Objects whose permissions decide, each on its own path. */
  protected readonly deciding = computed(() =>
    this.answer().steps.filter(({ entries }) => entries.some(({ outcome }) => outcome === 'decides')),
  )
  protected readonly sharesWith = computed(() => {
    const { holder, object } = this.answer()
    return holder.id === object.id ? undefined : holder
  })
  protected readonly isHidden = computed(() => this.answer().steps.some(({ hidden }) => hidden > 0))

  protected readonly addsUp = ({ entries }: Step): boolean =>
    entries.filter(({ outcome, principal }) => outcome === 'decides' && principal.type === 'GROUP').length > 1

  protected readonly reason = computed(() => {
    const { reason, object } = this.answer()
    switch (reason) {
      case 'granted':
        return 'a role that decides has the privilege.'
      case 'anonymous':
        return 'everybody has System.Anonymous, even without signing in.'
      case 'on_the_way':
        return 'they have something below, and so they see the way to it.'
      case 'no_permission':
        return object.id === globalRoot
          ? 'no global permission is about them.'
          : 'no permission about them is set on the object or reaches it from above.'
      case 'no_access':
        return 'what decides gives nothing at all, as the role No access does.'
      default:
        return 'none of the roles that decide has the privilege.'
    }
  })
}
