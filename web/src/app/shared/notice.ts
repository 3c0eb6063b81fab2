import { Component, input } from '@angular/core'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { VisibleDirectionPipe } from './visible-direction.pipe.ts'

/** What has just been done, read out when it changes. */
@Component({
  selector: 'sp-notice',
  imports: [ClrAlertModule, VisibleDirectionPipe],
  template: `
    <div role="status">
      @if (text(); as said) {
        <clr-alert clrAlertType="success" [clrAlertClosable]="false" [clrAlertSizeSmall]="true">
          <clr-alert-item><span class="alert-text foreign">{{ said | visibleDirection }}</span></clr-alert-item>
        </clr-alert>
      }
    </div>
  `,
})
export class Notice {
  readonly text = input<string>()
}
