/**
 * What a route needs: a feature and one of these on it, each including those before it.
 * @see NSX REST API 4.2, FeaturePermission
 */
export const permissions = ['none', 'read', 'execute', 'crud'] as const
export type Permission = (typeof permissions)[number]

/**
 * The rows of the permission matrix that routes ask for, by their printed names. Of the ids, sources name those of
 * System Administration, Local Users and Segments; the others are inferred.
 * @see nsx-api.md 2.1, 6.2
 */
export const features = {
  system_administration: 'System Administration',
  system_administration_passwd_mgmt: 'Local Users',
  system_user_role_assignments: 'User Role Assignments',
  system_roles: 'Roles',
  system_authentication_providers: 'Authentication Providers',
  system_certificates: 'Certificates',
  system_support_bundle: 'Support Bundle',
  system_audit_logs: 'Audit Logs',
  policy_segment: 'Segments',
  policy_tier1: 'Tier-1 Gateways',
} as const
export type Feature = keyof typeof features
