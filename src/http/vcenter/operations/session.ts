import { AccessError } from '../../../access/errors.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.cis.session'

const Info = t.structure('com.vmware.cis.session.info', {
  user: t.string,
  created_time: t.datetime,
  last_accessed_time: t.datetime,
})

const legacyPath = '/com/vmware/cis/session'

/** @see vcenter-api.md 1.1, 1.2, 5.6 */
export const sessionOperations = [
  operation({
    service,
    id: 'create',
    summary: 'Create a session with a name and a password; its id is good on every face',
    input: {},
    output: t.secret,
    requires: 'nothing',
    errors: ['service_unavailable'],
    signs: 'in',
    rest: { method: 'POST', path: '/session', status: 201 },
    legacy: { method: 'POST', path: legacyPath },
    async run({ vcenterDoor, vcenterSessions }, call) {
      const { credentials, source, agent } = call
      if (!credentials) throw new AccessError('unauthenticated', 'No usable credentials')
      const principal = await vcenterDoor.signIn({ ...credentials, source })
      call.signedIn(principal)
      return call.change(async (change) => {
        const begun = { principal, source, agent }
        return (await vcenterSessions.create(change, begun, vcenterSessions.limits.maximumOfUser)).id
      })
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read the session of the call',
    input: {},
    output: Info,
    requires: 'session',
    rest: { method: 'GET', path: '/session' },
    legacy: [
      { method: 'GET', path: legacyPath },
      { method: 'POST', path: legacyPath, action: 'get' },
    ],
    run(_services, { session }) {
      const { principal, createdAt, usedAt } = session
      return { user: `${principal.name}@${principal.domain}`, created_time: createdAt, last_accessed_time: usedAt }
    },
  }),
  operation({
    service,
    id: 'delete',
    summary: 'End the session of the call',
    input: {},
    output: t.void,
    requires: 'session',
    signs: 'out',
    rest: { method: 'DELETE', path: '/session' },
    legacy: { method: 'DELETE', path: legacyPath },
    run: ({ vcenterSessions }, call) => call.change((change) => vcenterSessions.end(change, call.session.key)),
  }),
]
