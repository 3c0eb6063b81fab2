import { Component, computed, inject, input, output } from '@angular/core'
import { FormArray, FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { ClrCheckboxModule, ClrInputModule, ClrSelectModule, ClrTextareaModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { SourcesService } from './sources.service.ts'
import {
  certificatesIn,
  type GivenSource,
  type IdentitySource,
  type LdapServer,
  mostServers,
  type SourceKind,
  sourceKinds,
} from './sources.ts'

const text = (value: string, ...validators: (typeof Validators.required)[]) =>
  new FormControl(value, { nonNullable: true, validators })
const flag = (value: boolean) => new FormControl(value, { nonNullable: true })

const serverControls = (server: Partial<LdapServer> = {}) =>
  new FormGroup({
    url: text(server.url ?? '', Validators.required),
    use_starttls: flag(server.use_starttls ?? false),
    enabled: flag(server.enabled ?? true),
    certificates: text((server.certificates ?? []).join('\n')),
    bind_identity: text(server.bind_identity ?? ''),
    password: text(''),
  })

/** Makes an identity source of vCenter's, or changes one. */
@Component({
  selector: 'sp-sso-source-dialog',
  imports: [
    ReactiveFormsModule,
    ClrCheckboxModule,
    ClrInputModule,
    ClrSelectModule,
    ClrTextareaModule,
    Dialog,
    ProblemPipe,
  ],
  templateUrl: './source.dialog.html',
})
export class SsoSourceDialog {
  readonly #service = inject(SourcesService)
  /** Absent: a new one. */
  readonly source = input<IdentitySource>()
  /** With the source's id. */
  readonly done = output<string>()
  readonly closed = output()
  protected readonly kinds = Object.entries(sourceKinds)
  protected readonly mostServers = mostServers

  protected readonly form = computed(() => {
    const source = this.source()
    return new FormGroup({
      id: text(source?.id ?? '', Validators.required),
      resource_type: new FormControl<SourceKind>(source?.resource_type ?? 'OpenLdapIdentitySource', {
        nonNullable: true,
      }),
      domain_name: text(source?.domain_name ?? '', Validators.required),
      alternative_domain_names: text(source?.alternative_domain_names.join(', ') ?? ''),
      base_dn: text(source?.base_dn ?? '', Validators.required),
      // What is wrong with it the server says: where it is not shown it is not sent.
      group_cache_ttl: new FormControl(source?.group_cache_ttl ?? 3600, { nonNullable: true }),
      resolve_nested_groups: flag(source?.resolve_nested_groups ?? false),
      ldap_servers: new FormArray((source?.ldap_servers ?? [{}]).map(serverControls)),
    })
  })

  protected addServer(): void {
    this.form().controls.ldap_servers.push(serverControls())
  }

  protected readonly save = (): Promise<unknown> => {
    const before = this.source()
    const { alternative_domain_names, group_cache_ttl, resolve_nested_groups, ldap_servers, ...fields } =
      this.form().getRawValue()
    const given: GivenSource = {
      ...kept(before),
      ...fields,
      alternative_domain_names: alternative_domain_names.split(/[\s,]+/).filter(Boolean),
      ...(fields.resource_type === 'ActiveDirectoryIdentitySource' ? { group_cache_ttl, resolve_nested_groups } : {}),
      ldap_servers: ldap_servers.map(({ certificates, password, ...server }) => ({
        ...server,
        certificates: certificatesIn(certificates),
        ...(password === '' ? {} : { password }),
      })),
    }
    return this.#service.put(given)
  }
}

/** What the form does not show of a source that it replaces. */
function kept(source: IdentitySource | undefined): Partial<GivenSource> {
  if (!source) return {}
  const { display_name, description, tags, _revision } = source
  return {
    display_name,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    _revision,
  }
}
