import { AccessError } from '../errors.ts'

// What is before an '@' is somebody of an identity source.
const pattern = /^[a-zA-Z][a-zA-Z0-9._-]{0,31}$/

/** Names that belong to the accounts every appliance has. */
const reserved = new Set(['root', 'admin', 'audit'])

export function isReservedUsername(name: string): boolean {
  return reserved.has(name.toLowerCase())
}

/**
 * @throws {AccessError} `invalid_field` unless the name is a letter followed by up to 31 ASCII letters, digits, `.`, `_` or `-`.
 * @see NSX REST API 9.1, NodeUserProperties
 */
export function requireUsername(name: string): void {
  if (pattern.test(name)) return
  throw new AccessError(
    'invalid_field',
    `value ${name} of property username is not a letter followed by up to 31 letters, digits, '.', '_' or '-'`,
  )
}
