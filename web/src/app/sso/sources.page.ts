import { Component, computed, inject, resource, signal } from '@angular/core'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { SsoSourceDialog } from './source.dialog.ts'
import { SourcesService } from './sources.service.ts'
import { type IdentitySource, sourceKinds } from './sources.ts'

interface Asked {
  what: 'create' | 'edit' | 'test' | 'delete'
  source?: IdentitySource
}

/** The LDAP directories whose users sign in to vCenter. */
@Component({
  selector: 'sp-sso-sources',
  imports: [ClrDatagridModule, Dialog, ErrorAlert, Notice, SsoSourceDialog],
  templateUrl: './sources.page.html',
})
export class SsoSourcesPage {
  readonly #service = inject(SourcesService)
  protected readonly sources = resource({ loader: () => this.#service.list() })
  protected readonly asked = signal<Asked | undefined>(undefined)
  readonly #tested = computed(() => (this.asked()?.what === 'test' ? this.asked()?.source?.id : undefined))
  protected readonly probes = resource({
    params: () => this.#tested(),
    loader: ({ params: id }) => this.#service.probe(id),
  })
  protected readonly notice = signal('')
  protected readonly sourceKinds = sourceKinds

  protected ask(asked: Asked): void {
    this.notice.set('')
    this.asked.set(asked)
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.sources.reload()
  }

  protected readonly remove = (): Promise<unknown> => {
    const source = this.asked()?.source
    if (!source) throw new Error('a source is asked about')
    return this.#service.remove(source)
  }
}
