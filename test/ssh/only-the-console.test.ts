import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'
import { freePort } from '../servers/programs.ts'

const options = { skip: noOpenSsh }
const ssh = new OpenSsh()
let lab: Lab
let address = ''

before(async () => {
  if (noOpenSsh) return
  lab = await openLab({ kind: 'sqlite', skip: false })
  address = lab.server.ready.managers[0]?.ssh as string
})
after(async () => {
  await ssh[Symbol.asyncDispose]()
  await lab?.[Symbol.asyncDispose]()
})

const admin = { user: 'admin', password: labPassword }
const command = 'get cli-timeout'

test('nothing is forwarded: neither ports, nor sockets, nor the agent, nor X11', options, async () => {
  let reached = false
  const target = createServer(() => {
    reached = true
  }).listen(0, '127.0.0.1')
  const { port } = await new Promise<{ port: number }>((resolve) =>
    target.once('listening', () => resolve(target.address() as { port: number })),
  )
  try {
    const back = await ssh.run(address, {
      ...admin,
      args: ['-R', `0:127.0.0.1:${port}`, '-o', 'ExitOnForwardFailure=yes'],
      command,
    })
    assert.equal(back.status, 255)
    assert.match(back.stderr, /remote port forwarding failed/)
    const direct = await ssh.run(address, { ...admin, args: ['-W', `127.0.0.1:${port}`] })
    assert.equal(direct.status, 255)
    assert.match(direct.stderr, /stdio forwarding failed/)

    const local = await freePort()
    const args = ['-L', `127.0.0.1:${local}:127.0.0.1:${port}`, '-L', `${join(ssh.dir, 'tunnel')}:/var/run/docker.sock`]
    await using console = await ssh.connect(address, { ...admin, args })
    await assert.rejects(fetch(`http://127.0.0.1:${local}/`))
    assert.equal((await console.run(command)).status, 0)
    assert.equal(reached, false)
    const agent = await console.run(command)
    assert.equal(agent.status, 0)
  } finally {
    target.close()
  }
})

test('there are no files, no subsystems and no shell', options, async () => {
  const file = join(ssh.dir, 'file')
  writeFileSync(file, 'secret')
  const [host, port] = address.split(':')
  const common = ssh
    .arguments(address, admin)
    .slice(0, -1)
    .flatMap((arg, index, all) => (arg === '-p' || all[index - 1] === '-p' ? [] : [arg]))
  const run = (program: string, args: string[]) => {
    const child = ssh.start(program, args, ssh.environment(admin))
    child.stdin?.end('ls\n')
    return new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? -1)))
  }
  assert.notEqual(await run('sftp', [...common, '-P', String(port), `admin@${host}`]), 0)
  assert.notEqual(await run('scp', [...common, '-P', String(port), file, `admin@${host}:/tmp/x`]), 0)
  assert.notEqual(await run('scp', ['-O', ...common, '-P', String(port), file, `admin@${host}:/tmp/x`]), 0)
  const subsystem = await ssh.run(address, { ...admin, args: ['-s'], command: 'netconf' })
  assert.equal(subsystem.status, 255)
  for (const shell of [
    '/bin/sh',
    'bash -c id',
    'get cli-timeout; id',
    'get cli-timeout && id',
    '$(id)',
    'get\ncli-timeout',
  ]) {
    const { status, stdout } = await ssh.run(address, { ...admin, command: shell })
    assert.equal(status, shell.includes('\n') ? 0 : 1, shell)
    assert.doesNotMatch(stdout, /uid=/)
  }
})

test('one command exits with its status, and a pipe with that of the last', options, async () => {
  await using console = await ssh.connect(address, admin)
  const run = async (line: string) => (await console.run(line)).status
  assert.deepEqual([await run(command), await run('get nonsense'), await run('get'), await run('exit')], [0, 1, 1, 0])
  const pipe = async (input: string) => {
    const { status, stdout } = await ssh.run(address, { ...admin, input })
    return [status, stdout.replaceAll('Sun Nov 22 2026 UTC 12:00:00.000\n', '')]
  }
  assert.deepEqual(await pipe(`${command}\nset cli-timeout 0\n${command}\n`), [0, '600 seconds\n0 seconds\n'])
  assert.deepEqual(await pipe(`nonsense here\r\n${command}`), [0, `${(await pipe('nonsense here\n'))[1]}0 seconds\n`])
  assert.deepEqual(await pipe(`exit\n${command}\n`), [0, ''])
  assert.deepEqual(await pipe(''), [0, ''])
  const help = (await pipe('get auth-policy cli ?\n'))[1]
  assert.equal(
    help,
    '  lockout-period     How long an account stays locked\n  max-auth-failures  Failed sign-ins that lock an account\n',
  )
  assert.equal(await run('set cli-timeout 600'), 0)
})

test('passwords are asked for in a pipe too', options, async () => {
  const input =
    'activate user guestuser1 password\nQx9?wTzr4&Lpd\nQx9?wTzr4&Lpd\nget user guestuser1 password-expiration\n'
  const { stdout, status } = await ssh.run(address, { ...admin, input })
  assert.equal(status, 0)
  assert.match(stdout, /^New password: \nConfirm new password: \nSun Nov 22 2026/)
  const differs = await ssh.run(address, { ...admin, input: 'activate user guestuser2 password\none\ntwo\n' })
  assert.deepEqual(
    [differs.status, differs.stdout],
    [1, 'New password: \nConfirm new password: \n% Passwords do not match\n'],
  )
  const ended = await ssh.run(address, { ...admin, input: 'activate user guestuser2 password\n' })
  assert.deepEqual([ended.status, ended.stdout], [1, 'New password: '])
  assert.doesNotMatch(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), /Qx9/)
})

test('only algorithms of today are spoken', options, async () => {
  for (const outdated of [
    'KexAlgorithms=diffie-hellman-group14-sha1',
    'KexAlgorithms=diffie-hellman-group1-sha1',
    'KexAlgorithms=diffie-hellman-group-exchange-sha1',
    'Ciphers=aes128-cbc',
    'Ciphers=3des-cbc',
    'MACs=hmac-sha1',
    'MACs=hmac-md5',
    'HostKeyAlgorithms=ssh-rsa',
    'HostKeyAlgorithms=ssh-dss',
  ]) {
    // A MAC counts only with a cipher that has none of its own.
    const cipher = outdated.startsWith('MACs') ? ['-o', 'Ciphers=aes128-ctr'] : []
    const args = ['-o', outdated, ...cipher, '-o', 'LogLevel=INFO']
    const { status, stderr } = await ssh.run(address, { ...admin, args, command })
    assert.equal(status, 255, outdated)
    assert.match(stderr, /no matching|Unsupported|Bad/i, outdated)
  }
  for (const modern of [
    'KexAlgorithms=curve25519-sha256',
    'KexAlgorithms=ecdh-sha2-nistp384',
    'KexAlgorithms=diffie-hellman-group16-sha512',
    'Ciphers=chacha20-poly1305@openssh.com',
    'Ciphers=aes256-gcm@openssh.com',
    'Ciphers=aes256-ctr',
    'Compression=yes',
  ]) {
    assert.equal((await ssh.run(address, { ...admin, args: ['-o', modern], command })).status, 0, modern)
  }
})

test('an auditor reads and changes nothing, and is shown only what may be run', options, async () => {
  const created = await lab.admin.post('/api/v1/node/users?action=create_user', {
    username: 'reader',
    password: 'Zk7!vbQp2$wLm',
  })
  assert.equal(created.status, 201)
  await using console = await ssh.connect(address, { user: 'reader', password: 'Zk7!vbQp2$wLm' })
  assert.match((await console.run('get service http')).stdout, /Service state: {20}running/)
  const denied = '% Permission denied: User is not authorized to perform this operation\n'
  for (const line of [
    'set service http session-timeout 5',
    'add user x',
    'deactivate user guestuser1',
    'set auth-policy cli max-auth-failures 0',
    'clear password-complexity',
    'del user guestuser1',
    'set cli-timeout 0',
  ]) {
    assert.deepEqual(await console.run(line), { status: 1, stdout: denied, stderr: '' }, line)
  }
  const another = await console.run('set user guestuser1 password Qx9-wTzr4+Lpd')
  assert.deepEqual(another.stdout, '% User is not authorized to perform this operation\n')
  const list = (await console.run('list')).stdout
  assert.match(list, /get auth-policy cli lockout-period/)
  assert.doesNotMatch(list, /set auth-policy|add user|del /)
  assert.equal(
    (await console.run('?')).stdout,
    '  exit  Close the console\n  get   Show\n  help  Say how to get help\n  list  List all commands\n  set   Change\n',
  )
})
