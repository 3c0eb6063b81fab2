import { displayName, principalKey, ssoDomain } from '../../../access/vcenter/principal.ts'
import { fullNameOf } from '../../../access/vcenter/sso/user.ts'
import { parseSignInName } from '../../../access/vcenter/sso/user-name.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method, property } from './managed-type.ts'
import { boolean, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { dataObject, list, optional } from './types/vim-type.ts'

const userSearchResult = dataObject('UserSearchResult', {
  principal: string,
  fullName: optional(string),
  group: boolean,
})

/** The users and groups of vCenter's own domain; directories elsewhere are not searched. */
export const userDirectory: ManagedType = {
  name: 'UserDirectory',
  base: managedObject,
  properties: {
    domainList: property(list(string), 'System.View', () => [ssoDomain.toUpperCase()]),
  },
  methods: {
    RetrieveUserGroups: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: {
        domain: optional(string),
        searchStr: string,
        belongsToGroup: optional(string),
        belongsToUser: optional(string),
        exactMatch: boolean,
        findUsers: boolean,
        findGroups: boolean,
      },
      result: list(userSearchResult),
      run({ services }, { domain, searchStr, belongsToGroup, belongsToUser, exactMatch, findUsers, findGroups }) {
        const { ssoDirectory } = services
        if (domain !== undefined && domain !== '' && domain.toLowerCase() !== ssoDomain) {
          throw vimFault('NotFound', '', {})
        }
        const wanted = searchStr.toLowerCase()
        const matches = (name: string) => {
          const at = name.toLowerCase()
          return exactMatch ? at === wanted : at.includes(wanted)
        }
        /** Groups of which one must be among those that a user or group is in itself. */
        const within = belongsToGroup === undefined ? undefined : keyOf(belongsToGroup)
        const belongs = (type: 'user' | 'group', name: string) =>
          within === undefined || ssoDirectory.directGroupsOf(type, principalKey(name, ssoDomain)).has(within)
        const groupsOfUser =
          belongsToUser === undefined ? undefined : ssoDirectory.directGroupsOf('user', keyOf(belongsToUser))

        const users = findUsers ? ssoDirectory.users().filter(({ name }) => matches(name) && belongs('user', name)) : []
        const groups = findGroups
          ? ssoDirectory
              .groups()
              .filter(({ name }) => matches(name) && belongs('group', name))
              .filter(({ name }) => groupsOfUser?.has(principalKey(name, ssoDomain)) ?? true)
          : []
        return [
          ...users.map((user) => ({ principal: named(user.name), fullName: fullNameOf(user), group: false })),
          ...groups.map(({ name, description }) => ({ principal: named(name), fullName: description, group: true })),
        ]
      },
    }),
  },
}

const named = (name: string) => displayName({ name, domain: ssoDomain })

function keyOf(text: string): string {
  const { name, domain } = parseSignInName(text)
  return principalKey(name, domain)
}
