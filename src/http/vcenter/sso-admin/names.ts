import { principalKey, ssoDomain } from '../../../access/vcenter/principal.ts'
import type { SsoGroup } from '../../../access/vcenter/sso/directory.ts'
import type { SsoUserState } from '../../../access/vcenter/sso/users.ts'
import type { SdkCall } from '../sdk/call.ts'
import { invalid, type ValueOf } from '../sdk/types/vim-type.ts'
import type { group, personUser, principalId, user } from './types.ts'

type PrincipalId = ValueOf<typeof principalId>

export const isOurs = (domain: string): boolean => domain.toLowerCase() === ssoDomain

/** Clients write the names of the domain's own users and groups with and without it. @throws {AccessError} `invalid_field` */
export function ownName(text: string, field: string): string {
  const at = text.lastIndexOf('@')
  if (at < 0) return text
  if (!isOurs(text.slice(at + 1))) throw invalid(field, `is not of the domain ${ssoDomain}`)
  return text.slice(0, at)
}

export const idOf = (name: string): PrincipalId => ({ name, domain: ssoDomain })

export const wirePerson = ({ user, locked }: SsoUserState): ValueOf<typeof personUser> => ({
  id: idOf(user.name),
  details: {
    description: user.description,
    emailAddress: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
  },
  disabled: user.disabled === 1,
  locked,
})

export const wireUser = ({ user: { name, description } }: SsoUserState): ValueOf<typeof user> => ({
  id: idOf(name),
  kind: 'person',
  description,
})

export const wireGroup = ({ name, description }: Pick<SsoGroup, 'name' | 'description'>): ValueOf<typeof group> => ({
  id: idOf(name),
  details: { description },
})

/** A user of our own domain; undefined: there is none, or the domain is another one. */
export function findPerson({ services, now }: SdkCall, { name, domain }: PrincipalId): SsoUserState | undefined {
  if (!isOurs(domain)) return undefined
  return services.ssoDirectory.userNamed(name) && services.ssoUsers.read(name, now)
}

/** A text matches whatever has it in it, whatever the case; an empty one, everything. */
export const matches = (search: string, ...texts: string[]): boolean =>
  texts.some((text) => text.toLowerCase().includes(search.toLowerCase()))

/** The first of them. @param limit How many; less than none: all. */
export const firstOf = <T>(found: readonly T[], limit: number): T[] => (limit < 0 ? [...found] : found.slice(0, limit))

/** All groups of our own domain that somebody is in, those of groups included, in the order of their names. */
export function groupsAround({ services }: SdkCall, type: 'user' | 'group', id: PrincipalId): SsoGroup[] {
  const around = services.ssoDirectory.groupsOf(type, principalKey(id.name, id.domain))
  return services.ssoDirectory.groups().filter(({ name }) => around.has(principalKey(name, ssoDomain)))
}
