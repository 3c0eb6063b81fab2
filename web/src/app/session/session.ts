/** The sign-ins that one browser can have side by side. */
export type Identity = 'nsx' | 'vcenter'

export type NsxPermission = 'none' | 'read' | 'execute' | 'crud'

/** Who is signed in to NSX Manager. */
export interface NsxIdentity {
  user_name: string
  source: string
  roles: string[]
  /** What the roles give together, by feature id. Features that are not named are closed. */
  features: Record<string, NsxPermission>
  xsrf_token: string
  /** 0: it never ends by itself. */
  idle_timeout_seconds: number
  /** Absent: it never does, or elsewhere. */
  password_expires_in_days?: number
}

/** Who is signed in to vCenter, and by it to NSX for vSphere. */
export interface VcenterIdentity {
  user_name: string
  domain: string
  /** Member of the administrators of vsphere.local. */
  administrator: boolean
  /** Held on the root folder or globally. */
  privileges: string[]
  /** Role in NSX for vSphere; null without one. */
  nsxv_role: string | null
  xsrf_token: string
  idle_timeout_seconds: number
  password_expires_in_days?: number
}

/** What `GET /sallyport/v1/session` answers. */
export interface Session {
  nsx: NsxIdentity | null
  vcenter: VcenterIdentity | null
  /** Where people are sent who sign in with the OpenID provider; null where none is set up. */
  oidc_sign_in: string | null
}

export const nobody: Session = { nsx: null, vcenter: null, oidc_sign_in: null }

/** Whether the password is kept here, so that one can change it here. */
export function hasOwnPassword({ nsx, vcenter }: Session, identity: Identity): boolean {
  return identity === 'nsx' ? nsx?.source === 'local' : vcenter?.domain === 'vsphere.local'
}

const order: readonly NsxPermission[] = ['none', 'read', 'execute', 'crud']

/** Whether the NSX sign-in gives at least this permission of a feature. */
export function mayInNsx(session: Session, feature: string, permission: NsxPermission = 'read'): boolean {
  return order.indexOf(session.nsx?.features[feature] ?? 'none') >= order.indexOf(permission)
}

/** Whether the vCenter sign-in has a privilege on the root folder or globally. */
export const mayInVcenter = (session: Session, privilege: string): boolean =>
  session.vcenter?.privileges.includes(privilege) ?? false

export const signedIn = (session: Session, identity: Identity | 'any'): boolean =>
  identity === 'any' ? session.nsx !== null || session.vcenter !== null : session[identity] !== null
