import { Component, input } from '@angular/core'
import type { FormControl } from '@angular/forms'
import { ClrCheckboxModule } from '@clr/angular/forms'
import type { Switch } from './tls-choice.ts'

/** Things that can be on or off, as a checklist. */
@Component({
  selector: 'sp-switches',
  imports: [ClrCheckboxModule],
  template: `
    <clr-checkbox-container>
      <label>{{ label() }}</label>
      @for (one of control().value; track one.name) {
        <clr-checkbox-wrapper>
          <input
            type="checkbox"
            clrCheckbox
            #box
            [checked]="one.enabled"
            [disabled]="!mayChange()"
            (change)="set(one.name, box.checked)"
          />
          <label>{{ one.name }}{{ note()(one.name) }}</label>
        </clr-checkbox-wrapper>
      }
      <clr-control-helper>{{ helper() }}</clr-control-helper>
    </clr-checkbox-container>
  `,
})
export class Switches {
  readonly label = input.required<string>()
  readonly helper = input('')
  readonly control = input.required<FormControl<Switch[]>>()
  readonly mayChange = input(true)
  /** What is to be said of one of them. */
  readonly note = input<(name: string) => string>(() => '')

  protected set(name: string, enabled: boolean): void {
    const control = this.control()
    control.setValue(control.value.map((one) => (one.name === name ? { ...one, enabled } : one)))
    control.markAsDirty()
  }
}
