import type { Directory } from '../access/accounts/directory.ts'
import { createNodeUsers, type NodeUsers } from '../access/accounts/node-users.ts'
import { createPasswordChanges, type PasswordChanges } from '../access/accounts/password-changes.ts'
import { createSshKeys, type SshKeys } from '../access/accounts/ssh-keys.ts'
import { type ApiService, createApiService, isImmune } from '../access/api-service.ts'
import { type Certificates, certificateOf, createCertificates } from '../access/certificates/certificates.ts'
import { createOidcEndPoints, type OidcEndPoints } from '../access/identity-sources/vidm/oidc-end-points.ts'
import { createVidmSettings, type VidmSettingsUse } from '../access/identity-sources/vidm/vidm.ts'
import { createLimiters, type Limiters } from '../access/limits/limiters.ts'
import { loadNodeSettings, type NodeSettingsUse } from '../access/nodes/node-settings.ts'
import { createSshServices, type SshServices } from '../access/nodes/ssh-services.ts'
import type { LocalUser, Principal } from '../access/principal.ts'
import { createIdentities, type Identities } from '../access/principal-identities/identities.ts'
import {
  createPrincipalIdentities,
  identityOf,
  type PrincipalIdentities,
} from '../access/principal-identities/principal-identities.ts'
import { type CustomRoles, createCustomRoles } from '../access/roles/custom-roles.ts'
import { loadRoles } from '../access/roles/load.ts'
import type { RemoteBindings } from '../access/roles/remote-bindings.ts'
import { createRoleBindings, type RoleBindings } from '../access/roles/role-bindings.ts'
import type { Roles } from '../access/roles/roles.ts'
import { type Consoles, createConsoles } from '../access/sessions/consoles.ts'
import { createSessions, type Sessions } from '../access/sessions/sessions.ts'
import { type ConsoleDoor, createConsoleDoor } from '../access/sign-in/console-door.ts'
import { createDoor, type Door } from '../access/sign-in/door.ts'
import { createRealmAccounts } from '../access/sign-in/realm-accounts.ts'
import type { Journal } from '../audit/journal.ts'
import { createPolicyTree, type PolicyTree } from '../inventory/policy-tree.ts'
import { clusterRealm } from '../world.ts'
import type { Ground } from './ground.ts'
import type { SignInServices } from './sign-in.ts'

/** NSX managers and edges: who signs in there, with what they may do, and what there is to change. */
export interface NsxServices {
  roles: Roles
  directory: Directory
  remoteBindings: RemoteBindings
  identities: Identities
  door: Door
  consoleDoor: ConsoleDoor
  sessions: Sessions
  consoles: Consoles
  nodeSettings: NodeSettingsUse
  sshServices: SshServices
  passwords: PasswordChanges
  nodeUsers: NodeUsers
  sshKeys: SshKeys
  roleBindings: RoleBindings
  customRoles: CustomRoles
  vidmSettings: VidmSettingsUse
  oidcEndPoints: OidcEndPoints
  certificates: Certificates
  principalIdentities: PrincipalIdentities
  apiService: ApiService
  limiters: Limiters
  policyTree: PolicyTree
}

export async function openNsx(
  { config, clock, steady, hashing, stores, secrets, appliances }: Ground,
  journal: Journal,
  { authPolicies, lockouts, ldapDirectories, vidm, sourceDown }: SignInServices,
): Promise<NsxServices> {
  const apiServiceRow = await stores.apiService.read()
  if (!apiServiceRow) throw new Error('the store has no ground')
  const apiService = createApiService(apiServiceRow, config.nsxRelease.limits)
  const { roles, directory, remoteBindings } = await loadRoles(stores)
  const identities = createIdentities(roles)
  for (const row of await stores.certificates.list()) identities.putCertificate(row.id, certificateOf(row).chain)
  for (const row of await stores.principalIdentities.list()) identities.put(identityOf(row))

  const sessions = createSessions(
    await stores.sessions.list(),
    directory,
    remoteBindings,
    identities,
    journal,
    { clock, steady },
    () => apiService.read().config.sessionTimeout,
  )
  const door = createDoor<LocalUser, Principal>({
    accounts: createRealmAccounts(directory, stores.accounts, config.localDomain ?? ''),
    hashing,
    lockouts,
    welcome: remoteBindings.resolve,
    sourceOf: (name) => ldapDirectories.sourceOf(name) ?? vidm.source(clusterRealm, name),
    steady,
    log: sourceDown,
    isImmune: (source) => isImmune(apiService.read().config, source),
  })
  const consoles = createConsoles()
  const consoleDoor = createConsoleDoor({
    directory,
    accounts: stores.accounts,
    sshKeys: stores.sshKeys,
    hashing,
    lockouts,
    steady,
    log: sourceDown,
  })
  const passwords = createPasswordChanges(stores, authPolicies, hashing)
  const managerRealms = new Set(appliances.managers.map(({ realmId }) => realmId))
  const idsOf = (some: readonly { id: string }[]) => some.map(({ id }) => id)

  return {
    roles,
    directory,
    remoteBindings,
    identities,
    door,
    consoleDoor,
    sessions,
    consoles,
    nodeSettings: await loadNodeSettings(stores, idsOf([...appliances.managers, ...appliances.edges])),
    sshServices: createSshServices(),
    passwords,
    nodeUsers: createNodeUsers({
      stores,
      directory,
      passwords,
      sessions,
      consoles,
      lockouts,
      door,
      consoleDoor,
      managerRealms,
    }),
    sshKeys: createSshKeys(stores, passwords),
    roleBindings: createRoleBindings({
      stores,
      directory,
      remoteBindings,
      identities,
      roles,
      sessions,
      knowsSource: async (inside, type, id) =>
        type !== 'LDAP' || id === '' || (await inside.ldapIdentitySources.find(id)) !== undefined,
    }),
    customRoles: createCustomRoles(roles),
    vidmSettings: createVidmSettings({ vidm, sessions, door, secrets }),
    oidcEndPoints: createOidcEndPoints({ vidm, sessions, stores }),
    certificates: createCertificates(stores, identities),
    principalIdentities: createPrincipalIdentities(stores, identities, managerRealms, sessions),
    apiService,
    limiters: createLimiters(idsOf(appliances.managers), () => apiService.read().config, steady),
    policyTree: createPolicyTree(stores),
  }
}
