import type { NsxvRole } from './roles.ts'

export type NsxvPermission = 'read' | 'write'

const none = 0
const R = 1
const W = 2
const N = none

/** Columns of the matrix; super_user may do everything and has none. */
const columns = [
  'auditor',
  'security_admin',
  'security_engineer',
  'vshield_admin',
  'network_engineer',
  'security_role_admin',
  'enterprise_admin',
] as const satisfies readonly NsxvRole[]

/**
 * Features and what each role may do with them, as 6.4 prints them. `vc_sso_configuration` is a row of 6.3 that 6.4
 * has not; its columns of later roles are inferred. Appliance management has no row: only System Administrators do it.
 *
 * @see nsxv-api.md 2.5, nsxv-feature-matrix.csv
 */
const matrix = {
  //                        Aud Sec SecE NSX NetE S&R Ent
  configuration: [R, R, R, W, W, R, W],
  update: [N, N, N, W, W, N, W],
  vc_sso_configuration: [N, N, N, W, N, N, W],
  system_events: [R, W, W, W, W, W, W],
  audit_logs: [R, R, R, R, R, R, R],
  debug: [N, N, N, N, N, N, N],
  housekeeping: [R, R, R, W, W, R, W],
  basic_auth_disable: [R, R, R, R, R, R, W],
  user_account_management: [R, N, N, R, R, W, W],
  object_access_control: [N, N, N, R, R, R, R],
  feature_access_control: [N, N, N, R, R, R, R],
  edge_system: [R, R, R, W, W, R, W],
  edge_advanced_services: [R, W, W, R, R, W, W],
  edge_appliance: [R, R, R, W, W, R, W],
  edge_ha: [R, R, R, W, W, R, W],
  edge_vnic: [R, W, R, W, W, R, W],
  edge_dns: [R, W, R, R, W, R, W],
  edge_ssh: [R, W, R, W, W, R, W],
  edge_auto_plumbing: [R, W, W, R, R, W, W],
  edge_statistics: [R, R, R, R, R, R, W],
  edge_nat: [R, W, R, R, W, R, W],
  edge_dhcp: [R, W, R, R, W, R, W],
  appliance_management: [N, N, N, N, N, N, N],
} as const satisfies Record<string, readonly (typeof N | typeof R | typeof W)[]>
export type NsxvFeature = keyof typeof matrix

const needed: Record<NsxvPermission, number> = { read: R, write: W }

/** How much a role gives over all features. */
const widthOf = (role: NsxvRole) =>
  role === 'super_user'
    ? Number.POSITIVE_INFINITY
    : Object.values(matrix).reduce((sum, levels) => sum + (levels[columns.indexOf(role)] ?? none), 0)

/** The role of several that gives most. */
export const widestRole = (roles: readonly NsxvRole[]): NsxvRole | undefined =>
  roles.toSorted((a, b) => widthOf(b) - widthOf(a))[0]

/** Whether a role gives a permission on a feature; writing includes reading. */
export function roleGives(role: NsxvRole, feature: NsxvFeature, permission: NsxvPermission): boolean {
  if (role === 'super_user') return true
  const level = matrix[feature][columns.indexOf(role)] ?? none
  return level >= needed[permission]
}
