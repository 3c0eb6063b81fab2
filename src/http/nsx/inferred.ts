/**
 * Guesses about the wire that no source confirms and that no other table holds: one edit corrects them.
 * Error codes without a source are in errors.ts, feature ids in access/roles/features.ts, ranges in
 * access/passwords/auth-policy.ts, the claims that name a program in access/identity-sources/vidm/machine-of-claims.ts.
 */
export const inferred = {
  /** Pages larger than this are refused. */
  largestPage: 1000,
  auditLogPage: 1000,
  kernelVersion: '5.15.0',
  exportType: 'RESTRICTED' as const,
  /** Seconds. */
  longestCliTimeout: 86_400,
  /** System accounts that `internal=true` adds to the list. */
  internalAccounts: [
    { userid: 33, username: 'www-data', full_name: 'www-data', home_dir: '/var/www', group_id: 33 },
    { userid: 65534, username: 'nobody', full_name: 'nobody', home_dir: '/nonexistent', group_id: 65534 },
  ],
  /** How 9.1 writes when something ends, as `chage -l` does. */
  never: 'never',
  dateOf: (time: number) =>
    new Date(time).toLocaleDateString('en-US', { timeZone: 'UTC', month: 'short', day: '2-digit', year: 'numeric' }),
  internalShell: '/usr/sbin/nologin',
  /** Shown for ordinary accounts with `internal=true`. */
  homeDir: (username: string, userid: number) => (userid === 0 ? '/root' : `/home/${username}`),
  loginShell: (userid: number) => (userid === 0 ? '/bin/bash' : '/opt/vmware/nsx-cli/bin/scripts/nsxcli'),
  groupId: (userid: number) => userid,
  longestPolicyId: 255,
  /** Those that published clients look for; what else NSX licenses is not known. */
  licensedFeatures: ['CONTAINER', 'CONTAINER_NETWORKING', 'DFW'],
  /** The read-only `certificate` of `/node/services/http`. */
  servedCertificate: (pem: string) => ({ pem_encoded: pem }),
  /** What a path can name. */
  exporterName: '^(?!\\.{1,2}$)[^\\p{C}/\\\\%?#]+$',
  syslogPort: 514,
  /** Whether what principal identities make is protected where nobody says so. */
  identitiesAreProtected: true,
  /** `resource_type` of certificates; one answer that was captured shows the second. */
  certificateTypes: { ca: 'certificate_ca', 'self-signed': 'certificate_self_signed', signed: 'certificate_signed' },
  /** What `used_by` says a certificate is used for. */
  certificateService: 'CLIENT_AUTH' as const,
  /** Where built-in roles can be given that `roleScopes` does not name. */
  roleScope: ['ROOT'] as RoleScope[],
  /** Identifiers that callers choose for LDAP identity sources. */
  sourceId: /^[A-Za-z0-9_.:@ -]{1,255}$/,
  /** `runtime_state` of the vIDM provider; `ALL_OK` is what clients compare with, the others are ours. */
  vidmStates: {
    ok: 'ALL_OK',
    disabled: 'DISABLED',
    unreachable: 'UNREACHABLE',
    certificate_mismatch: 'CERTIFICATE_MISMATCH',
    secret_unreadable: 'CLIENT_SECRET_UNREADABLE',
  },
  /** Where people sign in with a browser, and where the OpenID provider sends them back to. */
  oidcLogin: '/api/session/oidc/login',
  oidcCallback: '/api/session/oidc/callback',
  /** The cookie from which the web console reads the XSRF token, for it sees no headers of a redirect. */
  xsrfCookie: 'XSRF-TOKEN',
} as const

export type RoleScope = 'ROOT' | 'ORG' | 'PROJECT' | 'VPC'

/** What `scope` of the list of roles keeps; custom roles are kept by all. */
export const roleScopes: Record<string, RoleScope[]> = {
  org_admin: ['ORG'],
  project_admin: ['PROJECT'],
  vpc_admin: ['VPC'],
  auditor: ['ROOT', 'ORG'],
  network_engineer: ['ROOT', 'PROJECT', 'VPC'],
  network_op: ['ROOT', 'PROJECT', 'VPC'],
  security_engineer: ['ROOT', 'PROJECT', 'VPC'],
  security_op: ['ROOT', 'PROJECT', 'VPC'],
}
