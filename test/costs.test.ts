import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { databases, openLab } from './lab.ts'
import { signedIn } from './vcenter/clients.ts'
import { managers, Vim } from './vcenter/soap-client.ts'

const console = '/sallyport/v1'

for (const database of databases) {
  test(`${database.kind}: what grows with the store waits for its caller's turn`, database, async () => {
    await using lab = await openLab(database)
    const { turns } = lab.server.services
    const vcenter = await signedIn(lab.a)
    const { vim } = await new Vim(lab.a).signIn()
    const begin = mock.method(turns, 'begin')
    const charged = async (path: string, call: Promise<{ status: number }>) => {
      const { status } = await call
      assert.equal(status, 200, path)
      // XML is read in turns of the address it comes from: until it is read nobody knows whose it is.
      const callers = begin.mock.calls
        .map(({ arguments: [caller] }) => caller)
        .filter((caller) => caller !== '127.0.0.1')
      begin.mock.resetCalls()
      return callers
    }

    const nsx = [
      '/api/v1/aaa/role-bindings',
      '/policy/api/v1/aaa/roles',
      '/policy/api/v1/aaa/roles-with-feature-permissions',
      '/policy/api/v1/infra/segments',
      '/api/v1/trust-management/certificates',
      '/api/v1/trust-management/principal-identities',
      `${console}/audit`,
      `${console}/audit/export?format=csv`,
      `${console}/sessions`,
    ]
    for (const path of nsx) assert.deepEqual(await charged(path, lab.admin.get(path)), ['nsx admin'], path)
    const search = lab.admin.post('/api/v1/administration/audit-logs', {})
    assert.deepEqual(await charged('audit-logs', search), ['nsx admin'])

    const nsxv = ['/api/2.0/auditlog', '/api/2.0/systemevent', '/api/2.0/services/usermgmt/users/vsm']
    for (const path of nsxv) assert.equal((await charged(path, lab.admin.get(path))).length, 1, path)

    const key = 'vsphere.local\\administrator'
    const lists = ['vm', 'host', 'folder', 'datacenter', 'cluster', 'datastore', 'network', 'resource-pool']
    for (const path of lists.map((kind) => `/api/vcenter/${kind}`)) {
      assert.deepEqual(new Set(await charged(path, vcenter.get(path))), new Set([key]), path)
    }
    for (const method of ['RetrieveAllPermissions', 'RetrieveRolePermissions']) {
      const args = method === 'RetrieveRolePermissions' ? { roleId: -1 } : {}
      assert.deepEqual(await charged(method, vim.send(method, managers.authorization, args)), [key], method)
    }

    // What costs little waits for nobody.
    assert.deepEqual(await charged('version', lab.admin.get('/api/v1/node/version')), [])
    const session = vim.send('RetrieveServiceContent', managers.service)
    assert.deepEqual(await charged('RetrieveServiceContent', session), [])
  })

  test(`${database.kind}: an answer that was made as a whole is held until it is taken`, database, async () => {
    await using lab = await openLab(database, { vsphereVms: '4000' })
    const { room } = lab.server.services
    const vcenter = await signedIn(lab.a)
    const lists = await Promise.all(Array.from({ length: 5 }, () => vcenter.get('/api/vcenter/vm')))
    assert.deepEqual(
      lists.map(({ json }) => json.length),
      Array(5).fill(4000),
    )
    const bytes = Buffer.byteLength(lists[0]?.text ?? '')
    assert(room.peak >= bytes && room.peak <= 5 * bytes, `${room.peak} bytes`)
    assert.equal(room.held, 0)
  })
}
