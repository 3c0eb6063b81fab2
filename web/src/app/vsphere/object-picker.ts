import { Component, inject, input, output, signal } from '@angular/core'
import { FormControl, ReactiveFormsModule } from '@angular/forms'
import { ClrInputModule } from '@clr/angular/forms'
import { ErrorAlert } from '../shared/error-alert.ts'
import { VisibleDirectionPipe } from '../shared/visible-direction.pipe.ts'
import { VsphereService } from './vsphere.service.ts'
import { kindOf, nameOf, type ObjectInPlace } from './vsphere.ts'

/** Finds an object of the inventory by its name or id. */
@Component({
  selector: 'sp-object-picker',
  imports: [ReactiveFormsModule, ClrInputModule, ErrorAlert, VisibleDirectionPipe],
  template: `
    <form class="clr-form" role="search" [attr.aria-label]="label()" (submit)="$event.preventDefault(); find()">
      <clr-input-container>
        <label>{{ label() }}</label>
        <input clrInput type="search" [formControl]="name" autocomplete="off" spellcheck="false" />
        <clr-control-helper>A part of its name, or its id, such as vm-12. Enter searches.</clr-control-helper>
      </clr-input-container>
      <button type="submit" class="btn btn-sm" [disabled]="busy()">Search</button>
    </form>
    <sp-error-alert [error]="error()" />
    <div role="status">
      @if (found(); as objects) {
        <p>
          @if (objects.length === 0) {
            Nothing that you see is called so.
          } @else {
            {{ objects.length }} found.@if (!all()) { There are more: write more of the name. }
          }
        </p>
      }
    </div>
    @if (found()?.length) {
      <ul class="list-unstyled" [attr.aria-label]="label() + ': found'">
        @for (object of found(); track object.id) {
          <li>
            <button type="button" class="text-link" (click)="choose(object)">
              <span class="foreign">{{ nameOf(object) }}</span>
            </button>
            ({{ kindOf(object) }}) in <span class="foreign">{{ pathOf(object) | visibleDirection }}</span>
          </li>
        }
      </ul>
    }
  `,
})
export class ObjectPicker {
  readonly #vsphere = inject(VsphereService)
  readonly label = input('Find an object')
  readonly chosen = output<ObjectInPlace>()
  protected readonly name = new FormControl('', { nonNullable: true })
  protected readonly found = signal<ObjectInPlace[] | undefined>(undefined)
  protected readonly all = signal(true)
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)
  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf

  protected readonly pathOf = ({ path }: ObjectInPlace): string => path.map(nameOf).join(' / ') || 'nothing'

  protected async find(): Promise<void> {
    const name = this.name.value.trim()
    if (name === '') return this.found.set(undefined)
    this.busy.set(true)
    this.error.set(undefined)
    try {
      const { objects, all } = await this.#vsphere.find(name)
      this.found.set(objects)
      this.all.set(all)
    } catch (error) {
      this.error.set(error)
    } finally {
      this.busy.set(false)
    }
  }

  protected choose(object: ObjectInPlace): void {
    this.found.set(undefined)
    this.name.reset()
    this.chosen.emit(object)
  }
}
