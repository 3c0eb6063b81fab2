import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.authorization.privilege_checks'

const Principal = t.structure(`${service}.principal`, { name: t.string, domain: t.string })

const Info = t.structure(`${service}.info`, {
  object: t.dynamicId,
  principal: t.optional(Principal),
  privilege: t.id,
})

const IterationSpec = t.structure(`${service}.iteration_spec`, {
  size: t.optional(t.integer),
  marker: t.optional(t.string),
  end_marker: t.optional(t.string),
  timeout_ms: t.optional(t.integer),
})

const FilterSpec = t.structure(`${service}.filter_spec`, {
  objects: t.optional(t.list(t.dynamicId)),
  sessions: t.optional(t.set(t.string)),
  principals: t.optional(t.list(t.optional(Principal))),
  privileges: t.optional(t.set(t.id)),
  op_ids: t.optional(t.set(t.string)),
})

const ListResult = t.structure(`${service}.list_result`, {
  items: t.list(Info),
  marker: t.string,
  truncated: t.boolean,
})

const requires = { privilege: 'Sessions.CollectPrivilegeChecks', on: 'the root folder' }
const path = '/vcenter/authorization/privilege-checks'

/** @see vcenter-api.md 2.4, 5.6 */
export const privilegeCheckOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List privilege checks that were made, or wait for the next one',
    input: { iteration: t.optional(IterationSpec), filter: t.optional(FilterSpec) },
    output: ListResult,
    requires,
    errors: ['invalid_argument', 'not_found'],
    reads: true,
    rest: { method: 'POST', path, action: 'list', query: ['iteration'], body: ['filter'] },
    async run({ privilegeChecks, vcenterSessions }, call, { iteration = {}, filter = {} }) {
      const { size, marker, end_marker, timeout_ms } = iteration
      const { objects, sessions, principals, privileges, op_ids } = filter
      const { items, ...list } = await privilegeChecks.list(
        call,
        {
          objects,
          // A session is called by its id, or by the key that stands for it where the id must not be shown.
          sessionKeys: sessions?.map((session) => vcenterSessions.withId(session)?.key ?? session),
          principals,
          privileges,
          opIds: op_ids,
        },
        { size, marker, endMarker: end_marker, timeoutMs: timeout_ms },
      )
      return {
        ...list,
        items: items.map(({ scope: { principal }, privilege, ...check }) => ({
          object: privilegeChecks.objectOf(check),
          principal: principal && { name: principal.name, domain: principal.domain },
          privilege,
        })),
      }
    },
  }),
  operation({
    service: `${service}.latest`,
    id: 'get',
    summary: 'Read the marker of the latest privilege check',
    input: {},
    output: t.string,
    requires,
    reads: true,
    rest: { method: 'GET', path: `${path}/latest` },
    run: ({ privilegeChecks }, call) => privilegeChecks.latest(call),
  }),
]
