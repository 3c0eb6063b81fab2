import { Component, computed, input, model } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { FormControl, ReactiveFormsModule } from '@angular/forms'
import { ClrSelectedState, ClrTreeViewModule } from '@clr/angular/data/tree-view'
import { ClrInputModule } from '@clr/angular/forms'
import { ClrIfExpanded } from '@clr/angular/utils/conditional'
import type { Privilege, PrivilegeGroup } from './vsphere.ts'

/** What every role has, whether it is chosen or not. @see vcenter-api.md 2.1 */
const isAlwaysGiven = ({ id }: Privilege) => /^System\.(Anonymous|Read|View)$/.test(id)

/** Privileges in their groups, to search through and to choose from. */
@Component({
  selector: 'sp-privilege-tree',
  imports: [ReactiveFormsModule, ClrInputModule, ClrTreeViewModule, ClrIfExpanded],
  template: `
    <clr-input-container>
      <label>Search privileges</label>
      <input clrInput type="search" [formControl]="search" autocomplete="off" spellcheck="false" />
    </clr-input-container>
    <p role="status">{{ chosenCount() }} chosen, {{ shownCount() }} shown</p>
    <clr-tree [clrLazy]="true" aria-label="Privileges">
      @for (group of shown(); track group.group) {
        <clr-tree-node
          [clrExpandable]="true"
          [clrExpanded]="wanted() !== ''"
          [clrDisabled]="readOnly() || group.privileges.every(isAlwaysGiven)"
          [clrSelected]="stateOf(group)"
          (clrSelectedChange)="chooseGroup(group, $event)"
        >
          {{ group.label }} ({{ countIn(group) }} of {{ group.privileges.length }})
          <ng-template clrIfExpanded>
            @for (privilege of group.privileges; track privilege.id) {
              <clr-tree-node
                [clrDisabled]="readOnly() || isAlwaysGiven(privilege)"
                [clrSelected]="isChosen(privilege)"
                (clrSelectedChange)="choose([privilege], $event === selected)"
              >
                {{ privilege.description }} <code>{{ privilege.id }}</code>
              </clr-tree-node>
            }
          </ng-template>
        </clr-tree-node>
      }
    </clr-tree>
    @if (shown().length === 0) {
      <p>No privilege is called so. Search for a part of its name, its group or what it is for.</p>
    }
  `,
})
export class PrivilegeTree {
  readonly groups = input.required<PrivilegeGroup[]>()
  readonly readOnly = input(false)
  /** Ids of the privileges. */
  readonly chosen = model.required<ReadonlySet<string>>()

  protected readonly search = new FormControl('', { nonNullable: true })
  readonly #typed = toSignal(this.search.valueChanges, { initialValue: '' })
  protected readonly wanted = computed(() => this.#typed().trim().toLowerCase())
  protected readonly shown = computed(() => {
    const words = this.wanted().split(/\s+/).filter(Boolean)
    if (words.length === 0) return this.groups()
    return this.groups().flatMap((group) => {
      const found = group.privileges.filter(({ id, description }) => {
        const text = `${group.label} ${id} ${description}`.toLowerCase()
        return words.every((word) => text.includes(word))
      })
      return found.length > 0 ? [{ ...group, privileges: found }] : []
    })
  })
  protected readonly shownCount = computed(() =>
    this.shown().reduce((sum, { privileges }) => sum + privileges.length, 0),
  )
  protected readonly chosenCount = computed(() => this.groups().reduce((sum, group) => sum + this.countIn(group), 0))
  protected readonly selected = ClrSelectedState.SELECTED
  protected readonly isAlwaysGiven = isAlwaysGiven

  protected readonly isChosen = (privilege: Privilege) => this.chosen().has(privilege.id) || isAlwaysGiven(privilege)
  protected readonly countIn = ({ privileges }: PrivilegeGroup) => privileges.filter(this.isChosen).length

  protected stateOf(group: PrivilegeGroup): ClrSelectedState {
    const count = this.countIn(group)
    if (count === 0) return ClrSelectedState.UNSELECTED
    return count === group.privileges.length ? ClrSelectedState.SELECTED : ClrSelectedState.INDETERMINATE
  }

  /** A node tells its state also when it is made; that some are chosen is nothing to follow. */
  protected chooseGroup(group: PrivilegeGroup, state: ClrSelectedState): void {
    if (state === ClrSelectedState.INDETERMINATE) return
    this.choose(group.privileges, state === ClrSelectedState.SELECTED)
  }

  protected choose(privileges: readonly Privilege[], yes: boolean): void {
    const changed = privileges.filter((privilege) => this.isChosen(privilege) !== yes && !isAlwaysGiven(privilege))
    if (changed.length === 0) return
    const chosen = new Set(this.chosen())
    for (const { id } of changed) {
      if (yes) chosen.add(id)
      else chosen.delete(id)
    }
    this.chosen.set(chosen)
  }
}
