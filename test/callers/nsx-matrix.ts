import { features } from '../../src/access/roles/features.ts'
import type { PermissionRequirement } from '../../src/http/request.ts'

/**
 * NSX's role matrix as its guide prints it, with a column for a custom role of the tests' own. The guide has no rows of
 * principal identities and logs: those are inferred.
 */
const printed = `
                           EA   Aud  NE   NO   SE   SO   CA   CO   LBA  LBO  VPN  GI   NETX SBC  custom
  Local Users              F    R    N    N    N    N    N    N    N    N    N    N    N    N    N
  User Role Assignments    F    R    N    N    N    N    F    R    N    N    N    N    N    N    N
  Roles                    F    R    F    R    F    F    F    R    R    R    R    R    R    N    R
  Authentication Providers F    R    F    R    F    F    R    R    R    R    R    R    R    N    N
  System Administration    F    R    R    R    R    R    R    R    N    N    N    N    N    N    N
  Certificates             F    R    N    N    F    R    N    N    F    R    F    N    N    N    N
  Support Bundle           F    N    N    N    N    N    N    N    N    N    N    N    N    F    N
  Licenses                 F    R    R    R    R    R    N    N    N    N    N    N    N    N    N
  Segments                 F    R    F    R    R    R    F    R    R    R    R    R    R    N    F
  Tier-0 Gateways          F    R    F    R    R    R    F    R    R    R    R    R    R    N    N
  Tier-1 Gateways          F    R    F    R    R    R    F    R    R    R    R    R    R    N    N
  Fabric>Hosts             F    R    R    R    R    R    R    R    N    N    N    N    N    N    N
  Principal Identities     F    R    N    N    N    N    F    R    N    N    N    N    N    N    N
  Logs                     F    R    N    N    N    N    N    N    N    N    N    N    N    N    N`

export const columns = [
  'enterprise_admin',
  'auditor',
  'network_engineer',
  'network_op',
  'security_engineer',
  'security_op',
  'cloud_admin',
  'cloud_auditor',
  'lb_admin',
  'lb_auditor',
  'vpn_admin',
  'gi_partner_admin',
  'netx_partner_admin',
  'support_bundle_collector',
  'custom',
]

/** Built-in roles that the guide's rows do not print. They have no rights. */
export const unprintedRoles = ['org_admin', 'project_admin', 'vpc_admin']

/** What the custom role asks for. It gets less: Local Users is not for custom roles. */
export const customFeatures = [
  { feature: 'policy_segment', permission: 'crud' },
  { feature: 'users_custom_role', permission: 'read' },
  { feature: 'system_administration_passwd_mgmt', permission: 'crud' },
]

/** Full access, read-only, none. */
export type Letter = 'F' | 'R' | 'N'

const [, ...rows] = printed.trim().split('\n')
const matrix = new Map(
  rows.map((row) => {
    const [, name = '', letters = ''] = /^\s*(.*?)\s+([FRN](?:\s+[FRN])*)$/.exec(row) ?? []
    return [name, letters.split(/\s+/) as Letter[]]
  }),
)

export const rowsPrinted: readonly string[] = [...matrix.keys()]

export const isRow = (name: string): boolean => matrix.has(name)

/** What a role may do in the area of a row. */
export const letterOf = (row: string, role: string): Letter => matrix.get(row)?.[columns.indexOf(role)] ?? 'N'

/** Rows by the paths of calls. A call whose path is not here belongs to the row of the feature that its route declares. */
const areas: [pattern: RegExp, row: string][] = [
  [/\/node\/users\/:userid/, 'System Administration'],
  [/\/node\/users$/, 'Local Users'],
  [/\/aaa\/(roles|roles-with-feature-permissions|features-with-properties)(\/|$)/, 'Roles'],
  [/\/aaa\/role-bindings(\/|$)/, 'User Role Assignments'],
  [/^\/api\/v1\/licenses\//, 'Licenses'],
  [/\/infra\/segments(\/|$)/, 'Segments'],
  [/\/infra\/tier-0s(\/|$)/, 'Tier-0 Gateways'],
  [/\/infra\/tier-1s(\/|$)/, 'Tier-1 Gateways'],
  [/\/administration\/audit-logs$|\/node\/services\/syslog(\/|$)/, 'Logs'],
  [/\/aaa\/(providers|ldap-identity-sources)(\/|$)/, 'Authentication Providers'],
  [/^(\/policy)?\/api\/v1\/cluster(?!\/.*\/node\/)(\/|$)/, 'System Administration'],
  [/^\/api\/v1\/transport-nodes(?!\/.*\/node\/)(\/|$)/, 'Fabric>Hosts'],
  [/principal-identities(\/|$)/, 'Principal Identities'],
  [/\/node\/aaa\/auth-policy$/, 'System Administration'],
]
/** Calls that read although their method is POST. */
const readingPosts = [
  '/administration/audit-logs',
  '/aaa/roles?action=validate',
  '/aaa/ldap-identity-sources/:sourceId/search',
]

/** The row that a call belongs to, and the letters that let a role make it: from the tables here wherever they have its path. */
export function needOf(call: {
  method: string
  url: string
  action: string
  requires: unknown
  readsByPost: boolean
}): { row: string; letters: Letter[] } {
  const { method, url, action, requires, readsByPost } = call
  const { feature, permission } = requires as PermissionRequirement
  const row = areas.find(([pattern]) => pattern.test(url))?.[1]
  const path = `${url}${action}`
  const reads = method === 'GET' || readingPosts.some((end) => path.endsWith(end)) || (!row && readsByPost)
  const readable = row ? reads : reads && permission === 'read'
  return { row: row ?? features.get(feature) ?? feature, letters: readable ? ['F', 'R'] : ['F'] }
}
