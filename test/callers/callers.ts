import assert from 'node:assert/strict'
import { labSsoPassword } from '../../src/lab.ts'
import { makeCertificate } from '../certificates.ts'
import type { Client } from '../client.ts'
import type { Lab } from '../lab.ts'
import { assign, makeCliUser } from '../nsxv/nsxv.ts'
import { administrator, signedIn, withSession } from '../vcenter/clients.ts'
import { Vim } from '../vcenter/soap-client.ts'
import { columns, customFeatures, unprintedRoles } from './nsx-matrix.ts'

/** The surfaces whose calls are asked. vCenter has four, which share its users and rights. */
export type Surface = 'nsx' | 'nsxv' | 'rest' | 'legacy' | 'json-rpc' | 'soap' | 'sallyport'

export interface Caller {
  name: string
  /** Role at `/` in NSX Manager. */
  nsx?: string
  /** Role in NSX-v. */
  nsxv?: string
  /** What their role gives on the root folder, propagating; absent for callers who are no users of vCenter. */
  privileges?: 'all' | readonly string[]
  /** Shows a client certificate, which only NSX's own API asks for. */
  byCertificate?: boolean
  client(surface: Surface): Client
  /** Speaks vim25 as the caller. */
  vim: Vim
  /** Makes the caller who they are where that changes during a test. */
  become?(): Promise<void>
}

const password = 'Zk7!vbQp2$wLm'
const bindings = '/policy/api/v1/aaa/role-bindings'

export const nsxvRoles = [
  'auditor',
  'security_admin',
  'security_engineer',
  'vshield_admin',
  'network_engineer',
  'security_role_admin',
  'enterprise_admin',
  'super_user',
]

/** Privileges of Read-only, and of the role that powers machines on and off as well. */
const readOnlyPrivileges = ['System.Anonymous', 'System.View', 'System.Read']
const operatorPrivileges = [
  ...readOnlyPrivileges,
  'VirtualMachine.Interact.PowerOn',
  'VirtualMachine.Interact.PowerOff',
]

/** Where callers of vCenter show a session; on the others they send their name and password. */
const sessionSurfaces: readonly Surface[] = ['rest', 'legacy', 'json-rpc', 'soap', 'sallyport']

/** One of each kind of caller, those who may least first. The lab keeps them all. */
export async function makeCallers(lab: Lab): Promise<Caller[]> {
  // Thousands of answers; other tests compare them with their description.
  const a = lab.a.with({ check: () => undefined })
  return [
    { name: 'nobody', client: () => a, vim: new Vim(a) },
    ...(await nsxCallers(lab, a)),
    ...(await nsxvCallers(lab, a)),
    ...(await vcenterCallers(lab, a)),
  ]
}

/** The same client on every surface. */
const everywhere = (client: Client) => ({ client: () => client, vim: new Vim(client) })

async function nsxCallers(lab: Lab, a: Client): Promise<Caller[]> {
  const role = await lab.admin.put('/policy/api/v1/aaa/roles/custom', { features: customFeatures })
  assert.equal(role.status, 200, role.text)
  await lab.admin.post('/api/v1/node/users/10003?action=activate', { password })
  const binding = `${bindings}/${(await lab.admin.get(`${bindings}?name=guestuser1`)).json.results[0].id}`
  async function bind(role: string): Promise<void> {
    const had = (await lab.admin.get(binding)).json.roles_for_paths
    const removed = had.map((bound: object) => ({ ...bound, delete_path: true }))
    const roles_for_paths = [...removed, { path: '/', roles: [{ role }] }]
    const { status, text } = await lab.admin.put(binding, { read_roles_for_paths: true, roles_for_paths })
    assert.equal(status, 200, text)
  }

  const roles = [...unprintedRoles, ...columns.toReversed()]
  const made = await makeCertificate('robot')
  const identity = { name: 'robot', node_id: 'n1', certificate_pem: made.cert }
  const registered = await lab.admin.post('/api/v1/trust-management/principal-identities/with-certificate', {
    ...identity,
    roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }] }],
  })
  assert.equal(registered.status, 201, registered.text)
  await lab.admin.post('/api/v1/node/users/10002?action=activate', { password })
  const { client: session } = await a.signIn('audit', password)
  return [
    ...roles.map((role) => ({
      name: `NSX ${role}`,
      nsx: role,
      ...everywhere(a.as('guestuser1', password)),
      become: () => bind(role),
    })),
    { name: 'NSX session of an auditor', nsx: 'auditor', ...everywhere(session) },
    {
      name: 'NSX principal identity, network_engineer',
      nsx: 'network_engineer',
      byCertificate: true,
      ...everywhere(a.presenting(made)),
    },
  ]
}

async function nsxvCallers(lab: Lab, a: Client): Promise<Caller[]> {
  await makeCliUser(lab, 'cli_only', password, false)
  for (const role of nsxvRoles) {
    await makeCliUser(lab, `cli_${role}`, password)
    assert.equal((await assign(lab, `cli_${role}`, '?isCli=true', role)).status, 204, role)
  }
  const token = async (role: string) => {
    const { status, text } = await a.as(`cli_${role}`, password).post('/api/2.0/services/auth/token')
    assert.equal(status, 200, text)
    const [, value] = /<value>([^<]+)<\/value>/.exec(text) ?? []
    return a.with({ headers: { authorization: `AuthToken ${value}` } })
  }
  return [
    { name: 'NSX-v CLI user without the web interface', ...everywhere(a.as('cli_only', password)) },
    ...nsxvRoles.map((role) => ({ name: `NSX-v ${role}`, nsxv: role, ...everywhere(a.as(`cli_${role}`, password)) })),
    { name: 'NSX-v token of an auditor', nsxv: 'auditor', ...everywhere(await token('auditor')) },
    { name: 'NSX-v token of a super_user', nsxv: 'super_user', ...everywhere(await token('super_user')) },
  ]
}

async function vcenterCallers(lab: Lab, a: Client): Promise<Caller[]> {
  const admin = await signedIn(lab.a)
  const authorization = '/api/vcenter/authorization'
  async function caller(name: string, user: string, secret: string): Promise<Omit<Caller, 'privileges'>> {
    const basic = a.as(user, secret)
    // One session for each surface, as a call of one of them ends its own.
    const sessions = await Promise.all(sessionSurfaces.map(async () => (await basic.post('/api/session')).json))
    const idOn = (surface: Surface) => sessions[sessionSurfaces.indexOf(surface)]
    return {
      name,
      client: (surface) => (sessionSurfaces.includes(surface) ? withSession(a, idOn(surface)) : basic),
      vim: new Vim(a).withSession(idOn('soap')),
    }
  }
  async function user(name: string, words: string, role?: string): Promise<Omit<Caller, 'privileges'>> {
    const made = await admin.post('/sallyport/v1/sso/users', { name, password })
    assert.equal(made.status, 201, made.text)
    if (role !== undefined) {
      const permission = await admin.post(`${authorization}/permissions`, {
        object: { type: 'Folder', id: 'group-d1' },
        principal: { type: 'USER', name, domain: 'vsphere.local' },
        role,
        propagating: true,
      })
      assert.equal(permission.status, 201, permission.text)
    }
    return caller(words, `${name}@vsphere.local`, password)
  }
  const operator = await admin.post(`${authorization}/roles`, {
    name: 'operator',
    description: '',
    privileges: operatorPrivileges,
  })
  assert.equal(operator.status, 201, operator.text)
  return [
    { ...(await user('nothing', 'vCenter user with nothing')), privileges: [] },
    { ...(await user('reader', 'vCenter user with Read-only', '-2')), privileges: readOnlyPrivileges },
    {
      ...(await user('powered', 'vCenter user with one role', operator.json)),

      privileges: operatorPrivileges,
    },
    {
      ...(await caller('vCenter administrator', administrator, labSsoPassword)),
      // Registering NSX-v with vCenter makes its administrator one of NSX-v.
      nsxv: 'enterprise_admin',
      privileges: 'all',
    },
  ]
}
