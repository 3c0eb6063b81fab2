import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { databases, type Lab, labPassword, openLab, withoutLimits } from '../lab.ts'
import { noOpenSsh, OpenSsh, type SshOptions, type TerminalSession } from '../servers/openssh.ts'
import { assign, auditlog, entry, getJson, listed, pageText, sendXml, usermgmt } from './nsxv.ts'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const admin: SshOptions = { user: 'admin', password: labPassword }
const password = 'Password123'
const address = (lab: Lab) => lab.server.ready.nsxv?.ssh as string

/** Lines typed into a pipe, behind `enable`. @returns what was printed for them. */
async function privileged(lab: Lab, ...lines: string[]): Promise<string> {
  const input = ['enable', labPassword, ...lines].map((line) => `${line}\n`).join('')
  const { stdout } = await ssh.run(address(lab), { ...admin, input })
  return stdout.replace('Password: \n', '')
}
const configure = (lab: Lab, ...lines: string[]) => privileged(lab, 'configure terminal', ...lines)

/** A terminal in configuration mode. */
async function configuring(lab: Lab): Promise<TerminalSession> {
  const terminal = ssh.terminal(address(lab), admin)
  await terminal.until('nsxmgr> ')
  terminal.type('en\r')
  await terminal.until('Password: ')
  terminal.type(`${labPassword}\r`)
  await terminal.until('nsxmgr# ')
  terminal.type('conf t\r')
  await terminal.until('nsxmgr(config)# ')
  return terminal
}

const saved = 'Building Configuration...\nConfiguration saved.\n[OK]\n'
const body = (...users: string[]) =>
  [
    ...(users.length > 0 ? ['!', ...users.map((user) => `user ${user}`)] : []),
    '!',
    'ntp server 192.0.2.10',
    '!',
    'ip name server 192.0.2.11 ',
    '!',
    'hostname nsxmgr',
    '!',
    'interface mgmt',
    ' ip address 192.0.2.20/24',
    '!',
    'ip route 0.0.0.0/0 192.0.2.1',
    '!',
    'web-manager',
    '',
  ].join('\n')
const running = (...users: string[]) => `Building configuration...\n\nCurrent configuration:\n${body(...users)}`
const notAdded = (name: string) =>
  `Failed to add user. Note: You cannot use this command to change the passwd of an existing user.\nERROR: could not add user:${name}\n`

for (const database of databases) {
  const options = { skip: database.skip || noOpenSsh }
  const { kind } = database

  test(`${kind}: an API-only account is made on the console, and the API knows it at once`, options, async (t) => {
    await using lab = await openLab(database)
    const api = lab.a.as('api', password)

    await t.test('its commands print nothing, and the privilege is in no configuration', async () => {
      assert.equal(await configure(lab, `user api password plaintext ${password}`), '')
      assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'Bad Username or Credentials presented')
      assert.equal(await configure(lab, 'user api privilege web-interface'), '')
      assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'VC user does not have any role on NSX Manager.')
      assert.equal(await privileged(lab, 'show running-config'), running('api'))
      assert.equal(await privileged(lab, 'sh start'), body())
      assert.equal(await privileged(lab, 'wr m'), saved)
      assert.equal(await configure(lab, 'write memory'), saved)
      assert.equal(await privileged(lab, 'copy running-config startup-config'), saved)
      assert.equal(await privileged(lab, 'show startup-config'), body('api'))
    })

    await t.test('a capital letter, a name that is taken: the two lines of the product, and one of ours', async () => {
      assert.equal(
        await configure(lab, `user Api password plaintext ${password}`),
        `${notAdded('Api')}Sallyport: The user name Api has a capital letter; the names of CLI users are in lower case\n`,
      )
      assert.equal(
        await configure(lab, `user api password plaintext ${password}`),
        `${notAdded('api')}Sallyport: CLI user api exists already\n`,
      )
      for (const name of ['1api', 'a-b', 'root', 'nobody']) {
        const lines = (await configure(lab, `user ${name} password plaintext ${password}`)).split('\n')
        assert.deepEqual(lines.slice(0, 2), notAdded(name).split('\n').slice(0, 2))
        assert.match(lines[2] ?? '', /^Sallyport: /)
        assert.equal(lines.length, 4)
      }
      assert.equal(await privileged(lab, 'show running-config'), running('api'))
      assert.match(
        await configure(lab, 'user ghost privilege web-interface'),
        /^ERROR: could not add privilege\nSallyport: /,
      )
    })

    await t.test('with a role the account calls the API, and its console ends when it is disabled', async () => {
      assert.equal((await assign(lab, 'api', '?isCli=true', 'auditor', 'globalroot-0')).status, 204)
      assert.equal((await api.get(`${usermgmt}/user/api`)).status, 200)
      await using terminal = ssh.terminal(address(lab), { user: 'api', password })
      await terminal.until('nsxmgr> ')
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/api/enablestate/0`)).status, 204)
      await terminal.ended
      assert.match(terminal.output, /this console is closed/)
      const refused = await ssh.run(address(lab), { user: 'api', password, command: 'show clock' })
      assert.deepEqual([refused.status, refused.stdout], [255, ''])
      assert.equal((await lab.admin.send('PUT', `${usermgmt}/user/api/enablestate/1`)).status, 204)
      assert.equal((await ssh.run(address(lab), { user: 'api', password, command: 'show clock' })).status, 0)
    })

    await t.test('another role ends its console, as the web client warns', async () => {
      await using terminal = ssh.terminal(address(lab), { user: 'api', password })
      await terminal.until('nsxmgr> ')
      assert.equal((await sendXml(lab.admin, 'PUT', `${usermgmt}/role/api`, entry('security_admin'))).status, 200)
      await terminal.ended
    })

    await t.test(
      'what is done on the console is in the audit log under the name of who did it, without secrets',
      async () => {
        const { data } = (await getJson(lab.admin, `${auditlog}?pageSize=1024`)).json.dataPage
        const of = (module: string, operation: string, resource: string) =>
          data.filter(
            (row: Record<string, unknown>) =>
              row.module === module && row.operation === operation && row.resource === resource,
          )
        assert.equal(of('ACCESS_CONTROL', 'CREATE', 'api')[0].userName, 'admin')
        assert.equal(of('ACCESS_CONTROL', 'UPDATE', 'api')[0].newValue, 'webInterface=true')
        assert.equal(of('SYSTEM', 'SAVE', 'nsxmgr').length, 3)
        assert.ok(of('ACCESS_CONTROL', 'LOGIN', 'api').some(({ status }: { status: string }) => status === 'FAILURE'))
        const events = (await getJson(lab.admin, '/api/2.0/systemevent')).json.dataPage.data
        assert.ok(events.some(({ message }: { message: string }) => message === 'SAVE of the appliance by user admin.'))
        const log = readFileSync(join(lab.dataDir, 'nsxv-audit.log'), 'utf8')
        assert.match(log, /user api password plaintext \*{5}/)
        assert.doesNotMatch(log, new RegExp(`${password}|${labPassword}`))
        assert.doesNotMatch(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), / nsxmgr /)
      },
    )

    await t.test('deleted, it is gone from the API, and whoever gets the name later has no role', async () => {
      assert.equal(await configure(lab, 'no user api'), '')
      assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'Bad Username or Credentials presented')
      assert.equal(await listed(lab, 'api'), undefined)
      assert.equal(
        await configure(
          lab,
          `user api password plaintext ${password}`,
          'user api privilege web-interface',
          'no user ghost',
        ),
        'ERROR: could not delete user:ghost\nSallyport: There is no CLI user ghost\n',
      )
      assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'VC user does not have any role on NSX Manager.')
    })

    await t.test('the explanations can be switched off', async () => {
      await using plain = await openLab(database, { consoleExplanations: 'off' })
      assert.equal(await configure(plain, `user Api password plaintext ${password}`), notAdded('Api'))
    })
  })

  test(`${kind}: a reboot forgets what was not saved, and nothing else`, options, async () => {
    await using lab = await openLab(database)
    const fresh = 'Signal-Quarry-58'
    await configure(lab, `user kept password plaintext ${password}`, 'user kept privilege web-interface')
    assert.equal((await assign(lab, 'kept', '?isCli=true', 'auditor')).status, 204)
    await configure(lab, 'write memory')
    await configure(
      lab,
      'no user kept privilege web-interface',
      `user lost password plaintext ${password}`,
      'user lost privilege web-interface',
      'hostname other',
      'ntp server time.example',
      `enable password ${fresh}`,
    )
    assert.equal((await assign(lab, 'lost', '?isCli=true', 'auditor')).status, 204)
    assert.equal((await lab.a.as('lost', password).get(`${usermgmt}/user/lost`)).status, 200)

    // The server's own end is no reboot.
    await lab.restart()
    assert.equal((await lab.a.as('lost', password).get(`${usermgmt}/user/lost`)).status, 200)

    await using other = ssh.terminal(address(lab), { user: 'kept', password })
    await other.until('other> ')
    const { stdout } = await ssh.run(address(lab), { ...admin, input: `enable\n${fresh}\nreload\ny\nshow clock\n` })
    assert.match(stdout, /Are you sure you want to reboot/)
    assert.doesNotMatch(stdout, /UTC/)
    await other.ended

    assert.equal(await privileged(lab, 'show running-config'), running('kept'))
    assert.equal(
      pageText(await lab.a.as('lost', password).get(`${usermgmt}/user/admin`)),
      'Bad Username or Credentials presented',
    )
    assert.equal(await listed(lab, 'lost'), undefined)
    assert.equal((await lab.a.as('kept', password).get(`${usermgmt}/user/kept`)).status, 200)

    // Asked and not answered with yes, it stays as it is; deleting admin and its way back.
    await configure(lab, `user second password plaintext ${password}`)
    assert.match(await privileged(lab, 'reboot', 'n', 'show running-config'), /user second\n/)
    assert.match(
      await configure(lab, 'no user admin', 'show clock'),
      /^\nThe account was changed, and this console is closed.\n$/,
    )
    assert.equal((await lab.admin.get(`${usermgmt}/user/admin`)).status, 403)
    await ssh.run(address(lab), { user: 'kept', password, input: `enable\n${labPassword}\nreboot\ny\n` })
    assert.equal((await lab.admin.get(`${usermgmt}/user/admin`)).status, 200)
    assert.equal((await listed(lab, 'admin')).accessControlEntry.role, 'super_user')
    await lab.restart()
    assert.equal(await privileged(lab, 'show running-config'), running('kept'))
  })

  test(`${kind}: one session at a time configures; the others are told so`, options, async () => {
    await using lab = await openLab(database)
    const locked = 'VTY configuration is locked by other VTY'
    await using terminal = await configuring(lab)
    assert.equal(
      await privileged(lab, 'configure terminal', 'user a password plaintext b'),
      `${locked}\n% Unknown command.\n`,
    )
    await using second = ssh.terminal(address(lab), admin)
    await second.until(locked)

    terminal.type('\x1a')
    await terminal.until('nsxmgr# ')
    assert.equal(await configure(lab, 'end'), '')
    terminal.type('configure terminal\r')
    await terminal.until('nsxmgr(config)# ')
    assert.equal(await privileged(lab, 'clear vty'), '')
    await terminal.ended
    assert.equal(await configure(lab, 'end'), '')
  })

  test(`${kind}: the shell speaks as Quagga does`, options, async () => {
    await using lab = await openLab(database)
    const basic = async (...lines: string[]) =>
      (await ssh.run(address(lab), { ...admin, input: lines.map((line) => `${line}\n`).join('') })).stdout
    assert.equal(
      await basic('show foo', 'sh', 'show', 'show ip', 'configure terminal'),
      '% Unknown command.\n% Command incomplete.\n% Command incomplete.\n% Command incomplete.\n% Unknown command.\n',
    )
    assert.equal(await basic('e'), '% Ambiguous command.\n')
    assert.equal(await basic('show clock', 'sh ver').then((text) => text.split('\n').length), 4)
    assert.match(
      await basic('list'),
      /^ {2}enable\n {2}exit\n {2}help\n {2}list\n {2}ping WORD\n {2}quit\n {2}show arp\n/,
    )
    assert.equal(await basic('show nothing ?'), '% There is no matched command.\n')
    assert.equal(
      await basic('enable', 'a', 'b', 'c', 'show version'),
      'Password: \nPassword: \nPassword: \n% Bad passwords\nName:     NSX Manager for vSphere, served by Sallyport\nVersion:  6.4.14-20609341\n',
    )
    assert.equal(await privileged(lab, 'ping', 'debug'), '% Command incomplete.\n% Command incomplete.\n')

    // Wrong passwords of privileged mode lock it, for whoever comes from there.
    for (let times = 0; times < 2; times++) await basic('enable', 'a', 'b', 'c')
    assert.match(await basic('enable', labPassword, labPassword, labPassword), /% Bad passwords\n$/)
    lab.clock.advance({ seconds: 900 })
    assert.equal(await privileged(lab, 'show hostname'), 'nsxmgr\n')

    await using terminal = await configuring(lab)
    terminal.type('user ap?')
    await terminal.until('NAME')
    terminal.type('i priv\t')
    await terminal.until('i privilege ')
    terminal.type('\x03hostname nsx-2\r')
    await terminal.until('nsx-2(config)# ')
    terminal.type('int mgmt\r')
    await terminal.until('nsx-2(config-if)# ')
    terminal.type('ip address 192.0.2.77/24\rend\r')
    await terminal.until('nsx-2# ')
    terminal.type('show interface mgmt\r')
    await terminal.until('inet addr:192.0.2.77  Mask:255.255.255.0')
    terminal.type('show manager log follow\r')
    await terminal.until("Request:'SSH show manager log follow'")
    await privileged(lab, 'show arp')
    await terminal.until("Request:'SSH show arp'")
    terminal.type('\x03')
    await terminal.until('nsx-2# ')
    assert.match(
      await privileged(lab, 'show log last 1'),
      /^<190>1 \S+ nsxmgr vsm \d+ console-command \[.*show log last 1', Status:'200'\n$/,
    )
  })

  test(`${kind}: a password that must be changed opens the console only to change it`, options, async () => {
    await using lab = await openLab(database, {}, { ...withoutLimits, passwordMustChange: true })
    const fresh = 'Signal-Quarry-58'
    const refused = await lab.admin.get(`${usermgmt}/user/admin`)
    assert.equal(refused.status, 403)
    assert.match(refused.text, /&apos;cli password&apos; in configuration mode|'cli password' in configuration mode/)
    await using terminal = ssh.terminal(address(lab), admin)
    await terminal.until('New password: ')
    terminal.type(`${fresh}\r`)
    await terminal.until('Repeat password: ')
    terminal.type(`${fresh}\r`)
    await terminal.ended
    assert.equal((await lab.admin.get(`${usermgmt}/user/admin`)).status, 403)
    assert.equal((await lab.a.as('admin', fresh).get(`${usermgmt}/user/admin`)).status, 200)
    // A reboot brings neither the old password nor the demand back.
    await ssh.run(address(lab), { user: 'admin', password: fresh, input: `enable\n${labPassword}\nreboot\ny\n` })
    assert.equal((await lab.a.as('admin', fresh).get(`${usermgmt}/user/admin`)).status, 200)
  })

  test(
    `${kind}: SSH and the web service of the appliance can be stopped, each by way of the other`,
    options,
    async () => {
      await using lab = await openLab(database)
      const management = '/api/1.0/appliance-management/components/component/SSH'
      assert.match(
        (await lab.admin.get(`${management}/status`)).text,
        /<result><result class="status">RUNNING<\/result><operationStatus>SUCCESS<\/operationStatus><\/result>$/,
      )
      await configure(lab, 'no web-manager')
      const stopped = await lab.admin.get(`${usermgmt}/user/admin`)
      assert.deepEqual([stopped.status, pageText(stopped)], [503, 'The web manager of the appliance is stopped'])
      assert.equal((await lab.a.get('/api/v1/node/version')).status, 403)
      await configure(lab, 'web-manager')

      assert.equal((await lab.admin.send('POST', `${management}/toggleStatus/stop`)).status, 200)
      assert.match((await lab.admin.get(`${management}/status`)).text, /STOPPED/)
      assert.equal((await ssh.run(address(lab), { ...admin, command: 'show clock' })).status, 255)
      assert.equal(
        (await ssh.run(lab.server.ready.managers[0]!.ssh, { ...admin, command: 'get cli-timeout' })).status,
        0,
      )
      assert.equal((await lab.admin.send('POST', `${management}/toggleStatus/start`)).status, 200)
      assert.equal((await ssh.run(address(lab), { ...admin, command: 'show clock' })).status, 0)
    },
  )
}
