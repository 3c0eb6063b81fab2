import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { flagOf, readConfig, settings, variableOf } from '../src/config.ts'
import { labSsoPassword } from '../src/lab.ts'
import { makeCertificate } from './certificates.ts'
import { Client } from './client.ts'
import { databases, emptyPostgres, type TestDatabase } from './database.ts'
import { labPassword } from './lab.ts'
import { freePort } from './servers/programs.ts'

const command = fileURLToPath(new URL('../bin/sallyport.js', import.meta.url))
const ownPassword = 'Chosen!By-Admin-1'
const version = '/api/v1/node/version'
const users = '/api/v1/node/users'

function launch(args: string[], variables: Record<string, string>): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_'))
  const env = { ...Object.fromEntries(inherited), SALLYPORT_SSH_PORT: '0', ...variables }
  return spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a command to its end. */
async function run(args: string[], variables: Record<string, string> = {}) {
  const child = launch(args, variables)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')])
  return { code, stdout, stderr }
}

/** Starts a server on free ports, or on those that the arguments name, and waits for its ready line. */
async function serve(args: string[], variables: Record<string, string> = {}) {
  const child = launch(['serve', '--https-port', '0', ...args], variables)
  const stdout = text(child.stdout!)
  const stderr = text(child.stderr!)
  const exited = once(child, 'exit')
  const [line] = await Promise.race([
    once(createInterface(child.stdout!), 'line'),
    exited.then(async () => assert.fail(await stderr)),
  ])
  const ready = JSON.parse(line)
  const client = new Client(ready.managers[0].https, readFileSync(ready.ca, 'utf8'))
  return {
    ready,
    client,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Tells the process to stop. @returns how it ended and all it said. */
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal)
      const [code] = await exited
      return { code, stdout: await stdout, stderr: await stderr }
    },
    async [Symbol.asyncDispose]() {
      client.close()
      if (child.kill('SIGKILL')) await exited
    },
  }
}

function temporaryDir() {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-process-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A data directory and the database to go with it, as the variables that name them. */
async function emptyStore(database: TestDatabase) {
  const dir = temporaryDir()
  const postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
  const variables: Record<string, string> = { SALLYPORT_DATA_DIR: dir.path }
  if (postgres) variables.SALLYPORT_DATABASE_URL = postgres.url
  return {
    dir: dir.path,
    url: postgres?.url,
    variables,
    async [Symbol.asyncDispose]() {
      await postgres?.[Symbol.asyncDispose]()
      dir[Symbol.dispose]()
    },
  }
}

test('--help names the commands, and serve --help every setting as a flag and as a variable', async () => {
  const main = await run(['--help'])
  assert.equal(main.code, 0)
  assert.match(main.stdout, /serve .*audit /s)
  const { code, stdout } = await run(['serve', '--help'])
  assert.equal(code, 0)
  for (const { key } of settings) {
    assert(stdout.includes(`--${flagOf(key)} <`), key)
    assert(stdout.includes(variableOf(key)), key)
  }
  for (const flag of [
    'lab',
    'config',
    'data-dir',
    'host',
    'https-port',
    'ssh-port',
    'database-url',
    'admin-password',
  ]) {
    assert(stdout.includes(`--${flag} `), flag)
  }
})

test('a setting that is wrong is named, and the command ends with exit code 2', async () => {
  using dir = temporaryDir()
  const file = (name: string, content: string) => {
    writeFileSync(join(dir.path, name), content)
    return join(dir.path, name)
  }
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const nonsense = file('nonsense.pem', 'no certificate')
  const nowhere = join(dir.path, 'nowhere')
  const store = (name: string) => ['--https-port', '0', '--data-dir', join(dir.path, name)]
  const wrong: [named: RegExp, args: string[], variables?: Record<string, string>][] = [
    [/httpsPort.*abc/, ['--https-port', 'abc']],
    [/httpsPort.*70000/, [], { SALLYPORT_HTTPS_PORT: '70000' }],
    [/httpsPort.*65536/, ['--lab', '--https-port', '65535']],
    [new RegExp(`httpsPort.*${port}`), ['--lab', '--https-port', String(port)]],
    [/host.*192\.0\.2\.7/, ['--host', '192.0.2.7', ...store('host')]],
    [/PostgreSQL/, ['--database-url', 'postgres://127.0.0.1:1/x', ...store('database')]],
    [/tlsCert/, ['--tls-cert', nonsense, '--tls-key', nonsense, ...store('tls')]],
    [new RegExp(`sshPort.*${port}`), ['--lab', '--ssh-port', String(port), ...store('ssh')]],
    [/sshPort.*65536/, ['--lab', '--ssh-port', '65533', ...store('ssh-ports')]],
    [/dataDir: .*inside cannot be made \(ENOTDIR\)/, ['--data-dir', join(nonsense, 'inside')]],
    [/dataDir: .*cannot be made.*another directory/, ['--data-dir', '/proc/nope']],
    [/adminPassword: the password contains less than/, ['--admin-password', 'a', ...store('weak')]],
    [/adminPassword: the password /, ['--host', '0.0.0.0', '--admin-password', 'Passw0rd!2026', ...store('word')]],
    [/adminPassword: the password /, ['--admin-password', 'Long!Enough-For-NSX-1', ...store('long')]],
    [/config.*nowhere/, ['--config', nowhere]],
    [/config.*https_port/, ['--config', file('unknown.yaml', 'https_port: 1')]],
  ]
  const ends = wrong.map(async ([named, args, variables]) => {
    const { code, stdout, stderr } = await run(['serve', ...args], variables)
    assert.match(stderr, named, args.join(' '))
    assert.deepEqual([code, stdout], [2, ''], `${args.join(' ')}\n${stderr}`)
    // Before it the log may say which certificates were made.
    const logged = /^(?:\{"level":30,[^\n]*\n)*/
    assert.match(stderr.replace(logged, ''), /^sallyport: [^\n]+\n$/, args.join(' '))
  })
  try {
    for (const end of await Promise.allSettled(ends)) if (end.status === 'rejected') throw end.reason
  } finally {
    taken.close()
  }
  const several = file('several.yaml', 'htpsPort: 1\nhosst: x\nrelais: {}')
  assert.throws(() => readConfig({ config: several }, {}), {
    message: /htpsPort \(did you mean httpsPort\?\), hosst \(did you mean host\?\), relais \(did you mean relay\?\)$/,
  })
  assert.throws(() => readConfig({ httpsPort: 'x', logLevel: 'loud', ldapTimeout: '0' }, {}), {
    message: /^httpsPort: x .*; ldapTimeout: it must be at least 1; logLevel: loud /,
  })
  assert.throws(() => readConfig({}, { SALLYPORT_HTTP_PORT: '1' }), {
    message: /^SALLYPORT_HTTP_PORT: .*did you mean SALLYPORT_HTTPS_PORT\?/,
  })
  const passwordFile = file('password.txt', `${ownPassword}\n`)
  assert.equal(readConfig({ adminPasswordFile: passwordFile }, {}).adminPassword, ownPassword)
  for (const [message, flags] of [
    [/^adminPasswordFile: cannot read /, { adminPasswordFile: nowhere }],
    [/^adminPasswordFile: .* holds no password/, { adminPasswordFile: file('empty.txt', '\n') }],
    [/^adminPasswordFile: adminPassword is given too/, { adminPasswordFile: passwordFile, adminPassword: 'x' }],
  ] as const) {
    assert.throws(() => readConfig(flags, {}), { message })
  }
  const unknown = await run(['serve', '--nonsense'])
  assert.notEqual(unknown.code, 0)
  assert.match(unknown.stderr, /--nonsense/)

  const unreadable: [named: RegExp, flags: Record<string, string>, variables?: Record<string, string>][] = [
    [/^httpsPort: -1/, { httpsPort: '-1' }],
    [/^httpsPort: 1\.5/, { config: file('port.yaml', 'httpsPort: 1.5') }],
    [/^sshPort: abc/, { sshPort: 'abc' }],
    [/^databaseUrl: /, { databaseUrl: 'mysql://localhost/x' }],
    [/^tlsCert, tlsKey: /, { tlsCert: nonsense }],
    [/^tlsKey: .*nowhere/, { tlsCert: nonsense, tlsKey: nowhere }],
    [/^nodeName: not a name/, { nodeName: 'not a name' }],
    [/^apiServiceRevision: maybe/, { apiServiceRevision: 'maybe' }],
    [/^auditLogMaxBytes: 1k/, { auditLogMaxBytes: '1k' }],
    [/^auditLogKeep: many/, {}, { SALLYPORT_AUDIT_LOG_KEEP: 'many' }],
    [/^logLevel: loud/, { logLevel: 'loud' }],
    [/^vsphereVms: 1000001 is not/, { vsphereVms: '1000001' }],
    [/^vsphereHosts: 0 would/, {}, { SALLYPORT_VSPHERE_HOSTS: '0' }],
    [/^vsphereDatacenters: 0 would/, { vsphereDatacenters: '00' }],
    [/^vsphereHosts: there would be/, { vsphereDatacenters: '1000', vsphereHosts: '100' }],
    [/^vsphereInventory: .*nowhere/, { vsphereInventory: nowhere }],
    [/^vsphereVms: vsphereInventory says/, { vsphereInventory: nonsense, vsphereVms: '1' }],
    [/^config: .*nowhere/, {}, { SALLYPORT_CONFIG: nowhere }],
    [/^config: .*broken/, { config: file('broken.json', '{"httpsPort": ') }],
    [/^config: .*list/, { config: file('list.yaml', '- httpsPort') }],
    [/^config: .*text/, { config: file('text.yaml', 'httpsPort') }],
  ]
  for (const [message, flags, variables = {}] of unreadable) {
    assert.throws(() => readConfig(flags, variables), { name: 'ConfigError', message }, JSON.stringify(flags))
  }
})

test('a flag wins over a variable, and a variable over the config file', async () => {
  using dir = temporaryDir()
  const yaml = join(dir.path, 'sallyport.yaml')
  writeFileSync(yaml, 'logLevel: of-the-file\n')
  const json = join(dir.path, 'sallyport.json')
  writeFileSync(json, '{"logLevel": "of-the-json-file"}')
  const flag = ['--log-level', 'of-the-flag']
  const variable = { SALLYPORT_LOG_LEVEL: 'of-the-variable' }
  const heard = await Promise.all([
    run(['serve', '--config', yaml, ...flag], variable),
    run(['serve', '--config', yaml], variable),
    run(['serve', '--config', yaml]),
    run(['serve', '--config', json]),
    run(['serve'], { SALLYPORT_CONFIG: yaml }),
    run(['serve', '--config', json], { SALLYPORT_CONFIG: yaml }),
  ])
  assert.deepEqual(
    heard.map(({ stderr }) => /logLevel: (\S+)/.exec(stderr)?.[1]),
    ['of-the-flag', 'of-the-variable', 'of-the-file', 'of-the-json-file', 'of-the-file', 'of-the-json-file'],
  )
})

test('the ready line is all there is on stdout, and the second manager takes the next port', async () => {
  let port = await freePort()
  while (!(await isFree(port + 1))) port = await freePort()
  await using lab = await serve(['--lab', '--https-port', String(port)])
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
  const { ready, managers, edges, nsxv, ca, ...others } = lab.ready
  assert.deepEqual([ready, others], [true, {}])
  assert.deepEqual(
    managers.map(({ https }: { https: string }) => https),
    [`https://127.0.0.1:${port}`, `https://127.0.0.1:${port + 1}`],
  )
  assert.equal(edges.length, 2)
  assert.equal(nsxv.https, managers[0].https)
  for (const appliance of [...managers, ...edges, nsxv]) {
    assert.match(appliance.id, id)
    assert.match(appliance.ssh, /^127\.0\.0\.1:\d+$/)
  }
  const second = new Client(managers[1].https, readFileSync(ca, 'utf8')).as('admin', labPassword)
  assert.equal((await lab.client.as('admin', labPassword).get(version)).status, 200)
  assert.equal((await second.get(version)).status, 200)
  assert.equal((await lab.client.get('/api//v1')).status, 400)
  second.close()

  const { code, stdout, stderr } = await lab.stop()
  assert.equal(code, 0)
  assert.equal(stdout, `${JSON.stringify(lab.ready)}\n`)
  for (const said of [...managers.map(({ https }: { https: string }) => https), ca, 'admin', labPassword]) {
    assert(stderr.includes(said), said)
  }
})

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.close()
  return free
}

test('no signal but those that end it does anything to a server: not the inspector’s, not that of a closed terminal', async () => {
  await using server = await serve(['--lab'])
  for (const signal of ['SIGUSR1', 'SIGHUP'] as const) server.kill(signal)
  assert.equal((await server.client.get('/health/live')).status, 200)
  assert.equal((await server.client.get('/health')).text, '{"status":"ok"}')
  const { code, stderr } = await server.stop()
  assert.equal(code, 0)
  assert.doesNotMatch(stderr, /Debugger|inspector/i)
})

test('SIGHUP has one’s own certificate read again', async () => {
  using dir = temporaryDir()
  const [cert, key] = [join(dir.path, 'server.pem'), join(dir.path, 'server.key')]
  const write = async () => {
    const made = await makeCertificate('localhost', { names: ['localhost', '127.0.0.1'] })
    writeFileSync(cert, made.cert)
    writeFileSync(key, made.key, { mode: 0o600 })
    return made.fingerprint
  }
  const first = await write()
  await using server = await serve(['--lab', '--tls-cert', cert, '--tls-key', key])
  const port = Number(new URL(server.ready.managers[0].https).port)
  const served = async () => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()
    socket.destroy()
    return fingerprint
  }
  assert.equal(await served(), first)
  const second = await write()
  assert.equal(await served(), first)
  server.kill('SIGHUP')
  for (let tries = 0; (await served()) === first && tries < 1000; tries++);
  assert.equal(await served(), second)
})

test('a server is ready while its database can be written, and says what is in the way', databases[1]!, async () => {
  await using store = await emptyStore(databases[1]!)
  await using server = await serve(['--lab'], store.variables)
  const ready = () => server.client.get('/health/ready')
  assert.deepEqual([(await ready()).status, (await ready()).json], [200, { status: 'ready' }])
  const other = new pg.Client({ connectionString: store.url })
  await other.connect()
  await other.query('alter table property rename to elsewhere')
  await setTimeout(1100)
  const away = await ready()
  assert.deepEqual([away.status, away.json], [503, { status: 'not ready', reason: 'the database cannot be written' }])
  assert.equal((await server.client.get('/health/live')).status, 200)
  await other.query('alter table elsewhere rename to property')
  await other.end()
})

test('a full disk and a data directory that is gone are told by name', async () => {
  using dir = temporaryDir()
  await using server = await serve(['--admin-password', ownPassword, '--data-dir', join(dir.path, 'data')])
  assert.equal((await server.client.get('/health/ready')).status, 200)
  renameSync(join(dir.path, 'data'), join(dir.path, 'away'))
  await setTimeout(1100)
  const { status, json } = await server.client.get('/health/ready')
  assert.deepEqual([status, json.reason], [503, 'the data directory cannot be written (ENOENT)'])
})

test('npm start in the background, asked until it is ready, and ended by the id that the shell has: nothing is left', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const script =
    /```sh\n(npm start [^`]*?kill \$![^`]*?)```/.exec(readme)?.[1] ?? assert.fail('the README has no script')
  const httpsPort = await freePort()
  const env = { ...process.env, SALLYPORT_HTTPS_PORT: String(httpsPort), SALLYPORT_SSH_PORT: '0' }
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  for (let turn = 0; turn < 10; turn++) {
    const shell = spawn('sh', ['-ec', script.replaceAll('8443', String(httpsPort))], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, [code]] = await Promise.all([text(shell.stdout), once(shell, 'exit')])
    assert.equal(code, 0, out)
    const socket = connect(httpsPort, '127.0.0.1')
    const [error] = await once(socket, 'error')
    assert.equal(error.code, 'ECONNREFUSED')
  }
})

test("the lab's data are gone when it has stopped, however it was asked to", async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    await using lab = await serve(['--lab'])
    const dataDir = dirname(dirname(lab.ready.ca))
    assert(existsSync(dataDir))
    const ports = lab.ready.managers.map(({ https }: { https: string }) => new URL(https).port)
    assert(ports[0] !== '0' && ports[0] !== ports[1])
    assert.equal((await lab.stop(signal)).code, 0)
    assert(!existsSync(dataDir), dataDir)
  }
})

for (const database of databases) {
  test(`${database.kind}: the lab's password is served on loopback only`, database, async () => {
    await using store = await emptyStore(database)
    const exposed = ['--host', '0.0.0.0']
    const refuse = async (...args: string[]) => {
      const { code, stdout, stderr } = await run(['serve', '--https-port', '0', ...exposed, ...args], store.variables)
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, /^sallyport: host: 0\.0\.0\.0 .*adminPassword/m, args.join(' '))
      return stderr
    }
    await refuse('--lab')
    await refuse('--admin-password', labPassword)
    await refuse('--admin-password', labSsoPassword)

    {
      await using lab = await serve(['--lab'], store.variables)
      const change = { old_password: labPassword, password: ownPassword }
      await refuseInUse(store.variables)
      const admin = lab.client.as('admin', labPassword)
      assert.equal((await admin.put(`${users}/10000`, change)).status, 200)
      await lab.stop()
    }
    // Root still has it, and so have the edges' accounts.
    assert.match(await refuse('--admin-password', ownPassword), /adminPassword: .* it changes nothing/)
  })

  test(`${database.kind}: nor is the password of the lab's vCenter users, whoever has it`, database, async () => {
    await using store = await emptyStore(database)
    {
      await using server = await serve(['--admin-password', ownPassword], store.variables)
      const admin = server.client.as('administrator@vsphere.local', ownPassword)
      const holouser = { name: 'holouser', password: labSsoPassword }
      assert.equal((await admin.post('/sallyport/v1/sso/users', holouser)).status, 201)
      await server.stop()
    }
    const { code, stderr } = await run(['serve', '--https-port', '0', '--host', '0.0.0.0'], store.variables)
    assert.equal(code, 2)
    assert.match(stderr, /^sallyport: host: 0\.0\.0\.0 .*adminPassword/)
  })

  test(
    `${database.kind}: outside the lab the first start prints a password once, which is good for changing it`,
    database,
    async () => {
      await using store = await emptyStore(database)
      await using first = await serve(['--node-name', 'nsx.example'], store.variables)
      assert.deepEqual([first.ready.managers.length, first.ready.edges], [1, []])
      const { client } = first
      assert.equal((await client.as('admin', labPassword).get(version)).status, 403)
      const stopped = await first.stop()
      assert.equal(stopped.code, 0)
      const [, password = ''] = /admin \/ (\S+)/.exec(stopped.stderr) ?? []
      const [, ssoPassword = ''] = /administrator@vsphere\.local \/ (\S+)/.exec(stopped.stderr) ?? []
      assert.notEqual(ssoPassword, password)
      for (const one of [password, ssoPassword]) {
        assert.equal(stopped.stderr.split(one).length, 2)
        assert(!stopped.stdout.includes(one))
        for (const file of ['nsx-audit.log', 'nsx-audit-write.log', 'vcenter-audit.log']) {
          assert(!readFileSync(join(store.dir, file), 'utf8').includes(one))
        }
      }

      await using second = await serve([], store.variables)
      const admin = second.client.as('admin', password)
      assert.equal((await admin.get(version)).json.error_code, 10006)
      assert.equal((await second.client.signIn('admin', password)).answer.status, 403)
      const change = (given: string) =>
        admin.post(`${users}?action=reset_own_password`, { old_password: given, password: ownPassword })
      assert.equal((await change(`${password}x`)).status, 400)
      assert.equal((await change(password)).status, 200)
      assert.equal((await admin.get(version)).status, 403)
      const changed = second.client.as('admin', ownPassword)
      assert.equal((await changed.get('/api/v1/node')).json.hostname, 'nsx.example')

      const administrator = second.client.as('administrator@vsphere.local', ssoPassword)
      assert.equal((await administrator.post('/api/session')).status, 401)
      const next = { old_password: ssoPassword, password: ownPassword }
      assert.equal((await administrator.post('/sallyport/v1/sso/change-password', next)).status, 204)
      assert.equal((await second.client.as('administrator', ownPassword).post('/api/session')).status, 201)
      const { stderr } = await second.stop()
      assert(!stderr.includes(password) && !stderr.includes('shown once'))
    },
  )

  test(
    `${database.kind}: SALLYPORT_ADMIN_PASSWORD is admin's at the first start, and told to nobody`,
    database,
    async () => {
      await using store = await emptyStore(database)
      {
        await using first = await serve([], { ...store.variables, SALLYPORT_ADMIN_PASSWORD: ownPassword })
        assert.equal((await first.client.as('admin', ownPassword).get(version)).status, 200)
        const { code, stdout, stderr } = await first.stop()
        assert.equal(code, 0)
        assert(!`${stdout}${stderr}`.includes(ownPassword))
      }
      await using later = await serve([], { ...store.variables, SALLYPORT_ADMIN_PASSWORD: 'Another!Password-1' })
      assert.equal((await later.client.as('admin', 'Another!Password-1').get(version)).status, 403)
      assert.equal((await later.client.as('admin', ownPassword).get(version)).status, 200)
    },
  )

  test(
    `${database.kind}: a server that is told to stop takes no more, finishes what is in flight, and then each connection`,
    database,
    async () => {
      await using store = await emptyStore(database)
      await using lab = await serve(['--lab'], store.variables)
      const { port, hostname: host } = new URL(lab.ready.managers[0].https)
      const credentials = Buffer.from(`admin:${labPassword}`).toString('base64')
      const password = 'Made!While-Stopping-1'
      const [first, last] = await Promise.all(
        ['first', 'last'].map(async (username) => {
          const socket = connectTls({ port: Number(port), host, ca: lab.client.ca, servername: 'localhost' })
          const body = JSON.stringify({ username, password })
          socket.write(
            `POST ${users}?action=create_user HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic ${credentials}\r\n` +
              `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
          )
          await once(socket, 'secureConnect')
          return { finish: () => socket.write(body.slice(10)), answer: text(socket) }
        }),
      )
      assert.equal((await lab.client.as('admin', labPassword).get(version)).status, 200)
      const stopped = lab.stop()
      while (await accepts(Number(port), host)) await setTimeout(10)
      for (const call of [first!, last!]) {
        call.finish()
        assert.match(await call.answer, /^HTTP\/1\.1 201 /)
      }
      assert.equal((await stopped).code, 0)
      const log = readFileSync(join(store.dir, 'nsx-audit-write.log'), 'utf8')
      assert.equal(log.match(/create_user' 201 /g)?.length, 2)

      await using again = await serve(['--lab'], store.variables)
      const made = again.client.as('last', password)
      assert.equal((await made.get('/api/v1/aaa/user-info')).json.user_name, 'last')
    },
  )

  test(`${database.kind}: audit verify tells by its exit code whether the chain is intact`, database, async () => {
    await using store = await emptyStore(database)
    const verify = () => run(['audit', 'verify'], store.variables)
    const nothing = await verify()
    assert.equal(nothing.code, 2)
    assert.match(nothing.stderr, /^sallyport: [^\n]+\n$/)
    {
      await using lab = await serve(['--lab'], store.variables)
      for (let calls = 0; calls < 5; calls++) await lab.client.as('admin', labPassword).get(version)
      const { code, stdout } = await verify()
      assert.deepEqual([code, stdout], [0, 'The audit chain is intact: 5 records\n'])
      await lab.stop()
    }
    assert.equal((await verify()).code, 0)
    await tamper(store, "update audit_group set records = replace(records, 'admin', 'nobody') where first_seq = 3")
    const changed = await verify()
    assert.deepEqual([changed.code, changed.stderr], [1, ''])
    assert.match(changed.stdout, /broken: record 3 of journal [0-9a-f-]{36}: .*changed \(2 records/)
    await tamper(store, 'delete from audit_group where first_seq = 2')
    const cut = await verify()
    assert.equal(cut.code, 1)
    assert.match(cut.stdout, /broken: record 2 of journal [0-9a-f-]{36}: it is missing \(1 records/)
  })
}

async function refuseInUse(variables: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await run(['serve', '--lab', '--https-port', '0'], variables)
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /in use by another Sallyport process/)
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

async function tamper({ dir, url }: { dir: string; url: string | undefined }, statement: string): Promise<void> {
  if (url === undefined) {
    const file = new Sqlite(join(dir, 'sallyport.db'))
    file.exec(statement)
    file.close()
    return
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
