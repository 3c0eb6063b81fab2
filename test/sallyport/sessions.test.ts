import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'
import { Browser } from './browser-session.ts'

const path = '/sallyport/v1/sessions'
const administrator = 'administrator@vsphere.local'
const password = 'Zk7!vbQp2$wLm'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

interface Shown {
  id: string
  kind: string
  user_name: string
  node_name: string
  own: boolean
  current: boolean
  may_end: boolean
}

const listed = async (client: Client, query = ''): Promise<Shown[]> => (await client.get(path + query)).json.sessions
const summary = (sessions: Shown[]) =>
  sessions.map(({ kind, user_name, may_end }) => `${kind} ${user_name} ${may_end}`).sort()
const refused = (answer: Answer, status: number, code: string) =>
  assert.deepEqual([answer.status, answer.json?.error?.code], [status, code], answer.text)

/** A browser that is signed in. */
async function browserOf(lab: Lab, ...people: [name: string, password: string][]): Promise<Browser> {
  const browser = new Browser(lab.a)
  for (const [name, secret] of people) assert.equal((await browser.signIn(name, secret)).status, 200, name)
  return browser
}

async function makeUser(lab: Lab, username: string, role?: string): Promise<void> {
  const made = await lab.admin.post('/api/v1/node/users?action=create_user', { username, password })
  assert.equal(made.status, 201, made.text)
  if (role === undefined) return
  const { results } = (await lab.admin.get('/api/v1/aaa/role-bindings')).json
  const binding = results.find(({ name }: { name: string }) => name === username)
  binding.roles_for_paths = [{ path: '/', roles: [{ role }] }]
  assert.equal((await lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, binding)).status, 200)
}

for (const database of databases) {
  const { kind } = database

  test(`${kind}: everybody sees their own sessions, and others' who may`, database, async () => {
    await using lab = await openLab(database)
    await makeUser(lab, 'looker', 'auditor')
    await makeUser(lab, 'netty', 'network_engineer')
    const admin = await browserOf(lab, ['admin', labPassword], [administrator, labSsoPassword])
    const looker = await browserOf(lab, ['looker', password])
    const netty = await browserOf(lab, ['netty', password])
    const holo = await browserOf(lab, ['holouser@vsphere.local', labSsoPassword])

    const vsphere = ['vcenter VSPHERE.LOCAL\\Administrator true', 'vcenter VSPHERE.LOCAL\\holouser true']
    const nsx = (end: boolean) => [`nsx admin ${end}`, `nsx looker ${end}`, `nsx netty ${end}`]
    assert.deepEqual(summary(await listed(admin.whole)), [...nsx(true), ...vsphere])
    assert.deepEqual(summary(await listed(looker.whole)), ['nsx admin false', 'nsx looker true', 'nsx netty false'])
    assert.deepEqual(summary(await listed(lab.a.as(administrator, labSsoPassword))), vsphere)
    assert.deepEqual(summary(await listed(holo.whole)), ['vcenter VSPHERE.LOCAL\\holouser true'])
    // That role reads the node's settings too.
    const seen = summary(await listed(netty.whole))
    assert(seen.includes('nsx netty true') && !seen.includes('nsx admin true'), seen.join())

    const own = (await listed(admin.whole)).filter(({ current }) => current)
    assert.deepEqual(own.map((session) => session.kind).sort(), ['nsx', 'vcenter'])
    assert.deepEqual((await listed(admin.whole, '?kind=vcenter')).length, 2)
    const page = (await admin.whole.get(`${path}?offset=1&limit=2`)).json
    assert.deepEqual([page.sessions.length, page.total], [2, 5])
    refused(await admin.whole.get(`${path}?kind=soap`), 400, 'invalid_field')
    refused(await lab.a.get(path), 401, 'unauthenticated')
  })

  test(`${kind}: a session is ended by its own user or by who may, and by nobody else`, database, async () => {
    await using lab = await openLab(database)
    await makeUser(lab, 'looker', 'auditor')
    const admin = await browserOf(lab, ['admin', labPassword], [administrator, labSsoPassword])
    const looker = await browserOf(lab, ['looker', password])
    const second = await browserOf(lab, ['looker', password])
    const holo = await browserOf(lab, ['holouser@vsphere.local', labSsoPassword])
    const all = await listed(admin.whole)
    const idOf = (name: string, own = false) => all.find((one) => one.user_name.endsWith(name) && one.own === own)?.id
    const url = (id: string | undefined) => `${path}/${id}`

    refused(await looker.whole.delete(url(idOf('admin', true))), 403, 'forbidden')
    // Who may not know of it hears that there is none.
    refused(await holo.whole.delete(url(idOf('admin', true))), 404, 'not_found')
    refused(await looker.whole.delete(url(idOf('holouser'))), 404, 'not_found')
    refused(await admin.whole.delete(url('nothing')), 404, 'not_found')
    refused(await admin.with({ cookies: true }).delete(url(idOf('holouser'))), 401, 'unauthenticated')

    const other = (await listed(looker.whole)).find((one) => one.own && !one.current)
    assert.equal((await looker.whole.delete(url(other?.id))).status, 204)
    assert.equal((await second.recall()).json.nsx, null)
    assert.equal((await looker.recall()).json.nsx.user_name, 'looker')
    assert.equal((await admin.whole.delete(url(idOf('holouser')))).status, 204)
    assert.equal((await holo.recall()).json.vcenter, null)
    refused(await admin.whole.delete(url(idOf('holouser'))), 404, 'not_found')
    // What lists show of a session is not what opens it.
    for (const { id } of all) {
      assert.equal((await lab.a.with({ headers: { 'vmware-api-session-id': id } }).get('/api/session')).status, 401)
      const cookie = { cookie: `JSESSIONID=${id}`, 'x-xsrf-token': id }
      assert.equal((await lab.a.with({ headers: cookie }).get('/api/v1/aaa/user-info')).status, 403)
    }
    await lab.restart()
    const again = new Browser(lab.a)
    for (const [name, value] of holo.cookies) again.cookies.set(name, value)
    assert.equal((await again.recall()).json.vcenter, null)
  })

  test(`${kind}: consoles are sessions too, and close when they are ended`, {
    ...database,
    skip: database.skip || noOpenSsh,
  }, async () => {
    await using lab = await openLab(database)
    await makeUser(lab, 'looker', 'auditor')
    const admin = await browserOf(lab, ['admin', labPassword])
    const looker = await browserOf(lab, ['looker', password])
    await using terminal = ssh.terminal(lab.server.ready.managers[1]?.ssh as string, {
      user: 'admin',
      password: labPassword,
    })
    await terminal.until('> ')
    await using nsxv = ssh.terminal(lab.server.ready.nsxv?.ssh as string, { user: 'admin', password: labPassword })
    await nsxv.until('> ')

    const [own, ...others] = await listed(admin.whole, '?kind=ssh')
    assert.deepEqual(others, [])
    const { node_name, address } = own as Shown & { address: string }
    assert.deepEqual(
      [node_name, address, own?.own],
      [lab.server.services.appliances.managers[1]?.name, '127.0.0.1', true],
    )
    assert.deepEqual(summary(await listed(looker.whole, '?kind=ssh')), ['ssh admin false'])
    refused(await looker.whole.delete(`${path}/${own?.id}`), 403, 'forbidden')
    // Those of NSX for vSphere are seen by who may see its users.
    const vcenter = lab.a.as(administrator, labSsoPassword)
    assert.deepEqual(summary(await listed(vcenter, '?kind=ssh')), ['ssh admin true'])

    assert.equal((await admin.whole.delete(`${path}/${own?.id}`)).status, 204)
    await terminal.until('This console was closed from elsewhere.')
    assert.deepEqual(await listed(admin.whole, '?kind=ssh'), [])
    assert.equal((await listed(vcenter, '?kind=ssh')).length, 1)
  })
}
