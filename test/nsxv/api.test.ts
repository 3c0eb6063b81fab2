import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import {
  assign,
  auditlog,
  entry,
  getJson,
  listed,
  makeCliUser,
  pageText,
  removeCliUser,
  sendXml,
  usermgmt,
} from './nsxv.ts'

const password = 'Password123'
const ssoPassword = 'VMware123!'
const management = '/api/1.0/appliance-management'
const auth = '/api/2.0/services/auth'
const me = `${usermgmt}/user/admin`

const tokenOf = ({ text }: Answer) => /<authToken><value>(.*?)<\/value><\/authToken>/.exec(text)?.[1] ?? ''
const withToken = (client: Client, token: string) => client.with({ headers: { authorization: `AUTHTOKEN ${token}` } })

for (const database of databases) {
  test(`${database.kind}: what clients call first`, database, async (t) => {
    await using lab = await openLab(database)
    await makeCliUser(lab, 'viewer', password)
    assert.equal((await assign(lab, 'viewer', '?isCli=true', 'auditor', 'globalroot-0')).status, 204)

    await t.test("PowerNSX's order of calls as an auditor: 200, 403, 403, and never a 500", async () => {
      const client = lab.a.as('viewer', password).with({ headers: { 'content-type': 'application/xml' } })
      const statuses = []
      for (const path of [
        '/api/2.0/nwfabric/features',
        `${management}/global/info`,
        '/api/2.0/services/vcconfig',
        `${usermgmt}/role/viewer`,
        `${management}/components`,
      ]) {
        statuses.push((await client.get(path)).status)
      }
      assert.deepEqual(statuses, [200, 403, 403, 403, 403])
    })

    await t.test('a System Administrator is told the release, the registration and the components', async () => {
      assert.match(
        (await lab.admin.get(`${management}/global/info`)).text,
        /<globalInfo><currentLoggedInUser>admin<\/currentLoggedInUser><versionInfo><majorVersion>6<\/majorVersion><minorVersion>4</,
      )
      const info = await getJson(lab.admin, `${management}/global/info`)
      assert.deepEqual([info.json.currentLoggedInUser, info.json.versionInfo.majorVersion], ['admin', '6'])
      assert.match(
        (await lab.admin.get('/api/2.0/services/vcconfig')).text,
        /<vcInfo><ipAddress>127\.0\.0\.1<.*<certificateThumbprint>([0-9A-F]{2}:){19}[0-9A-F]{2}</,
      )
      assert.match(
        (await lab.admin.get('/api/2.0/services/vcconfig/status')).text,
        /<connected>true<\/connected><lastInventorySyncTime>\d+</,
      )
      assert.match((await lab.admin.get('/api/2.0/services/ssoconfig/status')).text, /<boolean>true<\/boolean>$/)
      assert.equal((await getJson(lab.admin, '/api/2.0/services/ssoconfig/status')).json, true)
      assert.match((await getJson(lab.admin, '/api/2.0/services/vsmconfig')).json.version, /^6\.4/)
      assert.match(
        (await lab.admin.get(`${management}/components/component/SSH`)).text,
        /<componentId>SSH<\/componentId><name>SSH Service<\/name><description>Secure Shell<\/description><status>RUNNING</,
      )
      assert.equal((await lab.admin.get(`${management}/components/component/FTP`)).status, 404)
      assert.match(
        (await lab.admin.get(`${management}/summary/system`)).text,
        /<applianceName>vShield Virtual Appliance Management</,
      )
      const uptime = await lab.admin.get(`${management}/system/uptime`)
      assert.match(
        `${uptime.headers['content-type']} ${uptime.text}`,
        /^text\/plain.* \d+ days, \d+ hours, \d+ minutes$/,
      )
      const { json } = await getJson(lab.admin, '/api/2.0/nwfabric/features')
      assert.ok(json.featureInfo.length > 0)
    })

    await t.test('scoping objects are the global root, the datacenters of vCenter and what else there is', async () => {
      const { json } = await getJson(lab.admin, `${usermgmt}/scopingobjects`)
      const shown = json.object.map(({ objectId, objectTypeName, name }: Record<string, string>) => [
        objectId,
        objectTypeName,
        name,
      ])
      assert.deepEqual(shown[0], ['globalroot-0', 'GlobalRoot', 'Global'])
      assert.ok(shown.some(([, type, name]: string[]) => type === 'Datacenter' && name === 'DC0'))
      assert.deepEqual(shown.at(-1), ['virtualwire-12', 'VirtualWire', 'web-tier'])
    })

    await t.test('the roles are listed in the order of the product, in JSON as an array', async () => {
      const xml = await lab.admin.get(`${usermgmt}/roles`)
      assert.match(
        xml.text,
        /<list><string>super_user<\/string><string>vshield_admin<\/string><string>security_admin<\/string><string>auditor<\/string><string>enterprise_admin<\/string>/,
      )
      assert.deepEqual((await getJson(lab.admin, `${usermgmt}/roles`)).json.slice(0, 2), [
        'super_user',
        'vshield_admin',
      ])
    })

    await t.test('the central command line answers plain text, to whoever accepts it', async () => {
      const run = (command: string, accept: string) =>
        lab.admin.send('POST', '/api/1.0/nsx/cli?action=execute', `<nsxcli><command>${command}</command></nsxcli>`, {
          'content-type': 'application/xml',
          accept,
        })
      const answer = await run('show edge  all', 'text/plain')
      assert.deepEqual([answer.status, answer.text], [200, 'Edge ID    Name\nedge-7     edge-web\n'])
      assert.equal((await run('show edge all', 'application/xml')).status, 406)
      assert.match((await run('show constructor', 'text/plain')).text, /^% Invalid Command/)
      assert.equal((await sendXml(lab.admin, 'POST', '/api/1.0/nsx/cli', '<nsxcli/>')).status, 400)
      assert.equal((await sendXml(lab.admin, 'POST', '/api/1.0/nsx/cli?action=run', '<nsxcli/>')).status, 400)
    })

    await t.test('a path or a method that is none is said on a page, once it is known who asks', async () => {
      for (const [method, path, status] of [
        ['GET', '/api/2.0/services/usermgmt', 404],
        ['GET', '/api/3.0/x', 404],
        ['GET', '/api/1.0', 404],
        ['GET', `${usermgmt}/securityprofile`, 404],
        ['PATCH', me, 405],
        ['DELETE', auditlog, 405],
      ] as const) {
        assert.equal((await lab.a.send(method, path)).status, 401)
        const answer = await lab.admin.send(method, path)
        assert.deepEqual([answer.status, typeof pageText(answer)], [status, 'string'], path)
      }
    })

    await t.test(
      'Accept: XML unless JSON is asked for, and 406 for what is neither, before anything is changed',
      async () => {
        const put = (accept: string) =>
          lab.admin.send('PUT', `${usermgmt}/role/viewer`, entry('security_admin'), {
            'content-type': 'application/xml',
            accept,
          })
        const refused = await put('text/plain')
        assert.deepEqual([refused.status, pageText(refused)], [406, 'Not Acceptable'])
        assert.equal((await listed(lab, 'viewer')).accessControlEntry.role, 'auditor')
        const json = await put('application/json')
        assert.equal(json.json.role, 'security_admin')
        const failed = await lab.admin.send('DELETE', `${usermgmt}/role/viewer`, undefined, {
          accept: 'application/json',
        })
        assert.deepEqual(
          [failed.status, Object.keys(failed.json), failed.json.errorCode],
          [400, ['details', 'errorCode', 'rootCauseString', 'moduleName', 'errorData'], 204],
        )
      },
    )
  })

  test(`${database.kind}: users and groups of vCenter`, database, async (t) => {
    await using lab = await openLab(database)
    const holouser = lab.a.as('holouser@vsphere.local', ssoPassword)

    await t.test(
      'the administrator of vCenter is Enterprise Administrator, and cannot make System Administrators',
      async () => {
        const enterprise = lab.a.as('Administrator@vsphere.local', ssoPassword)
        assert.equal((await enterprise.get(`${usermgmt}/users/vsm`)).status, 200)
        const made = await sendXml(enterprise, 'POST', `${usermgmt}/role/x@vsphere.local`, entry('super_user'))
        assert.deepEqual([made.status, /<errorCode>254</.test(made.text)], [403, true])
        assert.equal(
          (await sendXml(enterprise, 'POST', `${usermgmt}/role/x@vsphere.local`, entry('security_role_admin'))).status,
          204,
        )
        assert.equal(
          (await sendXml(enterprise, 'PUT', `${usermgmt}/role/x@vsphere.local`, entry('super_user'))).status,
          403,
        )
        assert.equal((await enterprise.get(`${management}/global/info`)).status, 403)
      },
    )

    await t.test('a user signs in with their role, and is shown as DOMAIN\\user', async () => {
      assert.equal(pageText(await holouser.get(me)), 'VC user does not have any role on NSX Manager.')
      assert.equal((await assign(lab, 'holouser@vsphere.local', '', 'auditor')).status, 204)
      for (const name of ['holouser@vsphere.local', 'HoloUser@VSPHERE.LOCAL', 'vsphere.local\\holouser']) {
        assert.equal((await lab.a.as(name, ssoPassword).get(me)).status, 200, name)
      }
      const user = await listed(lab, 'VSPHERE.LOCAL\\holouser')
      assert.deepEqual([user.isCli, user.isLocal, user.isGroup], [false, false, false])
      assert.equal((await holouser.get(`${usermgmt}/user/holouser@vsphere.local`)).status, 200)
      assert.equal((await holouser.get(`${usermgmt}/user/holouser%40vsphere.local`)).status, 200)
      const { data } = (await getJson(lab.admin, `${auditlog}?pageSize=1024`)).json.dataPage
      const logins = data.filter(
        ({ resource, status }: Record<string, string>) =>
          resource === 'VSPHERE.LOCAL\\holouser' && status === 'SUCCESS',
      )
      assert.equal(logins.at(-1).resourceId, user.objectId)
    })

    await t.test("a name without a domain is one of vCenter's own", async () => {
      assert.equal((await assign(lab, 'holodeck-vmadmin', '', 'auditor')).status, 204)
      assert.equal((await lab.a.as('holodeck-vmadmin@vsphere.local', ssoPassword).get(me)).status, 200)
      assert.equal((await lab.a.as('holodeck-vmadmin', ssoPassword).get(me)).status, 403)
      assert.equal((await lab.admin.delete(`${usermgmt}/user/holodeck-vmadmin`)).status, 204)
    })

    await t.test("groups add up, and a role of one's own comes before them", async () => {
      const administrator = lab.a.as('administrator@vsphere.local', ssoPassword)
      assert.equal((await administrator.post('/sallyport/v1/sso/groups', { name: 'nsx-net' })).status, 201)
      const member = { type: 'user', name: 'administrator' }
      assert.equal((await administrator.post('/sallyport/v1/sso/groups/nsx-net/members', member)).status, 201)
      const group = (name: string, role: string, ...objects: string[]) =>
        assign(lab, `${name}@vsphere.local`, '?isGroup=true', role, ...objects)
      assert.equal((await group('Administrators', 'security_admin', 'edge-7')).status, 204)
      assert.equal((await listed(lab, 'VSPHERE.LOCAL\\Administrators')).isGroup, true)
      assert.equal((await administrator.get('/api/2.0/services/vcconfig')).status, 200)

      assert.equal((await lab.admin.delete(`${usermgmt}/role/administrator@vsphere.local`)).status, 204)
      assert.equal((await administrator.get(me)).status, 200)
      const scoped = await administrator.get(`${usermgmt}/users/vsm`)
      assert.equal(scoped.status, 403)
      assert.match(scoped.text, /access object globalroot-0 and feature urm\.user_account_management/)
      assert.equal((await administrator.get(auditlog)).status, 200)

      assert.equal((await group('nsx-net', 'vshield_admin')).status, 204)
      assert.equal((await administrator.get(`${usermgmt}/users/vsm`)).status, 200)
      const disable = (name: string) => lab.admin.send('PUT', `${usermgmt}/user/${name}@vsphere.local/enablestate/0`)
      assert.equal((await disable('nsx-net')).status, 204)
      assert.equal((await administrator.get(`${usermgmt}/users/vsm`)).status, 403)
      assert.equal((await lab.admin.delete(`${usermgmt}/role/Administrators@vsphere.local?isGroup=true`)).status, 204)
      assert.equal(pageText(await administrator.get(me)), 'VC user does not have any role on NSX Manager.')
    })

    await t.test('a user who is disabled or loses the role is kept out from the next call on', async () => {
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/holouser@vsphere.local/enablestate/0`)).status, 204)
      assert.equal(pageText(await holouser.get(me)), 'Bad Username or Credentials presented')
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/holouser@vsphere.local/enablestate/1`)).status, 204)
      assert.equal((await holouser.get(me)).status, 200)
      assert.equal((await lab.admin.delete(`${usermgmt}/user/holouser@vsphere.local`)).status, 204)
      assert.equal(pageText(await holouser.get(me)), 'VC user does not have any role on NSX Manager.')
    })

    await t.test("NSX Manager's own local domain is nobody's here", async () => {
      assert.equal(
        pageText(await lab.a.as('admin@mywork.com', labPassword).get(me)),
        'Bad Username or Credentials presented',
      )
    })
  })

  test(`${database.kind}: tokens are good until they expire, and Basic can be switched off`, database, async () => {
    await using lab = await openLab(database)
    await makeCliUser(lab, 'robot', password)
    assert.equal((await assign(lab, 'robot', '?isCli=true', 'auditor')).status, 204)
    const robot = lab.a.as('robot', password)
    const issued = await robot.send('POST', `${auth}/token?expiresInMinutes=10`)
    assert.equal(issued.status, 200)
    const token = tokenOf(issued)
    const [head = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    assert.equal(JSON.parse(head).alg, 'HS256')
    assert.deepEqual([JSON.parse(claims).sub, JSON.parse(claims).exp], ['robot', lab.clock.now / 1000 + 600])
    const byToken = () => withToken(lab.a, token).get(`${usermgmt}/users/vsm`)
    assert.equal((await byToken()).status, 200)
    for (const bad of ['', 'x', `${token}x`, token.slice(1), token.split('.').slice(0, 2).join('.')]) {
      const answer = await withToken(lab.a, bad).get(me)
      assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Basic realm="NSX Manager"'])
    }
    await lab.restart()
    assert.equal((await byToken()).status, 200)

    // A token has the roles that its user has now, and nothing where the user could not sign in.
    assert.equal((await sendXml(lab.admin, 'PUT', `${usermgmt}/role/robot`, entry('security_admin'))).status, 200)
    assert.equal((await byToken()).status, 403)
    assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/robot/enablestate/0`)).status, 204)
    assert.equal((await byToken()).status, 401)
    assert.equal((await lab.a.as('robot', password).get(me)).status, 403)
    assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/robot/enablestate/1`)).status, 204)
    assert.equal((await byToken()).status, 403)
    assert.equal((await sendXml(lab.admin, 'PUT', `${usermgmt}/role/robot`, entry('super_user'))).status, 200)
    assert.equal((await byToken()).status, 200)
    lab.clock.advance({ seconds: 599 })
    assert.equal((await byToken()).status, 200)
    lab.clock.advance({ seconds: 1 })
    assert.equal((await byToken()).status, 401)

    // The token of a deleted user is good for nothing, also for whoever gets the name.
    await makeCliUser(lab, 'gone', password)
    assert.equal((await assign(lab, 'gone', '?isCli=true', 'auditor')).status, 204)
    const left = withToken(lab.a, tokenOf(await lab.a.as('gone', password).send('POST', `${auth}/token`)))
    await removeCliUser(lab, 'gone')
    assert.equal((await left.get(`${usermgmt}/users/vsm`)).status, 401)
    assert.equal((await left.send('POST', `${auth}/token`)).status, 401)
    await makeCliUser(lab, 'gone', password)
    assert.equal((await assign(lab, 'gone', '?isCli=true', 'super_user')).status, 204)
    assert.equal((await left.get(`${management}/global/info`)).status, 401)
    assert.equal((await lab.admin.send('POST', `${auth}/tokeninvalidation?userId=gone`)).status, 204)
    assert.equal((await left.get(`${usermgmt}/users/vsm`)).status, 401)

    const admins = tokenOf(await lab.admin.send('POST', `${auth}/token`))
    const admin = withToken(lab.a, admins)
    assert.equal((await admin.get(me)).status, 200)
    assert.equal((await admin.send('POST', `${auth}/tokeninvalidation?userId=admin`)).status, 204)
    assert.equal((await admin.get(me)).status, 401)

    for (const minutes of ['0', '1441', 'x', '1.5', '-1']) {
      assert.equal((await lab.admin.send('POST', `${auth}/token?expiresInMinutes=${minutes}`)).status, 400)
    }
    assert.match((await lab.admin.get(`${auth}/tokenexpiration`)).text, /<authTokenExpiry><defaultExpiryInMinutes>90</)
    const expiry = (minutes: number) =>
      `<authTokenExpiry><defaultExpiryInMinutes>${minutes}</defaultExpiryInMinutes></authTokenExpiry>`
    assert.equal((await sendXml(lab.admin, 'PUT', `${auth}/tokenexpiration`, expiry(0))).status, 400)
    assert.equal((await sendXml(lab.admin, 'PUT', `${auth}/tokenexpiration`, expiry(5))).status, 204)
    assert.equal((await getJson(lab.admin, `${auth}/tokenexpiration`)).json.defaultExpiryInMinutes, 5)

    const basic = (user: string, secret: string, disable: boolean) =>
      `<auth><username>${user}</username><password>${secret}</password><disableBasicAuth>${disable}</disableBasicAuth></auth>`
    assert.equal((await sendXml(lab.admin, 'PUT', `${auth}/basic`, basic('admin', 'wrong', true))).status, 400)
    const own = withToken(lab.a, tokenOf(await lab.admin.send('POST', `${auth}/token`)))
    assert.equal((await sendXml(lab.admin, 'PUT', `${auth}/basic`, basic('admin', labPassword, true))).status, 204)
    const refused = await lab.admin.get(me)
    assert.deepEqual([refused.status, pageText(refused)], [401, 'Basic authentication is disabled'])
    const credentials = (secret: string) =>
      `<credentials><username>admin</username><password>${secret}</password></credentials>`
    const wrong = await sendXml(lab.a, 'POST', '/api/3.0/services/auth/token', credentials('wrong'))
    assert.deepEqual([wrong.status, pageText(wrong)], [403, 'Bad Username or Credentials presented'])
    const token3 = tokenOf(await sendXml(lab.a, 'POST', '/api/3.0/services/auth/token', credentials(labPassword)))
    assert.match((await withToken(lab.a, token3).get(`${auth}/basic`)).text, /<disableBasicAuth>true</)
    assert.equal((await sendXml(own, 'PUT', `${auth}/basic`, basic('admin', labPassword, false))).status, 204)
    assert.equal((await lab.admin.get(me)).status, 200)
  })

  test(`${database.kind}: wrong passwords lock an account, whichever way they come in`, database, async () => {
    await using lab = await openLab(database)
    await makeCliUser(lab, 'svc', password)
    assert.equal((await assign(lab, 'svc', '?isCli=true', 'auditor')).status, 204)
    const guess = async (lab: Lab, times: number) => {
      for (let i = 0; i < times; i++) assert.equal((await lab.a.as('svc', `wrong-${i}`).get(me)).status, 403)
    }
    await guess(lab, 3)
    const credentials = (secret: string) =>
      `<credentials><username>svc</username><password>${secret}</password></credentials>`
    for (const secret of ['a', 'b']) await sendXml(lab.b, 'POST', '/api/3.0/services/auth/token', credentials(secret))
    const locked = await lab.a.as('svc', password).get(me)
    assert.deepEqual([locked.status, pageText(locked)], [403, 'Bad Username or Credentials presented'])
    assert.equal((await lab.b.as('svc', password).get(me)).status, 403)
    assert.equal((await lab.a.from('127.0.0.2').as('svc', password).get(me)).status, 200)
    lab.clock.advance({ seconds: 900 })
    assert.equal((await lab.a.as('svc', password).get(me)).status, 200)
  })
}

test('without an NSX Manager for vSphere its paths are none', async () => {
  await using lab = await openLab({ kind: 'sqlite', skip: false }, {}, { nsxv: undefined as never })
  assert.equal(lab.server.ready.nsxv, undefined)
  for (const client of [lab.a, lab.admin]) {
    assert.equal((await client.get(me)).status, 404)
    assert.equal(
      (
        await sendXml(
          client,
          'POST',
          '/api/3.0/services/auth/token',
          '<credentials><username>a</username><password>b</password></credentials>',
        )
      ).status,
      404,
    )
  }
})
