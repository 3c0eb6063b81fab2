import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import { everyPage } from '../shared/every-page.ts'
import type { PathChange, PrincipalIdentity, Role, RoleBinding } from './role-bindings.ts'

const bindings = '/policy/api/v1/aaa/role-bindings'
const identities = '/api/v1/trust-management/principal-identities'

interface Source {
  id: string
}

/** The calls about role bindings and principal identities. @see nsx-api.md 6.3, 6.4 */
@Injectable({ providedIn: 'root' })
export class RoleBindingsService {
  readonly #http = inject(HttpClient)

  /** @param root Only what is bound there and below; empty: everything. */
  list(root: string): Promise<RoleBinding[]> {
    return everyPage(this.#http, bindings, root ? { root_path: root } : {})
  }

  async identities(): Promise<PrincipalIdentity[]> {
    return (await firstValueFrom(this.#http.get<{ results: PrincipalIdentity[] }>(identities))).results
  }

  async roles(): Promise<Role[]> {
    return everyPage(this.#http, '/policy/api/v1/aaa/roles')
  }

  async ldapSources(): Promise<string[]> {
    const sources = await everyPage<Source>(this.#http, '/policy/api/v1/aaa/ldap-identity-sources')
    return sources.map(({ id }) => id)
  }

  create(subject: Partial<RoleBinding>, paths: PathChange[]): Promise<RoleBinding> {
    const body = { ...subject, roles_for_paths: paths, read_roles_for_paths: true }
    return firstValueFrom(this.#http.post<RoleBinding>(bindings, body))
  }

  change({ id, name, type, _revision }: RoleBinding, paths: PathChange[]): Promise<RoleBinding> {
    const body = { name, type, _revision, roles_for_paths: paths, read_roles_for_paths: true }
    return firstValueFrom(this.#http.put<RoleBinding>(`${bindings}/${encodeURIComponent(id)}`, body))
  }

  remove({ id }: RoleBinding): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${bindings}/${encodeURIComponent(id)}`, { responseType: 'text' }))
  }

  createIdentity(
    identity: { name: string; node_id: string; certificate_pem: string },
    paths: PathChange[],
  ): Promise<PrincipalIdentity> {
    const body = { ...identity, roles_for_paths: paths }
    return firstValueFrom(this.#http.post<PrincipalIdentity>(`${identities}/with-certificate`, body))
  }

  removeIdentity({ id }: RoleBinding): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${identities}/${encodeURIComponent(id)}`, { responseType: 'text' }))
  }
}
