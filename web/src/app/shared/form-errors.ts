import { type AbstractControl, FormArray, FormControl, FormGroup } from '@angular/forms'
import { asApiError } from '../api/api-error.ts'

/**
 * Shows a refusal on the control that is called as the field it names.
 *
 * @returns the refusal where the form has no such control: it is to be shown above the form.
 */
export function showOnFields(form: FormGroup, thrown: unknown): unknown {
  const error = asApiError(thrown)
  const control = error.field === undefined ? null : form.get(error.field)
  if (!(control instanceof FormControl && control.enabled)) return error
  control.setErrors({ server: error.message })
  control.markAsTouched()
  return undefined
}

/** Whether everything is filled in well. What the server said before is forgotten: the form can be sent as it is once more. */
export function isComplete(form: FormGroup): boolean {
  forgetServerErrors(form)
  form.markAllAsTouched()
  return form.valid
}

function forgetServerErrors(control: AbstractControl): void {
  if (control instanceof FormGroup || control instanceof FormArray) {
    Object.values(control.controls).forEach(forgetServerErrors)
  } else if (control.hasError('server')) {
    control.updateValueAndValidity()
  }
}
