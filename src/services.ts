import { type AccountWatch, createAccountWatch } from './access/accounts/account-watch.ts'
import { createLimiter, type Limiter } from './access/limits/limiter.ts'
import { nsxvLimits } from './access/nsxv/limits.ts'
import { type Nsxv, openNsxv } from './access/nsxv/nsxv.ts'
import { createPeople } from './access/nsxv/people.ts'
import { createReadiness, type Readiness } from './access/readiness.ts'
import { createOpenSessions, type OpenSessions } from './access/sessions/open-sessions.ts'
import { createStrangers, type Strangers } from './http/strangers.ts'
import { type Addresses, createAddresses } from './inventory/addresses.ts'
import { openRelay, type Relay } from './relay/relay.ts'
import { type AuditServices, openAudit } from './services/audit.ts'
import { type Ground, openGround, type Tools } from './services/ground.ts'
import { type IdentitySourceServices, openIdentitySources } from './services/identity-sources.ts'
import { type NsxServices, openNsx } from './services/nsx.ts'
import { openSignIn, type SignInServices } from './services/sign-in.ts'
import { openVcenter, type VcenterServices } from './services/vcenter.ts'
import type { World } from './world.ts'

/** Everything the surfaces are made of, wired once, room by room. */
export interface Services
  extends AsyncDisposable,
    Pick<Ground, 'config' | 'clock' | 'log' | 'stores' | 'appliances' | 'turns' | 'room' | 'firstStarts'>,
    Pick<SignInServices, 'authPolicies' | 'ssoPolicies' | 'lockouts' | 'vidm'>,
    AuditServices,
    NsxServices,
    VcenterServices,
    IdentitySourceServices {
  addresses: Addresses
  readiness: Readiness
  strangers: Strangers
  /** Absent: there is no NSX Manager for vSphere. */
  nsxv: Nsxv | undefined
  nsxvLimiter: Limiter
  openSessions: OpenSessions
  accountWatch: AccountWatch
  /** Absent: every call is answered here. */
  relay: Relay | undefined
}

/** How often sessions' last uses are stored and what has ended is removed, in milliseconds. */
const housekeeping = 10_000

/**
 * Opens the store and everything on it.
 *
 * @param world What an empty store is filled with.
 * @throws {StoreError} when the data directory or the database cannot be used.
 */
export async function createServices(tools: Tools, world: World): Promise<Services> {
  await using opened = new AsyncDisposableStack()
  const ground = await openGround(tools, world, opened)
  const { config, clock, steady, log, stores, appliances, turns, room, firstStarts } = ground
  const audit = await openAudit(ground, opened)
  const signIn = await openSignIn(ground, audit.journal)
  const vcenter = await openVcenter(ground, audit.journal, signIn)
  const nsx = await openNsx(ground, audit.journal, signIn)
  const nsxv = await openNsxvOf(ground, signIn, vcenter, nsx)
  const identitySources = await openIdentitySources(ground, audit.journal, signIn, vcenter, nsx, nsxv)
  const nsxvLimiter = createLimiter(() => nsxvLimits, steady)
  const openSessions = createOpenSessions({
    ...nsx,
    ...vcenter,
    nsxv,
    vcenterId: appliances.vcenter.id,
    nsxvId: appliances.nsxv?.id,
  })
  const relay = config.relay && (await openRelay(config.relay, steady, log))
  opened.defer(() => relay?.close())

  const keepHouse = () => {
    nsx.limiters.keepHouse()
    vcenter.vcenterLimiter.forgetIdle()
    nsxvLimiter.forgetIdle()
    signIn.lockouts.keepHouse()
    nsxv?.tokens.keepHouse()
    void relay?.keepHouse()
    audit.auditTrail.keepHouse()
    return Promise.all([
      nsx.sessions.keepHouse(),
      vcenter.vcenterSessions.keepHouse(),
      identitySources.peopleRenewal.keepHouse(),
    ]).catch((error) => log.error(error, 'housekeeping failed'))
  }
  const timer = setInterval(keepHouse, housekeeping).unref()
  opened.defer(async () => {
    clearInterval(timer)
    await keepHouse()
  })

  const addresses = createAddresses()
  const readiness = createReadiness(
    audit.journal,
    config.dataDir,
    () => !appliances.managers.some(({ id }) => addresses.isListening(id)),
    clock,
    (error) => log.warn(error, 'not ready'),
  )
  const { authPolicies, ssoPolicies, lockouts, vidm } = signIn
  const closing = opened.move()
  return {
    config,
    clock,
    log,
    stores,
    appliances,
    turns,
    room,
    firstStarts,
    authPolicies,
    ssoPolicies,
    lockouts,
    vidm,
    ...audit,
    ...nsx,
    ...vcenter,
    ...identitySources,
    addresses,
    readiness,
    strangers: createStrangers(),
    nsxv,
    nsxvLimiter,
    openSessions,
    accountWatch: createAccountWatch({ ...signIn, ...vcenter, ...nsx, clock }, appliances),
    relay,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function openNsxvOf(
  { config, clock, steady, hashing, stores, appliances }: Ground,
  { lockouts, ssoPolicies, vcenterDirectories, sourceDown }: SignInServices,
  { vcenterDoor, ssoDirectory, vsphere }: VcenterServices,
  { directory, consoles }: NsxServices,
): Promise<Nsxv | undefined> {
  if (!appliances.nsxv) return undefined
  return openNsxv({
    appliance: appliances.nsxv,
    stores,
    directory,
    lockouts,
    hashing,
    log: sourceDown,
    people: createPeople(vcenterDoor, ssoDirectory, vcenterDirectories.knows, ssoPolicies, clock),
    cliRoles: config.nsxvCliRoles,
    datacenters: () => [...vsphere.ofType('Datacenter')].map(({ id, name }) => ({ id, name, type: 'Datacenter' })),
    clock,
    steady,
    consoles,
  })
}
