import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createConsole } from '../../src/ssh/console/console.ts'
import { type SshLimits, sshLimits } from '../../src/ssh/limits.ts'
import { openSshListener } from '../../src/ssh/listener.ts'
import { nsxConsole } from '../../src/ssh/nsx/console.ts'
import { createSshServer } from '../../src/ssh/server.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'

const options = { skip: noOpenSsh }
const admin = { user: 'admin', password: labPassword }
const command = 'get cli-timeout'
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

/** The first manager's SSH server with other limits. */
async function serveWith(limits: Partial<SshLimits>) {
  const { services } = lab.server
  const appliance = services.appliances.managers[0]!
  const console = createConsole(nsxConsole(services, appliance))
  const load = async () => createSshServer(services, appliance, console, { ...sshLimits, ...limits })
  const listener = await openSshListener({
    appliance,
    host: '127.0.0.1',
    port: 0,
    load,
    log: services.log,
    makeKey: async () => {},
    hostKeys: () => [],
    startsOpen: true,
  })
  return { address: listener.address, [Symbol.asyncDispose]: () => listener.close('The test is over.') }
}

/** A connection that says no more than it is told to. */
async function halfOpen(to: string, says = ''): Promise<Socket> {
  const [host, port] = to.split(':')
  const socket = connect(Number(port), host)
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (says !== '') socket.write(says)
  return socket
}

const closed = (socket: Socket) =>
  socket.destroyed || socket.readableEnded ? undefined : once(socket.resume(), 'close')

test('a thousand half-open connections do not keep a good one out, and are not kept', options, async () => {
  const sockets: Socket[] = []
  try {
    for (let i = 0; i < 20; i++) {
      const says = ['', 'SSH-2.0-half\r\n', 'SSH-2.0-half', 'GET / HTTP/1.1\r\n\r\n', '\0'.repeat(300)]
      const fifty = Array.from({ length: 50 }, (_, n) => halfOpen(address, says[n % says.length]))
      sockets.push(...(await Promise.all(fifty)))
    }
    const began = performance.now()
    const answers = await Promise.all([1, 2, 3].map(() => ssh.run(address, { ...admin, command })))
    for (const { status, stderr } of answers) assert.deepEqual([status, stderr], [0, ''])
    assert.ok(performance.now() - began < 10_000)
    for (const socket of sockets) socket.resume()
    await setTimeout(200)
    const open = sockets.filter((socket) => !socket.destroyed)
    assert.ok(open.length <= sshLimits.waiting, `${open.length} are open`)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
})

test('while connections keep coming, whoever has exchanged keys has time to type a password', options, async () => {
  let flooding = true
  const sockets = new Set<Socket>()
  const flood = async () => {
    while (flooding) {
      const socket = await halfOpen(address)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      await setTimeout(5)
    }
  }
  const floods = Promise.all([flood(), flood()])
  try {
    const args = ['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=2']
    const wrong = await ssh.run(address, { user: 'admin', password: 'Wrong-Lantern-1', command, args })
    assert.match(wrong.stderr, /Permission denied/)
    assert.equal((await ssh.run(address, { ...admin, command })).status, 0)
  } finally {
    flooding = false
    await floods
    for (const socket of sockets) socket.destroy()
  }
})

test('who does not exchange keys, or does not sign in, is cut off in time', options, async () => {
  await using served = await serveWith({ handshake: 300, login: 1500 })
  const silent = await halfOpen(served.address)
  const slow = await halfOpen(served.address, 'SSH-2.0-slow\r\n')
  const began = performance.now()
  await Promise.all([closed(silent), closed(slow)])
  assert.ok(performance.now() - began < 5000)

  // Keys are exchanged, and the right password comes too late.
  const askpass = join(ssh.dir, 'slow-answer')
  writeFileSync(askpass, '#!/bin/sh\nsleep 3\nprintf "%s\\n" "$SALLYPORT_TEST_PASSWORD"\n', { mode: 0o700 })
  const slowly = (to: string) => {
    const child = ssh.start('ssh', [...ssh.arguments(to, admin), command], {
      ...ssh.environment(admin),
      SSH_ASKPASS: askpass,
    })
    return once(child, 'exit').then(([status]) => status)
  }
  assert.deepEqual(await Promise.all([slowly(served.address), slowly(address)]), [255, 0])
})

test('a connection ends after six failures', options, async () => {
  const args = (method: string, prompts: number) => [
    ...['-o', `PreferredAuthentications=${method}`, '-o', `NumberOfPasswordPrompts=${prompts}`],
    ...['-o', 'LogLevel=INFO'],
  ]
  const unlimited = await lab.admin.put('/api/v1/node/aaa/auth-policy', { cli_max_auth_failures: 0 })
  assert.equal(unlimited.status, 202)
  const wrong = { user: 'admin', password: 'Wrong-Lantern-1', command }
  const five = await ssh.run(address, { ...wrong, args: args('password', 5) })
  assert.match(five.stderr, /Permission denied \(publickey,password,keyboard-interactive\)/)
  const many = await ssh.run(address, { ...wrong, args: args('password', 50) })
  assert.match(many.stderr, /Received disconnect/)
  assert.equal((many.stderr.match(/try again/g) ?? []).length, 5)
})

test('places for those who have signed in are limited, and a place is free once it is left', options, async () => {
  await using served = await serveWith({ openOfAccount: 2, consoles: 3 })
  {
    await using first = await ssh.connect(served.address, admin)
    await using _second = await ssh.connect(served.address, admin)
    await assert.rejects(ssh.connect(served.address, admin), /Permission denied|disconnect|closed/i)
    const consoles = [first.terminal(), first.terminal(), first.terminal()]
    for (const terminal of consoles) await terminal.until('nsxmgr-a> ')
    assert.notEqual((await first.run(command)).status, 0)
    for (const terminal of consoles) terminal.type('exit\r')
    for (const terminal of consoles) assert.equal(await terminal.ended, 0)
    assert.equal((await first.run(command)).status, 0)
  }
  await setTimeout(100)
  assert.equal((await ssh.run(served.address, { ...admin, command })).status, 0)
})

test('a console closes after the silence that cli-timeout says', options, async () => {
  await using console = await ssh.connect(address, admin)
  assert.equal((await console.run('set cli-timeout 1')).status, 0)
  await using terminal = console.terminal()
  await terminal.until('nsxmgr-a> ')
  assert.equal(await terminal.ended, 0)
  assert.match((await console.run('get cli-timeout')).stdout, /1 seconds/)
  assert.equal((await console.run('set cli-timeout 600')).status, 0)
})

test('consoles are told when the server stops, and it stops in time', options, async () => {
  await using own = await openLab({ kind: 'sqlite', skip: false })
  const there = own.server.ready.edges[0]?.ssh as string
  await using terminal = ssh.terminal(there, admin)
  await terminal.until('edge-a> ')
  await using following = ssh.terminal(there, { ...admin, command: 'get log-file syslog follow' })
  await following.until('NSX CLI started for user: admin')
  const idle = await halfOpen(there, 'SSH-2.0-idle\r\n')
  const began = performance.now()
  const restarted = own.restart()
  await terminal.until('Sallyport is stopping, and this console is closed.')
  assert.equal(await terminal.ended, 1)
  await following.ended
  await closed(idle)
  await restarted
  assert.ok(performance.now() - began < 8000)
})
