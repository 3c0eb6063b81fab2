import { Component, input } from '@angular/core'
import { type FormControl, type FormGroup, ReactiveFormsModule } from '@angular/forms'
import { ClrInputModule } from '@clr/angular/forms'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { type NumberRule, rangeOf } from './number-rule.ts'

/** The numbers of a policy, each with what it means. */
@Component({
  selector: 'sp-number-rules',
  imports: [ReactiveFormsModule, ClrInputModule, ProblemPipe],
  template: `
    @for (rule of rules(); track rule.name) {
      @let control = controlOf(rule);
      <clr-input-container>
        <label>{{ rule.label }} ({{ rule.unit }})</label>
        <input
          type="number"
          clrInput
          [min]="rule.minimum"
          [max]="rule.maximum"
          step="1"
          [formControl]="control"
          [readonly]="!mayChange()"
        />
        <clr-control-helper>{{ rule.meaning }} {{ rangeOf(rule) }}</clr-control-helper>
        <clr-control-error>{{ control | problem }} {{ rangeOf(rule) }}</clr-control-error>
      </clr-input-container>
    }
  `,
})
export class NumberRules {
  readonly rules = input.required<readonly NumberRule[]>()
  readonly form = input.required<FormGroup>()
  readonly mayChange = input(true)
  protected readonly rangeOf = rangeOf

  protected controlOf({ name }: NumberRule): FormControl<number> {
    return this.form().controls[name] as FormControl<number>
  }
}
