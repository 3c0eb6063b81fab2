import { anyType, boolean, dateTime, enumeration, int, reference, string, type TypedValue } from './basic.ts'
import { dataObject, type Fields, list, optional, type VimType } from './vim-type.ts'

/** An event of whichever type. Only written. */
export const event: VimType<TypedValue> = { ...anyType, name: 'Event' }

const eventFields = {
  key: int,
  chainId: int,
  createdTime: dateTime,
  userName: string,
  fullFormattedMessage: optional(string),
}

const anEvent = <F extends Fields>(name: string, fields: F) => dataObject(name, { ...eventFields, ...fields })

const roleArgument = dataObject('RoleEventArgument', { roleId: int, name: string })
const permissionFields = {
  entity: dataObject('ManagedEntityEventArgument', { name: string, entity: reference }),
  principal: string,
  group: boolean,
}
const given = { role: roleArgument, propagate: boolean }

export const events = {
  UserLoginSessionEvent: anEvent('UserLoginSessionEvent', {
    ipAddress: string,
    userAgent: optional(string),
    locale: string,
    sessionId: string,
  }),
  UserLogoutSessionEvent: anEvent('UserLogoutSessionEvent', {
    ipAddress: optional(string),
    userAgent: optional(string),
  }),
  BadUsernameSessionEvent: anEvent('BadUsernameSessionEvent', { ipAddress: string }),
  RoleAddedEvent: anEvent('RoleAddedEvent', { role: roleArgument, privilegeList: list(string) }),
  RoleUpdatedEvent: anEvent('RoleUpdatedEvent', {
    role: roleArgument,
    privilegeList: list(string),
    prevRoleName: optional(string),
    privilegesAdded: list(string),
    privilegesRemoved: list(string),
  }),
  RoleRemovedEvent: anEvent('RoleRemovedEvent', { role: roleArgument }),
  PermissionAddedEvent: anEvent('PermissionAddedEvent', { ...permissionFields, ...given }),
  PermissionUpdatedEvent: anEvent('PermissionUpdatedEvent', {
    ...permissionFields,
    ...given,
    prevRole: optional(roleArgument),
    prevPropagate: optional(boolean),
  }),
  PermissionRemovedEvent: anEvent('PermissionRemovedEvent', permissionFields),
}
export type EventName = keyof typeof events

export const eventFilterSpec = dataObject('EventFilterSpec', {
  entity: optional(
    dataObject('EventFilterSpecByEntity', {
      entity: reference,
      recursion: enumeration('EventFilterSpecRecursionOption', ['self', 'children', 'all']),
    }),
  ),
  time: optional(dataObject('EventFilterSpecByTime', { beginTime: optional(dateTime), endTime: optional(dateTime) })),
  userName: optional(dataObject('EventFilterSpecByUsername', { systemUser: boolean, userList: list(string) })),
  eventChainId: optional(int),
  alarm: optional(reference),
  scheduledTask: optional(reference),
  disableFullMessage: optional(boolean),
  category: list(string),
  type: list(string),
  tag: list(string),
  eventTypeId: list(string),
  maxCount: optional(int),
  delayedInit: optional(boolean),
})
