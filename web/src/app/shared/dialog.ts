import { Component, ElementRef, inject, input, output, signal } from '@angular/core'
import { FormGroup } from '@angular/forms'
import { ClrModalModule } from '@clr/angular/modal'
import { ErrorAlert } from './error-alert.ts'
import { isComplete, showOnFields } from './form-errors.ts'
import { VisibleDirectionPipe } from './visible-direction.pipe.ts'

let made = 0

/**
 * A form, or a question, in a modal of its own. It is there as long as its element is:
 *
 *     @if (asked()) { <sp-dialog title="…" action="…" [form]="form" [work]="work" (closed)="…" (done)="…">…</sp-dialog> }
 *
 * A refusal is shown on the control that is called as the field it names, else above the form; what was typed stays.
 */
@Component({
  selector: 'sp-dialog',
  imports: [ClrModalModule, ErrorAlert, VisibleDirectionPipe],
  template: `
    <clr-modal
      [clrModalOpen]="open()"
      [clrModalStaticBackdrop]="true"
      [clrModalPreventClose]="true"
      [clrModalSize]="size()"
      (clrModalAlternateClose)="leave()"
      (clrModalOpenChange)="$event || gone()"
    >
      <h2 class="modal-title foreign">{{ title() | visibleDirection }}</h2>
      <div class="modal-body">
        <form class="clr-form" [id]="id" novalidate (submit)="$event.preventDefault(); send()">
          <sp-error-alert [error]="error()" />
          <ng-content />
        </form>
      </div>
      <div class="modal-footer">
        <button type="button" class="btn btn-outline" (click)="leave()">{{ action() ? cancel() : 'Close' }}</button>
        @if (action(); as text) {
          <button
            type="submit"
            class="btn"
            [class.btn-primary]="!danger()"
            [class.btn-danger]="danger()"
            [attr.form]="id"
            [disabled]="busy()"
          >
            {{ text }}
          </button>
        }
      </div>
    </clr-modal>
  `,
})
export class Dialog {
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef)
  readonly title = input.required<string>()
  /** The word on the button that does it; absent: there is only something to look at. */
  readonly action = input<string>()
  /** The word on the button that leaves it. */
  readonly cancel = input('Cancel')
  /** For what cannot be undone. */
  readonly danger = input(false)
  readonly size = input<'sm' | 'md' | 'lg' | 'xl'>('md')
  readonly form = input<FormGroup>(new FormGroup({}))
  /** What the button does. What it throws is shown. */
  readonly work = input<() => Promise<unknown>>(async () => undefined)
  /** The work is done. */
  readonly done = output()
  /** The person went away without it. */
  readonly closed = output()
  protected readonly id = `sp-dialog-${made++}`
  protected readonly open = signal(true)
  protected readonly busy = signal(false)
  protected readonly error = signal<unknown>(undefined)

  #isDone = false

  protected leave(): void {
    if (!this.busy()) this.open.set(false)
  }

  /** The modal is out of sight: only now may its element go, for Clarity counts the modals that are open. */
  protected gone(): void {
    if (this.#isDone) this.done.emit()
    else this.closed.emit()
  }

  protected async send(): Promise<void> {
    if (this.busy()) return
    const form = this.form()
    this.error.set(undefined)
    if (!isComplete(form)) return this.#goToProblem()
    this.busy.set(true)
    try {
      await this.work()()
    } catch (error) {
      this.error.set(showOnFields(form, error))
      this.#goToProblem()
      return
    } finally {
      this.busy.set(false)
    }
    this.#isDone = true
    this.open.set(false)
  }

  /** To the field that is wrong, once it is shown as such. */
  #goToProblem(): void {
    setTimeout(() => this.#element.nativeElement.querySelector<HTMLElement>('.ng-invalid')?.focus())
  }
}
