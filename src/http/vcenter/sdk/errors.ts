import { AccessError, type AccessErrorCode } from '../../../access/errors.ts'
import { globalRoot, rootFolder } from '../../../access/vcenter/object-tree.ts'
import { maskKey } from '../../../audit/mask.ts'
import { RequestError } from '../../request-error.ts'
import type { SdkCall } from './call.ts'
import type { Reference } from './types/basic.ts'
import { VimFault, vimFault } from './types/faults.ts'

/** What a fault tells besides its name and its text comes from the refusal, and from whom it was asked for. */
type Render = (error: AccessError, call: SdkCall, target: Reference) => VimFault

const invalidArgument: Render = ({ message, details }) =>
  vimFault('InvalidArgument', message, { invalidProperty: details.field })
const notAuthenticated: Render = (_error, _call, target) =>
  vimFault('NotAuthenticated', '', { object: target, privilegeId: 'System.View' })
const resourceInUse: Render = ({ details }) =>
  vimFault('ResourceInUse', '', { name: details.objectId ?? details.value })
const alreadyExists: Render = ({ details }) => vimFault('AlreadyExists', '', { name: details.value })
const notFound: Render = ({ details }, call) =>
  details.objectId === undefined
    ? vimFault('NotFound', '', {})
    : vimFault('ManagedObjectNotFound', '', { obj: referenceOf(call, details.objectId) })
const invalidState: Render = () => vimFault('InvalidState', '', {})
const limitExceeded: Render = ({ message }) => vimFault('LimitExceeded', message, {})
const unavailable: Render = ({ message }) => vimFault('SystemError', message, { reason: message }, 503)
const notSupported: Render = ({ message }) => vimFault('NotSupported', message, {})

/** How each refusal looks on vim25; methods that say it otherwise throw a fault of their own. @see vcenter-api.md 7.3, 7.4 */
const renders = {
  unauthenticated: notAuthenticated,
  token_mismatch: notAuthenticated,
  sign_in_not_completed: notAuthenticated,
  password_must_change: ({ message }) => vimFault('PasswordExpired', message, {}),
  forbidden: ({ details: { objectId = rootFolder, privilege } }, call) =>
    vimFault('NoPermission', '', { object: referenceOf(call, objectId), privilegeId: privilege }),
  invalid_field: invalidArgument,
  not_found: notFound,
  already_exists: alreadyExists,
  user_not_found: ({ details }) => vimFault('UserNotFound', '', { principal: details.value ?? '', unresolved: false }),
  user_exists: alreadyExists,
  in_use: resourceInUse,
  role_fixed: invalidArgument,
  last_administrator: ({ message }) => vimFault('AuthMinimumAdminPermission', message, {}),
  wrong_state: invalidState,
  already_in_state: invalidState,
  unsupported: notSupported,
  stale_revision: invalidState,
  limit_reached: limitExceeded,
  too_many_sessions: unavailable,
  too_many_users: limitExceeded,
  too_many_exporters: limitExceeded,
  busy: unavailable,
  rate_exceeded: unavailable,
  client_busy: unavailable,
  server_busy: unavailable,
  directory_unreachable: unavailable,
  provider_unavailable: unavailable,
  // Rules of other surfaces, which no method meets.
  service_needed: notSupported,
  password_rejected: invalidArgument,
  old_password_wrong: invalidArgument,
  not_supported_for_user: notSupported,
  ssh_key_exists: alreadyExists,
  binding_fixed: notSupported,
  exporter_exists: alreadyExists,
  host_unknown: invalidArgument,
  certificate_untrusted: invalidArgument,
  not_owner: notSupported,
  no_role: notSupported,
} satisfies Record<AccessErrorCode, Render>

/**
 * What a method failed with, in the words of vim25; undefined for what nobody foresaw.
 *
 * @param target What was called.
 */
export function faultOf(error: unknown, call: SdkCall, target: Reference): VimFault | undefined {
  if (error instanceof VimFault) return error
  if (error instanceof AccessError) return renders[error.code](error, call, target)
  if (error instanceof RequestError) return vimFault('InvalidRequest', requestProblem(error), {})
  return undefined
}

/** What is wrong with a request, as a sentence. */
export function requestProblem({ code, message }: RequestError): string {
  return maskKey(code === 'body_malformed' ? `The message cannot be read: ${message}` : message)
}

/** An inventory object by its id alone. The global permissions' root is no object of vim25: the root folder stands for it. */
export function referenceOf({ services }: SdkCall, id: string): Reference {
  if (id === globalRoot) return { type: 'Folder', id: rootFolder }
  return { type: services.vsphere.find(id)?.type ?? 'ManagedEntity', id }
}
