import { DatePipe } from '@angular/common'
import { HttpClient } from '@angular/common/http'
import { Component, inject, resource, signal } from '@angular/core'
import { Router } from '@angular/router'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrLabel } from '@clr/angular/emphasis/label'
import { firstValueFrom } from 'rxjs'
import { SessionService } from '../session/session.service.ts'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { kindNames, type OpenSession, sourceNames } from './open-sessions.ts'

const url = '/sallyport/v1/sessions'

interface Listed {
  sessions: OpenSession[]
  total: number
}

/** A session, with what is shown of it as text, by which columns sort and filter. */
interface Row extends OpenSession {
  kind_name: string
  source_name: string
}

/** The open sessions of all surfaces that the person may see. */
@Component({
  selector: 'sp-open-sessions',
  imports: [DatePipe, ClrDatagridModule, ClrLabel, Dialog, ErrorAlert, Notice],
  templateUrl: './open-sessions.page.html',
})
export class OpenSessionsPage {
  readonly #http = inject(HttpClient)
  readonly #router = inject(Router)
  readonly #own = inject(SessionService)

  protected readonly listed = resource({ loader: () => this.#list() })
  protected readonly asked = signal<Row | undefined>(undefined)
  protected readonly notice = signal('')

  async #list(): Promise<{ rows: Row[]; total: number }> {
    const { sessions, total } = await firstValueFrom(this.#http.get<Listed>(url))
    const rows = sessions.map((session) => ({
      ...session,
      kind_name: kindNames[session.kind],
      source_name: sourceNames[session.source] ?? session.source,
    }))
    return { rows, total }
  }

  protected reload(): void {
    this.notice.set('')
    this.listed.reload()
  }

  protected ask(session: Row): void {
    this.notice.set('')
    this.asked.set(session)
  }

  protected readonly end = async (): Promise<void> => {
    const session = this.asked()
    if (session) await firstValueFrom(this.#http.delete(`${url}/${encodeURIComponent(session.id)}`))
  }

  protected async ended({ user_name, kind_name, current }: Row): Promise<void> {
    this.asked.set(undefined)
    // One's own: the page may be none that one can see any more.
    if (current && (await this.#own.ended()).length > 0) return void this.#router.navigateByUrl('/')
    this.notice.set(`The session of ${user_name} at ${kind_name} is ended.`)
    this.listed.reload()
  }
}
