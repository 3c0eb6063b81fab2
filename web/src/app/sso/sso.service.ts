import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom, type Observable } from 'rxjs'
import type { ListedGroup, SsoGroup, SsoMember, SsoUser } from './sso.ts'

const users = '/sallyport/v1/sso/users'
const groups = '/sallyport/v1/sso/groups'

type UserFields = Partial<Pick<SsoUser, 'first_name' | 'last_name' | 'email' | 'description' | 'disabled'>>

const at = (url: string, { name }: { name: string }) => `${url}/${encodeURIComponent(name)}`
const once = <T>(answer: Observable<T>): Promise<T> => firstValueFrom(answer)

/** The calls about users and groups of vsphere.local. */
@Injectable({ providedIn: 'root' })
export class SsoService {
  readonly #http = inject(HttpClient)

  users = async (): Promise<SsoUser[]> => (await once(this.#http.get<{ users: SsoUser[] }>(users))).users

  /** All groups the user is in, those of groups included. */
  groupsOf = async (user: SsoUser): Promise<string[]> =>
    (await once(this.#http.get<{ groups: string[] }>(at(users, user)))).groups

  createUser = (fields: UserFields & { name: string; password: string; password_must_change: boolean }) =>
    once(this.#http.post<SsoUser>(users, fields))
  changeUser = (user: SsoUser, fields: UserFields) => once(this.#http.patch<SsoUser>(at(users, user), fields))
  removeUser = (user: SsoUser) => once(this.#http.delete(at(users, user)))
  unlock = (user: SsoUser) => once(this.#http.post<SsoUser>(`${at(users, user)}/unlock`, null))
  resetPassword = (user: SsoUser, fields: { password: string; password_must_change: boolean }) =>
    once(this.#http.post<SsoUser>(`${at(users, user)}/reset-password`, fields))

  groups = async (): Promise<ListedGroup[]> => (await once(this.#http.get<{ groups: ListedGroup[] }>(groups))).groups
  members = async (name: string): Promise<SsoMember[]> =>
    (await once(this.#http.get<{ members: SsoMember[] }>(at(groups, { name })))).members
  createGroup = (fields: { name: string; description: string }) => once(this.#http.post<SsoGroup>(groups, fields))
  describe = (group: SsoGroup, description: string) =>
    once(this.#http.patch<SsoGroup>(at(groups, group), { description }))
  removeGroup = (group: SsoGroup) => once(this.#http.delete(at(groups, group)))
  addMember = (group: SsoGroup, member: SsoMember) =>
    once(this.#http.post<SsoMember>(`${at(groups, group)}/members`, member))
  removeMember = (group: SsoGroup, { type, name, domain }: SsoMember) =>
    once(this.#http.delete(`${at(groups, group)}/members/${type}/${encodeURIComponent(`${name}@${domain}`)}`))
}
