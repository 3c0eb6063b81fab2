import { computed, type Signal, signal } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import type { FormGroup } from '@angular/forms'
import { map, startWith } from 'rxjs'

export type Values = Record<string, unknown>

/** A field whose value is another one. */
export interface Change {
  name: string
  before: unknown
  after: unknown
}

const alike = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export const differences = (before: Values, after: Values): Change[] =>
  Object.keys(after)
    .filter((name) => !alike(before[name], after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }))

/** What the form says of what the server has: to be looked at before it is sent, whatever others did meanwhile. */
export class Draft {
  readonly form: FormGroup
  /** As the server had it when it was last asked. */
  readonly #base = signal<Values | undefined>(undefined)
  readonly base = this.#base.asReadonly()
  readonly values: Signal<Values>
  readonly isValid: Signal<boolean>
  readonly changes = computed(() => differences(this.#base() ?? this.values(), this.values()))

  constructor(form: FormGroup) {
    this.form = form
    const after = form.events.pipe(startWith(undefined))
    this.values = toSignal(after.pipe(map(() => form.getRawValue() as Values)), { requireSync: true })
    this.isValid = toSignal(after.pipe(map(() => form.valid)), { requireSync: true })
  }

  /** Shows what the server has; what was typed is gone. */
  show(values: Values): void {
    const known = Object.keys(this.form.controls)
    const base = Object.fromEntries(known.map((name) => [name, values[name]]))
    this.#base.set(base)
    this.form.reset(base)
  }

  /**
   * Puts what was typed on what has become of it meanwhile.
   *
   * @returns what others have changed.
   */
  meet(latest: Values): Change[] {
    const mine = this.changes()
    const before = this.#base() ?? latest
    this.show(latest)
    for (const { name, after } of mine) {
      const control = this.form.controls[name]
      control?.setValue(after)
      control?.markAsDirty()
    }
    return differences(before, this.#base() ?? before)
  }

  /** What is to be sent: the fields that are changed. */
  readonly changed = computed(() => Object.fromEntries(this.changes().map(({ name, after }) => [name, after])))
}
