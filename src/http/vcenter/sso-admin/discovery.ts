import { principalKey, ssoDomain } from '../../../access/vcenter/principal.ts'
import type { SsoUserState } from '../../../access/vcenter/sso/users.ts'
import type { SdkCall } from '../sdk/call.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { type ManagedType, method } from '../sdk/managed-type.ts'
import { int, string } from '../sdk/types/basic.ts'
import { list, type ValueOf } from '../sdk/types/vim-type.ts'
import { findPerson, firstOf, groupsAround, isOurs, matches, wireGroup, wirePerson, wireUser } from './names.ts'
import { criteria, group, personUser, principalId, solutionUser, user } from './types.ts'

const requires = 'sso-administrator'
const found = { criteria, limit: int }
const within = { groupId: principalId, searchString: string, limit: int }
type Within = { groupId: ValueOf<typeof principalId>; searchString: string; limit: number }

/** Domains of others are not searched: their directories are asked for single names only. `localos` has nobody. */
function people(call: SdkCall, { searchString, domain }: ValueOf<typeof criteria>): SsoUserState[] {
  if (!isOurs(domain)) return []
  const all = call.services.ssoUsers.list(call.now)
  return all.filter(({ user }) => matches(searchString, user.name, user.firstName, user.lastName))
}

function membersOf({ services }: SdkCall, { groupId, searchString, limit }: Within, type: 'user' | 'group') {
  if (!isOurs(groupId.domain)) return []
  const { members } = services.ssoGroups.read(groupId.name)
  const own = members.filter((one) => one.type === type && matches(searchString, one.name))
  return firstOf(own, limit)
}

/** Members of other domains are known by their names only. */
const memberAsUser = (call: SdkCall, { name, domain }: ValueOf<typeof principalId>): ValueOf<typeof user> => {
  const own = findPerson(call, { name, domain })
  return own ? wireUser(own) : { id: { name, domain }, kind: 'person' }
}

/** @see the published definitions of urn:sso, PrincipalDiscoveryService */
export const principalDiscovery: ManagedType = {
  name: 'SsoAdminPrincipalDiscoveryService',
  base: managedObject,
  properties: {},
  methods: {
    FindPersonUser: method({
      requires,
      parameters: { userId: principalId },
      result: personUser,
      run(call, { userId }) {
        const found = findPerson(call, userId)
        return found && wirePerson(found)
      },
    }),
    FindUser: method({
      requires,
      parameters: { userId: principalId },
      result: user,
      async run(call, { userId }) {
        const own = findPerson(call, userId)
        if (own) return wireUser(own)
        if (isOurs(userId.domain)) return undefined
        const { name, domain } = userId
        const there = await call.services.principalLookup.user(name, domain)
        return there && { id: { name: there.name, domain: there.domain }, kind: 'person' }
      },
    }),
    FindGroup: method({
      requires,
      parameters: { groupId: principalId },
      result: group,
      async run({ services }, { groupId: { name, domain } }) {
        if (isOurs(domain)) {
          const own = services.ssoDirectory.groupNamed(name)
          return own && wireGroup(own)
        }
        if (!(await services.principalLookup.exists(name, domain, true))) return undefined
        return { id: { name, domain }, details: {} }
      },
    }),
    FindPersonUsers: method({
      requires,
      parameters: found,
      result: list(personUser),
      run: (call, { criteria, limit }) => firstOf(people(call, criteria), limit).map(wirePerson),
    }),
    FindUsers: method({
      requires,
      parameters: found,
      result: list(user),
      run: (call, { criteria, limit }) => firstOf(people(call, criteria), limit).map(wireUser),
    }),
    FindSolutionUsers: method({
      requires,
      parameters: { searchString: string, limit: int },
      result: list(solutionUser),
      run: () => [],
    }),
    FindSolutionUser: method({
      requires,
      parameters: { userName: string },
      result: solutionUser,
      run: (): undefined => undefined,
    }),
    FindGroups: method({
      requires,
      parameters: found,
      result: list(group),
      run({ services }, { criteria: { searchString, domain }, limit }) {
        if (!isOurs(domain)) return []
        return firstOf(
          services.ssoGroups.list().filter(({ name }) => matches(searchString, name)),
          limit,
        ).map(wireGroup)
      },
    }),
    FindUsersInGroup: method({
      requires,
      parameters: within,
      result: list(user),
      run: (call, asked) => membersOf(call, asked, 'user').map((one) => memberAsUser(call, one)),
    }),
    FindPersonUsersInGroup: method({
      requires,
      parameters: within,
      result: list(personUser),
      run: (call, asked) =>
        membersOf(call, asked, 'user')
          .map((one) => findPerson(call, one))
          .filter((one) => one !== undefined)
          .map(wirePerson),
    }),
    FindGroupsInGroup: method({
      requires,
      parameters: within,
      result: list(group),
      run: (call, asked) =>
        membersOf(call, asked, 'group').map(({ name, domain }) => {
          const own = isOurs(domain) ? call.services.ssoDirectory.groupNamed(name) : undefined
          return own ? wireGroup(own) : { id: { name, domain }, details: {} }
        }),
    }),
    FindDirectParentGroups: method({
      requires,
      parameters: { principalId },
      result: list(group),
      run({ services }, { principalId: { name, domain } }) {
        const type = isOurs(domain) && services.ssoDirectory.groupNamed(name) ? 'group' : 'user'
        const around = services.ssoDirectory.directGroupsOf(type, principalKey(name, domain))
        return services.ssoGroups
          .list()
          .filter((one) => around.has(principalKey(one.name, ssoDomain)))
          .map(wireGroup)
      },
    }),
    FindNestedParentGroups: method({
      requires,
      parameters: { userId: principalId },
      result: list(group),
      run: (call, { userId }) => groupsAround(call, 'user', userId).map(wireGroup),
    }),
  },
}
