import { DatePipe } from '@angular/common'
import { Component, computed, input } from '@angular/core'
import { type HourOfSignIns, surfaceNames, totalOf } from './overview.ts'

/** Units of the picture, which is as wide as its place. */
const height = 120
const step = 20

/** Refused sign-ins by the hour, and the lockouts they ended in, as bars, and as a table for who wants the figures. */
@Component({
  selector: 'sp-sign-ins-chart',
  imports: [DatePipe],
  template: `
    <figure class="sign-ins">
      <svg
        [attr.viewBox]="'0 0 ' + hours().length * ${step} + ' ${height + 20}'"
        role="img"
        aria-labelledby="sign-ins-title"
        preserveAspectRatio="xMinYMid meet"
      >
        <title id="sign-ins-title">{{ summary() }}</title>
        @for (bar of bars(); track bar.x) {
          <rect
            class="bar"
            [attr.x]="bar.x + 3"
            [attr.y]="${height} - bar.height"
            width="8"
            [attr.height]="bar.height"
          />
          <rect
            class="bar locked"
            [attr.x]="bar.x + 12"
            [attr.y]="${height} - bar.lockedHeight"
            width="5"
            [attr.height]="bar.lockedHeight"
          />
          @if (bar.label) { <text class="tick" [attr.x]="bar.x + ${step / 2}" y="${height + 15}">{{ bar.label }}</text> }
          @if (bar.count > 0) {
            <text class="tick" [attr.x]="bar.x + ${step / 2}" [attr.y]="${height - 4} - bar.height">{{ bar.count }}</text>
          }
        }
        <line class="axis" x1="0" [attr.x2]="hours().length * ${step}" y1="${height}" y2="${height}" />
      </svg>
      <figcaption>
        {{ summary() }}
        <span class="key"><svg viewBox="0 0 8 8" aria-hidden="true"><rect class="bar" width="8" height="8" /></svg> refused</span>
        <span class="key"><svg viewBox="0 0 8 8" aria-hidden="true"><rect class="bar locked" width="8" height="8" /></svg> lockouts</span>
      </figcaption>
    </figure>
    <details>
      <summary>As a table</summary>
      <table class="table table-compact">
        <thead>
          <tr>
            <th scope="col">From</th>
            @for (surface of surfaces(); track surface) { <th scope="col">{{ names[surface] }}</th> }
            <th scope="col">Lockouts</th>
          </tr>
        </thead>
        <tbody>
          @for (one of hours(); track one.hour) {
            <tr>
              <th scope="row">{{ one.hour | date: 'short' }}</th>
              @for (surface of surfaces(); track surface) { <td>{{ one[surface] }}</td> }
              <td>{{ locked()[$index] ?? 0 }}</td>
            </tr>
          }
        </tbody>
      </table>
    </details>
  `,
})
export class SignInsChart {
  readonly hours = input.required<readonly HourOfSignIns[]>()
  /** Of the same hours. */
  readonly lockouts = input.required<readonly HourOfSignIns[]>()
  protected readonly names = surfaceNames

  /** Those that the person may read. */
  protected readonly surfaces = computed(() =>
    (['nsx', 'vcenter', 'nsxv'] as const).filter((surface) => this.hours()[0]?.[surface] !== undefined),
  )

  protected readonly locked = computed(() => this.lockouts().map(totalOf))

  protected readonly bars = computed(() => {
    const most = Math.max(1, ...this.hours().map(totalOf))
    return this.hours().map((one, index) => {
      const count = totalOf(one)
      const hour = new Date(one.hour).getHours()
      return {
        x: index * step,
        count,
        height: (count / most) * (height - 20),
        lockedHeight: ((this.locked()[index] ?? 0) / most) * (height - 20),
        label: index % 4 === 3 ? `${hour}:00` : '',
      }
    })
  })

  protected readonly summary = computed(() => {
    const hours = this.hours()
    const all = hours.reduce((sum, one) => sum + totalOf(one), 0)
    const locks = this.locked().reduce((total, one) => total + one, 0)
    const ended =
      locks === 0 ? 'No account was locked.' : `Accounts were locked ${locks === 1 ? 'once' : `${locks} times`}.`
    if (all === 0) return `No sign-in was refused in the last 24 hours. ${ended}`
    const worst = hours.reduce((a, b) => (totalOf(b) > totalOf(a) ? b : a))
    const from = new Date(worst.hour).toLocaleTimeString(undefined, { timeStyle: 'short' })
    const sum = all === 1 ? 'One sign-in was refused' : `${all} sign-ins were refused`
    return `${sum} in the last 24 hours, most of them (${totalOf(worst)}) within the hour from ${from}. ${ended}`
  })
}
