import { Component, computed, inject, input, linkedSignal, resource } from '@angular/core'
import { Router } from '@angular/router'
import { ErrorAlert } from '../shared/error-alert.ts'
import { VisibleDirectionPipe } from '../shared/visible-direction.pipe.ts'
import { InventoryTree } from './inventory-tree.ts'
import { ObjectPermissions } from './object-permissions.ts'
import { ObjectPicker } from './object-picker.ts'
import { VsphereService } from './vsphere.service.ts'
import { type InventoryObject, kindOf, nameOf, type ObjectInPlace, rootFolder, type TreeObject } from './vsphere.ts'

/** Each object on the way to one, and itself, by the id of the one above it. */
function wayTo(object: ObjectInPlace): [string, TreeObject][] {
  const way = [...object.path.map((above) => ({ ...above, has_children: true })), object]
  return way.slice(1).map((one, at) => [(way[at] as TreeObject).id, one])
}

/** The inventory of vCenter, and on each object its permissions. */
@Component({
  selector: 'sp-permissions',
  imports: [ErrorAlert, InventoryTree, ObjectPermissions, ObjectPicker, VisibleDirectionPipe],
  template: `
    <h1>Permissions</h1>
    <p>
      Choose an object: a permission gives a user or group a role on it, and on what is below where it propagates. What is
      set nearer to an object decides for whom it is about.
    </p>
    <div class="clr-row">
      <section class="clr-col-12 clr-col-lg-4" aria-label="Inventory">
        <sp-object-picker (chosen)="show($event)" />
        <div class="scroll-x">
          @if (isReady()) {
            <sp-inventory-tree [open]="open()" [reveal]="reveal()" [current]="id()" (chosen)="show($event)" />
          }
        </div>
      </section>
      <section class="clr-col-12 clr-col-lg-8" aria-label="Permissions of the object">
        <sp-error-alert [error]="object.error()" />
        @if (object.hasValue()) {
          @let chosen = object.value();
          <h2 aria-live="polite"><span class="foreign">{{ nameOf(chosen) }}</span></h2>
          <p>
            {{ kindOf(chosen) }} {{ chosen.id }}@if (chosen.path.length > 0) {, in
              <span class="foreign">{{ pathOf(chosen.path) | visibleDirection }}</span>}
          </p>
          <sp-object-permissions [object]="chosen" />
        }
      </section>
    </div>
  `,
})
export class PermissionsPage {
  readonly #vsphere = inject(VsphereService)
  readonly #router = inject(Router)
  /** Id of the object that is shown; absent: the root folder. */
  readonly of = input<string>()

  protected readonly id = computed(() => this.of() ?? rootFolder)
  protected readonly object = resource({
    params: () => this.id(),
    loader: ({ params }) => this.#vsphere.object(params),
  })
  /** The tree is made once the way to what is shown first is known. */
  protected readonly isReady = linkedSignal<boolean, boolean>({
    source: () => this.object.hasValue() || this.object.error() !== undefined,
    computation: (ready, before) => ready || before?.value === true,
  })
  /** The ways to all that was chosen so far, each object by what it is below: what somebody opened stays open. */
  protected readonly reveal = linkedSignal<ObjectInPlace | undefined, ReadonlyMap<string, TreeObject>>({
    source: () => (this.object.hasValue() ? this.object.value() : undefined),
    computation: (object, before) => new Map([...(before?.value ?? []), ...(object ? wayTo(object) : [])]),
  })
  protected readonly open = computed(() => new Set(this.reveal().keys()))
  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf
  protected readonly pathOf = (path: InventoryObject[]): string => path.map(nameOf).join(' / ')

  protected show({ id }: InventoryObject): void {
    void this.#router.navigate([], { queryParams: { of: id } })
  }
}
