import { FormControl, Validators } from '@angular/forms'
import type { NumberRule } from './number-rule.ts'

/** A control for every number. */
export const numberControls = (rules: readonly NumberRule[]) =>
  Object.fromEntries(
    rules.map(({ name, minimum, maximum, default: value }) => [
      name,
      new FormControl(value, {
        nonNullable: true,
        validators: [
          Validators.required,
          Validators.min(minimum),
          Validators.max(maximum),
          ({ value }) => (value === null || Number.isInteger(value) ? null : { whole: 'A whole number.' }),
        ],
      }),
    ]),
  )
