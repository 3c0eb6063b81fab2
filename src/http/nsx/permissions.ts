import type { Feature, Permission } from '../../access/roles/features.ts'
import type { PermissionRequirement } from '../request.ts'

/** Shorthand for what a route requires. */
export const needs = (feature: Feature, permission: Permission, at?: PermissionRequirement['at']) => ({
  requires: { feature, permission, ...(at === undefined ? {} : { at }) },
})

/** Local users: who may read them and who may change their passwords. @see nsx-api.md 2.1 */
export const readUsers = needs('system_administration_passwd_mgmt', 'read')
export const changePasswords = needs('system_administration_passwd_mgmt', 'crud')
export const readSystem = needs('system_administration', 'read')
export const changeSystem = needs('system_administration', 'crud')
export const readProviders = needs('system_authentication_providers', 'read')
export const changeProviders = needs('system_authentication_providers', 'crud')

export const anyAccount = { requires: 'sign-in' as const }
