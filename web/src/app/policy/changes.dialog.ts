import { Component, input, output } from '@angular/core'
import { Dialog } from '../shared/dialog.ts'
import type { Change } from './draft.ts'

/** A change as people read it. */
export interface ShownChange {
  label: string
  before: string
  after: string
}

/** What is about to be saved: each field before and after, and what it does. */
export interface Review {
  changes: ShownChange[]
  /** What the change does, in sentences. */
  effects: string[]
  /** What somebody else has changed since the page was opened. */
  meanwhile: ShownChange[]
  /** Who that was, where the server tells. */
  by?: string
}

export const shownChanges = (
  changes: readonly Change[],
  label: (name: string) => string,
  text: (name: string, value: unknown) => string,
) =>
  changes.map(({ name, before, after }) => ({
    label: label(name),
    before: text(name, before),
    after: text(name, after),
  }))

/** Shows what is about to be saved, and saves it. */
@Component({
  selector: 'sp-changes-dialog',
  imports: [Dialog],
  template: `
    <sp-dialog
      [title]="title()"
      [action]="review().changes.length > 0 ? action() : undefined"
      [danger]="danger()"
      size="lg"
      [work]="work()"
      (done)="done.emit()"
      (closed)="closed.emit()"
    >
      @if (review().meanwhile.length > 0) {
        <h3>Changed meanwhile@if (review().by; as name) { by <span class="foreign">{{ name }}</span>}</h3>
        <p>Somebody else saved this while you had the page open. It stays, unless it is among your changes below.</p>
        <div class="scroll-x" tabindex="0" role="region" aria-label="Changed meanwhile">
          <table class="table">
            <thead><tr><th>Field</th><th>When you opened it</th><th>Now</th></tr></thead>
            <tbody>
              @for (change of review().meanwhile; track change.label) {
                <tr><th scope="row">{{ change.label }}</th><td class="foreign">{{ change.before }}</td><td class="foreign">{{ change.after }}</td></tr>
              }
            </tbody>
          </table>
        </div>
        <h3>Your changes</h3>
      }
      @if (review().changes.length > 0) {
        <div class="scroll-x" tabindex="0" role="region" aria-label="Changes">
          <table class="table">
            <thead><tr><th>Field</th><th>Now</th><th>Then</th></tr></thead>
            <tbody>
              @for (change of review().changes; track change.label) {
                <tr><th scope="row">{{ change.label }}</th><td class="foreign">{{ change.before }}</td><td class="foreign">{{ change.after }}</td></tr>
              }
            </tbody>
          </table>
        </div>
        <h3>What this does</h3>
        <ul class="list">
          @for (effect of review().effects; track effect) {
            <li class="foreign">{{ effect }}</li>
          }
        </ul>
      } @else {
        <p>There is nothing to change: it is so already.</p>
      }
    </sp-dialog>
  `,
})
export class ChangesDialog {
  readonly title = input.required<string>()
  readonly action = input('Save')
  readonly danger = input(false)
  readonly review = input.required<Review>()
  readonly work = input.required<() => Promise<unknown>>()
  readonly done = output()
  readonly closed = output()
}
