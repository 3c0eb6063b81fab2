import { Component, computed, forwardRef, inject, input, linkedSignal, output, resource, signal } from '@angular/core'
import { ClrTreeViewModule } from '@clr/angular/data/tree-view'
import {
  buildingIcon,
  ClarityIcons,
  ClrIcon,
  clusterIcon,
  folderIcon,
  hostIcon,
  networkGlobeIcon,
  networkSwitchIcon,
  resourcePoolIcon,
  storageIcon,
  vmIcon,
} from '@clr/angular/icon'
import { ClrIfExpanded } from '@clr/angular/utils/conditional'
import { ErrorAlert } from '../shared/error-alert.ts'
import { VsphereService } from './vsphere.service.ts'
import { type InventoryObject, kindOf, nameOf, type TreeObject } from './vsphere.ts'

ClarityIcons.addIcons(
  buildingIcon,
  clusterIcon,
  folderIcon,
  hostIcon,
  networkGlobeIcon,
  networkSwitchIcon,
  resourcePoolIcon,
  storageIcon,
  vmIcon,
)

const shapes: Record<string, string> = {
  Folder: 'folder',
  Datacenter: 'building',
  ClusterComputeResource: 'cluster',
  ComputeResource: 'host',
  HostSystem: 'host',
  ResourcePool: 'resource-pool',
  VirtualApp: 'resource-pool',
  VirtualMachine: 'vm',
  Datastore: 'storage',
  StoragePod: 'storage',
  DistributedVirtualSwitch: 'network-switch',
}

interface Rest {
  objects: TreeObject[]
  cursor: string | undefined
}

/** What is below an object of the inventory, fetched when it is first shown, a page at a time. */
@Component({
  selector: 'sp-inventory-nodes',
  imports: [ClrTreeViewModule, ClrIcon, ClrIfExpanded, ErrorAlert, forwardRef(() => InventoryNodes)],
  template: `
    <sp-error-alert [error]="first.error() ?? error()" />
    @for (object of objects(); track object.id) {
      <clr-tree-node
        [clrExpandable]="object.has_children"
        [clrExpanded]="open().has(object.id)"
        (keydown.enter)="$event.stopPropagation(); chosen.emit(object)"
      >
        <button
          type="button"
          class="clr-treenode-link"
          tabindex="-1"
          [class.active]="object.id === current()"
          (click)="chosen.emit(object)"
        >
          <cds-icon [shape]="shapeOf(object)" aria-hidden="true" />&ngsp;<span class="foreign">{{ nameOf(object) }}</span>
          <span class="clr-sr-only">, {{ kindOf(object) }}</span>
        </button>
        <ng-template clrIfExpanded>
          <sp-inventory-nodes
            [of]="object.id"
            [open]="open()"
            [reveal]="reveal()"
            [current]="current()"
            (chosen)="chosen.emit($event)"
          />
        </ng-template>
      </clr-tree-node>
    }
    @if (first.isLoading()) {
      <span class="spinner spinner-inline" role="presentation"></span>
    }
    @for (cursor of next(); track cursor) {
      <clr-tree-node (keydown.enter)="$event.stopPropagation()">
        <button type="button" class="clr-treenode-link" tabindex="-1" [disabled]="busy()" (click)="more(cursor)">
          Show more
        </button>
      </clr-tree-node>
    }
  `,
})
export class InventoryNodes {
  readonly #vsphere = inject(VsphereService)
  /** Id of the object. */
  readonly of = input.required<string>()
  /** Ids of the objects that are shown open to begin with. */
  readonly open = input<ReadonlySet<string>>(new Set())
  /** By the id of what they are below: objects that are shown even where they are on no page that was fetched. */
  readonly reveal = input<ReadonlyMap<string, TreeObject>>(new Map())
  /** Id of the object that the person has chosen. */
  readonly current = input<string>()
  readonly chosen = output<InventoryObject>()

  protected readonly first = resource({
    params: () => this.of(),
    loader: ({ params }) => this.#vsphere.children(params),
  })
  readonly #rest = linkedSignal<Rest>(() => ({
    objects: [],
    cursor: this.first.hasValue() ? this.first.value().next_cursor : undefined,
  }))
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  protected readonly objects = computed(() => {
    const fetched = [...(this.first.hasValue() ? this.first.value().children : []), ...this.#rest().objects]
    const revealed = this.reveal().get(this.of())
    if (!revealed || !this.#rest().cursor || fetched.some(({ id }) => id === revealed.id)) return fetched
    return [...fetched, revealed]
  })
  /** The last node is made anew for every page, so that it stays the last for the keyboard too. */
  protected readonly next = computed(() => [this.#rest().cursor].filter((cursor) => cursor !== undefined))

  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf
  protected readonly shapeOf = ({ type }: InventoryObject) => shapes[type] ?? 'network-globe'

  protected async more(cursor: string): Promise<void> {
    this.busy.set(true)
    this.error.set(undefined)
    try {
      const { children, next_cursor } = await this.#vsphere.children(this.of(), cursor)
      this.#rest.update(({ objects }) => ({ objects: [...objects, ...children], cursor: next_cursor }))
    } catch (error) {
      this.error.set(error)
    } finally {
      this.busy.set(false)
    }
  }
}
