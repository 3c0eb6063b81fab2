import { randomBytes, randomUUID } from 'node:crypto'
import {
  type accountTypes,
  adminUserid,
  auditUserid,
  firstCreatedUserid,
  rootUserid,
} from './access/accounts/account.ts'
import { defaultChangeFrequency, defaultChangeWarning } from './access/accounts/node-users.ts'
import { type ApiServiceConfig, defaultApiService } from './access/api-service.ts'
import type { Clock } from './access/clock.ts'
import { firstRevision } from './access/managed.ts'
import { type NsxRelease, nsxReleases } from './access/nsx-release.ts'
import { freshConfiguration, type NsxvConfiguration } from './access/nsxv/configuration.ts'
import { layNsxvGround, nsxvRealm } from './access/nsxv/ground.ts'
import { defaultAuthPolicy, defaultsOf, policyRanges } from './access/passwords/auth-policy.ts'
import type { PasswordHashing } from './access/passwords/hashing.ts'
import { ofLocalUser } from './access/roles/role-bindings.ts'
import { layPermissions } from './access/vcenter/authorization/ground.ts'
import { laySsoGround, randomSsoPassword } from './access/vcenter/sso/ground.ts'
import { firstNumber, nextNumberProperty, rootFolderRow } from './inventory/vsphere/rows.ts'
import type { Database } from './store/database.ts'
import type { InventoryObjectTable, NsxvObjectTable, PolicyObjectTable } from './store/schema.ts'
import { createStores, type Stores } from './store/stores.ts'

/** What is there before anybody calls. */
export interface World {
  /** Names of the managers of the cluster, at least one. */
  managers: string[]
  edges: string[]
  /** Of admin and root in every realm. */
  password: string
  /** Whether admin must change that password before anything else. */
  passwordMustChange: boolean
  policyObjects: PolicyObjectTable[]
  /** The vSphere inventory, the root folder first and parents before their children. Asked for where there is none. */
  vsphere(): readonly InventoryObjectTable[]
  /** vCenter's own users. */
  sso: {
    /** Of all of them. */
    password: string
    passwordMustChange: boolean
    /** Names of those beside the administrator. */
    users: string[]
  }
  /** An NSX Manager for vSphere, whose admin has the same password; absent: there is none. */
  nsxv?: { configuration: NsxvConfiguration; objects: readonly NsxvObjectTable[] }
  /** Refuses the password before it is given to anybody. @throws {ConfigError} */
  check?(): Promise<void>
  /** Whose defaults the managers and edges begin with; absent: 9.0. */
  nsxRelease?: NsxRelease
  /** Where the API service begins with something else than NSX's defaults. */
  apiService?: Partial<ApiServiceConfig>
}

export interface FirstStart {
  password: string
  passwordMustChange: boolean
}

/** What the first start made; a part is absent where an earlier start made it. */
export interface FirstStarts {
  nsx: FirstStart | undefined
  vcenter: FirstStart | undefined
  nsxv: FirstStart | undefined
}

const vcenterName = 'vcenter'

/** The realm that all managers share. */
export const clusterRealm = 'cluster'

interface BuiltIn {
  userid: number
  username: string
  fullName: string
  accountType: (typeof accountTypes)[number]
  active: boolean
  role?: string
}

/** @see nsx-defaults.json, nodeUsers.builtin */
const builtInAccounts: BuiltIn[] = [
  { userid: rootUserid, username: 'root', fullName: 'root', accountType: 'root', active: true },
  {
    userid: adminUserid,
    username: 'admin',
    fullName: '',
    accountType: 'administrator',
    active: true,
    role: 'enterprise_admin',
  },
  { userid: auditUserid, username: 'audit', fullName: '', accountType: 'audit', active: false, role: 'auditor' },
  {
    userid: 10_003,
    username: 'guestuser1',
    fullName: 'Guest User1',
    accountType: 'guest',
    active: false,
    role: 'auditor',
  },
  {
    userid: 10_004,
    username: 'guestuser2',
    fullName: 'Guest User2',
    accountType: 'guest',
    active: false,
    role: 'auditor',
  },
]

/** One manager, and an NSX Manager for vSphere where one is wanted, whose admin begins with a given password or with a random one that must be changed. */
export function singleManager(name: string, password: string | undefined, nsxvName: string | undefined): World {
  return {
    ...(nsxvName === undefined ? {} : { nsxv: { configuration: freshConfiguration(nsxvName), objects: [] } }),
    managers: [name],
    edges: [],
    password: password ?? randomPassword(),
    passwordMustChange: password === undefined,
    policyObjects: [],
    vsphere: () => [rootFolderRow],
    sso: { password: password ?? randomSsoPassword(), passwordMustChange: password === undefined, users: [] },
  }
}

/** 144 random bits, with a character of every class the default policy asks for. */
function randomPassword(): string {
  return `${randomBytes(18).toString('base64url')}-aA1`
}

/**
 * Fills what is empty of the store: all of it, or what this version has and the one that filled it had not.
 *
 * @param tell Told how far it is, where it takes seconds.
 */
export async function layGround(
  db: Database,
  world: World,
  hashing: PasswordHashing,
  clock: Clock,
  tell: (progress: string) => void = () => {},
): Promise<FirstStarts> {
  // One hash for all realms: that their accounts have the same password is what everybody is told.
  let hash: Promise<string> | undefined
  const hashOnce = async () => {
    await world.check?.()
    hash ??= hashing.hash(world.password)
    return hash
  }
  return {
    nsx: await layNsxGround(db, world, hashOnce, clock),
    vcenter: await layVcenterGround(db, world, hashing, clock, tell),
    nsxv: await layNsxvManager(db, world, hashOnce, clock),
  }
}

/** The NSX Manager for vSphere. */
async function layNsxvManager(
  db: Database,
  { nsxv, password, passwordMustChange }: World,
  hashOnce: () => Promise<string>,
  clock: Clock,
): Promise<FirstStart | undefined> {
  if (!nsxv) return undefined
  const appliances = await createStores(db).appliances.list()
  if (appliances.some(({ kind }) => kind === 'nsxv')) return undefined
  const passwordHash = await hashOnce()
  await db.transaction().execute(async (transaction) => {
    const stores = createStores(transaction)
    await stores.realms.insert({
      id: nsxvRealm,
      nextUserid: firstCreatedUserid,
      authPolicy: JSON.stringify(defaultAuthPolicy),
    })
    const id = randomUUID()
    const { hostname } = nsxv.configuration
    const name = appliances.some((other) => other.name === hostname) ? `${hostname}-${id}` : hostname
    const position = appliances.length
    await stores.appliances.insert({ id, kind: 'nsxv', name, realmId: nsxvRealm, position })
    await layNsxvGround(stores, { ...nsxv, passwordHash, passwordMustChange }, clock())
  })
  return { password, passwordMustChange }
}

/** vCenter with its inventory, its users and their permissions. */
async function layVcenterGround(
  db: Database,
  { sso, vsphere }: World,
  hashing: PasswordHashing,
  clock: Clock,
  tell: (progress: string) => void,
): Promise<FirstStart | undefined> {
  const { password, passwordMustChange } = sso
  const appliances = await createStores(db).appliances.list()
  if (appliances.some(({ kind }) => kind === 'vcenter')) return undefined
  const passwordHash = await hashing.hash(password)
  await db.transaction().execute(async (transaction) => {
    const stores = createStores(transaction)
    const id = randomUUID()
    // The accounts of its operating system, of which there are none yet: its users are those of its domain.
    await stores.realms.insert({ id, nextUserid: firstCreatedUserid, authPolicy: JSON.stringify(defaultAuthPolicy) })
    const taken = new Set(appliances.map(({ name }) => name))
    const name = taken.has(vcenterName) ? `${vcenterName}-${id}` : vcenterName
    await stores.appliances.insert({ id, kind: 'vcenter', name, realmId: id, position: appliances.length })
    await layInventory(stores, vsphere(), tell)
    await laySsoGround(stores, { others: sso.users, passwordHash, mustChange: passwordMustChange }, clock())
    await layPermissions(stores)
  })
  return { password, passwordMustChange }
}

/** The managers and the edges. */
async function layNsxGround(
  db: Database,
  world: World,
  hashOnce: () => Promise<string>,
  clock: Clock,
): Promise<FirstStart | undefined> {
  if (await createStores(db).properties.find('cluster_id')) return undefined
  const now = clock()
  const edges = world.edges.map((name) => ({ id: randomUUID(), name }))
  const realms = [clusterRealm, ...edges.map(({ id }) => id)]
  const hash = await hashOnce()
  const { limits, remembrance } = world.nsxRelease ?? nsxReleases['9.0']
  const authPolicy = JSON.stringify(defaultsOf({ ...policyRanges, remembrance }))

  await db.transaction().execute(async (transaction) => {
    const stores = createStores(transaction)
    await stores.properties.insert('cluster_id', randomUUID())
    for (const realm of realms) {
      await stores.realms.insert({ id: realm, nextUserid: firstCreatedUserid, authPolicy })
      for (const account of builtInAccounts) await insertAccount(stores, realm, account)
    }
    let position = 0
    for (const name of world.managers) {
      const appliance = {
        id: randomUUID(),
        kind: 'manager',
        name,
        realmId: clusterRealm,
        position: position++,
      } as const
      await stores.appliances.insert(appliance)
    }
    for (const { id, name } of edges) {
      await stores.appliances.insert({ id, kind: 'edge', name, realmId: id, position: position++ })
    }
    await stores.apiService.insert({
      id: 'reverse_proxy_config',
      config: JSON.stringify({ ...defaultApiService, ...limits, ...world.apiService }),
      description: '{}',
      ...firstRevision('system', now),
    })
    for (const object of world.policyObjects) await stores.policyObjects.insert(object)
  })
  return { password: world.password, passwordMustChange: world.passwordMustChange }

  async function insertAccount(stores: Stores, realmId: string, account: BuiltIn) {
    const { userid, username, fullName, accountType } = account
    const passwordHash = account.active ? hash : null
    await stores.accounts.insert({
      realmId,
      userid,
      username,
      fullName,
      accountType,
      active: account.active ? 1 : 0,
      passwordHash,
      passwordChangedAt: now,
      passwordChangeFrequency: defaultChangeFrequency,
      passwordChangeWarning: defaultChangeWarning,
      passwordResetRequired: world.passwordMustChange && userid === adminUserid ? 1 : 0,
    })
    if (passwordHash) {
      await stores.passwordHistory.add({ realmId, userid, changedAt: now, passwordHash }, 1)
    }
    if (account.role) {
      await stores.roleBindings.insert({
        id: randomUUID(),
        ...ofLocalUser(realmId, userid),
        rolesForPaths: JSON.stringify([{ path: '/', roles: [account.role] }]),
        ...firstRevision('system', now),
      })
    }
  }
}

/** After so many milliseconds whoever waits for a large inventory hears how far it is, and again after as many. */
const toldEvery = 2000

async function layInventory(
  stores: Stores,
  objects: readonly InventoryObjectTable[],
  tell: (progress: string) => void,
): Promise<void> {
  let toldAt = performance.now()
  await stores.inventoryObjects.insert(objects, (stored) => {
    if (performance.now() - toldAt < toldEvery) return
    toldAt = performance.now()
    tell(`making the vSphere inventory: ${stored} of ${objects.length} objects`)
  })
  await stores.properties.insert(nextNumberProperty, String(Math.max(firstNumber, objects.at(-1)!.number + 1)))
}
