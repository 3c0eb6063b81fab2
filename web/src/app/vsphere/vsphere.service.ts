import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import type {
  AllowedPrincipal,
  Explanation,
  HeldPrivileges,
  InventoryObject,
  ObjectInPlace,
  ObjectPermissions,
  Permission,
  Place,
  Principal,
  PrivilegeGroup,
  Role,
  RoleWithPrivileges,
  TreeObject,
} from './vsphere.ts'

const own = '/sallyport/v1/vcenter'
const authorization = '/api/vcenter/authorization'

export interface GivenRole {
  role: string
  propagating: boolean
}

export interface RoleFields {
  name: string
  description: string
  privileges: string[]
}

type Query = Record<string, string | number>

const id = encodeURIComponent
const cursorIn = (cursor: string | undefined): Query => (cursor === undefined ? {} : { cursor })
const asked = ({ type, name, domain }: Principal): Query => ({ principal_type: type, principal: name, domain })

/** The inventory of vCenter, its permissions and roles, and who may do what. */
@Injectable({ providedIn: 'root' })
export class VsphereService {
  readonly #http = inject(HttpClient)

  #get<T>(path: string, params: Query = {}): Promise<T> {
    return firstValueFrom(this.#http.get<T>(`${own}${path}`, { params }))
  }

  object(object: string): Promise<ObjectInPlace> {
    return this.#get(`/objects/${id(object)}`)
  }

  find(name: string): Promise<{ objects: ObjectInPlace[]; all: boolean }> {
    return this.#get('/objects', { name, limit: 20 })
  }

  children(object: string, cursor?: string): Promise<{ children: TreeObject[]; next_cursor?: string }> {
    return this.#get(`/objects/${id(object)}/children`, cursorIn(cursor))
  }

  permissions(object: string, cursor?: string): Promise<ObjectPermissions> {
    return this.#get(`/objects/${id(object)}/permissions`, cursorIn(cursor))
  }

  add(object: InventoryObject, principal: Principal, { role, propagating }: GivenRole): Promise<unknown> {
    const body = { object: { type: object.type, id: object.id }, principal, role, propagating }
    return firstValueFrom(this.#http.post(`${authorization}/permissions`, body))
  }

  change(permission: string, { role, propagating }: GivenRole): Promise<unknown> {
    const body = { role, is_propagating: propagating }
    return firstValueFrom(this.#http.patch(`${authorization}/permissions/${id(permission)}`, body))
  }

  remove(permission: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${authorization}/permissions/${id(permission)}`))
  }

  async roles(): Promise<Role[]> {
    return (await this.#get<{ roles: Role[] }>('/roles')).roles
  }

  role(role: string): Promise<RoleWithPrivileges> {
    return this.#get(`/roles/${id(role)}`)
  }

  usage(role: string, cursor?: string): Promise<{ permissions: Permission[]; next_cursor?: string }> {
    return this.#get(`/roles/${id(role)}/permissions`, cursorIn(cursor))
  }

  createRole(fields: RoleFields): Promise<unknown> {
    return firstValueFrom(this.#http.post(`${authorization}/roles`, fields))
  }

  changeRole(role: string, fields: RoleFields): Promise<unknown> {
    return firstValueFrom(this.#http.patch(`${authorization}/roles/${id(role)}`, fields))
  }

  removeRole(role: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`${authorization}/roles/${id(role)}`))
  }

  async privileges(): Promise<PrivilegeGroup[]> {
    return (await this.#get<{ groups: PrivilegeGroup[] }>('/privileges')).groups
  }

  async principals(name: string): Promise<(Principal & { description: string })[]> {
    const { principals } = await this.#get<{ principals: (Principal & { description: string })[] }>('/principals', {
      name,
    })
    return principals
  }

  explain(principal: Principal, object: string, privilege: string): Promise<Explanation> {
    return this.#get('/access/explanation', { ...asked(principal), object, privilege })
  }

  whoMay(object: string, privilege: string, cursor?: string) {
    return this.#get<{ principals: AllowedPrincipal[]; next_cursor?: string }>('/access/principals', {
      object,
      privilege,
      ...cursorIn(cursor),
    })
  }

  where(principal: Principal, privilege: string, cursor?: string) {
    return this.#get<{ objects: Place[]; next_cursor?: string }>('/access/objects', {
      ...asked(principal),
      privilege,
      ...cursorIn(cursor),
    })
  }

  privilegesOf(principal: Principal, object: string): Promise<HeldPrivileges> {
    return this.#get('/access/privileges', { ...asked(principal), object })
  }
}
