/**
 * Features of NSX-v by role: R reads, W reads and writes. Rows of NSX-v 6.4's guide; `vc_sso_configuration` is a row of
 * 6.3 that 6.4 does not print, with the columns of later roles inferred. `super_user` may do everything.
 */
const printed = `
                          auditor security_admin security_engineer vshield_admin network_engineer security_role_admin enterprise_admin
  configuration           R R R W W R W
  vc_sso_configuration    - - - W - - W
  system_events           R W W W W W W
  audit_logs              R R R R R R R
  basic_auth_disable      R R R R R R W
  user_account_management R - - R R W W
  object_access_control   - - - R R R R
  appliance_management    - - - - - - -`

const [header = '', ...lines] = printed.trim().split('\n')
const roles = header.trim().split(/\s+/)
const rows = new Map(
  lines.map((line) => {
    const [feature = '', ...letters] = line.trim().split(/\s+/)
    return [feature, letters] as const
  }),
)

/** Whether the guide gives a role a permission on a feature. @throws if the guide's row is not in the table above. */
export function nsxvGives(role: string, feature: string, permission: 'read' | 'write'): boolean {
  const row = rows.get(feature)
  if (!row) throw new Error(`test/callers/nsxv-matrix.ts has no row ${feature}`)
  const letter = row[roles.indexOf(role)]
  return role === 'super_user' || letter === 'W' || (letter === 'R' && permission === 'read')
}
