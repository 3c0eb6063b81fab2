/** A role binding, as NSX Manager tells of it. @see nsx-api.md 6.3 */
export interface RoleBinding {
  id: string
  name: string
  type: keyof typeof types
  identity_source_type?: string
  identity_source_id?: string
  roles_for_paths: RolesForPath[]
  /** Of a local user. */
  user_id?: string
  _revision: number
}

export interface RolesForPath {
  path: string
  roles: { role: string; role_display_name?: string }[]
}

/** A role that can be given. */
export interface Role {
  role: string
  role_display_name: string
}

export interface PathChange extends RolesForPath {
  delete_path?: boolean
}

/** @see nsx-api.md 6.4 */
export interface PrincipalIdentity {
  id: string
  name: string
  node_id: string
  certificate_id?: string
}

export const types = {
  local_user: 'Local user',
  remote_user: 'Remote user',
  remote_group: 'Remote group',
  remote: 'Remote user or group',
  principal_identity: 'Principal identity',
} as const

const sources: Record<string, string> = {
  VIDM: 'Workspace ONE Access',
  LDAP: 'LDAP',
  OIDC: 'OpenID Connect',
  CSP: 'CSP',
}

export const sourceTypes = Object.entries(sources).map(([id, name]) => ({ id, name }))

export function sourceOf({ identity_source_type: type, identity_source_id: id }: RoleBinding): string {
  if (type === undefined) return ''
  return [sources[type] ?? type, id].filter(Boolean).join(': ')
}

export const nameOf = ({ role, role_display_name }: RolesForPath['roles'][number]): string => role_display_name ?? role

/** `Auditor at /, Network Admin at /orgs/default` */
export const rolesOf = ({ roles_for_paths }: RoleBinding): string =>
  roles_for_paths.map(({ path, roles }) => `${roles.map(nameOf).join(', ')} at ${path}`).join('; ')

/** What has to be sent to come from what is bound to what is wanted: paths that stay as they are are left out. */
export function changesBetween(bound: readonly RolesForPath[], wanted: readonly RolesForPath[]): PathChange[] {
  const ids = ({ roles }: RolesForPath) => roles.map(({ role }) => role).toSorted()
  const at = (paths: readonly RolesForPath[], path: string) => paths.find((one) => one.path === path)
  const set = wanted.filter((one) => {
    const before = at(bound, one.path)
    return before === undefined || ids(before).join() !== ids(one).join()
  })
  const gone = bound.filter(({ path }) => at(wanted, path) === undefined)
  return [...set, ...gone.map((one) => ({ ...one, delete_path: true }))]
}
