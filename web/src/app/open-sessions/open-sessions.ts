/** What a session is of. */
export type SessionKind = 'nsx' | 'vcenter' | 'ssh'

/** A session that is open. @see GET /sallyport/v1/sessions */
export interface OpenSession {
  /** Nobody signs in with it. */
  id: string
  kind: SessionKind
  user_name: string
  source: string
  node_name: string
  address?: string
  agent?: string
  created: string
  last_used?: string
  own: boolean
  /** The one that this browser has. */
  current: boolean
  may_end: boolean
}

export const kindNames: Record<SessionKind, string> = { nsx: 'NSX Manager', vcenter: 'vCenter', ssh: 'SSH console' }

export const sourceNames: Record<string, string> = {
  local: 'local user',
  sso: 'vsphere.local',
  ldap: 'directory',
  vidm: 'identity provider',
  oidc: 'identity provider',
  csp: 'cloud services',
  principal_identity: 'principal identity',
}
