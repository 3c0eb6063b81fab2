import { boolean, int, reference, string } from './basic.ts'
import { dataObject, list, optional } from './vim-type.ts'

export const authorizationPrivilege = dataObject('AuthorizationPrivilege', {
  privId: string,
  onParent: boolean,
  name: string,
  privGroupName: string,
})

const labels = { label: string, summary: string }

export const authorizationRole = dataObject('AuthorizationRole', {
  roleId: int,
  system: boolean,
  name: string,
  info: dataObject('Description', labels),
  privilege: list(string),
})

const elementDescription = dataObject('ElementDescription', { ...labels, key: string })

export const authorizationDescription = dataObject('AuthorizationDescription', {
  privilege: list(elementDescription),
  privilegeGroup: list(elementDescription),
})

export const permission = dataObject('Permission', {
  entity: optional(reference),
  principal: string,
  group: boolean,
  roleId: int,
  propagate: boolean,
})

export const entityPrivilege = dataObject('EntityPrivilege', {
  entity: reference,
  privAvailability: list(dataObject('PrivilegeAvailability', { privId: string, isGranted: boolean })),
})

export const userPrivilegeResult = dataObject('UserPrivilegeResult', {
  entity: reference,
  privileges: list(string),
})
