import { Component, computed, input } from '@angular/core'
import { ClrAlertModule } from '@clr/angular/emphasis/alert'
import { asApiError } from '../api/api-error.ts'

/** What went wrong, in the server's words, read out when it appears. */
@Component({
  selector: 'sp-error-alert',
  imports: [ClrAlertModule],
  template: `
    @if (shown(); as error) {
      <clr-alert clrAlertType="danger" [clrAlertClosable]="false">
        <clr-alert-item>
          <span class="alert-text foreign" role="alert">
            @if (error.field) { <strong>{{ error.field }}:</strong>&ngsp; }{{ error.message }}
          </span>
        </clr-alert-item>
      </clr-alert>
    }
  `,
})
export class ErrorAlert {
  /** What a call threw; undefined shows nothing. */
  readonly error = input<unknown>()
  protected readonly shown = computed(() => (this.error() === undefined ? undefined : asApiError(this.error())))
}
