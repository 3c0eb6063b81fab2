import { createAccountStore } from './accounts.ts'
import { createApiServiceStore } from './api-service.ts'
import { createApplianceStore } from './appliances.ts'
import { createAuditChunkStore } from './audit-chunks.ts'
import { createAuditRecordStore } from './audit-records.ts'
import { createCertificateStore } from './certificates.ts'
import { createCustomRoleStore } from './custom-roles.ts'
import type { Database } from './database.ts'
import { createInventoryObjectStore } from './inventory-objects.ts'
import { createLdapIdentitySourceStore } from './ldap-identity-sources.ts'
import { createLockoutStore } from './lockouts.ts'
import { createNsxvManagerStore } from './nsxv-manager.ts'
import { createNsxvObjectStore } from './nsxv-objects.ts'
import { createNsxvTokenStore } from './nsxv-tokens.ts'
import { createNsxvUserStore } from './nsxv-users.ts'
import { createNsxvWebInterfaceStore } from './nsxv-web-interface.ts'
import { createOidcEndPointStore } from './oidc-end-points.ts'
import { createPasswordHistoryStore } from './password-history.ts'
import { createPolicyObjectStore } from './policy-objects.ts'
import { createPrincipalIdentityStore } from './principal-identities.ts'
import { createPropertyStore } from './properties.ts'
import { createRealmStore } from './realms.ts'
import { createRoleBindingStore } from './role-bindings.ts'
import { createSessionStore } from './sessions.ts'
import { createSshKeyStore } from './ssh-keys.ts'
import { createSsoDomainStore } from './sso-domains.ts'
import { createSsoGroupStore } from './sso-groups.ts'
import { createSsoPasswordHistoryStore } from './sso-password-history.ts'
import { createSsoUserStore } from './sso-users.ts'
import { createSyslogExporterStore } from './syslog-exporters.ts'
import { createVcenterPermissionStore } from './vcenter-permissions.ts'
import { createVcenterRoleStore } from './vcenter-roles.ts'
import { createVcenterSessionStore } from './vcenter-sessions.ts'
import { createVcenterTagStore } from './vcenter-tags.ts'
import { createVidmProviderStore } from './vidm-providers.ts'

/** Every table, reached through one database or through one transaction of it. */
export type Stores = ReturnType<typeof createStores>

export function createStores(db: Database) {
  return {
    properties: createPropertyStore(db),
    realms: createRealmStore(db),
    appliances: createApplianceStore(db),
    accounts: createAccountStore(db),
    passwordHistory: createPasswordHistoryStore(db),
    sshKeys: createSshKeyStore(db),
    sessions: createSessionStore(db),
    lockouts: createLockoutStore(db),
    roleBindings: createRoleBindingStore(db),
    customRoles: createCustomRoleStore(db),
    ldapIdentitySources: createLdapIdentitySourceStore(db),
    vcenterIdentitySources: createLdapIdentitySourceStore(db, 'vcenterIdentitySource'),
    apiService: createApiServiceStore(db),
    vidmProviders: createVidmProviderStore(db),
    oidcEndPoints: createOidcEndPointStore(db),
    policyObjects: createPolicyObjectStore(db),
    certificates: createCertificateStore(db),
    principalIdentities: createPrincipalIdentityStore(db),
    auditRecords: createAuditRecordStore(db),
    auditChunks: createAuditChunkStore(db),
    syslogExporters: createSyslogExporterStore(db),
    inventoryObjects: createInventoryObjectStore(db),
    vcenterRoles: createVcenterRoleStore(db),
    vcenterPermissions: createVcenterPermissionStore(db),
    vcenterTags: createVcenterTagStore(db),
    ssoDomains: createSsoDomainStore(db),
    ssoUsers: createSsoUserStore(db),
    ssoPasswordHistory: createSsoPasswordHistoryStore(db),
    ssoGroups: createSsoGroupStore(db),
    vcenterSessions: createVcenterSessionStore(db),
    nsxvManager: createNsxvManagerStore(db),
    nsxvUsers: createNsxvUserStore(db),
    nsxvWebInterface: createNsxvWebInterfaceStore(db),
    nsxvTokens: createNsxvTokenStore(db),
    nsxvObjects: createNsxvObjectStore(db),
  }
}
