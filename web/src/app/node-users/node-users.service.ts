import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import { everyPage } from '../shared/every-page.ts'
import type { Node, NodeUser, Realm, SshKey } from './node-users.ts'

const api = '/api/v1'

interface Listed {
  id: string
  display_name: string
}

interface UserFields {
  username?: string
  full_name?: string
  password?: string
  old_password?: string
  password_change_frequency?: number
  password_change_warning?: number
}

/** The calls about local users and their SSH keys. @see nsx-api.md 2, 3 */
@Injectable({ providedIn: 'root' })
export class NodeUsersService {
  readonly #http = inject(HttpClient)

  async realms(): Promise<Realm[]> {
    const [managers, edges] = await Promise.all([
      everyPage<Listed>(this.#http, `${api}/cluster/nodes`),
      everyPage<Listed>(this.#http, `${api}/transport-nodes`, { node_types: 'EdgeNode' }),
    ])
    const node = (prefix: string, { id, display_name: name }: Listed): Node => ({
      id,
      name,
      url: `${api}/${prefix}/${encodeURIComponent(id)}/node`,
    })
    const cluster = {
      id: '',
      name: 'NSX Managers',
      isEdge: false,
      url: `${api}/node`,
      nodes: managers.map((manager) => node('cluster', manager)),
    }
    const others = edges.map((edge) => {
      const only = node('transport-nodes', edge)
      return { ...only, isEdge: true, nodes: [only] }
    })
    return [cluster, ...others]
  }

  async list({ url }: Realm): Promise<NodeUser[]> {
    return (await firstValueFrom(this.#http.get<{ results: NodeUser[] }>(`${url}/users`))).results
  }

  create(realm: Realm, fields: UserFields): Promise<NodeUser> {
    return this.#act(`${realm.url}/users`, 'create_user', fields)
  }

  createAudit(realm: Realm, fields: UserFields): Promise<NodeUser> {
    return this.#act(`${realm.url}/users`, 'create_audit_user', fields)
  }

  change(realm: Realm, { userid }: NodeUser, fields: UserFields): Promise<NodeUser> {
    return firstValueFrom(this.#http.put<NodeUser>(`${realm.url}/users/${userid}`, fields))
  }

  /** Edges have no call for it, but give the first password to whoever has none. @see nsx-api.md 4.1 */
  activate(realm: Realm, user: NodeUser, password: string): Promise<NodeUser> {
    if (realm.isEdge) return this.change(realm, user, { old_password: '', password })
    return this.#act(`${realm.url}/users/${user.userid}`, 'activate', { password })
  }

  deactivate(realm: Realm, { userid }: NodeUser): Promise<NodeUser> {
    return this.#act(`${realm.url}/users/${userid}`, 'deactivate')
  }

  resetPassword(realm: Realm, { userid }: NodeUser, password: string): Promise<unknown> {
    return this.#act(`${realm.url}/users/${userid}`, 'reset_password', { password })
  }

  remove(realm: Realm, { userid }: NodeUser): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${realm.url}/users/${userid}`, { responseType: 'text' }))
  }

  async keys({ url }: Node, { userid }: NodeUser): Promise<SshKey[]> {
    return (await firstValueFrom(this.#http.get<{ results: SshKey[] }>(`${url}/users/${userid}/ssh-keys`))).results
  }

  /** @param password The user's own, for root and admin. */
  addKey({ url }: Node, { userid }: NodeUser, key: SshKey, password?: string): Promise<unknown> {
    return this.#act(`${url}/users/${userid}/ssh-keys`, 'add_ssh_key', { ...key, ...(password ? { password } : {}) })
  }

  removeKey({ url }: Node, { userid }: NodeUser, label: string, password?: string): Promise<unknown> {
    return this.#act(`${url}/users/${userid}/ssh-keys`, 'remove_ssh_key', { label, ...(password ? { password } : {}) })
  }

  /** Some of these calls answer nothing at all. */
  #act<T>(url: string, action: string, body: object | null = null): Promise<T> {
    return firstValueFrom(this.#http.post<T>(url, body, { params: { action } }))
  }
}
