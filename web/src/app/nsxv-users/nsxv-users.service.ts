import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom, type Observable } from 'rxjs'
import { type NsxvUser, pathName, type ScopingObject } from './nsxv-users.ts'

const url = '/api/2.0/services/usermgmt'
/** Otherwise it answers in XML. */
const headers = { accept: 'application/json' }

export interface Assignment {
  role: string
  /** Ids of objects; none: everything. */
  resources: readonly string[]
}

const globalRoot = 'globalroot-0'

/** The calls about users of the NSX Manager for vSphere. @see nsxv-api.md 2.1 */
@Injectable({ providedIn: 'root' })
export class NsxvUsersService {
  readonly #http = inject(HttpClient)

  async list(): Promise<NsxvUser[]> {
    return (await this.#get<{ users: NsxvUser[] }>('users/vsm')).users
  }

  /** Roles that this NSX Manager knows. */
  roles(): Promise<string[]> {
    return this.#get<string[]>('roles')
  }

  /** What a role can be limited to, which everything is not. */
  async objects(): Promise<ScopingObject[]> {
    const { object } = await this.#get<{ object: ScopingObject[] }>('scopingobjects')
    return object.filter(({ objectId }) => objectId !== globalRoot)
  }

  assign(name: string, isGroup: boolean, assignment: Assignment): Promise<unknown> {
    return firstValueFrom(
      this.#http.post(this.#of('role', name), entryOf(assignment), { headers, params: { isGroup } }),
    )
  }

  change({ name }: NsxvUser, assignment: Assignment): Promise<unknown> {
    return firstValueFrom(this.#http.put(this.#of('role', name), entryOf(assignment), { headers }))
  }

  setEnabled({ name }: NsxvUser, enabled: boolean): Promise<unknown> {
    const call: Observable<unknown> = this.#http.put(`${this.#of('user', name)}/enablestate/${enabled ? 1 : 0}`, null, {
      headers,
    })
    return firstValueFrom(call)
  }

  remove({ name }: NsxvUser): Promise<unknown> {
    return firstValueFrom(this.#http.delete(this.#of('user', name), { headers }))
  }

  #get<T>(path: string): Promise<T> {
    return firstValueFrom(this.#http.get<T>(`${url}/${path}`, { headers }))
  }

  #of(what: 'role' | 'user', name: string): string {
    return `${url}/${what}/${encodeURIComponent(pathName(name))}`
  }
}

const entryOf = ({ role, resources }: Assignment) => ({
  role,
  resource: (resources.length > 0 ? resources : [globalRoot]).map((resourceId) => ({ resourceId })),
})
