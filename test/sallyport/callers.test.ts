import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { xsrfTokenOf } from '../../src/access/sessions/xsrf-token.ts'
import { labSsoPassword } from '../../src/lab.ts'
import type { Client } from '../client.ts'
import { databases, labPassword, openLab } from '../lab.ts'

const administrator = 'administrator@vsphere.local'
const users = '/sallyport/v1/sso/users'

/** The id of a new session of vCenter. */
async function vcenterId(client: Client): Promise<string> {
  return (await client.as(administrator, labSsoPassword).post('/api/session')).json
}

const browserOf = (id: string, token = xsrfTokenOf(id)) => ({
  headers: { cookie: `__Host-vcenter-session=${id}`, 'x-vcenter-xsrf-token': token },
})

for (const database of databases) {
  const { kind } = database

  test(
    `${kind}: a browser's cookie is a session of vCenter only together with that session's token`,
    database,
    async () => {
      await using lab = await openLab(database)
      const id = await vcenterId(lab.a)
      const other = await vcenterId(lab.a)
      const paths = ['/api/session', '/rest/com/vmware/cis/session', users, '/api/2.0/services/usermgmt/roles']
      for (const path of paths) {
        assert.equal((await lab.a.with(browserOf(id)).get(path)).status, 200, path)
        const cookie = { cookie: `__Host-vcenter-session=${id}` }
        for (const headers of [
          cookie,
          { ...cookie, 'x-vcenter-xsrf-token': '' },
          { ...cookie, 'x-vcenter-xsrf-token': xsrfTokenOf(other) },
          { ...cookie, 'x-xsrf-token': xsrfTokenOf(id) },
          { 'x-vcenter-xsrf-token': xsrfTokenOf(id) },
          { cookie: `vcenter-session=${id}`, 'x-vcenter-xsrf-token': xsrfTokenOf(id) },
          // Text inside another cookie is no cookie.
          { cookie: `a=b,__Host-vcenter-session=${id}`, 'x-vcenter-xsrf-token': xsrfTokenOf(id) },
        ] as Record<string, string>[]) {
          const { status } = await lab.a.with({ headers }).get(path)
          assert([401, 403].includes(status), `${path} ${JSON.stringify(headers)} ${status}`)
        }
      }
      // JSON-RPC is one of its faces.
      const call = {
        jsonrpc: '2.0',
        id: 1,
        method: 'invoke',
        params: {
          serviceId: 'com.vmware.cis.session',
          operationId: 'get',
          input: { STRUCTURE: { 'operation-input': {} } },
        },
      }
      assert((await lab.a.with(browserOf(id)).post('/api', call)).json.result.output)
      assert((await lab.a.with(browserOf(id, xsrfTokenOf(other))).post('/api', call)).json.result.error)

      assert.equal((await lab.a.with(browserOf(id)).delete('/api/session')).status, 204)
      for (const path of paths) assert([401, 403].includes((await lab.a.with(browserOf(id)).get(path)).status), path)
    },
  )

  test(`${kind}: a name without a domain is one of NSX Manager's, any other one of vCenter's`, database, async () => {
    await using lab = await openLab(database)
    const status = async (client: Client) => (await client.get(users)).status
    assert.equal(await status(lab.a.as('admin', labPassword)), 403)
    assert.equal(await status(lab.a.as('admin', 'wrong')), 401)
    assert.equal(await status(lab.a.as('administrator', labSsoPassword)), 401)
    assert.equal(await status(lab.a.as(administrator, labSsoPassword)), 200)
    assert.equal(await status(lab.a.as('VSPHERE.LOCAL\\administrator', labSsoPassword)), 200)
    await lab.admin.put('/api/v1/cluster/api-service', {
      ...(await lab.admin.get('/api/v1/cluster/api-service')).json,
      basic_authentication_enabled: false,
    })
    assert.equal(await status(lab.a.as('admin', labPassword)), 401)
  })

  test(`${kind}: a session of NSX Manager is known here by its cookie and its token`, database, async () => {
    await using lab = await openLab(database)
    const { client, answer } = await lab.a.signIn('admin', labPassword)
    assert.equal((await client.get(users)).status, 403)
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    assert.equal((await lab.a.with({ headers: { cookie } }).get(users)).status, 401)
    const id = cookie.slice(cookie.indexOf('=') + 1)
    assert.equal(answer.headers['x-xsrf-token'], xsrfTokenOf(id))
  })

  test(`${kind}: what both of a browser's people do stands in one log, with both names`, database, async () => {
    await using lab = await openLab(database)
    const id = await vcenterId(lab.a)
    const { client } = await lab.a.signIn('admin', labPassword)
    const cookies = `${(await lab.a.signIn('admin', labPassword)).answer.headers['set-cookie']?.[0]?.split(';')[0]}; __Host-vcenter-session=${id}`
    const token = xsrfTokenOf(/JSESSIONID=(\w+)/.exec(cookies)?.[1] ?? '')
    const headers = { cookie: cookies, 'x-xsrf-token': token, 'x-vcenter-xsrf-token': xsrfTokenOf(id) }
    assert.equal((await lab.a.with({ headers }).get(users)).status, 200)
    assert.equal((await client.get(users)).status, 403)
    assert.equal((await lab.a.as('admin', 'wrong').get(users)).status, 401)
    await lab.a.with({ headers: { 'user-agent': 'the last one' } }).get(users)

    const read = (name: string) => readFileSync(join(lab.dataDir, `${name}-audit.log`), 'utf8')
    while (!read('vcenter').includes('the last one')) await setTimeout(5)
    const both = /event="sallyport\.sso\.users\.list" subject="VSPHERE\.LOCAL\\\\administrator" otherSubject="admin"/i
    assert.match(read('vcenter'), both)
    assert.match(
      read('nsx'),
      /UserName="admin", Src="[^"]+", ModuleName="sallyport\.sso", Operation="sallyport\.sso\.users\.list", Operation status="failure"/,
    )
    assert.match(
      read('nsx'),
      /UserName="admin@127\.0\.0\.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"/,
    )
  })
}
