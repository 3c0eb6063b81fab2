import { createLimiter, type Limiter } from '../access/limits/limiter.ts'
import { type AccessQuestions, createAccessQuestions } from '../access/vcenter/authorization/access-questions.ts'
import { createAuthorization } from '../access/vcenter/authorization/authorizer.ts'
import { createEntityPermissions, type EntityPermissions } from '../access/vcenter/authorization/entity-permissions.ts'
import {
  createObjectPermissions,
  type ObjectPermissionsReader,
} from '../access/vcenter/authorization/object-permissions.ts'
import { createObjectsRemoved, type ObjectsRemoved } from '../access/vcenter/authorization/objects-removed.ts'
import { createPermissionChanges } from '../access/vcenter/authorization/permission-changes.ts'
import { createPermissionIndex } from '../access/vcenter/authorization/permission-index.ts'
import { createPermissionView } from '../access/vcenter/authorization/permission-view.ts'
import { createPrivilegeChecks, type PrivilegeChecks } from '../access/vcenter/authorization/privilege-checks.ts'
import { createPrivilegeList, type PrivilegeList } from '../access/vcenter/authorization/privilege-list.ts'
import { createRecordedChecks } from '../access/vcenter/authorization/recorded-checks.ts'
import { createRoleView } from '../access/vcenter/authorization/role-view.ts'
import { permissionOf, roleOf } from '../access/vcenter/authorization/rows.ts'
import {
  createVcenterPermissions,
  type VcenterPermissions,
} from '../access/vcenter/authorization/vcenter-permissions.ts'
import { createVcenterRoles, type VcenterRoles } from '../access/vcenter/authorization/vcenter-roles.ts'
import type { Authorization } from '../access/vcenter/authorization.ts'
import { keptChecks, vcenterLimits } from '../access/vcenter/inferred.ts'
import { createVcenterSessions, type VcenterSessions } from '../access/vcenter/sessions.ts'
import type { SsoDirectory } from '../access/vcenter/sso/directory.ts'
import { createVcenterDoor, type VcenterDoor } from '../access/vcenter/sso/door.ts'
import { createSsoGroups, type SsoGroups } from '../access/vcenter/sso/groups.ts'
import { loadSsoDirectory } from '../access/vcenter/sso/load.ts'
import { createNamedPrincipals } from '../access/vcenter/sso/named-principals.ts'
import { createSsoPasswords, type SsoPasswords } from '../access/vcenter/sso/passwords.ts'
import { createPrincipalLookup, type PrincipalLookup } from '../access/vcenter/sso/principal-lookup.ts'
import { createReplays, type Replays } from '../access/vcenter/sso/replays.ts'
import { createTokenAccounts, type TokenAccounts } from '../access/vcenter/sso/token-accounts.ts'
import { createTokenSigners, type TokenSigners } from '../access/vcenter/sso/token-signer.ts'
import { createSsoUsers, type SsoUsers } from '../access/vcenter/sso/users.ts'
import {
  createTagAssociations,
  createTagsOfRemoved,
  type TagAssociations,
} from '../access/vcenter/tagging/associations.ts'
import { createTagCategories, type TagCategories } from '../access/vcenter/tagging/categories.ts'
import { categoryOf, tagOf } from '../access/vcenter/tagging/tag.ts'
import { createTagView, withTags } from '../access/vcenter/tagging/tag-view.ts'
import { createTags, type Tags } from '../access/vcenter/tagging/tags.ts'
import type { Journal } from '../audit/journal.ts'
import { createInventoryBrowser, type InventoryBrowser } from '../inventory/vsphere/browser.ts'
import { createDatacenters, type Datacenters } from '../inventory/vsphere/datacenters.ts'
import { createFolders, type Folders } from '../inventory/vsphere/folders.ts'
import { loadVsphereInventory, type VsphereInventory } from '../inventory/vsphere/inventory.ts'
import { createVsphereQueries, type VsphereQueries } from '../inventory/vsphere/queries.ts'
import { createVirtualMachines, type VirtualMachines } from '../inventory/vsphere/virtual-machines.ts'
import type { Ground } from './ground.ts'
import type { SignInServices } from './sign-in.ts'

/** vCenter: its inventory, who may do what in it, and the users of its own domain with their sessions. */
export interface VcenterServices {
  vsphere: VsphereInventory
  vsphereQueries: VsphereQueries
  vsphereBrowser: InventoryBrowser
  datacenters: Datacenters
  folders: Folders
  virtualMachines: VirtualMachines
  authorization: Authorization
  privileges: PrivilegeList
  vcenterRoles: VcenterRoles
  vcenterPermissions: VcenterPermissions
  entityPermissions: EntityPermissions
  objectPermissions: ObjectPermissionsReader
  accessQuestions: AccessQuestions
  privilegeChecks: PrivilegeChecks
  tagCategories: TagCategories
  tags: Tags
  tagAssociations: TagAssociations
  ssoDirectory: SsoDirectory
  ssoPasswords: SsoPasswords
  principalLookup: PrincipalLookup
  ssoUsers: SsoUsers
  ssoGroups: SsoGroups
  tokenSigners: TokenSigners
  tokenAccounts: TokenAccounts
  /** Signed messages that have come. */
  replays: Replays
  vcenterDoor: VcenterDoor
  vcenterSessions: VcenterSessions
  vcenterLimiter: Limiter
}

export async function openVcenter(
  { config, clock, steady, hashing, stores, secrets, appliances, turns }: Ground,
  journal: Journal,
  { ssoPolicies, lockouts, vcenterDirectories, sourceDown }: SignInServices,
): Promise<VcenterServices> {
  const ssoDirectory = await loadSsoDirectory(stores)
  const ssoPasswords = createSsoPasswords(stores, ssoPolicies, hashing)
  const principalLookup = createPrincipalLookup(ssoDirectory, vcenterDirectories)
  const vcenterDoor = createVcenterDoor({
    applianceId: appliances.vcenter.id,
    directory: ssoDirectory,
    users: stores.ssoUsers,
    hashing,
    lockouts,
    sourceOf: vcenterDirectories.sourceOf,
    steady,
    log: sourceDown,
  })
  const vcenterSessions = createVcenterSessions(
    await stores.vcenterSessions.list(),
    ssoDirectory,
    vcenterDirectories.knows,
    ssoPolicies.read,
    journal,
    { clock, steady },
    config.vcenterSessions,
  )

  const vsphere = await loadVsphereInventory(stores)
  const roles = createRoleView((await stores.vcenterRoles.list()).map(roleOf))
  const permissions = createPermissionView((await stores.vcenterPermissions.list()).map(permissionOf))
  const tagView = createTagView(
    vsphere.global,
    (await stores.vcenterTags.categories()).map(categoryOf),
    (await stores.vcenterTags.tags()).map(tagOf),
    await stores.vcenterTags.attachments(),
  )
  const tree = withTags(vsphere, tagView)
  const index = createPermissionIndex({ tree, permissions, roles })
  const recordedChecks = createRecordedChecks(keptChecks, index.has)
  const authorization = createAuthorization(index, recordedChecks.record)
  const changes = createPermissionChanges({ permissions, index, authorization })
  const permissionsRemoved = createObjectsRemoved(permissions)
  const tagsRemoved = createTagsOfRemoved(tagView)
  const objectsRemoved: ObjectsRemoved = async (change, ids) => {
    await permissionsRemoved(change, ids)
    await tagsRemoved(change, ids)
  }

  return {
    vsphere,
    vsphereQueries: createVsphereQueries(vsphere, authorization, appliances.vcenter.id, turns),
    vsphereBrowser: createInventoryBrowser(vsphere, authorization, turns),
    datacenters: createDatacenters(vsphere, authorization, objectsRemoved),
    folders: createFolders(vsphere, authorization, objectsRemoved),
    virtualMachines: createVirtualMachines(vsphere, authorization, objectsRemoved),
    authorization,
    privileges: createPrivilegeList(authorization),
    vcenterRoles: createVcenterRoles({ roles, permissions, index, authorization }),
    vcenterPermissions: createVcenterPermissions({ tree, permissions, authorization, changes }),
    entityPermissions: createEntityPermissions({
      tree: vsphere,
      roles,
      permissions,
      authorization,
      changes,
      knowsPrincipal: principalLookup.exists,
    }),
    objectPermissions: createObjectPermissions({ tree: vsphere, permissions, index, authorization }),
    accessQuestions: createAccessQuestions({
      tree: vsphere,
      permissions,
      roles,
      index,
      authorization,
      directory: ssoDirectory,
      named: createNamedPrincipals(ssoDirectory, principalLookup),
      turns,
    }),
    privilegeChecks: createPrivilegeChecks(recordedChecks, tree, authorization),
    tagCategories: createTagCategories(tagView, authorization, permissionsRemoved),
    tags: createTags(tagView, authorization, permissionsRemoved),
    tagAssociations: createTagAssociations({ view: tagView, inventory: vsphere, authorization }),
    ssoDirectory,
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
    tokenSigners: createTokenSigners(stores, secrets, journal, clock),
    tokenAccounts: createTokenAccounts(ssoDirectory, vcenterDirectories),
    replays: createReplays(clock),
    vcenterDoor,
    vcenterSessions,
    vcenterLimiter: createLimiter(() => vcenterLimits, steady),
  }
}
