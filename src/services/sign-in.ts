import { type AuthPolicies, createAuthPolicies } from '../access/accounts/auth-policies.ts'
import { createLdapDirectories, type LdapDirectories } from '../access/identity-sources/ldap-directories.ts'
import { loadLdapDirectories } from '../access/identity-sources/ldap-identity-sources.ts'
import { createVidm, type Vidm } from '../access/identity-sources/vidm/vidm.ts'
import { policyRanges } from '../access/passwords/auth-policy.ts'
import { consoleSource, createLockouts, type Lockouts } from '../access/sign-in/lockouts.ts'
import { ssoDomain } from '../access/vcenter/principal.ts'
import { loadSsoPolicies, type SsoPolicies } from '../access/vcenter/sso/policies.ts'
import { lockoutRuleOf } from '../access/vcenter/sso/policy.ts'
import { createVcenterDirectories, type VcenterDirectories } from '../access/vcenter/sso/vcenter-directories.ts'
import type { Journal } from '../audit/journal.ts'
import { createOpenIdProvider } from '../providers/openid-provider.ts'
import type { Stores } from '../store/stores.ts'
import type { Ground } from './ground.ts'

/** What every way in shares: the rules, the counts of failures, and the identity sources. */
export interface SignInServices {
  authPolicies: AuthPolicies
  ssoPolicies: SsoPolicies
  lockouts: Lockouts
  /** NSX Manager's. */
  ldapDirectories: LdapDirectories
  /** vCenter's own. */
  ownDirectories: LdapDirectories
  /** Those whose users vCenter knows. */
  vcenterDirectories: VcenterDirectories
  vidm: Vidm
  /** Told when an identity source could not be asked. */
  sourceDown(error: unknown): void
}

export async function openSignIn(
  { config, clock, steady, log, stores, secrets, appliances }: Ground,
  journal: Journal,
): Promise<SignInServices> {
  const nsxRealms = new Set([...appliances.managers, ...appliances.edges].map(({ realmId }) => realmId))
  const authPolicies = createAuthPolicies(
    await stores.realms.list(),
    { ...policyRanges, remembrance: config.nsxRelease.remembrance },
    (realmId) => nsxRealms.has(realmId),
  )
  const ssoPolicies = await loadSsoPolicies(stores)
  const lockouts = createLockouts(await stores.lockouts.list(), journal, { clock, steady }, ({ realmId, source }) => {
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
  const ldapDirectories = createLdapDirectories(steady, config.ldapTimeout)
  await loadLdapDirectories(ldapDirectories, stores.ldapIdentitySources, secrets)
  const ownDirectories = createLdapDirectories(steady, config.ldapTimeout)
  await loadLdapDirectories(ownDirectories, stores.vcenterIdentitySources, secrets)
  const vcenterDirectories = createVcenterDirectories(
    ownDirectories,
    config.sharedIdentitySources ? ldapDirectories : undefined,
  )
  const vidmRows = await stores.vidmProviders.list()
  const vidm = createVidm({
    rows: vidmRows,
    endPoints: await stores.oidcEndPoints.list(),
    sealedSecrets: await sealedSecrets(stores, vidmRows),
    secrets,
    connect: (settings) => createOpenIdProvider(settings, { clock, steady }),
    clock,
    steady,
    log: (error) => log.warn((error as Error).message),
  })
  const sourceDown = (error: unknown) => log.warn(error, 'an identity source did not answer')
  return { authPolicies, ssoPolicies, lockouts, ldapDirectories, ownDirectories, vcenterDirectories, vidm, sourceDown }
}

async function sealedSecrets(stores: Stores, rows: readonly { realmId: string }[]): Promise<Map<string, string>> {
  const secrets = new Map<string, string>()
  for (const { realmId } of rows) {
    const sealed = await stores.vidmProviders.sealedSecret(realmId)
    if (sealed !== null) secrets.set(realmId, sealed)
  }
  return secrets
}
