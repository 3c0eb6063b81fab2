import { DatePipe } from '@angular/common'
import { Component, computed, inject, input, resource } from '@angular/core'
import { ErrorAlert } from '../shared/error-alert.ts'
import { AuditService } from './audit.service.ts'
import { type Entry, kindNames, outcomeNames, surfaceNames } from './audit.ts'
import { valueChanges } from './value-changes.ts'

/** All that an audit record holds: who, what, from where, and what it changed. */
@Component({
  selector: 'sp-audit-entry',
  imports: [DatePipe, ErrorAlert],
  templateUrl: './entry-details.html',
})
export class EntryDetails {
  readonly #audit = inject(AuditService)
  readonly id = input.required<string>()

  protected readonly entry = resource({
    params: () => this.id(),
    loader: ({ params: id }) => this.#audit.entry(id),
  })
  protected readonly shown = computed(() => (this.entry.hasValue() ? this.entry.value() : undefined))
  protected readonly facts = computed(() => {
    const entry = this.shown()
    return entry ? factsOf(entry).filter((fact): fact is [string, string] => Boolean(fact[1])) : []
  })
  protected readonly changes = computed(() => {
    const entry = this.shown()
    return entry ? valueChanges(entry.before, entry.after) : []
  })
  protected readonly parameters = computed(() =>
    (this.shown()?.parameters ?? []).map((value) =>
      typeof value === 'string' ? value : JSON.stringify(value, undefined, 2),
    ),
  )
}

function factsOf(entry: Entry): [name: string, value: string | undefined][] {
  const { status, error } = entry
  return [
    ['User', entry.user || 'nobody'],
    ['Also signed in as', entry.other_user],
    ['From', entry.source],
    ['Outcome', `${outcomeNames[entry.outcome]} (${error ? `${status}, ${error}` : status})`],
    ['What it is', `${kindNames[entry.kind] ?? entry.kind}${entry.changes ? ', which changes something' : ''}`],
    ['Appliance', `${entry.appliance}, ${surfaceNames[entry.surface]}`],
    ['Call', entry.method === 'SSH' ? entry.url : `${entry.method} ${entry.url}`],
    ['Object', entry.entity],
    ['Language', entry.face],
    ['Client', entry.agent],
    ['Request', entry.request_id],
    ['Operation id', entry.operation_id],
    ['External request', entry.external_request_id],
    ['External user', entry.external_user],
    ['Answer', `${entry.bytes} bytes in ${(entry.microseconds / 1000).toFixed(1)} ms`],
  ]
}
