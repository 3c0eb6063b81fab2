import { AccessError } from '../../../access/errors.ts'
import type { GroupMember } from '../../../access/vcenter/sso/groups.ts'
import type { SdkCall } from '../sdk/call.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { type ManagedType, type Method, method } from '../sdk/managed-type.ts'
import { boolean, string } from '../sdk/types/basic.ts'
import { list, secret, type ValueOf } from '../sdk/types/vim-type.ts'
import { ownName } from './names.ts'
import { groupDetails, personDetails, principalId } from './types.ts'

const requires = 'sso-administrator'
const changes = true
const nothing = { answer: () => undefined }

/** Details are given whole: what is absent is empty. */
const fieldsOf = ({ description, emailAddress, firstName, lastName }: ValueOf<typeof personDetails>) => ({
  description: description ?? '',
  email: emailAddress ?? '',
  firstName: firstName ?? '',
  lastName: lastName ?? '',
})

const membersOf = (type: GroupMember['type'], ids: readonly ValueOf<typeof principalId>[]): GroupMember[] =>
  ids.map(({ name, domain }) => ({ type, name, domain }))

function adding(type: GroupMember['type'], ids: 'userIds' | 'groupIds'): Method {
  return method({
    requires,
    changes,
    parameters: { [ids]: list(principalId), groupName: string },
    result: list(boolean),
    run(call: SdkCall, args: Record<string, unknown>) {
      const given = args[ids] as ValueOf<typeof principalId>[]
      const name = ownName(args.groupName as string, 'groupName')
      return call.services.ssoGroups.addMembers(call, name, membersOf(type, given))
    },
  })
}

function addingOne(type: GroupMember['type'], id: 'userId' | 'groupId'): Method {
  return method({
    requires,
    changes,
    parameters: { [id]: principalId, groupName: string },
    result: boolean,
    run(call: SdkCall, args: Record<string, unknown>) {
      const given = args[id] as ValueOf<typeof principalId>
      const name = ownName(args.groupName as string, 'groupName')
      return call.services.ssoGroups.addMembers(call, name, membersOf(type, [given]))
    },
    answer: ([added]: boolean[]) => added,
  })
}

const userAction = (run: (call: SdkCall, name: string) => Promise<unknown>): Method =>
  method({
    requires,
    changes,
    parameters: { userId: principalId },
    result: boolean,
    run: (call, { userId: { name, domain } }) => run(call, ownName(`${name}@${domain}`, 'userId.domain')),
    answer: () => true,
  })

/** @see the published definitions of urn:sso, PrincipalManagementService */
export const principalManagement: ManagedType = {
  name: 'SsoAdminPrincipalManagementService',
  base: managedObject,
  properties: {},
  methods: {
    CreateLocalPersonUser: method({
      requires,
      changes,
      parameters: { userName: string, userDetails: personDetails, password: secret(string) },
      run: (call, { userName, userDetails, password }) =>
        call.services.ssoUsers.create(call, ownName(userName, 'userName'), fieldsOf(userDetails), password, false),
      ...nothing,
    }),
    UpdateLocalPersonUserDetails: method({
      requires,
      changes,
      parameters: { userName: string, userDetails: personDetails },
      run: (call, { userName, userDetails }) =>
        call.services.ssoUsers.update(call, ownName(userName, 'userName'), fieldsOf(userDetails)),
      ...nothing,
    }),
    ResetLocalPersonUserPassword: method({
      requires,
      changes,
      parameters: { userName: string, newPassword: secret(string) },
      run: (call, { userName, newPassword }) =>
        call.services.ssoUsers.resetPassword(call, ownName(userName, 'userName'), newPassword, false),
      ...nothing,
    }),
    EnableUserAccount: userAction((call, name) => call.services.ssoUsers.update(call, name, { disabled: false })),
    DisableUserAccount: userAction((call, name) => call.services.ssoUsers.update(call, name, { disabled: true })),
    UnlockUserAccount: userAction((call, name) => call.services.ssoUsers.unlock(call, name)),
    CreateLocalGroup: method({
      requires,
      changes,
      parameters: { groupName: string, groupDetails },
      run: (call, { groupName, groupDetails: { description } }) =>
        call.services.ssoGroups.create(call, ownName(groupName, 'groupName'), description ?? ''),
      ...nothing,
    }),
    UpdateLocalGroupDetails: method({
      requires,
      changes,
      parameters: { groupName: string, groupDetails },
      run: (call, { groupName, groupDetails: { description } }) =>
        call.services.ssoGroups.describe(call, ownName(groupName, 'groupName'), description ?? ''),
      ...nothing,
    }),
    /** A user, or a group, of that name: one name is never both there. */
    DeleteLocalPrincipal: method({
      requires,
      changes,
      parameters: { principalName: string },
      run(call, { principalName }) {
        const { ssoDirectory, ssoUsers, ssoGroups } = call.services
        const name = ownName(principalName, 'principalName')
        const [user, group] = [ssoDirectory.userNamed(name), ssoDirectory.groupNamed(name)]
        if (user && group) {
          const message = `There are a user and a group ${name}: delete the one that is meant at /sallyport/v1/sso`
          throw new AccessError('in_use', message, { value: name })
        }
        return group ? ssoGroups.remove(call, name) : ssoUsers.remove(call, name)
      },
      ...nothing,
    }),
    AddUsersToLocalGroup: adding('user', 'userIds'),
    AddGroupsToLocalGroup: adding('group', 'groupIds'),
    AddUserToLocalGroup: addingOne('user', 'userId'),
    AddGroupToLocalGroup: addingOne('group', 'groupId'),
    RemovePrincipalsFromLocalGroup: method({
      requires,
      changes,
      parameters: { principalsIds: list(principalId), groupName: string },
      result: list(boolean),
      run: (call, { principalsIds, groupName }) =>
        call.services.ssoGroups.removeMembers(call, ownName(groupName, 'groupName'), principalsIds),
    }),
    RemoveFromLocalGroup: method({
      requires,
      changes,
      parameters: { principalId, groupName: string },
      result: boolean,
      run: (call, { principalId, groupName }) =>
        call.services.ssoGroups.removeMembers(call, ownName(groupName, 'groupName'), [principalId]),
      answer: ([removed]) => removed,
    }),
  },
}
