import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type AuthPolicies, createAuthPolicies } from './access/accounts/auth-policies.ts'
import { type CliTimeouts, loadCliTimeouts } from './access/accounts/cli-timeouts.ts'
import type { Directory } from './access/accounts/directory.ts'
import { createNodeUsers, type NodeUsers } from './access/accounts/node-users.ts'
import { createPasswordChanges, type PasswordChanges } from './access/accounts/password-changes.ts'
import { createSshKeys, type SshKeys } from './access/accounts/ssh-keys.ts'
import { type ApiService, createApiService, isImmune } from './access/api-service.ts'
import { type AuditLogReader, createAuditLogReader } from './access/audit-log-reader.ts'
import { type AuditSearch, createAuditSearch } from './access/audit-search.ts'
import { type Certificates, certificateOf, createCertificates } from './access/certificates/certificates.ts'
import type { Clock } from './access/clock.ts'
import { createLdapDirectories } from './access/identity-sources/ldap-directories.ts'
import {
  createLdapIdentitySources,
  type LdapIdentitySources,
  loadLdapDirectories,
} from './access/identity-sources/ldap-identity-sources.ts'
import { createVidm, createVidmSettings, type Vidm, type VidmSettingsUse } from './access/identity-sources/vidm/vidm.ts'
import { createLimiter, type Limiter } from './access/limits/limiter.ts'
import { createLimiters, type Limiters } from './access/limits/limiters.ts'
import { nsxvLimits } from './access/nsxv/limits.ts'
import { type Nsxv, openNsxv } from './access/nsxv/nsxv.ts'
import { createPeople } from './access/nsxv/people.ts'
import type { PasswordHashing } from './access/passwords/hashing.ts'
import type { LocalUser, Principal } from './access/principal.ts'
import { createIdentities, type Identities } from './access/principal-identities/identities.ts'
import {
  createPrincipalIdentities,
  identityOf,
  type PrincipalIdentities,
} from './access/principal-identities/principal-identities.ts'
import { type CustomRoles, createCustomRoles } from './access/roles/custom-roles.ts'
import { loadRoles } from './access/roles/load.ts'
import type { RemoteBindings } from './access/roles/remote-bindings.ts'
import { createRoleBindings, type RoleBindings } from './access/roles/role-bindings.ts'
import type { Roles } from './access/roles/roles.ts'
import { type Consoles, createConsoles } from './access/sessions/consoles.ts'
import { createSessions, type Sessions } from './access/sessions/sessions.ts'
import { type ConsoleDoor, createConsoleDoor } from './access/sign-in/console-door.ts'
import { createDoor, type Door } from './access/sign-in/door.ts'
import { consoleSource, createLockouts } from './access/sign-in/lockouts.ts'
import { createRealmAccounts } from './access/sign-in/realm-accounts.ts'
import { createSyslogExporters, type SyslogExporters } from './access/syslog-exporters.ts'
import { createAuthorization } from './access/vcenter/authorization/authorizer.ts'
import { createObjectsRemoved } from './access/vcenter/authorization/objects-removed.ts'
import { createPermissionIndex } from './access/vcenter/authorization/permission-index.ts'
import { createPermissionView } from './access/vcenter/authorization/permission-view.ts'
import { createPrivilegeChecks, type PrivilegeChecks } from './access/vcenter/authorization/privilege-checks.ts'
import { createPrivilegeList, type PrivilegeList } from './access/vcenter/authorization/privilege-list.ts'
import { createRecordedChecks } from './access/vcenter/authorization/recorded-checks.ts'
import { createRoleView } from './access/vcenter/authorization/role-view.ts'
import { permissionOf, roleOf } from './access/vcenter/authorization/rows.ts'
import {
  createVcenterPermissions,
  type VcenterPermissions,
} from './access/vcenter/authorization/vcenter-permissions.ts'
import { createVcenterRoles, type VcenterRoles } from './access/vcenter/authorization/vcenter-roles.ts'
import type { Authorization } from './access/vcenter/authorization.ts'
import { keptChecks, vcenterLimits } from './access/vcenter/inferred.ts'
import { ssoDomain } from './access/vcenter/principal.ts'
import { createVcenterSessions, type VcenterSessions } from './access/vcenter/sessions.ts'
import type { SsoDirectory } from './access/vcenter/sso/directory.ts'
import { createVcenterDoor, type VcenterDoor } from './access/vcenter/sso/door.ts'
import { createSsoGroups, type SsoGroups } from './access/vcenter/sso/groups.ts'
import { loadSsoDirectory } from './access/vcenter/sso/load.ts'
import { createSsoPasswords, type SsoPasswords } from './access/vcenter/sso/passwords.ts'
import { loadSsoPolicies, type SsoPolicies } from './access/vcenter/sso/policies.ts'
import { lockoutRuleOf } from './access/vcenter/sso/policy.ts'
import { createPrincipalLookup, type PrincipalLookup } from './access/vcenter/sso/principal-lookup.ts'
import { createSsoUsers, type SsoUsers } from './access/vcenter/sso/users.ts'
import { type Journal, openJournal } from './audit/journal.ts'
import { openSyslogExports } from './audit/syslog-export/exports.ts'
import { resolves } from './audit/syslog-export/resolve.ts'
import type { Config } from './config.ts'
import { type Addresses, createAddresses } from './inventory/addresses.ts'
import { type Appliances, createAppliances } from './inventory/appliances.ts'
import { createPolicyTree, type PolicyTree } from './inventory/policy-tree.ts'
import { createDatacenters, type Datacenters } from './inventory/vsphere/datacenters.ts'
import { loadVsphereInventory, type VsphereInventory } from './inventory/vsphere/inventory.ts'
import { createVsphereQueries, type VsphereQueries } from './inventory/vsphere/queries.ts'
import { createVirtualMachines, type VirtualMachines } from './inventory/vsphere/virtual-machines.ts'
import { createOpenIdProvider } from './providers/openid-provider.ts'
import { openRelay, type Relay } from './relay/relay.ts'
import { lockDataDir, makeDataDir } from './store/data-dir.ts'
import { openDatabase } from './store/database.ts'
import { openSecrets } from './store/secrets.ts'
import { createStores, type Stores } from './store/stores.ts'
import { clusterRealm, type FirstStarts, layGround, type World } from './world.ts'

/** Everything the surfaces are made of, wired once. */
export interface Services extends AsyncDisposable {
  config: Config
  clock: Clock
  log: Logger
  appliances: Appliances
  addresses: Addresses
  journal: Journal
  auditSearch: AuditSearch
  auditLogReader: AuditLogReader
  roles: Roles
  directory: Directory
  remoteBindings: RemoteBindings
  identities: Identities
  door: Door
  consoleDoor: ConsoleDoor
  sessions: Sessions
  consoles: Consoles
  cliTimeouts: CliTimeouts
  authPolicies: AuthPolicies
  passwords: PasswordChanges
  nodeUsers: NodeUsers
  sshKeys: SshKeys
  roleBindings: RoleBindings
  customRoles: CustomRoles
  ldapIdentitySources: LdapIdentitySources
  apiService: ApiService
  limiters: Limiters
  policyTree: PolicyTree
  vsphere: VsphereInventory
  vsphereQueries: VsphereQueries
  datacenters: Datacenters
  virtualMachines: VirtualMachines
  authorization: Authorization
  privileges: PrivilegeList
  vcenterRoles: VcenterRoles
  vcenterPermissions: VcenterPermissions
  privilegeChecks: PrivilegeChecks
  syslogExporters: SyslogExporters
  certificates: Certificates
  principalIdentities: PrincipalIdentities
  vidm: Vidm
  vidmSettings: VidmSettingsUse
  ssoDirectory: SsoDirectory
  ssoPolicies: SsoPolicies
  ssoPasswords: SsoPasswords
  principalLookup: PrincipalLookup
  ssoUsers: SsoUsers
  ssoGroups: SsoGroups
  vcenterLimiter: Limiter
  nsxvLimiter: Limiter
  vcenterDoor: VcenterDoor
  vcenterSessions: VcenterSessions
  /** Absent: there is no NSX Manager for vSphere. */
  nsxv: Nsxv | undefined
  /** Absent: every call is answered here. */
  relay: Relay | undefined
  /** What this start made of the store, where it is the first. */
  firstStarts: FirstStarts
}

/** How often sessions' last uses are stored and what has ended is removed, in milliseconds. */
const housekeeping = 10_000

/**
 * Opens the store and everything on it.
 *
 * @param world What an empty store is filled with.
 * @throws {StoreError} when the data directory or the database cannot be used.
 */
export async function createServices(
  config: Config,
  world: World,
  log: Logger,
  clock: Clock,
  hashing: PasswordHashing,
): Promise<Services> {
  makeDataDir(config.dataDir)
  await using opened = new AsyncDisposableStack()
  const unlock = lockDataDir(config.dataDir)
  opened.defer(unlock)
  const databases = await openDatabase(config.database)
  opened.defer(() => databases.close())
  const stores = createStores(databases.read)
  const secrets = openSecrets(config.dataDir)

  const firstStarts = await layGround(databases.write, world, hashing, clock)

  const { maxBytes, keep } = config.auditLog
  const journal = await openJournal(
    databases,
    instanceName(config.dataDir),
    { dir: config.dataDir, maxBytes, keep },
    log,
  )
  opened.defer(() => journal.close())

  const clusterId = await stores.properties.find('cluster_id')
  const apiServiceRow = await stores.apiService.read()
  if (!clusterId || !apiServiceRow) throw new Error('the store has no ground')
  const appliances = createAppliances(await stores.appliances.list(), clusterId)
  const realms = await stores.realms.list()
  const managerRealms = new Set(appliances.managers.map(({ realmId }) => realmId))
  const nameOf = (id: string) => (appliances.manager(id) ?? appliances.edge(id))?.name
  const syslogExports = await openSyslogExports(stores, journal, nameOf, log)
  opened.defer(() => syslogExports.close())

  const { roles, directory, remoteBindings } = await loadRoles(stores)

  const vsphere = await loadVsphereInventory(stores)
  const roleView = createRoleView((await stores.vcenterRoles.list()).map(roleOf))
  const permissionView = createPermissionView((await stores.vcenterPermissions.list()).map(permissionOf))
  const permissionIndex = createPermissionIndex({ tree: vsphere, permissions: permissionView, roles: roleView })
  const recordedChecks = createRecordedChecks(keptChecks, permissionIndex.has)
  const authorization = createAuthorization(permissionIndex, recordedChecks.record)
  const privilegeChecks = createPrivilegeChecks(recordedChecks, vsphere, authorization)
  const objectsRemoved = createObjectsRemoved(permissionView)

  const identities = createIdentities(roles)
  for (const row of await stores.certificates.list()) identities.putCertificate(row.id, certificateOf(row).chain)
  for (const row of await stores.principalIdentities.list()) identities.put(identityOf(row))

  const vidmRows = await stores.vidmProviders.list()
  const vidm = createVidm({
    rows: vidmRows,
    sealedSecrets: await sealedSecrets(stores, vidmRows),
    secrets,
    connect: (settings) => createOpenIdProvider(settings, clock),
    clock,
    log: (error) => log.warn((error as Error).message),
  })
  const apiService = createApiService(apiServiceRow)
  const authPolicies = createAuthPolicies(realms)
  const passwords = createPasswordChanges(stores, authPolicies, hashing)
  const sessions = createSessions(
    await stores.sessions.list(),
    directory,
    remoteBindings,
    identities,
    journal,
    clock,
    () => apiService.read().config.sessionTimeout,
  )
  const ssoDirectory = await loadSsoDirectory(stores)
  const ssoPolicies = await loadSsoPolicies(stores)
  const ssoPasswords = createSsoPasswords(stores, ssoPolicies, hashing)
  const lockouts = createLockouts(await stores.lockouts.list(), journal, clock, ({ realmId, source }) => {
    if (realmId === ssoDomain) return lockoutRuleOf(ssoPolicies.read())
    const policy = authPolicies.read(realmId)
    if (source === consoleSource) {
      return {
        maxFailures: policy.cliMaxFailures,
        lockoutPeriod: policy.cliLockoutPeriod,
        resetPeriod: 0,
        restarts: true,
      }
    }
    return {
      maxFailures: policy.apiMaxFailures,
      resetPeriod: policy.apiResetPeriod,
      lockoutPeriod: policy.apiLockoutPeriod,
    }
  })
  const ldapDirectories = createLdapDirectories(clock, config.ldapTimeout)
  await loadLdapDirectories(ldapDirectories, stores, secrets)
  const principalLookup = createPrincipalLookup(ssoDirectory, ldapDirectories)
  const sourceDown = (error: unknown) => log.warn(error, 'an identity source did not answer')
  const door = createDoor<LocalUser, Principal>({
    accounts: createRealmAccounts(directory, stores.accounts, config.localDomain ?? ''),
    hashing,
    lockouts,
    welcome: remoteBindings.resolve,
    sourceOf: (name) => ldapDirectories.sourceOf(name) ?? vidm.source(clusterRealm, name),
    clock,
    log: sourceDown,
    isImmune: (source) => isImmune(apiService.read().config, source),
  })
  const consoleDoor = createConsoleDoor({
    directory,
    accounts: stores.accounts,
    sshKeys: stores.sshKeys,
    hashing,
    lockouts,
    clock,
    log: sourceDown,
  })
  const consoles = createConsoles()
  const vcenterDoor = createVcenterDoor({
    applianceId: appliances.vcenter.id,
    directory: ssoDirectory,
    users: stores.ssoUsers,
    hashing,
    lockouts,
    sourceOf: ldapDirectories.sourceOf,
    clock,
    log: sourceDown,
  })
  const vcenterSessions = createVcenterSessions(
    await stores.vcenterSessions.list(),
    ssoDirectory,
    ssoPolicies.read,
    journal,
    clock,
    config.vcenterSessions,
  )

  const nsxv =
    appliances.nsxv &&
    (await openNsxv({
      appliance: appliances.nsxv,
      stores,
      directory,
      lockouts,
      hashing,
      log: sourceDown,
      people: createPeople(vcenterDoor, ssoDirectory, ssoPolicies, clock),
      cliRoles: config.nsxvCliRoles,
      datacenters: () => [...vsphere.ofType('Datacenter')].map(({ id, name }) => ({ id, name, type: 'Datacenter' })),
      clock,
      consoles,
    }))

  const limiters = createLimiters(
    appliances.managers.map(({ id }) => id),
    () => apiService.read().config,
    clock,
  )

  const vcenterLimiter = createLimiter(() => vcenterLimits, clock)
  const nsxvLimiter = createLimiter(() => nsxvLimits, clock)

  const relay = config.relay && (await openRelay(config.relay, clock, log))
  opened.defer(() => relay?.close())

  const keepHouse = () => {
    limiters.keepHouse()
    vcenterLimiter.forgetIdle()
    nsxvLimiter.forgetIdle()
    lockouts.keepHouse()
    nsxv?.tokens.keepHouse()
    void relay?.keepHouse()
    return Promise.all([sessions.keepHouse(), vcenterSessions.keepHouse()]).catch((error) =>
      log.error(error, 'housekeeping failed'),
    )
  }
  const timer = setInterval(keepHouse, housekeeping).unref()
  opened.defer(async () => {
    clearInterval(timer)
    await keepHouse()
  })

  const closing = opened.move()
  return {
    config,
    clock,
    log,
    appliances,
    addresses: createAddresses(),
    journal,
    auditSearch: createAuditSearch(stores.auditRecords, clock),
    auditLogReader: createAuditLogReader(stores.auditRecords, journal),
    roles,
    directory,
    remoteBindings,
    identities,
    door,
    consoleDoor,
    sessions,
    consoles,
    cliTimeouts: await loadCliTimeouts(
      stores,
      [...appliances.managers, ...appliances.edges].map(({ id }) => id),
    ),
    authPolicies,
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
    ldapIdentitySources: createLdapIdentitySources(stores, secrets, ldapDirectories, [
      { sessions, door },
      { sessions: vcenterSessions, door: vcenterDoor },
    ]),
    apiService,
    limiters,
    policyTree: createPolicyTree(stores),
    vsphere,
    vsphereQueries: createVsphereQueries(vsphere, authorization, appliances.vcenter.id),
    datacenters: createDatacenters(vsphere, authorization, objectsRemoved),
    virtualMachines: createVirtualMachines(vsphere, authorization, objectsRemoved),
    authorization,
    privileges: createPrivilegeList(authorization),
    vcenterRoles: createVcenterRoles({
      roles: roleView,
      permissions: permissionView,
      index: permissionIndex,
      authorization,
    }),
    vcenterPermissions: createVcenterPermissions({
      tree: vsphere,
      roles: roleView,
      permissions: permissionView,
      index: permissionIndex,
      authorization,
      knowsPrincipal: principalLookup.exists,
    }),
    privilegeChecks,
    syslogExporters: createSyslogExporters(stores, syslogExports, resolves),
    certificates: createCertificates(stores, identities),
    principalIdentities: createPrincipalIdentities(stores, identities, managerRealms, sessions),
    vidm,
    vidmSettings: createVidmSettings({ vidm, sessions, door, secrets }),
    ssoDirectory,
    ssoPolicies,
    ssoPasswords,
    principalLookup,
    ssoUsers: createSsoUsers({
      directory: ssoDirectory,
      policies: ssoPolicies,
      passwords: ssoPasswords,
      sessions: vcenterSessions,
      lockouts,
      door: vcenterDoor,
    }),
    ssoGroups: createSsoGroups(ssoDirectory),
    vcenterDoor,
    vcenterSessions,
    vcenterLimiter,
    nsxvLimiter,
    nsxv,
    relay,
    firstStarts,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function sealedSecrets(stores: Stores, rows: readonly { realmId: string }[]): Promise<Map<string, string>> {
  const secrets = new Map<string, string>()
  for (const { realmId } of rows) {
    const sealed = await stores.vidmProviders.sealedSecret(realmId)
    if (sealed !== null) secrets.set(realmId, sealed)
  }
  return secrets
}

/** The name of the data directory's chain of audit records; it stays with the directory. */
function instanceName(dataDir: string): string {
  const file = join(dataDir, 'instance')
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
