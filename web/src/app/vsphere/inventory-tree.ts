import { Component, input, output } from '@angular/core'
import { ClrTreeViewModule } from '@clr/angular/data/tree-view'
import { ClrIcon } from '@clr/angular/icon'
import { ClrIfExpanded } from '@clr/angular/utils/conditional'
import { InventoryNodes } from './inventory-nodes.ts'
import { type InventoryObject, rootFolder, type TreeObject } from './vsphere.ts'

/** The inventory from the root folder down. */
@Component({
  selector: 'sp-inventory-tree',
  imports: [ClrTreeViewModule, ClrIcon, ClrIfExpanded, InventoryNodes],
  template: `
    <clr-tree aria-label="Inventory">
      <clr-tree-node
        [clrExpandable]="true"
        [clrExpanded]="true"
        (keydown.enter)="$event.stopPropagation(); chosen.emit(root)"
      >
        <button
          type="button"
          class="clr-treenode-link"
          tabindex="-1"
          [class.active]="current() === root.id"
          (click)="chosen.emit(root)"
        >
          <cds-icon shape="folder" aria-hidden="true" />&ngsp;{{ root.name }}<span class="clr-sr-only">, root folder</span>
        </button>
        <ng-template clrIfExpanded>
          <sp-inventory-nodes
            [of]="root.id"
            [open]="open()"
            [reveal]="reveal()"
            [current]="current()"
            (chosen)="chosen.emit($event)"
          />
        </ng-template>
      </clr-tree-node>
    </clr-tree>
  `,
})
export class InventoryTree {
  /** Ids of the objects that are shown open to begin with. */
  readonly open = input<ReadonlySet<string>>(new Set())
  /** By the id of what they are below: objects that are shown even where much else is there. */
  readonly reveal = input<ReadonlyMap<string, TreeObject>>(new Map())
  readonly current = input<string>()
  readonly chosen = output<InventoryObject>()
  protected readonly root = { id: rootFolder, type: 'Folder', name: 'Datacenters' }
}
