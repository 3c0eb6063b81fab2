import type { VcenterEvent } from '../../../../access/vcenter/events/event.ts'
import { displayName } from '../../../../access/vcenter/principal.ts'
import { defaultLocale } from '../../../../access/vcenter/sessions.ts'
import type { SdkCall } from '../call.ts'
import { referenceOf } from '../errors.ts'
import type { TypedValue } from '../types/basic.ts'
import { type EventName, events } from '../types/event.ts'
import type { ValueOf } from '../types/vim-type.ts'

/** Which type of vim25 an event is of. */
export function eventNameOf({ what }: VcenterEvent): EventName {
  switch (what.kind) {
    case 'signed-in':
      return 'UserLoginSessionEvent'
    case 'signed-out':
      return 'UserLogoutSessionEvent'
    case 'sign-in-refused':
      return 'BadUsernameSessionEvent'
    case 'role':
      if (!what.before) return 'RoleAddedEvent'
      return what.after ? 'RoleUpdatedEvent' : 'RoleRemovedEvent'
    case 'permission':
      if (!what.before) return 'PermissionAddedEvent'
      return what.after ? 'PermissionUpdatedEvent' : 'PermissionRemovedEvent'
  }
}

export const categories = { info: 'Info', warning: 'Warning', error: 'Error', user: 'User' }

export const categoryOf = (name: EventName): keyof typeof categories =>
  name === 'BadUsernameSessionEvent' ? 'error' : 'info'

/** What each type of event says; words in braces are its fields. */
export const messages: Record<EventName, string> = {
  UserLoginSessionEvent: 'User {userName}@{ipAddress} logged in as {userAgent}',
  UserLogoutSessionEvent: 'User {userName}@{ipAddress} logged out',
  BadUsernameSessionEvent: 'Cannot login {userName}@{ipAddress}',
  RoleAddedEvent: 'New role {role} created',
  RoleUpdatedEvent: 'Role {prevRoleName} modified: it is named {role}',
  RoleRemovedEvent: 'Role {role} removed',
  PermissionAddedEvent: 'Permission created for {principal} on {entity}, role is {role}, propagation is {propagate}',
  PermissionUpdatedEvent: 'Permission changed for {principal} on {entity}, role is {role}, propagation is {propagate}',
  PermissionRemovedEvent: 'Permission rule removed for {principal} on {entity}',
}

/** An event as vim25 has it. @param message Whether it says in words what happened. */
export function wireEvent(event: VcenterEvent, call: SdkCall, message = true): TypedValue {
  const name = eventNameOf(event)
  const { key, chainId, at: createdTime, user: userName } = event
  const told = { key, chainId, createdTime, userName, ...ownFields(event, call) }
  const text = message ? { fullFormattedMessage: inWords(name, told) } : {}
  return { type: events[name], value: { ...told, ...text } }
}

function inWords(name: EventName, told: Record<string, unknown>): string {
  return messages[name].replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = told[field]
    if (typeof value === 'boolean') return value ? 'Enabled' : 'Disabled'
    return typeof value === 'object' ? (value as { name: string }).name : String(value)
  })
}

function ownFields({ what }: VcenterEvent, call: SdkCall): Record<string, unknown> {
  if (what.kind === 'role') {
    const { before, after } = what
    const { id: roleId, name, privileges } = (after ?? before)!
    const role = { roleId, name }
    const had = new Set(before?.privileges)
    const has = new Set(after?.privileges)
    return {
      role,
      privilegeList: privileges,
      prevRoleName: before?.name,
      privilegesAdded: [...has].filter((one) => !had.has(one)),
      privilegesRemoved: [...had].filter((one) => !has.has(one)),
    }
  }
  if (what.kind === 'permission') {
    const { before, after } = what
    const { objectId, name, domain, group, roleId, propagate } = (after ?? before)!
    const entity = referenceOf(call, objectId)
    return {
      entity: { name: call.services.vsphere.find(entity.id)?.name ?? entity.id, entity },
      principal: displayName({ name, domain }),
      group,
      role: roleArgument(roleId, call),
      propagate,
      ...(before && { prevRole: roleArgument(before.roleId, call), prevPropagate: before.propagate }),
    }
  }
  // Which session it was is not recorded.
  return { ipAddress: what.source, userAgent: what.agent, locale: defaultLocale, sessionId: '' }
}

/** A role that is gone is known by its number alone. */
const roleArgument = (roleId: number, { services }: SdkCall): ValueOf<typeof events.RoleAddedEvent>['role'] => ({
  roleId,
  name: services.vcenterRoles.known(roleId)?.name ?? String(roleId),
})
