import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer } from '../client.ts'
import { corp, corpSource, sources, userPassword, vcenterSources } from '../directories.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { assign, entry, makeCliUser, sendXml, usermgmt } from '../nsxv/nsxv.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { Browser, sessionPath } from './browser-session.ts'

const administrator = 'administrator@vsphere.local'
const sso = '/sallyport/v1/sso'
const userInfo = '/api/v1/aaa/user-info'
const cliPassword = 'Zk7!vbQp2$wLm'

let company: OpenLdap
before(async () => {
  if (!openLdapSkip) company = await openOpenLdap(corp)
})
after(() => company?.[Symbol.asyncDispose]())

function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json?.error?.code], [status, code], answer.text)
}

/** The audit log once it has the last call, which it makes. */
async function logs(lab: Lab): Promise<{ nsx: string; vcenter: string }> {
  const read = (name: string) => readFileSync(join(lab.dataDir, `${name}-audit.log`), 'utf8')
  await lab.a.with({ headers: { 'user-agent': 'the last one' } }).get(sessionPath)
  while (!read('vcenter').includes('the last one')) await setTimeout(5)
  return { nsx: read('nsx'), vcenter: read('vcenter') }
}

for (const database of databases) {
  const { kind } = database

  test(
    `${kind}: a browser signs in as a user of NSX Manager, adds one of vCenter's, and signs out`,
    database,
    async () => {
      await using lab = await openLab(database)
      const browser = new Browser(lab.a)
      assert.deepEqual((await browser.recall()).json, { nsx: null, vcenter: null, oidc_sign_in: null })

      const first = await browser.signIn(' admin ', labPassword)
      assert.equal(first.status, 200, first.text)
      assert.match(
        first.headers['set-cookie']?.join() ?? '',
        /^JSESSIONID=[0-9A-F]{32}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
      )
      const { xsrf_token, features, ...nsx } = first.json.nsx
      assert.deepEqual(nsx, {
        user_name: 'admin',
        source: 'local',
        roles: ['enterprise_admin'],
        idle_timeout_seconds: 1800,
        password_expires_in_days: 91,
      })
      assert.equal(features.system_administration_passwd_mgmt, 'crud')
      assert.equal(first.json.vcenter, null)
      assert.equal((await browser.whole.get(userInfo)).json.user_name, 'admin')

      const second = await browser.signIn(administrator, labSsoPassword)
      assert.match(
        second.headers['set-cookie']?.join() ?? '',
        /^__Host-vcenter-session=[0-9a-f]{32}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
      )
      assert.equal(second.json.nsx.xsrf_token, xsrf_token)
      const { privileges, ...vcenter } = second.json.vcenter
      assert(privileges.includes('Authorization.ModifyPermissions'))
      assert.deepEqual(vcenter, {
        user_name: 'Administrator',
        domain: 'vsphere.local',
        administrator: true,
        nsxv_role: 'enterprise_admin',
        xsrf_token: browser.tokens['x-vcenter-xsrf-token'],
        idle_timeout_seconds: 7200,
        password_expires_in_days: 90,
      })
      for (const path of ['/api/session', `${sso}/users`, userInfo, '/api/2.0/services/usermgmt/roles']) {
        assert.equal((await browser.whole.get(path)).status, 200, path)
      }
      assert.deepEqual((await browser.recall()).json, second.json)

      assert.equal((await browser.signOut('vcenter')).status, 204)
      assert.deepEqual([...browser.cookies.keys()], ['JSESSIONID'])
      const left = await browser.recall()
      assert.equal(left.json.vcenter, null)
      assert.equal(left.json.nsx.user_name, 'admin')
      refused(await browser.signOut('vcenter'), 403, 'forbidden')
      assert.equal((await browser.signOut()).status, 204)
      assert.deepEqual([...browser.cookies.keys()], [])

      const { nsx: nsxLog, vcenter: vcenterLog } = await logs(lab)
      for (const operation of ['LOGIN', 'LOGOUT']) {
        const line = `UserName="admin@127.0.0.1", ModuleName="ACCESS_CONTROL", Operation="${operation}", Operation status="success"`
        assert(nsxLog.includes(line), operation)
      }
      const whose = 'subject="VSPHERE.LOCAL\\\\Administrator" otherSubject="admin"'
      assert(vcenterLog.includes(`event="sallyport.session.create" ${whose}`), vcenterLog)
      assert(vcenterLog.includes(`event="sallyport.session.delete" ${whose}`))
      for (const secret of [labPassword, labSsoPassword, ...Object.values(browser.tokens)]) {
        assert(!nsxLog.includes(secret) && !vcenterLog.includes(secret))
      }
    },
  )

  test(`${kind}: no cookie changes or reads anything by itself but whose it is`, database, async () => {
    await using lab = await openLab(database)
    const browser = new Browser(lab.a)
    await browser.signIn('admin', labPassword)
    await browser.signIn(administrator, labSsoPassword)
    const bare = browser.with({ cookies: true })
    refused(await bare.delete(sessionPath), 401, 'unauthenticated')
    refused(await bare.get(`${sso}/users`), 401, 'unauthenticated')
    refused(await bare.post(`${sso}/users`, { name: 'x', password: 'Xx-345678' }), 401, 'unauthenticated')
    assert.equal((await bare.get('/api/session')).status, 401)
    assert.equal((await bare.get(userInfo)).status, 403)

    // A token of another session is none, be it one of the same person's, or of the same browser's other session.
    const other = new Browser(lab.a)
    await other.signIn('admin', labPassword)
    await other.signIn(administrator, labSsoPassword)
    const swapped = {
      'x-xsrf-token': browser.tokens['x-vcenter-xsrf-token'] as string,
      'x-vcenter-xsrf-token': browser.tokens['x-xsrf-token'] as string,
    }
    for (const headers of [other.tokens, swapped]) {
      refused(await bare.with({ headers }).delete(sessionPath), 401, 'unauthenticated')
    }
    // One session that is good is not spoilt by a cookie that somebody else put there.
    const half = bare.with({ headers: { ...browser.tokens, 'x-xsrf-token': other.tokens['x-xsrf-token'] as string } })
    assert.equal((await half.get(`${sso}/users`)).status, 200)
    assert.equal((await browser.recall()).json.nsx.user_name, 'admin')
  })

  test(
    `${kind}: signing in makes a new session always, whatever cookie a browser was given before`,
    database,
    async () => {
      await using lab = await openLab(database)
      const attacker = new Browser(lab.a)
      await attacker.signIn('audit', labPassword)
      const browser = new Browser(lab.a)
      const planted = 'A'.repeat(32)
      browser.cookies.set('JSESSIONID', planted)
      browser.cookies.set('__Host-vcenter-session', planted.toLowerCase())
      await browser.signIn('admin', labPassword)
      await browser.signIn(administrator, labSsoPassword)
      assert.notEqual(browser.cookies.get('JSESSIONID'), planted)
      assert.notEqual(browser.cookies.get('__Host-vcenter-session'), planted.toLowerCase())
      // A form or a page elsewhere can send no JSON without being asked first, and is not answered when it asks.
      const form = { 'content-type': 'text/plain' }
      const body = JSON.stringify({ user_name: 'admin', password: labPassword })
      assert.equal((await lab.a.send('POST', sessionPath, body, form)).status, 415)
      const asked = await lab.a.send('OPTIONS', sessionPath, undefined, { origin: 'https://evil.example' })
      assert.equal(asked.headers['access-control-allow-origin'], undefined)
      assert(![200, 204].includes(asked.status))
    },
  )

  test(
    `${kind}: reading whose a browser's sessions are is no use of them, nor is a call in the background`,
    database,
    async () => {
      await using lab = await openLab(database)
      const browser = new Browser(lab.a)
      await browser.signIn('admin', labPassword)
      await browser.signIn(administrator, labSsoPassword)
      lab.clock.advance({ seconds: 1700 })
      const background = browser.whole.with({ headers: { 'x-sallyport-background': '1' } })
      assert.equal((await background.get(`${sso}/users`)).status, 200)
      assert.equal((await browser.recall()).json.nsx.user_name, 'admin')
      lab.clock.advance({ seconds: 100 })
      assert.equal((await browser.recall()).json.nsx, null)
      lab.clock.advance({ seconds: 7200 - 1800 })
      assert.equal((await browser.recall()).json.vcenter, null)
      refused(await background.get(`${sso}/users`), 401, 'unauthenticated')
    },
  )

  test(
    `${kind}: a session of one manager is none of the other, and one of vCenter is good at both`,
    database,
    async () => {
      await using lab = await openLab(database)
      const browser = new Browser(lab.a)
      await browser.signIn('admin', labPassword)
      await browser.signIn(administrator, labSsoPassword)
      const other = new Browser(lab.b)
      for (const [name, value] of browser.cookies) other.cookies.set(name, value)
      const { json } = await other.recall()
      assert.deepEqual([json.nsx, json.vcenter.user_name], [null, 'Administrator'])
      Object.assign(other.tokens, browser.tokens)
      assert.equal((await other.whole.get(`${sso}/users`)).status, 200)
      // Who shows a session that is none here hears so where it is needed.
      refused(await other.whole.delete(`${sessionPath}?surface=nsx`), 401, 'unauthenticated')
      assert.equal((await browser.recall()).json.nsx.user_name, 'admin')
    },
  )

  test(
    `${kind}: in NSX for vSphere a browser is who it is in vCenter, with the role there, as long as it has one`,
    database,
    async () => {
      await using lab = await openLab(database)
      const roles = '/api/2.0/services/usermgmt/roles'
      const browser = new Browser(lab.a)
      const { json } = await browser.signIn('holouser@vsphere.local', labSsoPassword)
      assert.equal(json.vcenter.nsxv_role, null)
      assert.equal((await browser.whole.get(roles)).status, 403)
      const admin = new Browser(lab.a)
      await admin.signIn(administrator, labSsoPassword)
      const given = await sendXml(
        admin.whole,
        'POST',
        `${usermgmt}/role/holouser%40vsphere.local?isGroup=false`,
        entry('auditor'),
      )
      assert.equal(given.status, 204, given.text)
      assert.equal((await browser.recall()).json.vcenter.nsxv_role, 'auditor')
      assert.equal((await browser.whole.get(roles)).status, 200)
      assert.equal((await browser.with({ cookies: true }).get(roles)).status, 401)
      assert.equal((await browser.whole.put(`${usermgmt}/user/holouser%40vsphere.local/enablestate/0`)).status, 403)
      assert.equal((await admin.whole.put(`${usermgmt}/user/holouser%40vsphere.local/enablestate/0`)).status, 204)
      assert.notEqual((await browser.whole.get(roles)).status, 200)
      assert.equal((await browser.whole.get('/api/session')).status, 200)
    },
  )

  test(`${kind}: a session outlives a restart, and is told its token again`, database, async () => {
    await using lab = await openLab(database)
    const browser = new Browser(lab.a)
    await browser.signIn('admin', labPassword)
    const { json } = await browser.signIn(administrator, labSsoPassword)
    await lab.restart()
    const again = new Browser(lab.a)
    for (const [name, value] of browser.cookies) again.cookies.set(name, value)
    assert.deepEqual((await again.recall()).json, json)
    assert.equal((await again.whole.get(`${sso}/users`)).status, 200)
  })

  test(`${kind}: names are tried where they may be somebody, and refused alike`, database, async () => {
    await using lab = await openLab(database)
    await makeCliUser(lab, 'clerk', cliPassword)
    assert.equal((await assign(lab, 'clerk', '?isCli=true', 'super_user')).status, 204)
    assert.equal((await lab.a.as('clerk', cliPassword).get('/api/2.0/services/usermgmt/roles')).status, 200)
    const attempts: [name: string, password: string][] = [
      ['admin', 'wrong'],
      ['nobody', labPassword],
      ['root', labPassword],
      ['administrator', labSsoPassword],
      ['admin@vsphere.local', labPassword],
      [administrator, 'wrong'],
      ['bob@corp.example', userPassword],
      // Accounts of the command line of NSX-v are API-only: their realm is not asked.
      ['clerk', cliPassword],
    ]
    const answers = []
    for (const [name, password] of attempts) answers.push(await new Browser(lab.a).signIn(name, password))
    for (const answer of answers) {
      assert.equal(answer.text, answers[0]?.text)
      assert.equal(answer.status, 401)
      assert.equal(answer.headers['set-cookie'], undefined)
      assert.equal(answer.headers['www-authenticate'], undefined)
    }
    refused(await lab.a.post(sessionPath, { user_name: 'admin' }), 400, 'invalid_field')
    refused(await lab.a.post(sessionPath, { user_name: 'admin', password: 'x', surface: 'nsx' }), 400, 'invalid_field')
    refused(await lab.a.post(sessionPath, { user_name: '', password: 'x' }), 400, 'invalid_field')
    refused(await lab.a.delete(`${sessionPath}?surface=ssh`), 401, 'unauthenticated')
    const { nsx, vcenter } = await logs(lab)
    assert.match(
      nsx,
      /UserName="nobody@127\.0\.0\.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"/,
    )
    // Both that were asked say so.
    assert.match(nsx, /UserName="bob@corp\.example@127\.0\.0\.1", .*Operation status="failure"/)
    assert.match(vcenter, / sign-in \[.*subject="bob@corp\.example" .*result="unauthenticated"/)
  })

  test(`${kind}: failures count as they do elsewhere, and a locked account stays out here too`, database, async () => {
    await using lab = await openLab(database)
    for (let n = 0; n < 3; n++) await new Browser(lab.a).signIn('admin', 'wrong')
    for (let n = 0; n < 2; n++) await lab.a.as('admin', 'wrong').get(userInfo)
    refused(await new Browser(lab.a).signIn('admin', labPassword), 401, 'unauthenticated')
    assert.equal((await lab.a.as('admin', labPassword).get(userInfo)).status, 403)
    lab.clock.advance({ seconds: 900 })
    assert.equal((await new Browser(lab.a).signIn('admin', labPassword)).status, 200)
  })

  test(`${kind}: who must change a password is told whose it is, once they have shown it`, database, async () => {
    await using lab = await openLab(database)
    const made = { name: 'robot', password: 'Robot-Pass-1', password_must_change: true }
    await lab.a.as(administrator, labSsoPassword).post(`${sso}/users`, made)
    const browser = new Browser(lab.a)
    refused(await browser.signIn('robot@vsphere.local', 'wrong'), 401, 'unauthenticated')
    const answer = await browser.signIn('robot@vsphere.local', made.password)
    refused(answer, 403, 'password_must_change')
    assert.equal(answer.json.error.surface, 'vcenter')
    const change = { old_password: made.password, password: 'Robot-Pass-2' }
    assert.equal(
      (await lab.a.as('robot@vsphere.local', made.password).post(`${sso}/change-password`, change)).status,
      204,
    )
    assert.equal((await browser.signIn('robot@vsphere.local', 'Robot-Pass-2')).json.vcenter.administrator, false)

    lab.clock.advance({ days: 91 })
    const old = await browser.signIn('admin', labPassword)
    refused(old, 403, 'password_must_change')
    assert.equal(old.json.error.surface, 'nsx')
    refused(await browser.signIn('admin', 'wrong'), 401, 'unauthenticated')
    const own = { old_password: labPassword, password: 'Another-Pass-2026!' }
    const changed = await lab.a.as('admin', labPassword).post('/api/v1/node/users?action=reset_own_password', own)
    assert.equal(changed.status, 200, changed.text)
    assert.equal((await browser.signIn('admin', 'Another-Pass-2026!')).status, 200)
  })

  test(`${kind}: a directory's user is signed in to both, and a wrong password counts once in each`, {
    ...database,
    skip: database.skip || openLdapSkip,
  }, async () => {
    await using lab = await openLab(database)
    await lab.admin.put(`${sources}/corp`, corpSource({ url: company.url }))
    const vcenter = lab.a.as('administrator@vsphere.local', labSsoPassword)
    await vcenter.put(`${vcenterSources}/corp`, corpSource({ url: company.url }))
    const browser = new Browser(lab.a)
    const { status, json, text, headers } = await browser.signIn('bob@corp.example', userPassword)
    assert.equal(status, 200, text)
    assert.deepEqual(
      headers['set-cookie']?.map((line) => line.split('=')[0]),
      ['JSESSIONID', '__Host-vcenter-session'],
    )
    assert.equal(json.nsx.source, 'ldap')
    assert.deepEqual(
      [json.nsx.user_name, json.vcenter.user_name, json.vcenter.domain],
      ['bob@corp.example', 'bob', 'corp.example'],
    )
    assert.deepEqual(
      [json.nsx.features, json.vcenter.privileges, json.vcenter.nsxv_role],
      [{}, ['System.Anonymous'], null],
    )
    assert.equal((await browser.signOut()).status, 204)

    // Five failures lock both; each counts its own.
    for (let n = 0; n < 5; n++) refused(await browser.signIn('bob@corp.example', 'wrong'), 401, 'unauthenticated')
    refused(await browser.signIn('bob@corp.example', userPassword), 401, 'unauthenticated')
    assert.equal((await lab.a.as('bob@corp.example', userPassword).get(userInfo)).status, 403)
    lab.clock.advance({ seconds: 301 })
    const half = await browser.signIn('bob@corp.example', userPassword)
    assert.deepEqual([half.json.nsx, half.json.vcenter.user_name], [null, 'bob'])
    const { nsx } = await logs(lab)
    assert.match(nsx, /UserName="bob@corp\.example@127\.0\.0\.1", .*Operation="LOGIN", Operation status="failure"/)
  })
}
