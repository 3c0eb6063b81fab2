import assert from 'node:assert/strict'
import type { Answer, Client } from '../client.ts'
import { rpc, rpcErrorOf } from './clients.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into values of every shape
type Any = any

/** What a call was answered with: a value, or the name of an error. */
export interface Outcome {
  value: Any
  error: string | undefined
  message: string | undefined
}

/** The authorization services as both of their faces have them, in the values of REST. */
export interface Face {
  name: string
  call(service: string, operation: string, input?: Record<string, Any>): Promise<Outcome>
}

/** @throws unless the call succeeded. */
export async function done(outcome: Promise<Outcome>): Promise<Any> {
  const { value, error, message } = await outcome
  assert.equal(error, undefined, message)
  return value
}

/** @throws unless the call was refused so. */
export async function refused(outcome: Promise<Outcome>, error: string, about = ''): Promise<string> {
  const { error: actual, value, message = '' } = await outcome
  assert.equal(actual, error, `${about} ${JSON.stringify(value)} ${message}`)
  return message
}

const base = '/api/vcenter/authorization'
const id = encodeURIComponent

function query(...structures: (Record<string, Any> | undefined)[]): string {
  const search = new URLSearchParams()
  for (const [name, value] of structures.flatMap((fields) => Object.entries(fields ?? {}))) {
    for (const one of [value].flat()) search.append(name, String(one))
  }
  return search.size > 0 ? `?${search}` : ''
}

/** How each operation stands on REST. */
const routes: Record<string, (client: Client, input: Record<string, Any>) => Promise<Answer>> = {
  'roles.list': (client, { filter, iterate }) => client.get(`${base}/roles${query(filter, iterate)}`),
  'roles.get': (client, { role }) => client.get(`${base}/roles/${id(role)}`),
  'roles.create': (client, { spec }) => client.post(`${base}/roles`, spec),
  'roles.update': (client, { role, spec }) => client.patch(`${base}/roles/${id(role)}`, spec),
  'roles.delete': (client, { role }) => client.delete(`${base}/roles/${id(role)}`),
  'permissions.list': (client, input) => client.post(`${base}/permissions?action=list`, input),
  'permissions.get': (client, { permission }) => client.get(`${base}/permissions/${id(permission)}`),
  'permissions.create': (client, { spec }) => client.post(`${base}/permissions`, spec),
  'permissions.update': (client, { permission, spec }) => client.patch(`${base}/permissions/${id(permission)}`, spec),
  'permissions.delete': (client, { permission }) => client.delete(`${base}/permissions/${id(permission)}`),
  'privileges.list': (client, { filter, iterate }) => client.get(`${base}/privileges${query(filter, iterate)}`),
  'privileges.get': (client, { privilege }) => client.get(`${base}/privileges/${id(privilege)}`),
  'privilege_checks.list': (client, { filter, iteration }) =>
    client.post(`${base}/privilege-checks?action=list${query(iteration).replace('?', '&')}`, filter && { filter }),
  'privilege_checks.latest.get': (client) => client.get(`${base}/privilege-checks/latest`),
}

/** Success as REST tells it. */
const statuses: Record<string, number> = { create: 201, update: 204, delete: 204 }

export const restFace = (client: Client): Face => ({
  name: 'REST',
  async call(service, operation, input = {}) {
    const answer = await routes[`${service}.${operation}`]!(client, input)
    const body = answer.text === '' ? undefined : answer.json
    if (answer.status < 300) {
      assert.equal(answer.status, statuses[operation] ?? 200)
      return { value: body, error: undefined, message: undefined }
    }
    return { value: undefined, error: body.error_type, message: body.messages[0]?.default_message }
  },
})

/** Names of structures by where they are; a field that may be left out has a question mark. */
const shapes: Record<string, string> = {
  'roles.filter': 'filter_spec names? privileges? is_system?',
  'roles.iterate': 'iteration_spec page_size? marker?',
  'roles.create.spec': 'create_spec name description privileges',
  'roles.update.spec': 'update_spec name? description? privileges?',
  'permissions.filter': 'filter_spec objects? principals? roles? is_propagating?',
  'permissions.iterate': 'iteration_spec page_size? marker?',
  'permissions.create.spec': 'create_spec object principal role propagating',
  'permissions.update.spec': 'update_spec role? is_propagating?',
  'privileges.filter': 'filter_spec names? is_on_parent? versions?',
  'privileges.iterate': 'iteration_spec page_size? marker?',
  'privilege_checks.filter': 'filter_spec objects? sessions? principals? privileges? op_ids?',
  'privilege_checks.iteration': 'iteration_spec size? marker? end_marker? timeout_ms?',
}

const structure = (name: string, fields: Record<string, Any>) => ({ STRUCTURE: { [name]: fields } })
const optional = (value: Any) => ({ OPTIONAL: value ?? null })

function wrapped(service: string, field: string, value: Any): Any {
  if (Array.isArray(value)) {
    return value.map((one) => {
      const inner = wrapped(service, field, one)
      return service === 'privilege_checks' && field === 'principals' ? optional(inner) : inner
    })
  }
  if (value === null || typeof value !== 'object') return value
  if ('id' in value) return structure('com.vmware.vapi.std.dynamic_ID', value)
  const { domain, ...principal } = value
  const isOptional = service === 'permissions'
  return structure(`com.vmware.vcenter.authorization.${service}.principal`, {
    ...principal,
    ...('domain' in value ? { domain: isOptional ? optional(domain) : domain } : {}),
  })
}

function rpcInput(service: string, operation: string, input: Record<string, Any>): object {
  const parts = Object.entries(input).map(([part, value]) => {
    const shape = shapes[`${service}.${part}`] ?? shapes[`${service}.${operation}.${part}`]
    if (!shape) return [part, value]
    const [name, ...declared] = shape.split(' ')
    const fields = Object.entries(value as object).map(([field, given]) => {
      const inner = wrapped(service, field, given)
      return [field, declared.includes(`${field}?`) ? optional(inner) : inner]
    })
    const whole = structure(`com.vmware.vcenter.authorization.${service}.${name}`, Object.fromEntries(fields))
    return [part, part === 'spec' ? whole : optional(whole)]
  })
  return Object.fromEntries(parts)
}

/** Without the wrappers; unset values are left out, as REST does. */
export function plain(value: Any): Any {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const [[wrapper, inner] = []] = Object.entries<Any>(value)
  if (wrapper === 'OPTIONAL') return inner === null ? undefined : plain(inner)
  if (wrapper === 'STRUCTURE') return plain(Object.values(inner)[0])
  const fields = Object.entries(value).map(([key, field]) => [key, plain(field)])
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined))
}

export const rpcFace = (client: Client): Face => ({
  name: 'JSON-RPC',
  async call(service, operation, input = {}) {
    const inner = rpcInput(service, operation, input)
    const answer = await rpc(client, `com.vmware.vcenter.authorization.${service}`, operation, inner)
    assert.equal(answer.status, 200)
    const { result } = answer.json
    if (result.error) {
      const { name, messages } = rpcErrorOf(answer)
      return { value: undefined, error: name.toUpperCase(), message: messages[0]?.default_message }
    }
    const value = plain(result.output)
    return { value: value ?? undefined, error: undefined, message: undefined }
  },
})
