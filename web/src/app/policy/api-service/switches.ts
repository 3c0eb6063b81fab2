import { Component, input, output } from '@angular/core'
import { ClrCheckboxModule } from '@clr/angular/forms'
import type { Switch } from './tls-choice.ts'

/** Things that can be on or off, as a checklist. */
@Component({
  selector: 'sp-switches',
  imports: [ClrCheckboxModule],
  template: `
    <clr-checkbox-container>
      <label>{{ label() }}</label>
      @for (one of switches(); track one.name) {
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
  readonly switches = input.required<readonly Switch[]>()
  readonly mayChange = input(true)
  /** What is to be said of one of them. */
  readonly note = input<(name: string) => string>(() => '')

  /** All of them, one of which is another way now. */
  readonly changed = output<Switch[]>()

  protected set(name: string, enabled: boolean): void {
    this.changed.emit(this.switches().map((one) => (one.name === name ? { ...one, enabled } : one)))
  }
}
