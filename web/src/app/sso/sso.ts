/** A user of vsphere.local, as `/sallyport/v1/sso` tells of it. */
export interface SsoUser {
  name: string
  domain: string
  first_name: string
  last_name: string
  email: string
  description: string
  disabled: boolean
  /** Failed sign-ins keep the user out for a while. */
  locked: boolean
  password_must_change: boolean
  password_changed: string
  /** Comes with the domain, and can be neither disabled nor deleted. */
  built_in: boolean
}

export interface SsoGroup {
  name: string
  domain: string
  description: string
  built_in: boolean
}

export interface ListedGroup extends SsoGroup {
  member_count: number
}

export interface SsoMember {
  type: 'user' | 'group'
  name: string
  domain: string
}

/** The domain whose users and groups can be changed here. */
export const ssoDomain = 'vsphere.local'

export function statusOf(user: SsoUser): { text: string; color: 'success' | 'warning' | 'danger' | '' }[] {
  return [
    ...(user.disabled ? [{ text: 'Disabled', color: '' as const }] : []),
    ...(user.locked ? [{ text: 'Locked', color: 'danger' as const }] : []),
    ...(user.password_must_change ? [{ text: 'Must change password', color: 'warning' as const }] : []),
    ...(user.disabled || user.locked ? [] : [{ text: 'Active', color: 'success' as const }]),
  ]
}
