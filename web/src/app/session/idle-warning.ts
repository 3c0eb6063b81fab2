import { Component, inject } from '@angular/core'
import { ClrModalModule } from '@clr/angular/modal'
import { IdleService } from './idle.service.ts'

/** Asks whoever has done nothing for long whether they are still there. */
@Component({
  selector: 'sp-idle-warning',
  imports: [ClrModalModule],
  template: `
    @let seconds = idle.secondsLeft();
    <clr-modal
      [clrModalOpen]="seconds !== undefined"
      [clrModalSize]="'sm'"
      [clrModalStaticBackdrop]="true"
      (clrModalOpenChange)="$event || seconds === undefined || idle.stay()"
    >
      <h2 class="modal-title">Are you still there?</h2>
      <div class="modal-body">
        <p role="alert">You will be signed out within a minute, because you have done nothing for a while.</p>
        <p>{{ seconds ?? 0 }} {{ seconds === 1 ? 'second' : 'seconds' }} left.</p>
      </div>
      <div class="modal-footer">
        <button type="button" class="btn btn-primary" (click)="idle.stay()">Stay signed in</button>
      </div>
    </clr-modal>
  `,
})
export class IdleWarning {
  protected readonly idle = inject(IdleService)
}
