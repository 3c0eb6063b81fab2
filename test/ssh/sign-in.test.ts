import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Answer } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh, type SshOptions } from '../servers/openssh.ts'

const users = '/api/v1/node/users'
const password = 'Zk7!vbQp2$wLm'
const other = 'Qx9?wTzr4&Lpd'
const userUrl = (userid: number, action: string) => `${users}/${userid}?action=${action}`

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const admin: SshOptions = { user: 'admin', password: labPassword }
const manager = (lab: Lab, index = 0) => lab.server.ready.managers[index]?.ssh as string
const edge = (lab: Lab, index = 0) => lab.server.ready.edges[index]?.ssh as string

async function makeUser(lab: Lab, username: string): Promise<number> {
  const answer = await lab.admin.post(`${users}?action=create_user`, { username, password })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.userid
}

const ok = ({ status }: Answer) => assert.equal(status, 200)
const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')

for (const { kind, skip } of databases) {
  const options = { skip: skip || noOpenSsh }

  test(
    `${kind}: local users sign in by password and by keyboard-interactive; all refusals look alike`,
    options,
    async () => {
      await using lab = await openLab({ kind, skip })
      const userid = await makeUser(lab, 'svc')
      ok(await lab.admin.post(userUrl(userid, 'deactivate')))

      const command = 'get cli-timeout'
      for (const method of ['password', 'keyboard-interactive']) {
        const args = ['-o', `PreferredAuthentications=${method}`]
        for (const address of [manager(lab), manager(lab, 1), edge(lab)]) {
          const answer = await ssh.run(address, { ...admin, command, args })
          assert.deepEqual(answer, { status: 0, stdout: 'Sun Nov 22 2026 UTC 12:00:00.000\n600 seconds\n', stderr: '' })
        }
        const refusals = [
          { user: 'admin', password: 'Wrong-Lantern-1' },
          { user: 'admin', password: '' },
          { user: 'nobody-here', password: labPassword },
          { user: 'audit', password: labPassword },
          { user: 'svc', password },
        ].map(async (credentials) => {
          const { status, stdout, stderr } = await ssh.run(manager(lab), { ...credentials, command, args })
          assert.deepEqual([status, stdout], [255, ''])
          return stderr.replace(credentials.user, 'USER')
        })
        const [first, ...others] = await Promise.all(refusals)
        assert.equal(first, `USER@127.0.0.1: Permission denied (publickey,password,keyboard-interactive).\r\n`)
        for (const text of others) assert.equal(text, first)
      }
      const log = auditLog(lab)
      assert.match(
        log,
        /UserName="nobody-here@127\.0\.0\.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="failure"/,
      )
      assert.match(
        log,
        /subcomp="cli"\] UserName="admin@127\.0\.0\.1", ModuleName="ACCESS_CONTROL", Operation="LOGIN", Operation status="success"/,
      )
      assert.match(log, /edge-a NSX \d+ SYSTEM \[nsx@6876 audit="true" comp="nsx-edge" level="INFO" subcomp="cli"\]/)
      assert.doesNotMatch(log, /Wrong-Lantern/)
    },
  )

  test(`${kind}: a key that the API adds signs in at once, and no more once it is removed`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const userid = await makeUser(lab, 'svc')
    const keys = await Promise.all([
      ssh.makeKey('-t', 'ed25519'),
      ssh.makeKey('-t', 'ecdsa', '-b', '384'),
      ssh.makeKey('-t', 'rsa', '-b', '2048'),
    ])
    const url = (action: string) => `${users}/${userid}/ssh-keys?action=${action}`
    const run = (address: string, file: string) =>
      ssh.run(address, { user: 'svc', key: file, command: 'get cli-timeout' })
    for (const { file, type, value } of keys) {
      assert.equal((await run(manager(lab), file)).status, 255)
      ok(await lab.admin.post(url('add_ssh_key'), { label: type, type, value }))
      assert.deepEqual(await run(manager(lab), file), {
        status: 0,
        stdout: 'Sun Nov 22 2026 UTC 12:00:00.000\n600 seconds\n',
        stderr: '',
      })
      // Keys stay on the appliance that they were added to.
      assert.equal((await run(manager(lab, 1), file)).status, 255)
    }
    const [ed25519, ecdsa, rsa] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]]
    // SHA-1 signs nothing any more.
    const sha1 = ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa']
    const outdated = await ssh.run(manager(lab), { user: 'svc', key: rsa.file, args: sha1, command: 'get cli-timeout' })
    assert.equal(outdated.status, 255)
    // Another's key is nobody's.
    assert.equal((await ssh.run(manager(lab), { user: 'admin', key: ed25519.file, command: 'list' })).status, 255)

    ok(await lab.admin.post(url('remove_ssh_key'), { label: ecdsa.type }))
    assert.equal((await run(manager(lab), ecdsa.file)).status, 255)
    assert.equal((await run(manager(lab), rsa.file)).status, 0)
    ok(await lab.admin.post(userUrl(userid, 'deactivate')))
    assert.equal((await run(manager(lab), rsa.file)).status, 255)
  })

  test(`${kind}: what is made on the console is at once in the API, and the other way round`, options, async () => {
    await using lab = await openLab({ kind, skip })
    await using console = await ssh.connect(manager(lab), admin)
    const silent = { status: 0, stdout: '', stderr: '' }
    assert.deepEqual(await console.run(`add user robot full-name "The robot" password ${password}`), silent)
    const { results } = (await lab.admin.get(users)).json
    const made = results.find(({ username }: { username: string }) => username === 'robot')
    assert.deepEqual([made.full_name, made.status], ['The robot', 'ACTIVE'])
    ok(await lab.a.as('robot', password).get('/api/v1/node/version'))
    ok(await lab.b.as('robot', password).get('/api/v1/node/version'))

    await makeUser(lab, 'from-api')
    const command = 'get user from-api password-expiration'
    assert.match((await console.run(command)).stdout, /Password expires 90 days after last change/)
    assert.equal((await ssh.run(manager(lab), { user: 'from-api', password, command })).status, 0)

    assert.deepEqual(await console.run('set auth-policy api max-auth-failures 7'), silent)
    assert.equal((await lab.admin.get('/api/v1/node/aaa/auth-policy')).json.api_max_auth_failures, 7)
    assert.equal((await lab.admin.put('/api/v1/node/aaa/auth-policy', { cli_max_auth_failures: 3 })).status, 202)
    assert.match((await console.run('get auth-policy cli max-auth-failures')).stdout, /\n3\n$/)

    const log = auditLog(lab)
    assert.match(
      log,
      /comp="nsx-manager" subcomp="cli" username="admin" level="INFO" audit="true"\] CMD: add user robot full-name \\"The robot\\" password \*{5} \(duration: \d+\.\d{3}s\), Operation status: CMD_EXECUTED/,
    )
    assert.doesNotMatch(log, new RegExp(password.replace('$', '\\$')))
    const writes = readFileSync(join(lab.dataDir, 'nsx-audit-write.log'), 'utf8')
    assert.match(writes, /CMD: set auth-policy api max-auth-failures 7/)
    assert.doesNotMatch(writes, /CMD: get auth-policy/)
  })

  test(
    `${kind}: consoles close when their account is deactivated, deleted or gets another password`,
    options,
    async () => {
      await using lab = await openLab({ kind, skip })
      const userid = await makeUser(lab, 'svc')
      const open = async (secret: string) => {
        const terminal = ssh.terminal(manager(lab), { user: 'svc', password: secret })
        await terminal.until('nsxmgr-a> ')
        return terminal
      }
      const closed = 'The account was changed, and this console is closed.'

      const first = await open(password)
      ok(await lab.admin.post(userUrl(userid, 'deactivate')))
      await first.until(closed)
      assert.notEqual(await first.ended, 0)

      ok(await lab.admin.post(userUrl(userid, 'activate'), { password }))
      const second = await open(password)
      const own = await open(password)
      // Their own password: the console they change it on goes on.
      own.type('set user svc password\r')
      await own.until('Current password: ')
      own.type(`${password}\r`)
      await own.until('New password: ')
      own.type(`${other}\r`)
      await own.until('Confirm new password: ')
      own.type(`${other}\r`)
      await own.until('nsxmgr-a> ')
      await second.until(closed)
      await second.ended
      own.type('get cli-timeout\r')
      await own.until('600 seconds')

      ok(await lab.admin.delete(`${users}/${userid}`))
      await own.until(closed)
      await own.ended
      assert.doesNotMatch(own.output, new RegExp(other.replace('?', '\\?')))
    },
  )

  test(`${kind}: a password that must be changed opens the console only to change it`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const userid = await makeUser(lab, 'svc')
    ok(await lab.admin.post(userUrl(userid, 'reset_password'), { password }))
    const svc = { user: 'svc', password }
    const command = 'get cli-timeout'
    const needsTerminal = { status: 1, stdout: 'Password change required but no TTY available.\n', stderr: '' }
    assert.deepEqual(await ssh.run(manager(lab), { ...svc, command }), needsTerminal)
    assert.deepEqual(await ssh.run(manager(lab), { ...svc, input: `${command}\n` }), needsTerminal)

    await using terminal = ssh.terminal(manager(lab), svc)
    await terminal.until('You must change your password now and login again!')
    await terminal.until('Current password: ')
    terminal.type(`${password}\r`)
    await terminal.until('New password: ')
    terminal.type(`${other}\r`)
    await terminal.until('Confirm new password: ')
    terminal.type(`${other}\r`)
    await terminal.until('passwd: password updated successfully')
    assert.equal(await terminal.ended, 0)
    assert.equal((await ssh.run(manager(lab), { user: 'svc', password: other, command })).status, 0)

    // So it is with one that has grown old.
    lab.clock.advance({ days: 91 })
    assert.equal((await ssh.run(manager(lab), { user: 'svc', password: other, command })).status, 1)
  })

  test(`${kind}: root may sign in, and has no console; the API refuses root as before`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const root = { user: 'root', password: labPassword }
    for (const command of ['get cli-timeout', 'bash']) {
      const { status, stdout } = await ssh.run(manager(lab), { ...root, command })
      assert.equal(status, 1)
      assert.match(stdout, /^User root has a shell on an appliance and no NSX CLI\./)
    }
    assert.equal((await lab.a.as('root', labPassword).get(users)).status, 403)
    assert.equal((await lab.a.signIn('root', labPassword)).answer.status, 403)
  })

  test(`${kind}: host keys stay what they are, and each appliance has its own`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const known = join(ssh.dir, `hosts-${kind}`)
    const args = ['-o', `UserKnownHostsFile=${known}`]
    const command = 'get cli-timeout'
    const connect = (address: string, ...more: string[]) =>
      ssh.run(address, { ...admin, command, args: [...args, ...more] })
    const keys = () =>
      readFileSync(known, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(1).join(' '))
    const all = () => [manager(lab), manager(lab, 1), edge(lab), edge(lab, 1)]
    for (const address of all()) assert.equal((await connect(address)).status, 0)
    const before = keys()
    assert.equal(new Set(before).size, 4)
    await lab.restart()
    for (const address of all()) assert.equal((await connect(address)).status, 0)
    assert.deepEqual(new Set(keys()), new Set(before))

    // The RSA key, once it is made.
    await lab.server.ssh[0]?.prepare()
    const rsa = (algorithm: string) =>
      ssh.run(manager(lab), {
        ...admin,
        command,
        args: ['-o', `HostKeyAlgorithms=${algorithm}`, '-o', `UserKnownHostsFile=${known}-rsa`],
      })
    assert.equal((await rsa('rsa-sha2-512')).status, 0)
    assert.equal((await rsa('ssh-rsa')).status, 255)
  })
}
