/**
 * The types of vAPI values as plain data. A declaration made of them is what values are read and written by, on every
 * face, and what the API's description is made of.
 *
 * @see vcenter-api.md 5.3
 */
export type VapiType = Scalar | Enumeration | Optional | Sequence | MapOf | Structure

interface Scalar {
  readonly kind: 'string' | 'id' | 'secret' | 'integer' | 'double' | 'boolean' | 'datetime' | 'void'
}

interface Enumeration<V extends string = string> {
  readonly kind: 'enumeration'
  readonly name: string
  readonly values: readonly V[]
}

interface Optional<T extends VapiType = VapiType> {
  readonly kind: 'optional'
  readonly of: T
}

/** A set is a sequence in which nothing comes twice. */
interface Sequence<K extends 'list' | 'set' = 'list' | 'set', T extends VapiType = VapiType> {
  readonly kind: K
  readonly of: T
}

/** Keys are text: identifiers, in all that is built. */
interface MapOf<T extends VapiType = VapiType> {
  readonly kind: 'map'
  readonly of: T
}

export type Fields = { readonly [name: string]: VapiType }

export interface Structure<F extends Fields = Fields> {
  readonly kind: 'structure'
  /** Service and name, as JSON-RPC shows it. */
  readonly name: string
  readonly fields: F
}

/** The value of a type, as use cases have it. Times are milliseconds since 1970; what is not set is left out. */
export type Static<T extends VapiType> = VapiType extends T ? unknown : StaticOf<T>

type StaticOf<T extends VapiType> = T extends { kind: 'integer' | 'double' | 'datetime' }
  ? number
  : T extends { kind: 'boolean' }
    ? boolean
    : T extends { kind: 'void' }
      ? unknown
      : T extends Enumeration<infer V>
        ? V
        : T extends Optional<infer U>
          ? Static<U> | undefined
          : T extends Sequence<'list' | 'set', infer U>
            ? readonly Static<U>[]
            : T extends MapOf<infer U>
              ? ReadonlyMap<string, Static<U>>
              : T extends Structure<infer F>
                ? StaticFields<F>
                : string

type OptionalNames<F extends Fields> = { [K in keyof F]: F[K] extends Optional ? K : never }[keyof F]

export type StaticFields<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalNames<F>>]: Static<F[K]>
} & { readonly [K in OptionalNames<F>]?: Static<F[K]> }

const scalar = <const K extends Scalar['kind']>(kind: K) => ({ kind })

function structure<const F extends Fields>(name: string, fields: F): Structure<F> {
  return { kind: 'structure', name, fields }
}

/** What declarations are made of. */
export const t = {
  string: scalar('string'),
  /** Identifies something; its text has no other meaning to a client. */
  id: scalar('id'),
  /** Text that no log shows. */
  secret: scalar('secret'),
  integer: scalar('integer'),
  double: scalar('double'),
  boolean: scalar('boolean'),
  datetime: scalar('datetime'),
  void: scalar('void'),
  enumeration: <const V extends string>(name: string, ...values: V[]): Enumeration<V> => ({
    kind: 'enumeration',
    name,
    values,
  }),
  optional: <T extends VapiType>(of: T): Optional<T> => ({ kind: 'optional', of }),
  list: <T extends VapiType>(of: T): Sequence<'list', T> => ({ kind: 'list', of }),
  set: <T extends VapiType>(of: T): Sequence<'set', T> => ({ kind: 'set', of }),
  map: <T extends VapiType>(of: T): MapOf<T> => ({ kind: 'map', of }),
  structure,
  /** Names an object of any type. @see vcenter-api.md 3.1 */
  dynamicId: structure('com.vmware.vapi.std.dynamic_ID', { type: scalar('string'), id: scalar('id') }),
}
