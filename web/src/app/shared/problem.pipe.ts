import { ChangeDetectorRef, inject, type OnDestroy, Pipe, type PipeTransform } from '@angular/core'
import type { AbstractControl } from '@angular/forms'
import type { Subscription } from 'rxjs'

/** What is wrong with a field, for people. The server's own words come as the error `server`. @see showOnFields */
@Pipe({ name: 'problem', pure: false })
export class ProblemPipe implements PipeTransform, OnDestroy {
  readonly #view = inject(ChangeDetectorRef)
  #control: AbstractControl | undefined
  #subscription: Subscription | undefined

  transform(control: AbstractControl): string {
    if (control !== this.#control) {
      this.#subscription?.unsubscribe()
      this.#control = control
      this.#subscription = control.events.subscribe(() => this.#view.markForCheck())
    }
    const [[kind, detail] = []] = Object.entries(control.errors ?? {})
    if (kind === undefined) return ''
    if (typeof detail === 'string') return detail
    if (kind === 'required') return 'Fill this in.'
    if (kind === 'min') return `At least ${detail.min}.`
    if (kind === 'max') return `At most ${detail.max}.`
    if (kind === 'maxlength') return `At most ${detail.requiredLength} characters.`
    return 'This is not valid.'
  }

  ngOnDestroy(): void {
    this.#subscription?.unsubscribe()
  }
}
