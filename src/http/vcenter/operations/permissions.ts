import { AccessError } from '../../../access/errors.ts'
import { type Permission, permissionId } from '../../../access/vcenter/authorization/permission.ts'
import type { NamedPrincipal } from '../../../access/vcenter/authorization/permission-changes.ts'
import { readRoleId } from '../../../access/vcenter/authorization/vcenter-roles.ts'
import type { Services } from '../../../services.ts'
import { answering } from '../answering.ts'
import { operation } from '../vapi/operation.ts'
import { type Static, t } from '../vapi/types.ts'
import { iterationSpec, listResult, pageOf } from './pages.ts'

const service = 'com.vmware.vcenter.authorization.permissions'

const Principal = t.structure(`${service}.principal`, {
  type: t.enumeration(`${service}.principal.type`, 'USER', 'GROUP'),
  name: t.string,
  domain: t.optional(t.string),
})

const fields = { object: t.dynamicId, principal: Principal, role: t.id, propagating: t.boolean }
const Info = t.structure(`${service}.info`, fields)
const CreateSpec = t.structure(`${service}.create_spec`, fields)

const UpdateSpec = t.structure(`${service}.update_spec`, {
  role: t.optional(t.id),
  is_propagating: t.optional(t.boolean),
})

const FilterSpec = t.structure(`${service}.filter_spec`, {
  objects: t.optional(t.list(t.dynamicId)),
  principals: t.optional(t.list(Principal)),
  roles: t.optional(t.set(t.id)),
  is_propagating: t.optional(t.boolean),
})

const ListItem = t.structure(`${service}.list_item`, { permission: t.id, info: Info })

const namedPrincipal = ({ type, name, domain }: Static<typeof Principal>): NamedPrincipal => ({
  group: type === 'GROUP',
  name,
  domain,
})

function infoOf({ vcenterPermissions }: Services, permission: Permission): Static<typeof Info> {
  const { name, domain, group, roleId, propagate } = permission
  return {
    object: vcenterPermissions.objectOf(permission),
    principal: { type: group ? 'GROUP' : 'USER', name, domain },
    role: String(roleId),
    propagating: propagate,
  }
}

/** @throws {AccessError} `invalid_field` */
export function roleToGive(text: string): number {
  const roleId = readRoleId(text)
  if (roleId !== undefined) return roleId
  throw new AccessError('invalid_field', `There is no role ${text}`, { field: 'role', value: text })
}

const path = '/vcenter/authorization/permissions'

/** @see vcenter-api.md 2.2, 5.6 */
export const permissionOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the permissions that match all of the filter, on objects that the caller may read',
    input: { filter: t.optional(FilterSpec), iterate: t.optional(iterationSpec(service)) },
    output: listResult(service, ListItem),
    requires: { privilege: 'System.Read', on: 'the object of each permission that is listed' },
    errors: ['invalid_argument'],
    reads: true,
    rest: { method: 'POST', path, action: 'list', body: ['filter', 'iterate'] },
    run(services, call, { filter, iterate }) {
      const wanted = filter && {
        objects: filter.objects,
        principals: filter.principals?.map(namedPrincipal),
        // What is no number is no role's id: there is no permission that gives it.
        roleIds: filter.roles?.map((role) => readRoleId(role) ?? Number.NaN),
        propagate: filter.is_propagating,
      }
      const { items, marker } = services.vcenterPermissions.list(call, wanted, pageOf(iterate))
      return {
        items: items.map((permission) => ({
          permission: permissionId(permission),
          info: infoOf(services, permission),
        })),
        marker,
      }
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a permission',
    input: { permission: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'its object' },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/{permission}` },
    run: (services, call, { permission }) => infoOf(services, services.vcenterPermissions.find(call, permission)),
  }),
  operation({
    service,
    id: 'create',
    summary: 'Give a role on an object to a user or group, whether there is one of that name or not',
    input: { spec: CreateSpec },
    output: t.id,
    requires: { privilege: 'Authorization.ModifyPermissions', on: 'the object; and so every privilege of the role' },
    errors: ['already_exists', 'invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path, body: 'spec', status: 201 },
    async run({ vcenterPermissions }, call, { spec: { object, principal, role, propagating } }) {
      const given = { ...namedPrincipal(principal), roleId: roleToGive(role), propagate: propagating }
      return permissionId(await vcenterPermissions.create(answering(call, permissionId), object, given))
    },
  }),
  operation({
    service,
    id: 'update',
    summary: 'Change the role of a permission, or whether it propagates',
    input: { permission: t.id, spec: UpdateSpec },
    output: t.void,
    requires: { privilege: 'Authorization.ModifyPermissions', on: 'its object; and so every privilege that it gains' },
    errors: ['invalid_argument', 'not_found', 'resource_busy'],
    rest: { method: 'PATCH', path: `${path}/{permission}`, body: 'spec' },
    run: ({ vcenterPermissions }, call, { permission, spec: { role, is_propagating } }) =>
      vcenterPermissions.update(call, permission, {
        roleId: role === undefined ? undefined : roleToGive(role),
        propagate: is_propagating,
      }),
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a permission',
    input: { permission: t.id },
    output: t.void,
    requires: { privilege: 'Authorization.ModifyPermissions', on: 'its object' },
    errors: ['not_found', 'resource_busy'],
    rest: { method: 'DELETE', path: `${path}/{permission}` },
    run: ({ vcenterPermissions }, call, { permission }) => vcenterPermissions.remove(call, permission),
  }),
]
