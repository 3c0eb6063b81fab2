import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import type { Answer } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh, type SshOptions } from '../servers/openssh.ts'

const ssh = new OpenSsh()
after(() => ssh[Symbol.asyncDispose]())

const admin: SshOptions = { user: 'admin', password: labPassword }
const url = '/node/services/ssh'
const command = 'get service ssh'
const told = ['-o', 'LogLevel=INFO']

/** What answers at a port: the first bytes, or the code of the error. */
async function knock(address: string): Promise<string> {
  const [host = '', port] = address.split(':')
  const socket = connect(Number(port), host)
  try {
    const [first] = await once(socket, 'data')
    return String(first).slice(0, 7)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? ''
  } finally {
    socket.destroy()
  }
}

/** Each appliance by the prefix of its calls, and its SSH address. */
const nodes = (lab: Lab): [prefix: string, address: string][] => [
  ['/api/v1', lab.server.ready.managers[0]?.ssh as string],
  [`/api/v1/cluster/${lab.managerIds[1]}`, lab.server.ready.managers[1]?.ssh as string],
  [`/api/v1/transport-nodes/${lab.edgeIds[0]}`, lab.server.ready.edges[0]?.ssh as string],
]

const ok = (answer: Answer) => {
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

for (const { kind, skip } of databases) {
  const options = { skip: skip || noOpenSsh }

  test(
    `${kind}: the SSH service of each node stops, starts and restarts, and its status says so`,
    options,
    async () => {
      await using lab = await openLab({ kind, skip })
      for (const [prefix, address] of nodes(lab)) {
        const status = async () => ok(await lab.admin.get(`${prefix}${url}/status`)).runtime_state
        assert.equal(await status(), 'running')
        assert.equal(await knock(address), 'SSH-2.0')

        await using console = await ssh.connect(address, admin)
        const stopped = ok(await lab.admin.post(`${prefix}${url}?action=stop`))
        assert.deepEqual([stopped.runtime_state, stopped.pids], ['stopped', []])
        assert.equal(await status(), 'stopped')
        assert.equal(await knock(address), 'ECONNREFUSED')
        assert.match((await console.run(command)).stdout, /^Service state: +stopped$/m, 'an open connection goes on')

        assert.equal(ok(await lab.admin.post(`${prefix}${url}?action=start`)).runtime_state, 'running')
        assert.equal(await knock(address), 'SSH-2.0')
        assert.equal(ok(await lab.admin.post(`${prefix}${url}?action=restart`)).runtime_state, 'running')
        assert.equal(await knock(address), 'SSH-2.0')
        assert.equal((await console.run('stop service ssh')).status, 0)
        assert.equal(await knock(address), 'ECONNREFUSED')
        assert.equal(ok(await lab.admin.post(`${prefix}${url}/notify_mpa?action=start`)).runtime_state, 'running')
        assert.equal(await knock(address), 'SSH-2.0')
      }
    },
  )

  test(`${kind}: start_on_boot decides whether SSH runs when the server has started`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const put = (service_properties: object) =>
      lab.admin.put(`/api/v1${url}`, { service_name: 'ssh', service_properties })
    assert.equal(ok(await put({ start_on_boot: false })).service_properties.start_on_boot, false)
    assert.equal(await knock(lab.server.ready.managers[0]?.ssh as string), 'SSH-2.0', 'it runs until the next start')
    await lab.restart()
    assert.equal(await knock(lab.server.ready.managers[0]?.ssh as string), 'ECONNREFUSED')
    assert.equal(await knock(lab.server.ready.managers[1]?.ssh as string), 'SSH-2.0')
    assert.equal(ok(await lab.admin.get(`/api/v1${url}/status`)).runtime_state, 'stopped')
    ok(await lab.admin.post(`/api/v1${url}?action=start`))
    const { stdout } = await ssh.run(lab.server.ready.managers[0]?.ssh as string, { ...admin, command })
    assert.match(stdout, /^Service state: +running\nStart on boot: +False$/m)
  })

  test(`${kind}: the banner is shown before anybody signs in, until it is cleared`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const banner = 'You are accessing a U.S. Government (USG) Information System.\nBy using it you consent.\n'
    for (const [prefix, address] of nodes(lab)) {
      const stranger = async () => (await ssh.run(address, { user: 'nobody', password: 'x', args: told })).stderr
      assert.doesNotMatch(await stranger(), /Government/)
      const stored = ok(
        await lab.admin.put(prefix + url, { service_name: 'ssh', service_properties: { banner } }),
      ).service_properties
      assert.equal(stored.banner, banner)
      assert.match(await stranger(), /USG\) Information System\.\r?\nBy using it you consent\.\r?\n/)
      assert.equal((await lab.admin.delete(`${prefix}${url}?action=clear_banner`)).status, 200)
      assert.doesNotMatch(await stranger(), /Government/)
    }
  })

  test(`${kind}: root does not sign in where root_login is false, and nobody sees why`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const [, address] = nodes(lab)[0] as [string, string]
    const root = () => ssh.run(address, { user: 'root', password: labPassword, command })
    assert.equal((await root()).status, 1, 'root signs in, and is told that there is no shell')
    assert.equal((await ssh.run(address, { ...admin, command: 'clear service ssh root-login' })).status, 0)
    assert.equal(ok(await lab.admin.get(`/api/v1${url}`)).service_properties.root_login, false)
    const refused = await root()
    assert.deepEqual([refused.status, refused.stdout], [255, ''])
    assert.match(refused.stderr, /^root@127\.0\.0\.1: Permission denied/)
    assert.equal((await ssh.run(address, { ...admin, command: 'set service ssh root-login' })).status, 0)
    assert.equal((await root()).status, 1)
  })

  test(`${kind}: the NSX Manager for vSphere stops and starts its SSH alike`, options, async () => {
    await using lab = await openLab({ kind, skip })
    const address = lab.server.ready.nsxv?.ssh as string
    const privileged = /\w+# /
    await using terminal = ssh.terminal(address, admin)
    await terminal.until(/\w+> /)
    terminal.type('enable\r')
    await terminal.until('assword:')
    terminal.type(`${labPassword}\r`)
    await terminal.until(privileged)
    for (const [line, found] of [
      ['ssh stop', 'ECONNREFUSED'],
      ['ssh start', 'SSH-2.0'],
      ['ssh stop', 'ECONNREFUSED'],
    ]) {
      terminal.type(`${line}\r`)
      await terminal.until(/\n\w+# /)
      assert.equal(await knock(address), found)
    }
    await lab.restart()
    assert.equal(await knock(lab.server.ready.nsxv?.ssh as string), 'ECONNREFUSED', 'what is in force stays')
  })

  test(
    `${kind}: PUT /node sets the timeout, the message of the day and the times of a node's consoles`,
    options,
    async () => {
      await using lab = await openLab({ kind, skip })
      for (const [prefix, address] of nodes(lab)) {
        const node = ok(await lab.admin.get(`${prefix}/node`))
        assert.equal(node.cli_timeout, 600)
        const changed = { ...node, cli_timeout: 1, motd: 'Authorized users only.\nGo away.', timezone: 'Asia/Tokyo' }
        assert.deepEqual(ok(await lab.admin.put(`${prefix}/node`, changed)), changed)
        await using terminal = ssh.terminal(address, admin)
        await terminal.until(/Authorized users only\.\r\nGo away\.\r\nNSX CLI/)
        assert.equal(await terminal.ended, 0, 'one second of silence has ended it')
        const { stdout } = await ssh.run(address, { ...admin, command: 'get cli-timeout' })
        assert.equal(stdout, 'Sun Nov 22 2026 GMT+9 21:00:00.000\n1 seconds\n')
        ok(await lab.admin.put(`${prefix}/node`, { cli_output_datetime: false, cli_timeout: 900 }))
        assert.equal((await ssh.run(address, { ...admin, command: 'get cli-timeout' })).stdout, '900 seconds\n')
      }
    },
  )

  test(`${kind}: PUT /node and PUT /node/services/ssh name the field that is wrong`, { skip }, async () => {
    await using lab = await openLab({ kind, skip })
    const bad = async (answer: Promise<Answer>, status: number, message: RegExp) => {
      const { status: found, json } = await answer
      assert.equal(found, status, json.error_message)
      assert.match(json.error_message, message)
    }
    const node = (body: object) => lab.admin.put('/api/v1/node', body)
    await bad(node({ cli_timeout: -1 }), 400, /cli_timeout/)
    await bad(node({ cli_timeout: 'soon' }), 400, /cli_timeout/)
    await bad(node({ motd: '\x1b[2J' }), 400, /motd/)
    await bad(node({ timezone: 'Mars/Base' }), 400, /Mars\/Base of property timezone/)
    await bad(node({ hostname: 'elsewhere' }), 501, /hostname/)
    await bad(node({ cli_coredump_config: {} }), 501, /cli_coredump_config/)
    await bad(node({ banner: 'x' }), 400, /banner/)
    const service = (service_properties: object) =>
      lab.admin.put(`/api/v1${url}`, { service_name: 'ssh', service_properties })
    await bad(service({ banner: 'x'.repeat(4097) }), 400, /banner/)
    await bad(service({ root_login: 'no' }), 400, /root_login/)
    await bad(lab.admin.post(`/api/v1${url}?action=remove_host_fingerprint`, { host: 'x' }), 501, /not built/)
  })
}
