import type { Change } from '../../audit/journal.ts'
import type { Stores } from '../../store/stores.ts'
import type { Directory } from '../accounts/directory.ts'
import type { Clocks } from '../clock.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { RemotePerson } from '../principal.ts'
import type { Consoles } from '../sessions/consoles.ts'
import type { Lockouts } from '../sign-in/lockouts.ts'
import { createNsxvApplianceSettings, type NsxvApplianceSettings } from './appliance-settings.ts'
import { createNsxvApplianceTime, type NsxvApplianceTime } from './appliance-time.ts'
import { createNsxvAuditLog, type NsxvAuditLog } from './audit-log.ts'
import { createNsxvAuthenticationSettings, type NsxvAuthenticationSettings } from './authentication.ts'
import { removeCliAccount } from './cli-account.ts'
import { createNsxvCliAccounts, type NsxvCliAccounts } from './cli-accounts.ts'
import { createNsxvConfigurations, type NsxvConfigurations } from './configuration.ts'
import { createNsxvDoor } from './door.ts'
import { createNsxvLocalUsers, type NsxvLocalUsers } from './local-users.ts'
import type { People } from './people.ts'
import type { NsxvPrincipal } from './principal.ts'
import { createNsxvRegistration, type NsxvRegistration } from './registration.ts'
import type { CliRoleRule } from './roles.ts'
import { createScopingObjects, type ScopingObject, type ScopingObjects } from './scoping-objects.ts'
import { createNsxvSignIn, type NsxvSignIn } from './sign-in.ts'
import { createNsxvStartup, type NsxvStartup } from './startup.ts'
import { createNsxvSystemEvents, type NsxvSystemEvents } from './system-events.ts'
import { createNsxvTokens, type NsxvTokens } from './tokens.ts'
import { type NsxvUser, userOf } from './user.ts'
import { createUserChanges } from './user-changes.ts'
import { createNsxvUserView } from './user-view.ts'
import { createNsxvUsers, type NsxvUsers } from './users.ts'
import { createVisits, type Visits } from './visits.ts'

/** What one NSX Manager for vSphere is made of. */
export interface Nsxv {
  /** `vsmUuid` and `nodeId` of its objects. */
  uuid: string
  nodeId: string
  users: NsxvUsers
  localUsers: NsxvLocalUsers
  cliAccounts: NsxvCliAccounts
  configuration: NsxvConfigurations
  settings: NsxvApplianceSettings
  time: NsxvApplianceTime
  registration: NsxvRegistration
  startup: NsxvStartup
  signIn: NsxvSignIn
  visits: Visits
  tokens: NsxvTokens
  authentication: NsxvAuthenticationSettings
  objects: ScopingObjects
  auditLog: NsxvAuditLog
  systemEvents: NsxvSystemEvents
}

export interface NsxvParts extends Clocks {
  appliance: { id: string; name: string; realmId: string }
  stores: Stores
  directory: Directory
  lockouts: Lockouts
  hashing: PasswordHashing
  people: People
  cliRoles: CliRoleRule
  datacenters: () => readonly ScopingObject[]
  consoles: Consoles
  /** Told of what sign-ins stumble over. */
  log(error: unknown): void
}

/** Opens the NSX Manager that the store has; undefined where it has none. */
export async function openNsxv(parts: NsxvParts): Promise<Nsxv | undefined> {
  const { appliance, stores, directory, lockouts, hashing, people, clock, steady, consoles } = parts
  const manager = await stores.nsxvManager.find()
  if (!manager) return undefined
  const { realmId } = appliance
  const users = (await stores.nsxvUsers.list()).map(userOf)
  const view = createNsxvUserView(users, await stores.nsxvWebInterface.list(realmId))
  const objects = createScopingObjects(await stores.nsxvObjects.list(), parts.datacenters)
  const configuration = createNsxvConfigurations(manager)
  const settings = createNsxvApplianceSettings(manager)
  const visits = createVisits(steady)
  const door = createNsxvDoor({ directory, accounts: stores.accounts, view, hashing, lockouts, steady, log: parts.log })
  const signIn = createNsxvSignIn({
    applianceId: appliance.id,
    realmId,
    door,
    people,
    view,
    settings,
    hashing,
    clock,
  })
  const views = { realmId, view, directory, lockouts }

  function current(key: string, remote: RemotePerson | undefined): NsxvPrincipal | undefined {
    const person = remote ? people.known(remote) : people.find(key)
    if (person) return signIn.asPerson(person)
    const account = directory.findByName(realmId, key)
    return account && signIn.asAccount(account)
  }

  const tokens = createNsxvTokens(await stores.nsxvTokens.list(), { clock, steady }, realmId, current)

  function endSessions(change: Change, { key, userid }: NsxvUser): void {
    change.onCommit(() => visits.end(key))
    if (userid !== null) consoles.endOfAccount(change, realmId, userid)
  }

  const userParts = {
    realmId,
    view,
    directory,
    cliRoles: parts.cliRoles,
    changes: createUserChanges({ realmId, view, objects, endSessions }),
  }
  const nsxvUsers = createNsxvUsers({
    ...userParts,
    endSessions,
    endTokensOfOthers: tokens.endOfOthers,
    removeAccount: (change, userid) => removeCliAccount(change, views, userid),
  })

  return {
    uuid: manager.uuid,
    nodeId: manager.nodeId,
    users: nsxvUsers,
    localUsers: createNsxvLocalUsers({ ...userParts, hashing }),
    cliAccounts: createNsxvCliAccounts({ ...views, applianceId: appliance.id, stores, hashing, consoles }),
    configuration,
    settings,
    time: createNsxvApplianceTime(configuration, settings, clock),
    registration: createNsxvRegistration({ settings, people, users: nsxvUsers }),
    startup: createNsxvStartup({ ...views, stores, hashing, consoles, configuration }),
    signIn,
    visits,
    tokens,
    authentication: createNsxvAuthenticationSettings(manager),
    objects,
    auditLog: createNsxvAuditLog(stores.auditRecords, appliance.name),
    systemEvents: createNsxvSystemEvents(stores.auditRecords, appliance.name),
  }
}
