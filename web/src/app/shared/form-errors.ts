import type { AbstractControl, FormGroup } from '@angular/forms'
import { asApiError } from '../api/api-error.ts'

/**
 * Shows a refusal on the control that is called as the field it names.
 *
 * @returns the refusal where the form has no such control: it is to be shown above the form.
 */
export function showOnFields(form: FormGroup, thrown: unknown): unknown {
  const error = asApiError(thrown)
  const control: AbstractControl | undefined = form.controls[error.field ?? '']
  if (!control?.enabled) return error
  control.setErrors({ server: error.message })
  control.markAsTouched()
  return undefined
}

/** Whether everything is filled in well. What the server said before is forgotten: the form can be sent as it is once more. */
export function isComplete(form: FormGroup): boolean {
  for (const control of Object.values(form.controls)) control.updateValueAndValidity()
  form.markAllAsTouched()
  return form.valid
}
