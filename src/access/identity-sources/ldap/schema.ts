import {
  AndFilter,
  type Entry,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  NotFilter,
  OrFilter,
  SubstringFilter,
} from 'ldapts'
import { parseDn } from '../distinguished-name.ts'
import type { LdapSourceConfig } from '../ldap-source.ts'
import { textsOf } from './conversation.ts'

// Filters are built from values and never from text, so that no character of a name means anything to them.
const equals = (attribute: string, value: string) => new EqualityFilter({ attribute, value })
const contains = (attribute: string, value: string) => new SubstringFilter({ attribute, any: [value] })
const any = (filters: Filter[]) => new OrFilter({ filters })
const all = (filters: Filter[]) => new AndFilter({ filters })

/** A user's entry as group searches need it. */
export interface Member {
  dn: string
  /** What posix groups list; undefined for groups, which they do not. */
  user: string | undefined
}

/** Where a kind of directory keeps users and groups. */
export interface DirectorySchema {
  users: Filter
  userAttributes: string[]
  groups: Filter
  groupAttributes: string[]
  /** Those whose name it may be; more than one entry is nobody. */
  named(user: string, domain: string): Filter
  /**
   * What the user is called in role bindings and in the audit log.
   *
   * @param given What they signed in as. Directories compare more generously than lockouts count: an entry that is
   *   not called just that, apart from its case, is not meant.
   */
  nameOf(entry: Entry, given?: { user: string; domain: string }): string | undefined
  /** Whether the directory lets nobody in as the user. */
  isDisabled(entry: Entry): boolean
  groupNameOf(entry: Entry): string | undefined
  groupNamed(name: string): Filter
  /** Whether two groups may have one name. */
  namesRepeat: boolean
  /** Groups with one of the members. */
  groupsOf(members: readonly Member[]): Filter
  /** Whether that finds the groups of those groups too. */
  findsNested: boolean
  /** Users and groups that a text is part of the name of. */
  matching(text: string): { users: Filter; groups: Filter }
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const anyClass = (names: string[]) => any(names.map((name) => equals('objectClass', name)))

/** `ADS_UF_ACCOUNTDISABLE` of `userAccountControl`. @see MS-ADTS 2.2.16 */
const accountDisable = 2

/** `matchingRuleInChain`: members of members count. @see MS-ADTS 3.1.1.3.4.4.3 */
const inChain = '1.2.840.113556.1.4.1941'

/** A user is its `uid`; groups are those of RFC 4519 and RFC 2307, and are called by their `cn`. [inferred] */
function openLdap({ domainName }: LdapSourceConfig): DirectorySchema {
  const users = anyClass(['person', 'account', 'posixAccount'])
  const groups = anyClass(['groupOfNames', 'groupOfUniqueNames', 'posixGroup'])
  return {
    users,
    userAttributes: ['uid', 'cn'],
    groups,
    groupAttributes: ['cn'],
    named: (user) => all([users, equals('uid', user)]),
    nameOf(entry, given) {
      const names = textsOf(entry, 'uid')
      const name = given ? names.find((uid) => same(uid, given.user)) : names[0]
      return name && `${name}@${domainName}`
    },
    // What keeps a user out is a matter of overlays, each with attributes of its own.
    isDisabled: () => false,
    groupNameOf(entry) {
      const name = commonName(entry)
      return name && `${name}@${domainName}`
    },
    groupNamed: (name) => all([groups, equals('cn', name)]),
    namesRepeat: true,
    groupsOf: (members) =>
      all([
        groups,
        any(
          members.flatMap(({ dn, user }) => [
            equals('member', dn),
            equals('uniqueMember', dn),
            ...(user === undefined ? [] : [equals('memberUid', user)]),
          ]),
        ),
      ]),
    findsNested: false,
    matching: (text) => ({
      users: all([users, any([contains('uid', text), contains('cn', text)])]),
      groups: all([groups, contains('cn', text)]),
    }),
  }
}

/** A user is its `userPrincipalName` or its `sAMAccountName`, which a domain has once. */
function activeDirectory(config: LdapSourceConfig): DirectorySchema {
  const { domainName, alternativeDomainNames, resolveNestedGroups = false } = config
  const domains = new Set([domainName, ...alternativeDomainNames].map((name) => name.toLowerCase()))
  const users = all([equals('objectClass', 'user'), new NotFilter({ filter: equals('objectClass', 'computer') })])
  const groups = equals('objectClass', 'group')
  const accountName = (entry: Entry) => textsOf(entry, 'sAMAccountName')[0]
  const principalName = (entry: Entry) => {
    const name = textsOf(entry, 'userPrincipalName')[0]
    const domain = name?.slice(name.lastIndexOf('@') + 1).toLowerCase()
    // A name at somebody else's domain would be taken for theirs.
    return domain !== undefined && domains.has(domain) ? name : undefined
  }
  return {
    users,
    userAttributes: ['userPrincipalName', 'sAMAccountName', 'cn', 'memberOf', 'userAccountControl'],
    groups,
    groupAttributes: ['sAMAccountName', 'cn'],
    named: (user, domain) =>
      all([users, any([equals('userPrincipalName', `${user}@${domain}`), equals('sAMAccountName', user)])]),
    nameOf(entry, given) {
      const principal = principalName(entry)
      const account = accountName(entry)
      const meant = !given || same(principal ?? '', `${given.user}@${given.domain}`) || same(account ?? '', given.user)
      return meant ? (principal ?? (account && `${account}@${domainName}`)) : undefined
    },
    isDisabled: (entry) => (Number(textsOf(entry, 'userAccountControl')[0] ?? 0) & accountDisable) !== 0,
    groupNameOf(entry) {
      const name = accountName(entry)
      return name && `${name}@${domainName}`
    },
    groupNamed: (name) => all([groups, equals('sAMAccountName', name)]),
    namesRepeat: false,
    groupsOf: (members) =>
      all([
        groups,
        any(
          members.flatMap(({ dn }) => [
            equals('member', dn),
            ...(resolveNestedGroups ? [new ExtensibleFilter({ matchType: 'member', rule: inChain, value: dn })] : []),
          ]),
        ),
      ]),
    findsNested: true,
    matching: (text) => ({
      users: all([users, any(['userPrincipalName', 'sAMAccountName', 'cn'].map((name) => contains(name, text)))]),
      groups: all([groups, any(['sAMAccountName', 'cn'].map((name) => contains(name, text)))]),
    }),
  }
}

export function schemaOf(config: LdapSourceConfig): DirectorySchema {
  return config.type === 'ActiveDirectoryIdentitySource' ? activeDirectory(config) : openLdap(config)
}

/** The `cn` that is in the entry's own name, where one is: who may edit an entry can give it further ones. */
export function commonName(entry: Entry): string | undefined {
  const own = parseDn(entry.dn)?.[0]?.find(({ type }) => same(type, 'cn'))
  return own?.value ?? textsOf(entry, 'cn')[0]
}

export { all, any, equals }
