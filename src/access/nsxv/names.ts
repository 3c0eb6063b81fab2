import { AccessError } from '../errors.ts'

/** An account of the command line: a lower-case letter, then up to 31 of these. @see nsxv-api.md 5.3 */
const cliName = /^[a-z][a-z0-9_]{0,31}$/

/** Accounts of the appliance's own that nobody makes, changes or removes. */
const reserved = new Set(['root', 'nobody'])

/** @throws {AccessError} `invalid_field` with what is wrong with the name. */
export function requireCliName(name: string): void {
  if (/[A-Z]/.test(name)) throw badName(name, 'has a capital letter; the names of CLI users are in lower case')
  if (!cliName.test(name)) {
    throw badName(name, 'is not a lower-case letter followed by up to 31 lower-case letters, digits or underscores')
  }
  if (reserved.has(name)) throw badName(name, 'belongs to the appliance itself')
}

const badName = (name: string, what: string) =>
  new AccessError('invalid_field', `The user name ${name} ${what}`, { field: 'name', value: name })

/** A name as a user or a group is known by. */
export interface UserName {
  /** As it is shown: `DOMAIN\name` for those with a domain. */
  shown: string
  /** By which it is found, whatever its case. */
  key: string
}

const longestName = 255
const unspeakable = /[\p{Cc}\p{Zl}\p{Zp}\\/]/u

/**
 * The name of a user or group as the paths of the API spell it: `name@domain`, or a name alone.
 * @throws {AccessError} `invalid_field`
 * @see nsxv-api.md 1
 */
export function parseUserName(text: string): UserName {
  const at = text.lastIndexOf('@')
  const [name, domain] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (name === '' || domain === '' || text.length > longestName || unspeakable.test(text) || !text.isWellFormed()) {
    throw new AccessError('invalid_field', `${text} is not the name of a user; it is name or name@domain`, {
      field: 'userId',
      value: text,
    })
  }
  return domain === undefined ? { shown: name, key: name.toLowerCase() } : domainName(name, domain)
}

/** The same of a name whose domain is known. */
export function domainName(name: string, domain: string): UserName {
  const shown = `${domain.toUpperCase()}\\${name}`
  return { shown, key: shown.toLowerCase() }
}
