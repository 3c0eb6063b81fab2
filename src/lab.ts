import type { NsxvConfiguration } from './access/nsxv/configuration.ts'
import { labSize, madeInventory } from './inventory/vsphere/made-inventory.ts'
import type { PolicyObjectTable } from './store/schema.ts'
import type { World } from './world.ts'

/** Of the lab's accounts; everybody knows it, so it is never served beyond this machine. */
export const labPassword = 'Sallyport!Lab-2026'

/** Of the lab's vCenter users; as well known. */
export const labSsoPassword = 'VMware123!'

/** vCenter's users in the lab, beside the administrator. @see seed document 004 */
export const labSsoUsers = ['holodeck-vmadmin', 'holouser']

/** Names at this domain are the lab's local users: the sign-in of NSX's own session example works as printed. */
export const labDomain = 'mywork.com'

const managed = { revision: 1, createdBy: 'admin', modifiedBy: 'admin' }

const tier1: PolicyObjectTable = {
  path: '/infra/tier-1s/test_t1',
  parentPath: '/infra',
  collection: 'tier-1s',
  id: 'test_t1',
  uniqueId: '0b7d3c1e-5f0a-4a57-9a64-7d2b7c0f5a11',
  body: JSON.stringify({ display_name: 'test_t1' }),
  owner: '',
  ...managed,
  createdAt: 1_633_331_100_000,
  modifiedAt: 1_633_331_100_000,
}

/** What tier-1 gateways can be connected to. */
const tier0: PolicyObjectTable = {
  ...tier1,
  path: '/infra/tier-0s/test_t0',
  collection: 'tier-0s',
  id: 'test_t0',
  uniqueId: '5c1f6a3e-0d6b-4c0e-8c7a-6e1d9b2f7a40',
  body: JSON.stringify({ display_name: 'test_t0' }),
}

/** The segment that NSX's session example lists. @see seed document 003, step 3 */
const segment: PolicyObjectTable = {
  path: '/infra/segments/seg1',
  parentPath: '/infra',
  collection: 'segments',
  id: 'seg1',
  uniqueId: '6573d2c9-f4f9-4b37-b410-71bded8857c3',
  body: JSON.stringify({
    display_name: 'seg1',
    subnets: [{ gateway_address: '192.168.10.1/24' }],
    connectivity_path: '/infra/tier-1s/test_t1',
    transport_zone_path:
      '/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e',
  }),
  owner: '',
  ...managed,
  createdAt: 1_633_331_197_569,
  modifiedAt: 1_633_331_252_660,
}

/** Of the lab's NSX Manager for vSphere, as the manual's samples have it. @see nsxv-api.md 5.4 */
const nsxvConfiguration: NsxvConfiguration = {
  hostname: 'nsxmgr',
  ntpServers: ['192.0.2.10'],
  nameServers: ['192.0.2.11'],
  address: '192.0.2.20/24',
  routes: [{ network: '0.0.0.0/0', gateway: '192.0.2.1' }],
  webManager: true,
  ssh: true,
}

/** What roles can be limited to there, beside the datacenters of vCenter. */
const nsxvObjects = [
  { id: 'edge-7', type: 'Edge', name: 'edge-web' },
  { id: 'virtualwire-12', type: 'VirtualWire', name: 'web-tier' },
]

/**
 * Two managers, two edges, a vCenter and an NSX Manager for vSphere, with the accounts of the manuals and a network to look at.
 *
 * @param password Of all accounts, instead of those that everybody knows.
 */
export function labWorld(password?: string): World {
  return {
    managers: ['nsxmgr-a', 'nsxmgr-b'],
    edges: ['edge-a', 'edge-b'],
    password: password ?? labPassword,
    passwordMustChange: false,
    policyObjects: [tier0, tier1, segment],
    vsphere: () => madeInventory(labSize),
    sso: { password: password ?? labSsoPassword, passwordMustChange: false, users: labSsoUsers },
    nsxv: { configuration: nsxvConfiguration, objects: nsxvObjects },
  }
}
