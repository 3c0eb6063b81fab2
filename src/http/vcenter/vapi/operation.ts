import type { VcenterCall } from '../../../access/vcenter/call.ts'
import type { VcenterPrincipal } from '../../../access/vcenter/principal.ts'
import type { VcenterSession } from '../../../access/vcenter/sessions.ts'
import type { Services } from '../../../services.ts'
import type { VapiErrorName } from './errors.ts'
import type { Fields, Static, StaticFields, VapiType } from './types.ts'

/**
 * What an operation asks of its caller: `nothing`, for whoever asks; `session`, for whoever is signed in; or a
 * privilege, and in words on what. The faces ask for the session; the use case asks for the privilege, for it knows the
 * object, and SOAP asks it too.
 */
export type Requirement = 'nothing' | 'session' | { privilege: string; on: string }

/** What a use case is told of the call it answers. */
export interface OperationCall extends VcenterCall {
  /** The name and password that came with the call; only creating a session looks at them. */
  readonly credentials: { name: string; password: string } | undefined
  /** The caller's address. */
  readonly source: string
  /** What the client calls itself. */
  readonly agent: string
  /** The caller's session. @throws {AccessError} `unauthenticated` without one */
  readonly session: VcenterSession
  /** Tells the audit record who it was that signed in. */
  signedIn(principal: VcenterPrincipal): void
}

interface RestMapping {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api`; `{role}` is the input of that name. */
  path: string
  /** Value of `action` in the query, for calls that share method and path. */
  action?: string
  /** Inputs that are in the query: the fields of a structure stand there by their own names. */
  query?: readonly string[]
  /** The input that is the body; or those that are its properties. */
  body?: string | readonly string[]
  /** Of success; 200, or 204 where there is no result, unless said otherwise. */
  status?: 201
}

/** Inputs are in the query as `filter.names`, or properties of the body; a result is in `value`. */
interface LegacyMapping {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/rest`. */
  path: string
  /** Value of `~action` in the query. */
  action?: string
  /** Inputs of the path that clients write into the body once more. */
  repeated?: readonly string[]
}

/** An operation whose inputs and result are known at run time only, as the faces have it. */
export interface Operation {
  /** Such as `com.vmware.vcenter.authorization.roles`. */
  service: string
  /** Such as `create`. */
  id: string
  summary: string
  input: Fields
  output: VapiType
  requires: Requirement
  /** Errors it answers besides those that any call can meet. */
  errors?: readonly VapiErrorName[]
  /** For the audit log: it changes nothing, whatever its method is. */
  reads?: true
  /** For the audit log: it is a sign-in or a sign-out. */
  signs?: 'in' | 'out'
  rest?: RestMapping
  legacy?: LegacyMapping | readonly LegacyMapping[]
  run(services: Services, call: OperationCall, input: never): unknown
}

interface Declaration<I extends Fields, O extends VapiType> extends Operation {
  input: I
  output: O
  /** Where it changes something its result is that of `call.change`. */
  run(services: Services, call: OperationCall, input: StaticFields<I>): Static<O> | Promise<Static<O>>
}

/**
 * Declares an operation, once for all faces: REST and legacy routes, JSON-RPC, the description and the audit log follow
 * from it.
 *
 * @example
 * operation({
 *   service: 'com.vmware.vcenter.datacenter',
 *   id: 'list',
 *   summary: 'List the datacenters that match the filter',
 *   input: { filter: t.optional(FilterSpec) },
 *   output: t.list(Summary),
 *   requires: { privilege: 'System.Read', on: 'each datacenter' },
 *   errors: ['invalid_argument', 'unable_to_allocate_resource'],
 *   rest: { method: 'GET', path: '/vcenter/datacenter', query: ['filter'] },
 *   legacy: { method: 'GET', path: '/vcenter/datacenter' },
 *   run: ({ datacenters }, call, { filter }) => datacenters.list(call, filter),
 * })
 */
export function operation<const I extends Fields, O extends VapiType>(declaration: Declaration<I, O>): Operation {
  return declaration
}
