import { AccessError } from '../../../access/errors.ts'
import { granteeOf, type Permission, permissionId } from '../../../access/vcenter/authorization/permission.ts'
import { mostPermissions } from '../../../access/vcenter/inferred.ts'
import { globalRoot } from '../../../access/vcenter/object-tree.ts'
import { parsePrincipal, principalKey } from '../../../access/vcenter/principal.ts'
import { answering } from '../answering.ts'
import { operation } from '../vapi/operation.ts'
import { type Static, t } from '../vapi/types.ts'
import { roleToGive } from './permissions.ts'

const service = 'com.vmware.cis.authz.permission'

/** What the older service calls the global root. */
const globalResource = { type: 'PermissionFolder', id: 'global-permission' }
const document = ';doc=urn:acl:global:permissions'

const Principal = t.structure(`${service}.principal`, {
  type: t.enumeration(`${service}.principal.type`, 'USER', 'GROUP'),
  user_name: t.optional(t.string),
  group_name: t.optional(t.string),
})

const fields = {
  resource_id: t.dynamicId,
  principal: Principal,
  role_id: t.list(t.id),
  propagate: t.boolean,
}
const CreateSpec = t.structure(`${service}.create_spec`, fields)
const Info = t.structure(`${service}.info`, { id: t.id, ...fields })

const nameOf = ({ domain, name }: Permission) => `${domain}\\${name}`

const idOf = (permission: Permission) =>
  `${permission.group ? 'groupname' : 'username'}=${nameOf(permission)}${document}`

/** The id by which the permission is known elsewhere; that of none where it is no id of this service. */
function readId(id: string): string {
  const [, type, text = ''] = /^(username|groupname)=(.+)$/s.exec(id) ?? []
  if (type === undefined || !text.endsWith(document)) return id
  const { name, domain } = parsePrincipal(text.slice(0, -document.length))
  return permissionId({ objectId: globalRoot, grantee: granteeOf(type === 'groupname', principalKey(name, domain)) })
}

const infoOf = (permission: Permission): Static<typeof Info> => ({
  id: idOf(permission),
  resource_id: globalResource,
  principal: permission.group
    ? { type: 'GROUP', group_name: nameOf(permission) }
    : { type: 'USER', user_name: nameOf(permission) },
  role_id: [String(permission.roleId)],
  propagate: permission.propagate,
})

function requireGlobal({ type, id }: Static<typeof t.dynamicId>): void {
  if (type === globalResource.type && id === globalResource.id) return
  throw new AccessError('unsupported', 'This service has global permissions only', { field: 'resource_id', value: id })
}

const isOfGlobalRoot = { objects: [{ type: globalRoot, id: globalRoot }] }
const everything = { pageSize: mostPermissions }
const readable = { privilege: 'System.Read', on: 'the global root; nothing is listed without it' }
const modifiable = { privilege: 'Authorization.ModifyPermissions', on: 'the global root' }

const path = '/com/vmware/cis/authz/permission'
const onePath = `${path}/id:{id}`

/** Global permissions as clients of older releases know them. @see vcenter-api.md 2.6 */
export const globalPermissionOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the ids of the global permissions',
    input: {},
    output: t.list(t.id),
    requires: readable,
    reads: true,
    legacy: { method: 'GET', path },
    run: ({ vcenterPermissions }, call) => vcenterPermissions.list(call, isOfGlobalRoot, everything).items.map(idOf),
  }),
  operation({
    service,
    id: 'list_detail',
    summary: 'List the global permissions',
    input: {},
    output: t.list(Info),
    requires: readable,
    reads: true,
    legacy: { method: 'POST', path, action: 'list-detail' },
    run: ({ vcenterPermissions }, call) => vcenterPermissions.list(call, isOfGlobalRoot, everything).items.map(infoOf),
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a global permission',
    input: { id: t.id },
    output: Info,
    requires: { ...readable, on: 'the global root' },
    errors: ['not_found'],
    reads: true,
    legacy: { method: 'GET', path: onePath },
    run: ({ vcenterPermissions }, call, { id }) => infoOf(vcenterPermissions.find(call, readId(id))),
  }),
  operation({
    service,
    id: 'create',
    summary: 'Give a role globally to a user or group',
    input: { create_spec: CreateSpec },
    output: t.id,
    requires: { ...modifiable, on: 'the global root; and so every privilege of the role' },
    errors: ['already_exists', 'invalid_argument', 'unsupported', 'unable_to_allocate_resource'],
    legacy: { method: 'POST', path },
    async run({ vcenterPermissions }, call, { create_spec: { resource_id, principal, role_id, propagate } }) {
      requireGlobal(resource_id)
      const group = principal.type === 'GROUP'
      const { name, domain } = parsePrincipal((group ? principal.group_name : principal.user_name) ?? '')
      const [role, ...others] = role_id
      if (role === undefined || others.length > 0) {
        throw new AccessError('invalid_field', 'A permission has one role', { field: 'role_id' })
      }
      const given = { group, name, domain, roleId: roleToGive(role), propagate }
      const object = { type: globalRoot, id: globalRoot }
      return idOf(await vcenterPermissions.create(answering(call, idOf), object, given))
    },
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a global permission',
    input: { id: t.id },
    output: t.void,
    requires: modifiable,
    errors: ['not_found', 'resource_busy'],
    legacy: { method: 'DELETE', path: onePath },
    run: ({ vcenterPermissions }, call, { id }) => vcenterPermissions.remove(call, readId(id)),
  }),
]
