import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { newest, type Version } from './release.ts'
import type { Reference } from './types/basic.ts'
import type { Fields, Values, VimType } from './types/vim-type.ts'
import { definedMethod, definedProperties, definedProperty } from './vim25/table.ts'
import { unsetProperty } from './vim25/unset.ts'

/** What needs no session. @see vcenter-api.md 4.1, R11 */
export const anonymous = 'System.Anonymous'

/** A type of managed object: what can be read of its objects and what they can be asked to do. */
export interface ManagedType {
  /** As clients name it. */
  readonly name: string
  /** The type it is derived from. */
  readonly base: ManagedType | undefined
  readonly properties: Readonly<Record<string, Property>>
  readonly methods: Readonly<Record<string, Method>>
}

/** @typeParam S What stands behind an object of the type. */
// biome-ignore lint/suspicious/noExplicitAny: tables hold properties of every type
export interface Property<S = any, T = any> {
  type: VimType<T>
  /** What it takes to read it, on the object. */
  privilege: string
  /** Undefined: it is not set. */
  read(subject: S, call: SdkCall): T | undefined
  /** Of lists of inventory objects: where they are found one after another. */
  entities?: {
    candidates(subject: S, call: SdkCall): Iterable<VsphereObject>
    matches(candidate: VsphereObject, subject: S, call: SdkCall): boolean
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tables hold methods of every type
export interface Method<S = any, P extends Fields = any, M = any, R = any> {
  /**
   * What it asks of its caller: `nothing`; `session`, where a use case asks for the privilege itself; or the privilege
   * on the object that is called; or to be one of vsphere.local's Administrators.
   */
  requires: 'nothing' | 'session' | 'sso-administrator' | { privilege: string }
  parameters: P
  /** It does nothing with its arguments, which are not looked at and not recorded. */
  unread?: true
  /** Of what it returns; absent: nothing. */
  result?: VimType<R>
  /** It writes its answer itself, as `call.answer`; its result is the XML before and behind what it has written. */
  written?: true
  /** Its cost grows with what is stored: it waits for its caller's turn. */
  costly?: true
  /** For the audit log: it changes something here. */
  changes?: true
  /** For the audit log: it is a sign-in or a sign-out. */
  signs?: 'in' | 'out'
  /** Where it changes something its result is that of `call.change`. */
  run(call: SdkCall, args: Values<P>, target: ManagedObject<S>): M | Promise<M>
  /** What it returns, made of the result of `run`; the result itself unless said otherwise. */
  answer?(made: M, call: SdkCall): R | undefined
}

/** A managed object as a call finds it. */
// biome-ignore lint/suspicious/noExplicitAny: what stands behind an object follows from its type
export interface ManagedObject<S = any> {
  readonly type: ManagedType
  readonly id: string
  /** The inventory object whose permissions count for it; undefined: it stands outside the inventory. */
  readonly entity: string | undefined
  readonly subject: S
}

export const property = <S, T>(
  type: VimType<T>,
  privilege: string,
  read: (subject: S, call: SdkCall) => T | undefined,
): Property<S, T> => ({ type, privilege, read })

export const method = <S, P extends Fields, M, R = M>(declaration: Method<S, P, M, R>): Method<S, P, M, R> =>
  declaration

export const referenceTo = ({ type, id }: ManagedObject): Reference => ({ type: type.name, id })

/** Whether objects of a type are of that name's. */
export function isKindOf(type: ManagedType, name: string): boolean {
  for (let at: ManagedType | undefined = type; at; at = at.base) if (at.name === name) return true
  return false
}

/** What vim25 defines and nobody keeps here is never set; undefined: vim25 has no such property. */
export function findProperty(type: ManagedType, name: string, version: Version = newest): Property | undefined {
  for (let at: ManagedType | undefined = type; at; at = at.base) {
    if (!Object.hasOwn(at.properties, name)) continue
    return version === newest || definedProperty(type.name, name, version) ? at.properties[name] : undefined
  }
  return unsetProperty(type.name, name, version)
}

export function findMethod(type: ManagedType, name: string, version: Version = newest): Method | undefined {
  for (let at: ManagedType | undefined = type; at; at = at.base) {
    if (!Object.hasOwn(at.methods, name)) continue
    // How pyvmomi reads properties is defined nowhere.
    const isKnown = version === newest || name === 'Fetch' || definedMethod(type.name, name, version) !== undefined
    return isKnown ? at.methods[name] : undefined
  }
  return undefined
}

/** Names of all of a type's properties, inherited ones first. */
export const propertyNames = ({ name }: ManagedType, version: Version): string[] => definedProperties(name, version)
