import type { Role } from '../../../access/vcenter/authorization/role.ts'
import { answering } from '../answering.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'
import { iterationSpec, listResult, pageOf } from './pages.ts'

const service = 'com.vmware.vcenter.authorization.roles'

const privileges = t.set(t.id)

const Info = t.structure(`${service}.info`, {
  name: t.string,
  description: t.string,
  privileges,
  system: t.boolean,
})

const CreateSpec = t.structure(`${service}.create_spec`, { name: t.string, description: t.string, privileges })

const UpdateSpec = t.structure(`${service}.update_spec`, {
  name: t.optional(t.string),
  description: t.optional(t.string),
  privileges: t.optional(privileges),
})

const FilterSpec = t.structure(`${service}.filter_spec`, {
  names: t.optional(t.set(t.string)),
  privileges: t.optional(privileges),
  is_system: t.optional(t.boolean),
})

const ListItem = t.structure(`${service}.list_item`, { role: t.id, info: Info })

const idOf = ({ id }: Role) => String(id)

const infoOf = ({ name, description, privileges, system }: Role) => ({
  name,
  description,
  privileges: [...privileges].sort(),
  system,
})

const onServer = 'the root folder, or globally'
const path = '/vcenter/authorization/roles'

/** @see vcenter-api.md 2.1, 5.6 */
export const roleOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the roles that match all of the filter, in the order of their ids as texts',
    input: { filter: t.optional(FilterSpec), iterate: t.optional(iterationSpec(service)) },
    output: listResult(service, ListItem),
    requires: { privilege: 'System.Read', on: onServer },
    errors: ['invalid_argument'],
    reads: true,
    rest: { method: 'GET', path, query: ['filter', 'iterate'] },
    run({ vcenterRoles }, call, { filter, iterate }) {
      const wanted = filter && { names: filter.names, privileges: filter.privileges, isSystem: filter.is_system }
      const { items, marker } = vcenterRoles.list(call, wanted, pageOf(iterate))
      return { items: items.map((role) => ({ role: idOf(role), info: infoOf(role) })), marker }
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a role',
    input: { role: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: onServer },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/{role}` },
    run: ({ vcenterRoles }, call, { role }) => infoOf(vcenterRoles.find(call, role)),
  }),
  operation({
    service,
    id: 'create',
    summary: 'Create a role; System.Anonymous, System.Read and System.View are always in it',
    input: { spec: CreateSpec },
    output: t.id,
    requires: { privilege: 'Authorization.ModifyRoles', on: `${onServer}; and so every privilege that it gives` },
    errors: ['already_exists', 'invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path, body: 'spec', status: 201 },
    run: async ({ vcenterRoles }, call, { spec }) => idOf(await vcenterRoles.create(answering(call, idOf), spec)),
  }),
  operation({
    service,
    id: 'update',
    summary: 'Change what is given of a role; its privileges as a whole',
    input: { role: t.id, spec: UpdateSpec },
    output: t.void,
    requires: { privilege: 'Authorization.ModifyRoles', on: `${onServer}; and so every privilege that it gains` },
    errors: ['already_exists', 'invalid_argument', 'not_found', 'unsupported'],
    rest: { method: 'PATCH', path: `${path}/{role}`, body: 'spec' },
    run: ({ vcenterRoles }, call, { role, spec }) => vcenterRoles.update(call, role, spec),
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a role that no permission gives',
    input: { role: t.id },
    output: t.void,
    requires: { privilege: 'Authorization.ModifyRoles', on: onServer },
    errors: ['not_found', 'resource_in_use', 'unsupported'],
    rest: { method: 'DELETE', path: `${path}/{role}` },
    run: ({ vcenterRoles }, call, { role }) => vcenterRoles.remove(call, role),
  }),
]
