import type { Feature, Permission } from '../../access/roles/features.ts'
import type { PermissionRequirement } from '../request.ts'

/** Shorthand for what a route requires. */
export const needs = (feature: Feature, permission: Permission, at?: PermissionRequirement['at']) => ({
  requires: { feature, permission, ...(at === undefined ? {} : { at }) },
})

/** Local users: who may list them and who may change their passwords; one is read by whoever may read the system. @see nsx-api.md 2.1 */
export const readUsers = needs('system_administration_passwd_mgmt', 'read')
export const changePasswords = needs('system_administration_passwd_mgmt', 'crud')
export const readSystem = needs('system_administration', 'read')
export const changeSystem = needs('system_administration', 'crud')
/** Where the log goes. */
export const readLogs = needs('system_log', 'read')
export const changeLogs = needs('system_log', 'crud')
/** Principal identities and the certificates that are theirs. */
export const readIdentities = needs('trust_principal_identities', 'read')
export const changeIdentities = needs('trust_principal_identities', 'crud')
export const readNodes = needs('nodes_transport_nodes', 'read')
export const readLicenses = needs('system_configuration_license', 'read')
export const readProviders = needs('users_configuration', 'read')
export const changeProviders = needs('users_configuration', 'crud')

export const anyAccount = { requires: 'sign-in' as const }
