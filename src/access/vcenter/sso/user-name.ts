import { AccessError } from '../../errors.ts'
import { ssoDomain } from '../principal.ts'

export interface PrincipalName {
  name: string
  domain: string
}

/**
 * A name as people sign in with it: `user@domain`, `DOMAIN\user`, or bare, which is one of vCenter's own domain.
 *
 * @see vcenter-api.md 1.1, 3.2
 */
export function parseSignInName(text: string): PrincipalName {
  const backslash = text.indexOf('\\')
  if (backslash >= 0) return { domain: text.slice(0, backslash), name: text.slice(backslash + 1) }
  const at = text.lastIndexOf('@')
  if (at >= 0) return { domain: text.slice(at + 1), name: text.slice(0, at) }
  return { domain: ssoDomain, name: text }
}

export const longestPrincipalName = 64

/** [inferred] */
const pattern = /^[A-Za-z0-9_][A-Za-z0-9._$-]{0,63}$/

/** @throws {AccessError} `invalid_field` unless users and groups may be called so. */
export function requirePrincipalName(name: string): void {
  if (pattern.test(name)) return
  throw new AccessError(
    'invalid_field',
    `name: ${JSON.stringify(name)} is not a letter, digit or '_' followed by up to ${longestPrincipalName - 1} of them, '.', '$' or '-'`,
    { field: 'name', value: name },
  )
}
