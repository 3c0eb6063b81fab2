import { type Privilege, privilegeVersion } from '../../../access/vcenter/authorization/privileges.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'
import { iterationSpec, listResult, pageOf } from './pages.ts'

const service = 'com.vmware.vcenter.authorization.privileges'

const Info = t.structure(`${service}.info`, {
  name: t.string,
  description: t.string,
  on_parent: t.boolean,
  version: t.integer,
})

const FilterSpec = t.structure(`${service}.filter_spec`, {
  names: t.optional(t.set(t.string)),
  is_on_parent: t.optional(t.boolean),
  versions: t.optional(t.set(t.integer)),
})

const ListItem = t.structure(`${service}.list_item`, { privilege: t.id, info: Info })

/** In this API the whole id is the name. @see vcenter-api.md 2.3 */
const infoOf = ({ id, description, onParent }: Privilege) => ({
  name: id,
  description,
  on_parent: onParent,
  version: privilegeVersion,
})

const requires = { privilege: 'System.Read', on: 'the root folder, or globally' }
const path = '/vcenter/authorization/privileges'

/** @see vcenter-api.md 2.3, 5.6 */
export const privilegeOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the privileges that match all of the filter, in the order of their ids',
    input: { filter: t.optional(FilterSpec), iterate: t.optional(iterationSpec(service)) },
    output: listResult(service, ListItem),
    requires,
    errors: ['invalid_argument'],
    reads: true,
    rest: { method: 'GET', path, query: ['filter', 'iterate'] },
    run({ privileges }, call, { filter, iterate }) {
      const wanted = filter && { names: filter.names, onParent: filter.is_on_parent, versions: filter.versions }
      const { items, marker } = privileges.list(call, wanted, pageOf(iterate))
      return { items: items.map((privilege) => ({ privilege: privilege.id, info: infoOf(privilege) })), marker }
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a privilege',
    input: { privilege: t.id },
    output: Info,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/{privilege}` },
    run: ({ privileges }, call, { privilege }) => infoOf(privileges.find(call, privilege)),
  }),
]
