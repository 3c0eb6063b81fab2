import type { Lab } from './lab.ts'
import type { Directory } from './servers/openldap.ts'

export const userPassword = 'Blue-Moon-Over-7-Hills'
export const readerPassword = 'reader-s3cret-of-the-source'
export const reader = 'cn=reader,dc=corp,dc=example'

const entry = (dn: string, classes: string[], attributes: Record<string, string | string[]>) =>
  [
    `dn: ${dn}`,
    ...classes.map((name) => `objectClass: ${name}`),
    ...Object.entries(attributes).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`)),
    '',
  ].join('\n')

const person = (dn: string, uid: string, more: Record<string, string | string[]> = {}) =>
  entry(dn, ['inetOrgPerson'], { uid, cn: uid, sn: uid, userPassword, ...more })
const group = (name: string, members: string[], ou = 'groups') =>
  entry(`cn=${name},ou=${ou},dc=corp,dc=example`, ['groupOfNames'], { member: members })
const people = (uid: string) => `uid=${uid},ou=people,dc=corp,dc=example`
const groups = (cn: string) => `cn=${cn},ou=groups,dc=corp,dc=example`

/** A company's OpenLDAP: people, groups of every kind, groups of groups, a circle, and what people try. */
export const corp: Directory = {
  suffix: 'dc=corp,dc=example',
  ldif: [
    entry('dc=corp,dc=example', ['dcObject', 'organization'], { o: 'Corp' }),
    entry('ou=people,dc=corp,dc=example', ['organizationalUnit'], {}),
    entry('ou=groups,dc=corp,dc=example', ['organizationalUnit'], {}),
    entry('ou=elsewhere,dc=corp,dc=example', ['organizationalUnit'], {}),
    entry(reader, ['organizationalRole', 'simpleSecurityObject'], { userPassword: readerPassword }),
    person(people('bob'), 'bob', { cn: 'Bob Builder' }),
    person(people('alice'), 'alice'),
    person(people('mallory'), 'mallory'),
    person('uid=we\\,ird (x)*\\\\,ou=people,dc=corp,dc=example', 'we,ird (x)*\\'),
    person(people('twin'), 'twin'),
    person('uid=twin,ou=elsewhere,dc=corp,dc=example', 'twin'),
    entry(people('pat'), ['account', 'posixAccount'], {
      uid: 'pat',
      cn: 'Pat',
      uidNumber: '1001',
      gidNumber: '1001',
      homeDirectory: '/home/pat',
      userPassword,
    }),
    group('ops', [people('bob')]),
    group('all-ops', [groups('ops')]),
    group('circle-a', [groups('all-ops'), groups('circle-b')]),
    group('circle-b', [groups('circle-a')]),
    group('admins', [people('alice')]),
    group('admins', [people('mallory')], 'elsewhere'),
    entry(groups('uniques'), ['groupOfUniqueNames'], { uniqueMember: people('alice') }),
    entry(groups('shell'), ['posixGroup'], { gidNumber: '2000', memberUid: 'pat' }),
  ].join('\n'),
}

/** The attributes of Active Directory that matter here, in an OpenLDAP. */
export const activeDirectory: Directory = {
  suffix: 'dc=ad,dc=example',
  schema: `
attributetype ( 1.3.6.1.4.1.4203.666.1.1 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.2 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.3 NAME 'memberOf' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
attributetype ( 1.3.6.1.4.1.4203.666.1.4 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.2.1 NAME 'user' SUP organizationalPerson STRUCTURAL MAY ( sAMAccountName $ userPrincipalName $ memberOf $ userAccountControl ) )
objectclass ( 1.3.6.1.4.1.4203.666.2.2 NAME 'computer' SUP user STRUCTURAL )
objectclass ( 1.3.6.1.4.1.4203.666.2.3 NAME 'group' SUP top STRUCTURAL MUST ( cn ) MAY ( member $ sAMAccountName ) )
`,
  ldif: [
    entry('dc=ad,dc=example', ['dcObject', 'organization'], { o: 'AD' }),
    ...[
      ['Jane Doe', 'jdoe', 'jane.doe@ad.example'],
      ['Sam Only', 'sam', undefined],
      ['Stranger', 'stranger', 'admin@elsewhere.example'],
    ].map(([cn, account, principal]) =>
      entry(`cn=${cn},dc=ad,dc=example`, ['user'], {
        sn: cn as string,
        sAMAccountName: account as string,
        ...(principal ? { userPrincipalName: principal } : {}),
        userPassword,
        memberOf: 'cn=Far Away,dc=other,dc=example',
      }),
    ),
    entry('cn=HOST,dc=ad,dc=example', ['computer'], { sn: 'HOST', sAMAccountName: 'host$', userPassword }),
    entry('cn=Firewall Team,dc=ad,dc=example', ['group'], {
      sAMAccountName: 'fw-team',
      member: 'cn=Jane Doe,dc=ad,dc=example',
    }),
  ].join('\n'),
}

/** NSX Manager's. */
export const sources = '/policy/api/v1/aaa/ldap-identity-sources'
/** vCenter's. */
export const vcenterSources = '/sallyport/v1/sso/identity-sources'

/** A source that reads the company's directory at some servers. */
export const corpSource = (...servers: object[]) => ({
  resource_type: 'OpenLdapIdentitySource',
  domain_name: 'corp.example',
  base_dn: 'dc=corp,dc=example',
  ldap_servers: servers.map((server) => ({ bind_identity: reader, password: readerPassword, ...server })),
})

let bindings = 0

/**
 * Gives a user or group of an LDAP identity source roles everywhere.
 *
 * To be done with `POST /aaa/role-bindings` as soon as that takes remote users and groups; until then such a binding is
 * forgotten when the lab restarts.
 */
export function bindRemote(
  lab: Lab,
  type: 'remote_user' | 'remote_group',
  name: string,
  roles: string[],
  sourceId = 'corp',
): void {
  const subject = { type, name, sourceType: 'LDAP', sourceId } as const
  lab.server.services.remoteBindings.put(`test-${++bindings}`, subject, [{ path: '/', roles }])
}
