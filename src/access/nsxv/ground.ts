import { randomUUID } from 'node:crypto'
import type { NsxvObjectTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import { adminUserid } from '../accounts/account.ts'
import { adminUser, newCliAccount } from './cli-account.ts'
import type { NsxvConfiguration } from './configuration.ts'
import { domainName } from './names.ts'
import { globalRoot } from './principal.ts'
import { startupOf } from './startup.ts'
import { tokenMinutes } from './tokens.ts'
import { type NsxvUser, rowOf } from './user.ts'

/** The realm of the NSX Manager for vSphere. */
export const nsxvRealm = 'nsxv'

export interface NsxvGround {
  configuration: NsxvConfiguration
  /** Of admin, and of privileged mode. */
  passwordHash: string
  passwordMustChange: boolean
  objects: readonly NsxvObjectTable[]
}

/** Fills the tables of an NSX Manager whose realm and appliance are there: admin, and vCenter's administrator. */
export async function layNsxvGround(stores: Stores, ground: NsxvGround, now: number): Promise<void> {
  const { configuration, passwordHash, passwordMustChange } = ground
  await stores.accounts.insert({
    ...newCliAccount(nsxvRealm, adminUserid, 'admin', passwordHash, now),
    passwordResetRequired: passwordMustChange ? 1 : 0,
  })
  await stores.nsxvWebInterface.grant(nsxvRealm, adminUserid)
  await stores.nsxvManager.insert({
    realmId: nsxvRealm,
    uuid: randomUUID().toUpperCase(),
    nodeId: randomUUID(),
    nextUser: 3,
    running: JSON.stringify(configuration),
    startup: '',
    enablePasswordHash: passwordHash,
    startupSecrets: '',
    basicDisabled: 0,
    tokenExpiry: tokenMinutes.default,
    settings: '{}',
  })
  await stores.nsxvUsers.insert(rowOf(adminUser(nsxvRealm, 1)))
  await stores.nsxvUsers.insert(rowOf(vcenterAdministrator))
  for (const object of ground.objects) await stores.nsxvObjects.insert(object)
  await stores.nsxvManager.update(await startupOf(stores, nsxvRealm))
}

/** Who registered the NSX Manager with vCenter. @see nsxv-api.md 2.3, fresh install */
const vcenterAdministrator: NsxvUser = {
  ...adminUser(nsxvRealm, 2),
  ...nameOf('Administrator'),
  origin: 'vcenter',
  userid: null,
  role: 'enterprise_admin',
  scope: [globalRoot],
}

function nameOf(name: string): Pick<NsxvUser, 'name' | 'key'> {
  const { shown, key } = domainName(name, 'vsphere.local')
  return { name: shown, key }
}
