import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh, type SharedConnection } from '../servers/openssh.ts'
import { freePort } from '../servers/programs.ts'

const now = 'Sun Nov 22 2026 UTC 12:00:00.000\n'
const password = 'Zk7!vbQp2$wLm'
const users = '/api/v1/node/users'
const policy = '/api/v1/node/aaa/auth-policy'
const admin = { user: 'admin', password: labPassword }

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

/** A console of the first manager or of the first edge, and what its commands print. */
async function open(lab: Lab, where: 'manager' | 'edge' = 'manager') {
  const { managers, edges } = lab.server.ready
  const shared: SharedConnection = await ssh.connect((where === 'edge' ? edges : managers)[0]?.ssh as string, admin)
  return {
    /** What a command prints that succeeds. */
    async ok(line: string): Promise<string> {
      const { status, stdout } = await shared.run(line)
      assert.equal(status, 0, `${line}: ${stdout}`)
      return stdout
    },
    async refused(line: string): Promise<string> {
      const { status, stdout } = await shared.run(line)
      assert.equal(status, 1, `${line}: ${stdout}`)
      return stdout
    },
    run: shared.run,
    [Symbol.asyncDispose]: () => shared[Symbol.asyncDispose](),
  }
}

async function user(lab: Lab, name: string, prefix = '/api/v1') {
  const { results } = (await lab.admin.get(`${prefix}/node/users`)).json
  return results.find(({ username }: { username: string }) => username === name)
}

for (const { kind, skip } of databases) {
  const options = { skip: skip || noOpenSsh }
  // Most tests share a lab: each leaves the policy as it was, and has users of its own.
  let lab: Lab
  before(async () => {
    if (!options.skip) lab = await openLab({ kind, skip })
  })
  after(() => lab?.[Symbol.asyncDispose]())

  test(`${kind}: behind a | an answer is searched and counted, and what is no filter is refused`, options, async () => {
    await using cli = await open(lab)
    const all = await cli.ok('get service http')
    const rates = all.split('\n').filter((line) => line.includes('limit'))
    assert.equal(await cli.ok('get service http | find limit'), `${rates.join('\n')}\n`)
    assert.equal(await cli.ok('get service http | find limit | count'), `Count: ${rates.length} lines\n`)
    assert.equal(await cli.ok('get service http | find "rate limit" | find global'), '')
    assert.match(await cli.refused('get service http | grep limit'), /^% Command not found/)
    assert.match(await cli.refused('get user nobody-here password-expiration | count'), /^% User nobody-here not found/)
    const log = await cli.ok('get log-file nsx-audit.log | find CMD')
    assert.match(log, /CMD: get service http \| find limit \| count \(/)
    assert.match(log, /CMD: get service http \| find \\"rate limit\\" \| find global \(/)
  })

  test(`${kind}: the authentication policy is shown and changed as the API has it`, options, async () => {
    await using cli = await open(lab)
    for (const [line, answer] of [
      ['get auth-policy api lockout-period', '900 seconds'],
      ['get auth-policy api lockout-reset-period', '900 seconds'],
      ['get auth-policy api max-auth-failures', '5'],
      ['get auth-policy cli lockout-period', '900 seconds'],
      ['get auth-policy cli max-auth-failures', '5'],
      ['get auth-policy minimum-password-length', '12 characters'],
    ] as const) {
      assert.equal(await cli.ok(line), `${now}${answer}\n`)
    }
    for (const [line, field, value] of [
      ['set auth-policy api lockout-period 60', 'api_failed_auth_lockout_period', 60],
      ['set auth-policy api lockout-reset-period 0', 'api_failed_auth_reset_period', 0],
      ['set auth-policy api max-auth-failures 50', 'api_max_auth_failures', 50],
      ['set auth-policy cli lockout-period 604800', 'cli_failed_auth_lockout_period', 604_800],
      ['set auth-policy cli max-auth-failures 10', 'cli_max_auth_failures', 10],
      ['set auth-policy minimum-password-length 15', 'minimum_password_length', 15],
    ] as const) {
      assert.equal(await cli.ok(line), '')
      assert.equal((await lab.admin.get(policy)).json[field], value)
    }
    assert.equal((await lab.admin.post(`${policy}?action=reset-all`)).status, 202)
    for (const [line, wrong] of [
      [
        'set auth-policy api max-auth-failures 51',
        '% Invalid value for argument <failures>: 51 is not a whole number from 0 to 50\n',
      ],
      [
        'set auth-policy cli max-auth-failures 11',
        '% Invalid value for argument <failures>: 11 is not a whole number from 0 to 10\n',
      ],
      [
        'set auth-policy cli lockout-period ever',
        '% Invalid value for argument <seconds>: ever is not a whole number from 0 to 604800\n',
      ],
      [
        'set auth-policy minimum-password-length 7',
        '% Invalid value for argument <length>: 7 is not a whole number from 8 to 128\n',
      ],
    ] as const) {
      assert.equal(await cli.refused(line), wrong)
    }
  })

  test(`${kind}: password complexity is shown, set one by one or all at once, and cleared`, options, async () => {
    await using cli = await open(lab)
    const usual = [
      '- minimum 12 characters in length',
      '- maximum 128 characters in length',
      '- minimum 1 lowercase characters',
      '- minimum 1 uppercase characters',
      '- minimum 1 numeric characters',
      '- minimum 1 special characters',
      '- default password complexity rules as enforced by the Linux PAM module',
    ]
    const printed = (lines: string[]) => `${now}${lines.join('\n')}\n`
    assert.equal(await cli.ok('get password-complexity'), printed(usual))
    for (const line of [
      'minimum-password-length 15',
      'digits -2',
      'special-chars 0',
      'max-repeats 3',
      'hash-algorithm sha256',
    ]) {
      assert.equal(await cli.ok(`set password-complexity ${line}`), '')
    }
    assert.equal(
      await cli.ok('get password-complexity'),
      printed([
        '- minimum 15 characters in length',
        ...usual.slice(1, 4),
        '- minimum 2 numeric characters',
        '- maximum 3 consecutive repeated characters',
        ...usual.slice(-1),
      ]),
    )
    assert.equal((await lab.admin.get(policy)).json.hash_algorithm, 'sha256')
    assert.equal(
      await cli.refused('set password-complexity maximum-password-length 14'),
      '% value 15 of property minimum_password_length is greater than 14 of property maximum_password_length\n',
    )

    const answers = ['', '64', '', '', '-3', '', '', '', '4', 'sha512', '2']
    const asked = await cli.run('set password-complexity', `${answers.join('\n')}\n`)
    assert.equal(asked.status, 0)
    assert.equal((asked.stdout.match(/\(leave empty to not change\): /g) ?? []).length, 11)
    const set = (await lab.admin.get(policy)).json
    assert.deepEqual(
      [
        set.minimum_password_length,
        set.maximum_password_length,
        set.digits,
        set.max_sequence,
        set.hash_algorithm,
        set.password_remembrance,
      ],
      [15, 64, -3, 4, 'sha512', 2],
    )
    const wrong = await cli.run('set password-complexity', '7\n')
    assert.deepEqual(
      [wrong.status, wrong.stdout.split('\n')[1]],
      [1, '% Invalid value for argument <minimum password length>: 7 is not a whole number from 8 to 128'],
    )

    assert.equal(await cli.ok('clear password-complexity'), '')
    assert.equal(await cli.ok('get password-complexity'), printed(usual))
  })

  test(`${kind}: users are added, activated, renamed, deactivated and deleted`, options, async () => {
    await using cli = await open(lab)
    const options = 'password-expiration-frequency 30 password-reset-required password-expiration-warning 5'
    assert.equal(await cli.ok('add user bare'), '')
    assert.equal((await user(lab, 'bare')).status, 'NOT_ACTIVATED')
    assert.equal(await cli.ok(`add user full full-name 'A B' ${options} password ${password}`), '')
    const full = await user(lab, 'full')
    assert.deepEqual(
      [
        full.full_name,
        full.status,
        full.password_change_frequency,
        full.password_change_warning,
        full.password_reset_required,
      ],
      ['A B', 'ACTIVE', 30, 5, true],
    )
    assert.equal(await cli.refused('add user bare'), '% User bare already exists\n')
    assert.equal(await cli.refused('add user admin'), '% User name admin is reserved\n')
    assert.equal(
      await cli.refused('add user x password-reset-required'),
      '% password-reset-required needs a password that can be reset\n',
    )
    assert.match(await cli.refused('add user x password short'), /^% BAD PASSWORD: /)
    assert.match(await cli.refused('add user 1x'), /^% value 1x of property username is not a letter/)
    assert.equal(await cli.refused('add user audit'), '% User audit already exists\n')

    assert.equal(await cli.ok(`activate user bare password ${password}`), '')
    assert.equal((await lab.a.as('bare', password).get(policy)).status, 200)
    assert.equal(await cli.ok('set user bare username renamed'), '')
    assert.equal(await cli.ok('set user renamed full-name "Re Named"'), '')
    assert.equal((await user(lab, 'renamed')).full_name, 'Re Named')
    assert.equal(await cli.refused('deactivate user bare'), '% User bare not found\n')
    assert.equal(await cli.ok('deactivate user renamed'), '')
    assert.equal((await lab.a.as('renamed', password).get(policy)).status, 403)
    assert.equal(await cli.ok('del user renamed'), '')
    assert.equal(await user(lab, 'renamed'), undefined)
    for (const line of ['deactivate user admin', 'del user root', `activate user admin password ${password}`]) {
      assert.match(await cli.refused(line), /^% Operation \w+ is not supported for user (0|10000)\n$/)
    }
    assert.equal(await cli.ok('del user audit'), '')
    assert.equal(await cli.ok('add user audit username auditor1'), '')
    assert.equal((await user(lab, 'auditor1')).userid, 10_002)
  })

  test(`${kind}: passwords are set: one's own with the current one, another's to be changed`, options, async () => {
    await using cli = await open(lab)
    assert.equal(await cli.ok(`add user svc password ${password}`), '')
    assert.equal(await cli.ok('set user svc password Qx9?wTzr4&Lpd'), '')
    assert.equal((await user(lab, 'svc')).password_reset_required, true)
    assert.equal(await cli.ok(`set user svc password ${password} old-password Qx9?wTzr4&Lpd`), '')
    assert.equal((await user(lab, 'svc')).password_reset_required, false)
    assert.equal(
      await cli.refused(`set user svc password Qx9?wTzr4&Lpd old-password Wrong-Lantern-1`),
      '% The old password is incorrect\n',
    )
    // Root's and one's own ask for the current one.
    const root = await cli.run('set user root password Qx9?wTzr4&Lpd', `${labPassword}\n`)
    assert.deepEqual([root.status, root.stdout], [0, 'Current password: \n'])
    const own = await cli.run('set user admin password', 'Wrong-Lantern-1\nQx9?wTzr4&Lpd\nQx9?wTzr4&Lpd\n')
    assert.deepEqual([own.status, own.stdout.split('\n').at(-2)], [1, '% The old password is incorrect'])
    assert.equal((await lab.admin.get(policy)).status, 200)
  })

  test(`${kind}: password expiration is shown, set and cleared`, options, async () => {
    await using lab = await openLab({ kind, skip })
    await using cli = await open(lab)
    assert.equal(
      await cli.ok('get user admin password-expiration'),
      `${now}Password expires 90 days after last change\n Current password will expire in 90 days\nUser will receive warning messages 7 days before password expires.\n`,
    )
    assert.equal(await cli.ok('set user audit password-expiration 120'), '')
    assert.equal(await cli.ok('set user audit password-expiration-warning 14'), '')
    const audit = await user(lab, 'audit')
    assert.deepEqual([audit.password_change_frequency, audit.password_change_warning], [120, 14])
    lab.clock.advance({ days: 20 })
    assert.match(await cli.ok('get user audit password-expiration'), / will expire in 100 days\n.* 14 days before/s)
    assert.match(await cli.refused('set user audit password-expiration 0'), /0 is not a whole number from 1 to 9999/)
    assert.equal(await cli.ok('clear user audit password-expiration-warning'), '')
    assert.match(await cli.ok('get user audit password-expiration'), /no warning messages/)
    assert.equal(await cli.ok('clear user audit password-expiration'), '')
    assert.match(
      await cli.ok('get user audit password-expiration'),
      /\nPassword expiration not configured for this user\n$/,
    )
    assert.equal((await user(lab, 'audit')).password_change_frequency, 0)
    assert.equal(await cli.refused('get user nobody password-expiration'), '% User nobody not found\n')
  })

  test(`${kind}: SSH keys are added, shown and deleted, root's and admin's with a password`, options, async () => {
    await using cli = await open(lab)
    const { file, type, value } = await ssh.makeKey('-t', 'ed25519')
    const key = `label ops@bastion type ${type} value ${value}`
    assert.equal(await cli.ok(`add user keys password ${password}`), '')
    assert.equal(await cli.ok(`set user keys ssh-keys ${key}`), '')
    assert.equal(await cli.ok('get user keys ssh-keys'), `${now}Label: ops@bastion\nType: ${type}\nValue: ${value}\n`)
    const { userid } = await user(lab, 'keys')
    assert.equal((await lab.admin.get(`${users}/${userid}/ssh-keys`)).json.results[0].value, value)
    const address = lab.server.ready.managers[0]?.ssh as string
    const byKey = (name: string) => ssh.run(address, { user: name, key: file, command: 'get cli-timeout' })
    assert.equal((await byKey('keys')).status, 0)
    assert.match(
      await cli.refused(`set user keys ssh-keys ${key}`),
      /^% SSH key ops@bastion of user \d+ already exists\n$/,
    )
    assert.match(
      await cli.refused(`set user keys ssh-keys label b type ssh-rsa value ${value}`),
      /^% value of property value is not a key of type ssh-rsa/,
    )
    assert.match(await cli.refused(`set user keys ssh-keys label b type ssh-foo value ${value}`), /ssh-foo is none of/)
    assert.equal(await cli.ok('del user keys ssh-keys label ops@bastion'), '')
    assert.equal((await byKey('keys')).status, 255)
    assert.equal(await cli.ok('get user keys ssh-keys'), now)

    assert.equal(
      await cli.refused(`set user admin ssh-keys ${key} password Wrong-Lantern-1`),
      '% The old password is incorrect\n',
    )
    const asked = await cli.run(`set user admin ssh-keys ${key}`, `${labPassword}\n`)
    assert.deepEqual([asked.status, asked.stdout], [0, 'Password: \n'])
    assert.equal((await byKey('admin')).status, 0)
    assert.equal(await cli.ok(`del user admin ssh-keys label ops@bastion password ${labPassword}`), '')
  })

  test(`${kind}: the HTTP service is shown and changed as the API has it`, options, async () => {
    await using lab = await openLab({ kind, skip }, {}, {})
    await using cli = await open(lab)
    assert.equal(
      await cli.ok('get service http'),
      `${now}Service name:                     http
Service state:                    running
Logging level:                    info
Session timeout:                  1800
Connection timeout:               30
Client API rate limit:            100 requests/sec
Client API concurrency limit:     40 connections
Global API concurrency limit:     199 connections
Redirect host:                    (not configured)
Basic authentication:             enabled
Cookie-based authentication:      enabled
`,
    )
    for (const [line, field, value] of [
      ['client-api-rate-limit 0', 'client_api_rate_limit', 0],
      ['client-api-concurrency-limit 41', 'client_api_concurrency_limit', 41],
      ['global-api-concurrency-limit 200', 'global_api_concurrency_limit', 200],
      ['session-timeout 600', 'session_timeout', 600],
      ['connection-timeout 31', 'connection_timeout', 31],
      ['redirect-host nsx.example:8443', 'redirect_host', 'nsx.example:8443'],
      ['cookie-based-authentication disabled', 'cookie_based_authentication_enabled', false],
    ] as const) {
      assert.equal(await cli.ok(`set service http ${line}`), '')
      assert.equal((await lab.admin.get('/api/v1/cluster/api-service')).json[field], value)
    }
    assert.equal(await cli.ok('set service http logging-level debug'), '')
    const shown = await cli.ok('get service http')
    for (const line of [
      /^Logging level: {20}debug$/m,
      /^Redirect host: {20}nsx\.example:8443$/m,
      /^Cookie-based authentication: {6}disabled$/m,
    ]) {
      assert.match(shown, line)
    }
    assert.match(await cli.refused('set service http basic-authentication disabled'), /^% .*nobody could sign in\n$/)
    assert.equal(await cli.ok('restart service http'), '')
    assert.equal(await cli.ok('start service http'), '')
    assert.match(await cli.refused('stop service http'), /^% The http service cannot be stopped/)
  })

  test(`${kind}: the vIDM provider is shown and set, its secret never shown`, options, async () => {
    await using cli = await open(lab)
    assert.equal(
      await cli.ok('get auth-policy vidm'),
      `${now}LB Enabled: False\nEnabled: False\nHostname:\nThumbprint:\nClient Id:\nNode Hostname:\n`,
    )
    const thumbprint = 'ab'.repeat(32)
    const line = `set auth-policy vidm hostname vidm.example thumbprint ${thumbprint} client-id nsx client-secret S3cret node-hostname nsx.example`
    assert.equal(await cli.ok(line), '')
    assert.equal(await cli.ok('set auth-policy vidm lb-extern enabled true'), '')
    assert.equal(await cli.ok('set auth-policy vidm enabled true'), '')
    assert.equal(
      await cli.ok('get auth-policy vidm'),
      `${now}LB Enabled: True\nEnabled: True\nHostname: vidm.example\nThumbprint: ${thumbprint}\nClient Id: nsx\nNode Hostname: nsx.example\n`,
    )
    assert.equal((await lab.admin.get('/api/v1/node/aaa/providers/vidm')).json.vidm_enable, true)
    assert.doesNotMatch(await cli.ok('get log-file syslog'), /S3cret/)
  })

  test(`${kind}: log files show what belongs into them, of this appliance`, options, async () => {
    await using cli = await open(lab)
    await lab.admin.get(users)
    await lab.admin.put(policy, { digits: -2 })
    await lab.b.as('admin', labPassword).get('/api/v1/node/users/10002')
    await lab.a.signIn('admin', labPassword)
    await lab.a.get('/policy/api/v1/infra/segments')
    const nodeMgmt = await cli.ok('get log-file node-mgmt.log')
    assert.match(
      nodeMgmt,
      new RegExp(`^${now}<182>1 2026-11-22T12:00:00\\.000Z nsxmgr-a NSX \\d+ - .*'GET /api/v1/node/users' 200`, 's'),
    )
    assert.doesNotMatch(nodeMgmt, /LOGIN|CMD:|10002/)
    assert.match(await cli.ok('get log-file http.log'), /subcomp="http"\] UserName="admin@127\.0\.0\.1".*LOGIN/)
    const auth = await cli.ok('get log-file auth.log')
    assert.match(auth, /subcomp="cli"\] UserName="admin@127\.0\.0\.1".*LOGIN/)
    assert.match(auth, /Not authenticated Full authentication is required/)
    assert.match(await cli.ok('get log-file syslog'), /CMD: get log-file auth\.log \(duration/)
    const writes = await cli.ok('get log-file nsx-audit-write.log')
    assert.match(writes, /'PUT \/api\/v1\/node\/aaa\/auth-policy' 202/)
    assert.doesNotMatch(writes, /'GET /)
    assert.match(await cli.refused('get log-file ../../etc/passwd'), /is none of auth\.log, http\.log/)
  })

  test(`${kind}: the log goes to syslog servers as the API's exporters do`, options, async () => {
    await using cli = await open(lab)
    const port = await freePort()
    assert.equal(await cli.ok(`set logging-server 127.0.0.1:${port} proto udp level info messageid SYSTEM,FABRIC`), '')
    const [exporter] = (await lab.admin.get('/api/v1/node/services/syslog/exporters')).json.results
    assert.deepEqual(
      [exporter.server, exporter.port, exporter.protocol, exporter.level, exporter.msgids],
      ['127.0.0.1', port, 'UDP', 'INFO', ['SYSTEM', 'FABRIC']],
    )
    const line = `127.0.0.1:${port} proto udp level info messageid SYSTEM,FABRIC exporter_name 127.0.0.1:${port}\n`
    assert.equal(await cli.ok('get logging-servers'), now + line)
    assert.match(await cli.refused(`set logging-server 127.0.0.1:${port} proto tcp level info`), /already exists/)
    assert.match(await cli.refused('set logging-server 127.0.0.1:99999 proto tcp level info'), /is not a host and port/)
    assert.equal(await cli.ok(`del logging-server 127.0.0.1:${port}`), '')
    assert.equal(await cli.ok('get logging-servers'), now)
  })

  test(`${kind}: an edge has users and rules of its own, and no API to set`, options, async () => {
    await using lab = await openLab({ kind, skip })
    await using cli = await open(lab, 'edge')
    const scope = `/api/v1/transport-nodes/${lab.edgeIds[0]}`
    assert.equal(await cli.ok(`activate user audit password ${password}`), '')
    assert.equal((await user(lab, 'audit', scope)).status, 'ACTIVE')
    assert.equal((await user(lab, 'audit')).status, 'NOT_ACTIVATED')
    const address = lab.server.ready.edges[0]?.ssh as string
    assert.equal((await ssh.run(address, { user: 'audit', password, command: 'get cli-timeout' })).status, 0)
    assert.equal(await cli.ok('set auth-policy cli max-auth-failures 3'), '')
    assert.equal((await lab.admin.get(`${scope}/node/aaa/auth-policy`)).json.cli_max_auth_failures, 3)
    assert.equal((await lab.admin.get(policy)).json.cli_max_auth_failures, 5)
    assert.match(await cli.refused('get service http'), /^% Command not found: get service http\n/)
    assert.match(await cli.refused('get auth-policy api lockout-period'), /^% Command not found/)
    assert.equal(await cli.ok('set cli-timeout 300'), '')
    await lab.restart()
    await using again = await open(lab, 'edge')
    assert.equal(await again.ok('get cli-timeout'), `${now}300 seconds\n`)
    await using manager = await open(lab)
    assert.equal(await manager.ok('get cli-timeout'), `${now}600 seconds\n`)
  })
}
