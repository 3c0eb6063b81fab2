import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { nsxvCommands } from '../../src/ssh/nsxv/commands.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh, type SshOptions } from '../servers/openssh.ts'
import { assign, auditlog, entry, getJson, listed, makeCliUser, sendXml, usermgmt } from './nsxv.ts'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const admin: SshOptions = { user: 'admin', password: labPassword }
const address = (lab: Lab) => lab.server.ready.nsxv?.ssh as string

/** Lines typed into a pipe. @returns what was printed for them. */
async function typed(lab: Lab, ...lines: string[]): Promise<string> {
  const { stdout } = await ssh.run(address(lab), { ...admin, input: lines.map((line) => `${line}\n`).join('') })
  return stdout.replace('Password: \n', '')
}
const privileged = (lab: Lab, ...lines: string[]) => typed(lab, 'enable', labPassword, ...lines)

for (const database of databases) {
  const options = { skip: database.skip || noOpenSsh }

  test(`${database.kind}: the appliance shows and sets what is its own`, options, async (t) => {
    await using lab = await openLab(database)

    await t.test('what is refused says why, and nothing says that it is not built', async () => {
      const refused = nsxvCommands.filter(({ refused }) => refused !== undefined)
      assert.ok(refused.length > 8)
      for (const { modes, example, refused: why } of refused) {
        const answer = await privileged(
          lab,
          ...(modes.includes('configuration') ? ['configure terminal'] : []),
          ...(modes.includes('privileged') || modes.includes('configuration') ? [] : ['disable']),
          example,
        )
        assert.match(answer, /^ERROR: [a-z -]+ is not carried out here: /, example)
        assert.ok(answer.includes(why as string), example)
      }
      assert.match(await privileged(lab, 'ssh 192.0.2.30'), /^ERROR: ssh is not carried out here/)
      assert.equal(await privileged(lab, 'ssh sta', 'ssh st'), '% Ambiguous command.\n')
      assert.doesNotMatch(await privileged(lab, 'export tech-support scp x:y@z'), /x:y@z/)
    })

    await t.test('what is shown of hardware, processes and services is that of the machine', async () => {
      assert.match(
        await privileged(lab, 'show hardware'),
        /^Architecture: {2}\S+\nProcessors: +\d+\nModel: .+\nMemory: +\d+ MB\n$/,
      )
      assert.match(
        await privileged(lab, 'show filesystems'),
        /^Filesystem +Size.*\ndata +\d+ MB +\d+ MB +\d+ MB +\d+%\n$/,
      )
      assert.match(await privileged(lab, 'show process list'), new RegExp(`^PID.*\\n${process.pid} .* sallyport\\n$`))
      assert.match(await privileged(lab, 'show services'), /^web-manager +running\nssh +running\nntp +running\n$/)
      assert.match(await privileged(lab, 'show ethernet'), /^mgmt:\n {2}Permanent address: 00:50:56:[89ab][0-9a-f]:/)
      assert.match(await privileged(lab, 'show slots'), /^Slot 1: {2}\* 6\.4/)
      assert.equal(await privileged(lab, 'show stacktrace'), 'There are no stack traces.\n')
      assert.match(await privileged(lab, 'show arp'), /^Address .*\n$/)
      assert.match(
        await privileged(lab, 'configure terminal', 'no web-manager', 'end', 'show services'),
        /^web-manager +stopped\n/,
      )
      await privileged(lab, 'configure terminal', 'web-manager')
      await using terminal = ssh.terminal(address(lab), admin)
      await terminal.until('nsxmgr> ')
      terminal.type(`enable\r${labPassword}\r`)
      await terminal.until('nsxmgr# ')
      terminal.type('show process monitor\r')
      await terminal.until('sallyport')
      terminal.type('\x03')
      await terminal.until('nsxmgr# ')
    })

    await t.test('time servers keep the time; without them it is set, and a reboot leaves it', async () => {
      assert.match(
        await privileged(lab, 'set clock 03:05:01 01 22 2016'),
        /^ERROR: NTP server 192\.0\.2\.10 keeps the time/,
      )
      const alone = ['configure terminal', 'no ntp server 192.0.2.10', 'write memory', 'end']
      const set = await privileged(lab, ...alone, 'set clock 03:05:01 01 22 2016', 'show clock')
      assert.match(set, /\[OK\]\nFri Jan 22 03:05:01 UTC 2016\n$/)
      lab.clock.advance({ seconds: 60 })
      assert.equal(await privileged(lab, 'show clock'), 'Fri Jan 22 03:06:01 UTC 2016\n')
      for (const [line, says] of [
        ['set clock 24:00:00 01 22 2016', /24:00:00 is not a time/],
        ['set clock 03:05:01 13 22 2016', /13 is not a whole number from 1 to 12/],
        ['set clock 03:05:01 02 30 2016', /^ERROR: there is no 2016-02-30 03:05:01\n$/],
        ['set clock 03:05:01', /Command incomplete/],
      ] as const) {
        assert.match(await privileged(lab, line), says)
      }
      await privileged(lab, 'reboot', 'y')
      await lab.restart()
      assert.equal(await privileged(lab, 'show clock'), 'Fri Jan 22 03:06:01 UTC 2016\n')
      // What counts is the time of the server.
      const { data } = (await getJson(lab.admin, `${auditlog}?sortOrderAscending=false&pageSize=1`)).json.dataPage
      assert.equal(data[0].timestamp, lab.clock.now)
    })

    await t.test('a support bundle has what was asked for and no secret, and the newest are kept', async () => {
      await makeCliUser(lab, 'robot', 'Password123')
      await privileged(lab, 'configure terminal', 'user other password plaintext Password123', 'write memory')
      const shown = await privileged(lab, 'show tech-support')
      assert.match(shown, /-- show running-config --+\n\n(.*\n)*user robot\n/)
      assert.match(shown, /show manager log last 200 --+\n\n(.*\n)*?.*AuditLog/)
      const folder = join(lab.dataDir, 'tech-support')
      for (let saved = 0; saved < 7; saved++) {
        lab.clock.advance({ seconds: 1 })
        assert.match(
          await privileged(lab, 'show tech-support save'),
          /^Saved .* as tech-support\/nsxmgr-\w+\.txt\.gz\n$/,
        )
      }
      const files = readdirSync(folder).sort()
      assert.equal(files.length, 5)
      assert.ok(files.at(-1)?.includes(new Date(lab.clock.now).toISOString().slice(11, 19).replaceAll(':', '')))
      const bundle = join(folder, files.at(-1) as string)
      assert.equal(statSync(bundle).mode & 0o777, 0o600)
      const text = gunzipSync(readFileSync(bundle)).toString()
      assert.match(text, /Version: {2}6\.4/)
      assert.doesNotMatch(text, new RegExp(`Password123|${labPassword}|argon2`))
      // Of the machine no more is told than that.
      assert.doesNotMatch(text, new RegExp(lab.dataDir))
    })

    await t.test('setup asks for everything, saves it and closes the console', async () => {
      const questions = ['nsx-2', '192.0.2.77/24', '-', '192.0.2.12', '']
      assert.match(
        await privileged(lab, 'setup', ...questions, 'n', 'show hostname'),
        /Nothing was changed\.\nnsxmgr\n$/,
      )
      assert.match(
        await privileged(lab, 'setup', 'nsx-2', '192.0.2.77', 'show hostname'),
        /ERROR: 192\.0\.2\.77 is not what was asked for: IP Address \(A\.B\.C\.D\/M, - for none\)\nnsxmgr\n$/,
      )
      assert.match(
        await privileged(lab, 'setup', ...questions, 'y', 'show hostname'),
        /\[192\.0\.2\.1\]: .*Please log out and log back in again\.\n$/s,
      )
      await privileged(lab, 'reboot', 'y')
      const running = await privileged(lab, 'show running-config')
      assert.match(
        running,
        /ip name server 192\.0\.2\.12 \n!\nhostname nsx-2\n!\ninterface mgmt\n ip address 192\.0\.2\.77\/24\n!\nweb-manager\n$/,
      )
      await using terminal = ssh.terminal(address(lab), admin)
      await terminal.until('nsx-2> ')
      terminal.type(`enable\r${labPassword}\rsetup\r`)
      await terminal.until('Hostname [nsx-2]: ')
      assert.equal(await privileged(lab, 'configure terminal'), 'VTY configuration is locked by other VTY\n')
      terminal.type('\x03')
      await terminal.until('nsx-2# ')
      assert.equal(await privileged(lab, 'configure terminal'), '')
    })

    await t.test('the database is erased: roles and tokens go, admin, accounts and the audit log stay', async () => {
      const robot = lab.a.as('robot', 'Password123')
      assert.equal((await assign(lab, 'robot', '?isCli=true', 'auditor')).status, 204)
      assert.equal((await assign(lab, 'holouser@vsphere.local', '', 'auditor')).status, 204)
      const { text } = await robot.send('POST', '/api/2.0/services/auth/token')
      const token = lab.a.with({ headers: { authorization: `AUTHTOKEN ${/<value>(.*?)</.exec(text)?.[1]}` } })
      const me = `${usermgmt}/user/admin`
      assert.equal((await token.get(me)).status, 200)
      assert.match(await privileged(lab, 'database erase', 'n'), /Are you sure/)
      assert.equal((await robot.get(me)).status, 200)
      const before = (await getJson(lab.admin, auditlog)).json.dataPage.pagingInfo.totalCount
      await privileged(lab, 'database erase', 'y')
      assert.equal((await robot.get(me)).status, 403)
      assert.equal((await token.get(me)).status, 401)
      const { users } = (await getJson(lab.admin, `${usermgmt}/users/vsm`)).json
      assert.deepEqual(
        users.map(({ name }: { name: string }) => name),
        ['admin', 'VSPHERE.LOCAL\\Administrator'],
      )
      assert.ok((await getJson(lab.admin, auditlog)).json.dataPage.pagingInfo.totalCount > before)
      assert.match(await privileged(lab, 'show running-config'), /user robot\n/)
      await lab.restart()
      assert.equal((await lab.a.as('robot', 'Password123').get(me)).status, 403)
      assert.equal(
        (await sendXml(lab.admin, 'POST', `${usermgmt}/role/robot?isCli=true`, entry('auditor'))).status,
        204,
      )
      assert.equal((await listed(lab, 'robot')).isCli, true)
    })

    await t.test('erased, the saved configuration is that of a fresh appliance, with the password of now', async () => {
      await privileged(lab, 'configure terminal', 'cli password Signal-Quarry-58')
      const again = { user: 'admin', password: 'Signal-Quarry-58' }
      const run = async (...lines: string[]) =>
        (await ssh.run(address(lab), { ...again, input: ['enable', labPassword, ...lines, ''].join('\n') })).stdout
      assert.match(await run('write erase', 'show startup-config'), /erased.*\n!\nhostname manager\n!\nweb-manager\n$/)
      assert.match(await run('show running-config'), /user robot\n/)
      await run('reboot', 'y')
      assert.match(await run('show running-config'), /:\n!\nhostname manager\n!\nweb-manager\n$/)
      assert.equal((await lab.a.as('admin', again.password).get(`${usermgmt}/user/admin`)).status, 200)
      assert.equal((await lab.a.as('robot', 'Password123').get(`${usermgmt}/user/admin`)).status, 403)
    })
  })
}

test('ping and traceroute run the programs of the machine, bounded, with nothing read as an option', {
  skip: noOpenSsh,
}, async () => {
  await using lab = await openLab({ kind: 'sqlite', skip: false })
  const path = process.env.PATH
  const tools = join(lab.dataDir, 'tools')
  mkdirSync(tools)
  const { stdout: client } = await promisify(execFile)('which', ['ssh'])
  symlinkSync(client.trim(), join(tools, 'ssh'))
  try {
    process.env.PATH = tools
    for (const tool of ['ping', 'traceroute']) {
      const absent = await typed(lab, `${tool} 127.0.0.1`)
      assert.equal(absent, `ERROR: there is no ${tool} on the machine that Sallyport runs on\n`)
    }
    process.env.PATH = `${tools}:${path}`
    // What it is called with, an escape sequence, and what ping says at Ctrl-C.
    writeFileSync(
      join(tools, 'ping'),
      '#!/bin/sh\ntrap "echo statistics; exit 0" INT\nexport PATH=/usr/bin:/bin\nenv | sort\nprintf "[%s]" "$@"\nprintf "\\n\\033[31mred\\n"\ncase $* in *1.1.1.1) while :; do sleep 0.1; done;; esac\n',
    )
    chmodSync(join(tools, 'ping'), 0o755)
    const said = await typed(lab, 'ping nsx.example')
    assert.match(said, /^\[-n\]\[-c\]\[5\]\[nsx\.example\]\n\\u001b\[31mred\n$/m)
    assert.doesNotMatch(said, /SALLYPORT|HOME=|USER=/)
    for (const odd of ['-f', '--help', 'a;id', '$(id)', '`id`', '|id', 'a/../b', '::1%$(id)']) {
      assert.match(
        await typed(lab, `ping ${odd}`),
        /^% Unknown command\.\n% .* is neither a host name nor an IP address\n$/,
        odd,
      )
    }
    await using terminal = ssh.terminal(address(lab), admin)
    await terminal.until('nsxmgr> ')
    terminal.type('ping 1.1.1.1\r')
    await terminal.until('red')
    terminal.type('\x03')
    await terminal.until(/statistics[\s\S]*nsxmgr> $/)

    // Four at once, and no more.
    await using many = await ssh.connect(address(lab), admin)
    const four = Array.from({ length: 4 }, () => many.terminal())
    for (const one of four) {
      await one.until('nsxmgr> ')
      one.type('ping 1.1.1.1\r')
      await one.until('red')
    }
    assert.match(await typed(lab, 'ping 192.0.2.1'), /too many ping and traceroute commands/)
    for (const one of four) {
      one.type('\x03')
      await one.until(/nsxmgr> $/)
    }
    assert.match(await typed(lab, 'ping 192.0.2.1'), /\[192\.0\.2\.1\]/)
  } finally {
    process.env.PATH = path
  }
})
