import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'
import { assign, auditlog, entry, getJson, listed, pageText, sendXml, usermgmt } from './nsxv.ts'

const management = '/api/1.0/appliance-management'
const system = `${management}/system`
const services = '/api/2.0/services'
const ssoPassword = 'VMware123!'
const administrator = 'administrator@vsphere.local'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

/** A command of privileged mode. */
async function typed(lab: Lab, ...lines: string[]): Promise<string> {
  const input = ['enable', labPassword, ...lines, ''].join('\n')
  const { stdout } = await ssh.run(lab.server.ready.nsxv!.ssh, { user: 'admin', password: labPassword, input })
  return stdout.replace('Password: \n', '')
}

for (const database of databases) {
  const options = { skip: database.skip || noOpenSsh }

  test(`${database.kind}: the appliance's settings are the console's`, options, async (t) => {
    await using lab = await openLab(database)
    const put = (path: string, body: string) => sendXml(lab.admin, 'PUT', `${system}/${path}`, body)
    const text = async (path: string) => (await lab.admin.get(`${system}/${path}`)).text
    /** Refused, naming the field, and nothing is changed. */
    async function refused(path: string, body: string, says: RegExp): Promise<void> {
      const before = await text(path.replace('/dns', ''))
      const answer = await put(path, body)
      assert.deepEqual([answer.status, says.test(answer.text)], [400, true], `${body} ${answer.text}`)
      assert.equal(await text(path.replace('/dns', '')), before)
    }

    await t.test('network: what is set is in the running and in the saved configuration', async () => {
      assert.match(
        await text('network'),
        /<network><hostName>nsxmgr<\/hostName><networkIPv4AddressDto><ipv4Address>192\.0\.2\.20<\/ipv4Address><ipv4NetMask>255\.255\.255\.0<\/ipv4NetMask><ipv4Gateway>192\.0\.2\.1<\/ipv4Gateway><\/networkIPv4AddressDto><dns><ipv4Address>192\.0\.2\.11<\/ipv4Address><domainList><\/domainList><\/dns><\/network>$/,
      )
      const answer = await put(
        'network',
        '<network><hostName>nsx-2</hostName><networkIPv4AddressDto><ipv4Address>192.0.2.77</ipv4Address><ipv4NetMask>255.255.254.0</ipv4NetMask><ipv4Gateway>192.0.2.2</ipv4Gateway></networkIPv4AddressDto></network>',
      )
      assert.deepEqual([answer.status, answer.text], [204, ''])
      assert.equal(
        (
          await put(
            'network/dns',
            '<dns><ipv4Address>192.0.2.12</ipv4Address><ipv6Address></ipv6Address><domainList/></dns>',
          )
        ).status,
        204,
      )
      const saved =
        /ip name server 192\.0\.2\.12 \n!\nhostname nsx-2\n!\ninterface mgmt\n ip address 192\.0\.2\.77\/23\n!\nip route 0\.0\.0\.0\/0 192\.0\.2\.2\n/
      assert.match(await typed(lab, 'show running-config'), saved)
      assert.match(await typed(lab, 'show startup-config'), saved)
      await typed(
        lab,
        'configure terminal',
        'interface mgmt',
        'no ip address',
        'exit',
        'no ip route 0.0.0.0/0 192.0.2.2',
      )
      const bare = await getJson(lab.admin, `${system}/network`)
      const back = JSON.stringify(bare.json)
      const form = { 'content-type': 'application/json' }
      assert.equal((await lab.admin.send('PUT', `${system}/network`, back, form)).status, 204)
      const { json } = await getJson(lab.admin, `${system}/network`)
      assert.deepEqual([json.hostName, json.dns.ipv4Address], ['nsx-2', ['192.0.2.12']])
      for (const [path, body, says] of [
        ['network', '<network><hostName>-x</hostName></network>', /Value -x of hostName is not a host name/],
        [
          'network',
          '<network><networkIPv4AddressDto><ipv4Address>1.2.3.4</ipv4Address></networkIPv4AddressDto></network>',
          /ipv4NetMask/,
        ],
        [
          'network',
          '<network><networkIPv4AddressDto><ipv4Address>1.2.3.4</ipv4Address><ipv4NetMask>255.0.255.0</ipv4NetMask></networkIPv4AddressDto></network>',
          /255\.0\.255\.0 of ipv4NetMask/,
        ],
        ['network', '<network><dns/><dns><ipv4Address>x</ipv4Address></dns></network>', /dns/],
        ['network/dns', '<dns><ipv4Address>300.1.1.1</ipv4Address></dns>', /300\.1\.1\.1 of ipv4Address/],
        [
          'network/dns',
          '<dns><ipv4Address>192.0.2.1</ipv4Address><domainList>lab.example</domainList></dns>',
          /domainList/,
        ],
        ['network/dns', '<dns><ipv4Address></ipv4Address><domainList></domainList></dns>', /ipv4Address/],
      ] as const) {
        await refused(path, body, says)
      }
      assert.equal((await lab.admin.delete(`${system}/network/dns`)).status, 204)
      assert.doesNotMatch(await typed(lab, 'show startup-config'), /name server/)
    })

    await t.test('time: time servers, or a clock that is set; the time zone', async () => {
      const shown = async () => (await getJson(lab.admin, `${system}/timesettings`)).json
      assert.deepEqual((await shown()).ntpServer, ['192.0.2.10'])
      await refused(
        'timesettings',
        '<timeSettings><datetime>01/22/2016 03:05:01</datetime></timeSettings>',
        /NTP server 192\.0\.2\.10 keeps the time/,
      )
      assert.equal(
        (
          await put(
            'timesettings',
            '<timeSettings><ntpServer><string>time.example</string><string>192.0.2.9</string></ntpServer><datetime></datetime><timezone>Australia/Brisbane</timezone></timeSettings>',
          )
        ).status,
        204,
      )
      assert.deepEqual(
        [(await shown()).ntpServer, (await shown()).timezone],
        [['time.example', '192.0.2.9'], 'Australia/Brisbane'],
      )
      assert.match(await typed(lab, 'show startup-config'), /ntp server time\.example\nntp server 192\.0\.2\.9\n/)
      assert.equal((await lab.admin.delete(`${system}/timesettings/ntp`)).status, 204)
      assert.deepEqual((await shown()).ntpServer, [])
      assert.equal(
        (await put('timesettings', '<timeSettings><datetime>01/22/2016 03:05:01</datetime></timeSettings>')).status,
        204,
      )
      assert.equal((await shown()).datetime, '01/22/2016 03:05:01')
      assert.match(await typed(lab, 'show clock'), /^Fri Jan 22 03:05:\d\d GMT\+10 2016\n$/)
      for (const [body, says] of [
        ['<timezone>Mars/Olympus</timezone>', /Mars\/Olympus of timezone/],
        ['<datetime>02/30/2016 00:00:00</datetime>', /datetime is not a time MM\/DD\/YYYY HH:MM:SS/],
        ['<ntpServer><string>a b</string></ntpServer>', /a b of ntpServer/],
        ['<ntpServer>x</ntpServer>', /ntpServer has no members/],
        ['<ntpServer><string>a</string></ntpServer><datetime>01/22/2016 03:05:01</datetime>', /NTP server a keeps/],
      ] as const) {
        await refused('timesettings', `<timeSettings>${body}</timeSettings>`, says)
      }
      const { datetime, ...given } = await shown()
      const again = await lab.admin.send('PUT', `${system}/timesettings`, JSON.stringify({ ...given, datetime: '' }), {
        'content-type': 'application/json',
      })
      assert.deepEqual([again.status, (await shown()).timezone], [204, 'Australia/Brisbane'])
      const servers = JSON.stringify({ ntpServer: ['192.0.2.9'] })
      const json = { 'content-type': 'application/json' }
      assert.equal((await lab.admin.send('PUT', `${system}/timesettings`, servers, json)).status, 204)
      assert.deepEqual((await shown()).ntpServer, ['192.0.2.9'])
      assert.notEqual((await shown()).datetime, datetime)
      assert.equal((await lab.admin.delete(`${system}/timesettings/ntp`)).status, 204)
      assert.equal(
        (await put('timesettings', '<timeSettings><datetime>01/22/2016 03:05:01</datetime></timeSettings>')).status,
        204,
      )
      await lab.restart()
      assert.equal((await shown()).datetime, '01/22/2016 03:05:01')
    })

    await t.test('locale: a language and a country', async () => {
      assert.match(await text('locale'), /<locale><language>en<\/language><country>US<\/country><\/locale>$/)
      assert.equal((await put('locale', '<locale><language>ja</language><country>JP</country></locale>')).status, 204)
      assert.deepEqual((await getJson(lab.admin, `${system}/locale`)).json, { language: 'ja', country: 'JP' })
      await refused('locale', '<locale><language>EN</language><country>US</country></locale>', /EN of language/)
      await refused('locale', '<locale><language>en</language></locale>', /country is missing/)
    })

    await t.test('syslog: the log of the appliance goes to the collector, as it is in nsxv-audit.log', async () => {
      const collector = createSocket('udp4')
      const lines: string[] = []
      collector.on('message', (message) => lines.push(message.toString()))
      collector.bind(0, '127.0.0.1')
      await once(collector, 'listening')
      const { port } = collector.address()
      try {
        assert.match(await text('syslogserver'), /<syslogserver\/>$/)
        const server = (syslogServer: string, at: number | string, protocol: string) =>
          `<syslogserver><syslogServer>${syslogServer}</syslogServer><port>${at}</port><protocol>${protocol}</protocol></syslogserver>`
        await refused('syslogserver', server('a b', 514, 'UDP'), /a b of syslogServer/)
        await refused('syslogserver', server('127.0.0.1', 0, 'UDP'), /0 of port/)
        await refused('syslogserver', server('127.0.0.1', 514, 'TLS'), /TLS of protocol/)
        await refused('syslogserver', server('nowhere.invalid', 514, 'UDP'), /nowhere\.invalid has no address/)
        assert.equal((await put('syslogserver', server('127.0.0.1', 1, 'TCP'))).status, 204)
        assert.equal((await put('syslogserver', server('127.0.0.1', port, 'udp'))).status, 204)
        assert.deepEqual((await getJson(lab.admin, `${system}/syslogserver`)).json, {
          syslogServer: '127.0.0.1',
          port,
          protocol: 'UDP',
        })
        assert.equal((await assign(lab, 'holouser@vsphere.local', '', 'auditor')).status, 204)
        while (!lines.some((line) => line.includes("Resource:'VSPHERE.LOCAL\\\\holouser'")))
          await once(collector, 'message')
        assert.ok(lines.every((line) => / nsxmgr vsm \d+ /.test(line)))
        assert.doesNotMatch(lines.join(), new RegExp(labPassword))
        // Of NSX Manager's own exporters it is none.
        assert.equal((await lab.admin.get('/api/v1/node/services/syslog/exporters')).json.result_count, 0)
        assert.equal((await lab.admin.delete(`${system}/syslogserver`)).status, 204)
        assert.match(await text('syslogserver'), /<syslogserver\/>$/)
      } finally {
        collector.close()
      }
    })

    await t.test('what it runs on, and its components by both paths of the RAMLs', async () => {
      const summary = (await getJson(lab.admin, `${management}/summary/system`)).json
      assert.match(summary.storageInfoDto.totalStorage, /^\d+G$/)
      assert.deepEqual(
        (await getJson(lab.admin, `${system}/storageinfo`)).json.totalStorage,
        summary.storageInfoDto.totalStorage,
      )
      assert.equal((await getJson(lab.admin, `${system}/cpuinfo`)).json.totalNoOfCPUs, summary.cpuInfoDto.totalNoOfCPUs)
      assert.match((await getJson(lab.admin, `${system}/meminfo`)).json.totalMemory, /^\d+ MB$/)
      for (const path of ['components/component', 'components']) {
        assert.equal((await getJson(lab.admin, `${management}/${path}/SSH`)).json.componentId, 'SSH')
        assert.equal((await getJson(lab.admin, `${management}/${path}/SSH/status`)).json.result, 'RUNNING')
        assert.deepEqual((await getJson(lab.admin, `${management}/${path}/NSX/dependencies`)).json, [
          'VPOSTGRES',
          'RABBITMQ',
        ])
        assert.deepEqual((await getJson(lab.admin, `${management}/${path}/RABBITMQ/dependents`)).json, ['NSX'])
        assert.equal((await lab.admin.get(`${management}/${path}/constructor`)).status, 404)
      }
      assert.equal((await getJson(lab.admin, `${management}/summary/components`)).json.length, 5)
      assert.equal((await lab.admin.send('POST', `${management}/components/component/APPMGMT/restart`)).status, 200)
    })

    await t.test('all of it is for System Administrators, and is in the audit log without secrets', async () => {
      const enterprise = lab.a.as(administrator, ssoPassword)
      for (const [method, path] of [
        ['GET', 'network'],
        ['PUT', 'network'],
        ['PUT', 'network/dns'],
        ['DELETE', 'network/dns'],
        ['GET', 'timesettings'],
        ['PUT', 'timesettings'],
        ['DELETE', 'timesettings/ntp'],
        ['PUT', 'locale'],
        ['GET', 'syslogserver'],
        ['PUT', 'syslogserver'],
        ['DELETE', 'syslogserver'],
        ['GET', 'storageinfo'],
      ] as const) {
        const body = method === 'PUT' ? '<x/>' : undefined
        const headers: Record<string, string> = body ? { 'content-type': 'application/xml' } : {}
        const answer = await enterprise.send(method, `${system}/${path}`, body, headers)
        assert.deepEqual([answer.status, /<errorCode>254</.test(answer.text)], [403, true], `${method} ${path}`)
      }
      const { data } = (await getJson(lab.admin, `${auditlog}?pageSize=1024`)).json.dataPage
      const logged = data
        .filter(({ module, status }: Record<string, string>) => /^SYS/.test(module!) && status === 'SUCCESS')
        .map(({ module, operation, resource }: Record<string, string>) => `${module} ${operation} ${resource}`)
      for (const line of [
        'SYSTEM UPDATE nsx-2',
        'SYSTEM UPDATE time',
        'SYSTEM UPDATE locale',
        'SYSLOG_SERVER_CONFIG UPDATE syslogserver',
        'SYSTEM RESTART APPMGMT',
      ]) {
        assert.ok(logged.includes(line), `${line} is not among ${logged}`)
      }
    })
  })

  test(`${database.kind}: the registration with vCenter and with SSO`, database, async (t) => {
    await using lab = await openLab(database)
    const enterprise = lab.a.as(administrator, ssoPassword)
    const vcInfo = (members: Record<string, string>) =>
      `<vcInfo>${Object.entries({ ipAddress: '127.0.0.1', userName: administrator, password: ssoPassword, ...members })
        .map(([name, value]) => `<${name}>${value}</${name}>`)
        .join('')}</vcInfo>`
    const register = (members: Record<string, string> = {}, client = lab.admin) =>
      sendXml(client, 'PUT', `${services}/vcconfig`, vcInfo(members))
    const { certificateThumbprint } = (await getJson(lab.admin, `${services}/vcconfig`)).json

    await t.test('who registers is an administrator of the vCenter that is served, and shows a password', async () => {
      for (const [members, says] of [
        [{ ipAddress: '192.0.2.50' }, /There is no vCenter at ipAddress 192\.0\.2\.50; it is 127\.0\.0\.1/],
        [{ password: 'wrong' }, /userName and its password are not right/],
        [{ userName: 'holouser@vsphere.local' }, /holouser@vsphere\.local is no administrator of vCenter/],
        [{ certificateThumbprint: '00:11' }, /The certificate of vCenter has another certificateThumbprint/],
        [{ assignRoleToUser: 'maybe' }, /assignRoleToUser/],
        [{ userName: '' }, /userName is missing/],
      ] as const) {
        const answer = await register(members)
        assert.deepEqual([answer.status, says.test(answer.text)], [400, true], answer.text)
      }
      assert.equal((await register({ certificateThumbprint: certificateThumbprint.toLowerCase() })).status, 204)
      assert.equal((await register({ userName: 'VSPHERE.LOCAL\\Administrator' })).status, 204)
      assert.match((await getJson(lab.admin, `${services}/vcconfig`)).json.userName, /^Administrator@vsphere\.local$/i)
      assert.equal(
        (await register({ certificateThumbprint, pluginDownloadServer: '', pluginDownloadPort: '' })).status,
        204,
      )
    })

    await t.test('with a role where it is asked for, by who may give one', async () => {
      assert.equal((await lab.admin.delete(`${usermgmt}/user/${administrator}`)).status, 204)
      assert.equal((await getJson(lab.admin, `${services}/vcconfig`)).json.assignRoleToUser, false)
      assert.equal((await register()).status, 204)
      assert.equal((await enterprise.get(`${usermgmt}/user/admin`)).status, 403)
      assert.equal((await assign(lab, 'holouser@vsphere.local', '', 'vshield_admin')).status, 204)
      const holouser = lab.a.as('holouser@vsphere.local', ssoPassword)
      assert.equal((await register({}, holouser)).status, 204)
      assert.equal((await register({ assignRoleToUser: 'true' }, holouser)).status, 403)
      assert.equal((await register({ assignRoleToUser: 'true' })).status, 204)
      assert.equal((await listed(lab, 'VSPHERE.LOCAL\\Administrator')).accessControlEntry.role, 'enterprise_admin')
      assert.equal((await enterprise.get(`${usermgmt}/users/vsm`)).status, 200)
      assert.equal((await getJson(lab.admin, `${services}/vcconfig`)).json.assignRoleToUser, true)
      const { data } = (await getJson(lab.admin, `${auditlog}?sortOrderAscending=false&pageSize=20`)).json.dataPage
      const registered = data.find(({ resource }: { resource: string }) => resource === 'vcenter')
      assert.match(registered.newValue, /^user=administrator@vsphere\.local, role=enterprise_admin$/i)
      // Who has a role keeps it.
      assert.equal((await sendXml(lab.admin, 'PUT', `${usermgmt}/role/${administrator}`, entry('auditor'))).status, 200)
      assert.equal((await register({ assignRoleToUser: 'true' })).status, 204)
      assert.equal((await listed(lab, 'VSPHERE.LOCAL\\Administrator')).accessControlEntry.role, 'auditor')
      assert.equal((await register({}, lab.a.as(administrator, ssoPassword))).status, 403)
    })

    await t.test('without SSO groups have no roles, until it is registered again', async () => {
      const group = 'Administrators@vsphere.local'
      assert.equal((await assign(lab, group, '?isGroup=true', 'security_admin')).status, 204)
      assert.equal((await lab.admin.delete(`${usermgmt}/user/${administrator}`)).status, 204)
      const me = `${usermgmt}/user/admin`
      const status = async () => (await lab.admin.get(`${services}/ssoconfig/status`)).text
      assert.equal((await enterprise.get(me)).status, 200)
      assert.equal((await lab.admin.delete(`${services}/ssoconfig`)).status, 204)
      assert.match(await status(), /<boolean>false<\/boolean>/)
      assert.match((await lab.admin.get(`${services}/ssoconfig`)).text, /<ssoConfig\/>$/)
      assert.equal(pageText(await enterprise.get(me)), 'VC user does not have any role on NSX Manager.')
      await lab.restart()
      assert.match(await status(), /<boolean>false<\/boolean>/)
      const sso = (url: string, secret: string) =>
        sendXml(
          lab.admin,
          'POST',
          `${services}/ssoconfig`,
          `<ssoConfig><ssoLookupServiceUrl>${url}</ssoLookupServiceUrl><ssoAdminUsername>${administrator}</ssoAdminUsername><ssoAdminUserpassword>${secret}</ssoAdminUserpassword><certificateThumbprint></certificateThumbprint></ssoConfig>`,
        )
      const url = 'https://127.0.0.1:443/lookupservice/sdk'
      assert.match(
        (await sso('https://192.0.2.50/lookupservice/sdk', ssoPassword)).text,
        /There is no vCenter at ssoLookupServiceUrl/,
      )
      assert.match((await sso('nonsense', ssoPassword)).text, /There is no vCenter at ssoLookupServiceUrl nonsense/)
      assert.match((await sso(url, 'wrong')).text, /ssoAdminUsername and its password are not right/)
      assert.match(await status(), /<boolean>false<\/boolean>/)
      assert.equal((await sso(url, ssoPassword)).status, 204)
      assert.match(await status(), /<boolean>true<\/boolean>/)
      assert.equal((await lab.a.as(administrator, ssoPassword).get(me)).status, 200)
      assert.doesNotMatch((await lab.admin.get(`${auditlog}?pageSize=1024`)).text, new RegExp(ssoPassword))
    })
  })
}
