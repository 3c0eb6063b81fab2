import { AccessError } from '../../../access/errors.ts'
import { requireOnServer } from '../../../access/vcenter/authorization/granting.ts'
import { isSsoAdministrator } from '../../../access/vcenter/sso/principals.ts'
import { RequestError } from '../../request-error.ts'
import type { XmlElement } from '../../xml/element.ts'
import type { SdkCall } from './call.ts'
import { findMethod, isKindOf, type ManagedObject, type Method, referenceTo } from './managed-type.ts'
import { notAuthenticated, requireObject } from './objects.ts'
import { asOf } from './types/as-of.ts'
import { type Reference, reference } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import type { ObjectParameter } from './types/object-parameter.ts'
import { readFields, type VimType, writeField } from './types/vim-type.ts'
import { notBuiltMethod } from './vim25/not-built.ts'

/** A method that a client calls, before anybody asked whether they may. */
export interface Invocation {
  /** As vim25 names it. */
  name: string
  target: ManagedObject
  method: Method
  arguments: readonly XmlElement[]
}

/**
 * Finds what is called.
 *
 * @throws {VimFault} `ManagedObjectNotFound`, `MethodNotFound`
 */
export function findInvocation(call: SdkCall, element: XmlElement): Invocation {
  const [first, ...rest] = element.children
  if (first?.name !== '_this') throw new RequestError('body_malformed', 'the first argument is not _this')
  const target = requireObject(call, reference.read(first, '_this'))
  const method =
    findMethod(target.type, element.name, call.version) ?? notBuiltMethod(target.type.name, element.name, call.version)
  if (!method) {
    const message = `${target.type.name} has no method ${element.name}`
    throw vimFault('MethodNotFound', message, { receiver: referenceTo(target), method: element.name })
  }
  return { name: element.name, target, method, arguments: rest }
}

/** @throws {VimFault} `NotAuthenticated`, `NoPermission`; {AccessError} */
export function requireRight(call: SdkCall, { target, method }: Invocation): void {
  const { requires } = method
  if (requires === 'nothing') return
  if (!call.session) throw notAuthenticated()
  if (requires === 'sso-administrator') return requireSsoAdministrator(call, target)
  if (requires !== 'session') requirePrivilege(call, target, requires.privilege)
}

/** Reads the arguments; objects among them are there, and the caller has the rights on them that the method asks for. */
export function readArguments(call: SdkCall, { method, arguments: given }: Invocation): Record<string, unknown> {
  if (method.unread) return {}
  const args = readFields(method.parameters, given, '') as Record<string, unknown>
  for (const [name, type] of Object.entries(method.parameters as Record<string, VimType<unknown>>)) {
    const target = (type.item ?? type) as Partial<ObjectParameter>
    if (target.kind === undefined) continue
    for (const reference of [args[name] ?? []].flat()) {
      const object = requireObject(call, reference as Reference)
      if (!isKindOf(object.type, target.kind)) {
        const message = `A specified parameter was not correct: ${name} is not a ${target.kind}`
        throw new AccessError('invalid_field', message, { field: name })
      }
      if (target.privilege !== undefined) requirePrivilege(call, object, target.privilege)
    }
  }
  return args
}

/** What a method returns, as XML. @throws {VimFault} {AccessError} where it failed, whatever it did before. */
export function writeResult({ method }: Invocation, made: unknown, call: SdkCall): string {
  const value = method.answer ? method.answer(made, call) : made
  return method.result && value !== undefined ? writeField(asOf(method.result, call.version), 'returnval', value) : ''
}

/** @throws {VimFault} `NoPermission` */
function requireSsoAdministrator(call: SdkCall, target: ManagedObject): void {
  if (call.caller && isSsoAdministrator(call.caller)) return
  throw vimFault('NoPermission', '', { object: referenceTo(target) })
}

function requirePrivilege(call: SdkCall, { entity }: ManagedObject, privilege: string): void {
  const { authorization } = call.services
  if (entity === undefined) requireOnServer(authorization, call, privilege)
  else authorization.require(call, entity, privilege)
}

/** Arguments as the audit log may show them. */
export function shownArguments({ parameters }: Method, args: Record<string, unknown>): Record<string, unknown> {
  const secrets = parameters as Record<string, VimType<unknown>>
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, secrets[name]?.secret ? '*****' : value]),
  )
}
