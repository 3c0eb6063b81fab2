import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh, type TerminalSession } from '../servers/openssh.ts'

const options = { skip: noOpenSsh }
const admin = { user: 'admin', password: labPassword }
const prompt = 'nsxmgr-a> '
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

async function open(size?: { columns: number; rows: number }): Promise<TerminalSession> {
  const terminal = ssh.terminal(address, admin, size)
  await terminal.until(prompt)
  return terminal
}

test('the console greets, answers and says goodbye', options, async () => {
  await using terminal = await open()
  assert.match(
    terminal.output,
    /NSX CLI \(Manager, Policy, Controller 9\.0\.0\.0\.0\)\. Press \? for command list or enter: help\r\n/,
  )
  terminal.type('get cli-timeout\r')
  assert.equal(
    await terminal.until(prompt),
    `get cli-timeout\r\nSun Nov 22 2026 UTC 12:00:00.000\r\n600 seconds\r\n${prompt}`,
  )
  terminal.type('\r')
  assert.equal(await terminal.until(prompt), `\r\n${prompt}`)
  terminal.type('exit\r')
  assert.equal(await terminal.ended, 0)
})

test('Ctrl-D on an empty line closes the console with the status of the last command', options, async () => {
  await using terminal = await open()
  terminal.type('no such command\r')
  await terminal.until('% Command not found: no such command')
  await terminal.until(prompt)
  terminal.type('\x04')
  assert.equal(await terminal.ended, 1)
})

test('words are shortened, completed and explained', options, async () => {
  await using terminal = await open()
  terminal.type('get auth-policy cli lo')
  await terminal.until('cli lo')
  terminal.type('\t')
  await terminal.until('ckout-period ')
  terminal.type('\r')
  await terminal.until('900 seconds')
  await terminal.until(prompt)

  terminal.type('se u ')
  await terminal.until('se u ')
  // @see nsx-api.md 10.2, `set user [TAB][TAB]`
  terminal.type('\t\t')
  await terminal.until('<username>  Username of user')
  for (const name of ['root', 'admin', 'audit', 'guestuser1', 'guestuser2']) await terminal.until(`    ${name}\r\n`)
  terminal.type('aud')
  await terminal.until('aud')
  terminal.type('\t')
  await terminal.until('it ')
  terminal.type('password-expiration ?')
  await terminal.until('  <days>  Days that a password is valid (1-9999)\r\n')
  terminal.type('120\r')
  await terminal.until(prompt)
  terminal.type('get user audit password-expiration\r')
  await terminal.until('Password expires 120 days after last change')
  await terminal.until(prompt)
  terminal.type('s a\r')
  await terminal.until('% Ambiguous command: s a')
})

test('lines are edited, found again and run again', options, async () => {
  await using terminal = await open({ columns: 32, rows: 10 })
  terminal.type('gt user audit password-expiration')
  await terminal.until('expiration')
  // In several rows the cursor finds the second letter.
  terminal.type(`\x01\x1b[Ce\r`)
  await terminal.until('Password expires')
  await terminal.until(prompt)
  terminal.type('get cli-timeout\r')
  await terminal.until('600 seconds')
  await terminal.until(prompt)
  terminal.type('\x1b[A\x1b[A\r')
  await terminal.until('Password expires')
  await terminal.until(prompt)
  terminal.type('\x12cli')
  await terminal.until(/reverse-i-search.`cli': get cli-timeout/)
  terminal.type('\r')
  await terminal.until('600 seconds')
  await terminal.until(prompt)
  terminal.type('half a line\x03')
  await terminal.until(`^C\r\n${prompt}`)
})

test('what is pasted is typed: several lines, question marks, UTF-8', options, async () => {
  await using terminal = await open()
  terminal.type(
    'add user pasted full-name "Jörg Müller 日本" password Qx9?wTzr4&Lpd\rget user pasted password-expiration\r',
  )
  await terminal.until('Password expires 90 days')
  const { results } = (await lab.admin.get('/api/v1/node/users')).json
  const made = results.find(({ username }: { username: string }) => username === 'pasted')
  assert.equal(made.full_name, 'Jörg Müller 日本')
  assert.equal((await lab.a.as('pasted', 'Qx9?wTzr4&Lpd').get('/api/v1/node/version')).status, 200)
})

test('passwords are asked for without showing them, and Ctrl-C gives the command up', options, async () => {
  await using terminal = await open()
  terminal.type('set user audit password\r')
  await terminal.until('New password: ')
  terminal.type('\x03')
  await terminal.until(`^C\r\n${prompt}`)
  terminal.type('activate user guestuser1 password\r')
  await terminal.until('New password: ')
  terminal.type('Zk7!vbQp2$wLm\r')
  await terminal.until('Confirm new password: ')
  terminal.type('Zk7!vbQp2$wLm\r')
  await terminal.until(prompt)
  assert.doesNotMatch(terminal.output, /Zk7/)
  assert.equal((await lab.a.as('guestuser1', 'Zk7!vbQp2$wLm').get('/api/v1/node/version')).status, 200)
  terminal.type('\x1b[A')
  await terminal.until('activate user guestuser1 password')
  const log = readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')
  assert.match(log, /CMD: set user audit password \(duration: .*CMD_FAILED/)
  assert.match(log, /CMD: activate user guestuser1 password \(duration: .*CMD_EXECUTED/)
  assert.doesNotMatch(log, /Zk7/)
})

test('the log is followed until Ctrl-C', options, async () => {
  await using terminal = await open()
  terminal.type('get log-file node-mgmt.log follow\r')
  await terminal.until('UTC 12:00:00.000')
  assert.equal((await lab.admin.get('/api/v1/node/users/10002')).status, 200)
  await terminal.until("admin 'GET /api/v1/node/users/10002' 200")
  terminal.type('ignored')
  terminal.type('\x03')
  await terminal.until(prompt)
  terminal.type('get cli-timeout\r')
  await terminal.until('600 seconds')
})

test('a client that is gone leaves nothing running', options, async () => {
  const stopped = () =>
    readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8').match(/NSX CLI stopped for user: admin/g)?.length ?? 0
  const terminal = await open()
  const before = stopped()
  terminal.type('get log-file syslog follow\r')
  await terminal.until('CMD: get log-file syslog follow')
  // What is typed behind it is not run for nobody.
  terminal.type('add user nobody-looks\r')
  await terminal[Symbol.asyncDispose]()
  for (let i = 0; i < 200 && stopped() === before; i++) await setTimeout(20)
  assert.equal(stopped(), before + 1)
  const { results } = (await lab.admin.get('/api/v1/node/users')).json
  assert.equal(
    results.some(({ username }: { username: string }) => username === 'nobody-looks'),
    false,
  )
})

test('what others have written can do nothing to a terminal', options, async () => {
  const key = await ssh.makeKey('-t', 'ed25519')
  const label = '\x1b]0;owned\x07\u202e'
  const added = await lab.admin.post('/api/v1/node/users/10002/ssh-keys?action=add_ssh_key', {
    label,
    type: key.type,
    value: key.value,
  })
  assert.equal(added.status, 200)
  await using terminal = await open()
  terminal.type('get user audit ssh-keys\r')
  await terminal.until('Label: \\u001b]0;owned\\u0007\\u202e\r\n')
})

test('one command may have a terminal, and the window its size', options, async () => {
  const terminal = ssh.terminal(address, { ...admin, command: 'activate user guestuser2 password' })
  await terminal.until('New password: ')
  terminal.type('one\r')
  await terminal.until('Confirm new password: ')
  terminal.type('two\r')
  await terminal.until('% Passwords do not match')
  assert.equal(await terminal.ended, 1)
})

test(
  '| more shows a page, Enter another line, space another page, and q the prompt; without a terminal it shows all',
  options,
  async () => {
    await using terminal = await open({ columns: 200, rows: 6 })
    terminal.type('list | more\r')
    const first = await terminal.until('--More--')
    assert.equal(first.match(/\r\n/g)?.length, 6, 'the line that was typed, and five of the answer')
    terminal.type('\r')
    assert.equal((await terminal.until('--More--')).match(/\n/g)?.length, 1)
    terminal.type(' ')
    assert.equal((await terminal.until('--More--')).match(/\n/g)?.length, 5)
    terminal.type('q')
    await terminal.until(prompt)
    const { stdout } = await ssh.run(address, { ...admin, command: 'list | more' })
    assert.equal(stdout, (await ssh.run(address, { ...admin, command: 'list' })).stdout)
  },
)

test('a ? behind a pipe shows what there is, and Tab completes it', options, async () => {
  await using terminal = await open()
  terminal.type('list | ?')
  await terminal.until(/ {2}count {2}.*\r\n {2}find {3}.*\r\n {2}more {3}/)
  terminal.type('co\t\r')
  await terminal.until(/Count: \d+ lines\r\n/)
})

test('| find also looks through what goes on, until Ctrl-C', options, async () => {
  await using terminal = await open()
  terminal.type('get log-file nsx-audit.log follow | find sought-for\r')
  assert.equal((await lab.a.as('sought-for', 'x').get('/api/v1/node')).status, 403)
  const seen = await terminal.until(/UserName="sought-for@127\.0\.0\.1"/)
  assert.equal(seen.match(/nsx@6876/g)?.length, 2, 'the refused sign-in, and the command itself')
  terminal.type('\x03')
  await terminal.until(prompt)
})
