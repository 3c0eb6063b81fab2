import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort, installPackage } from './programs.ts'

const program = '/usr/sbin/rsyslogd'
const tlsDrivers = [
  '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so',
  '/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_ossl.so',
]

/** Sees to it that there is an rsyslogd that speaks TLS. @returns why there is none, or undefined. */
export function installRsyslog(): string | undefined {
  for (const [name, there] of [
    ['rsyslog', () => existsSync(program)],
    ['rsyslog-openssl', () => tlsDrivers.some((file) => existsSync(file))],
  ] as const) {
    if (there()) continue
    const missing = installPackage(name)
    if (!there()) return missing ?? `Debian's ${name} has no ${program} with TLS`
  }
  return undefined
}

export interface CollectorSettings {
  protocol: 'UDP' | 'TCP' | 'TLS'
  /** PEM, of TLS: what it shows, and whom its clients must be signed by where they must show something. */
  tls?: { cert: string; key: string; ca?: string }
}

/** A real collector: an rsyslogd with a configuration of its own, on a free port, in a temporary folder. */
export interface Collector extends AsyncDisposable {
  port: number
  /** What it has written, a message a line, as it came. */
  lines(): string[]
  start(): Promise<void>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Lets it hang, and go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

export async function openCollector({ protocol, tls }: CollectorSettings): Promise<Collector> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-rsyslog-'))
  const file = (name: string, text?: string) => {
    const path = join(dir, name)
    if (text !== undefined) writeFileSync(path, text)
    return path
  }
  const port = await freePort()
  const out = file('messages', '')
  const listen = `address="127.0.0.1" port="${port}"`
  const conf = [
    `global(workDirectory="${dir}" net.enableDNS="off"`,
    tls
      ? ` defaultNetstreamDriverCAFile="${file('ca.pem', tls.ca ?? tls.cert)}" defaultNetstreamDriverCertFile="${file('cert.pem', tls.cert)}" defaultNetstreamDriverKeyFile="${file('key.pem', tls.key)}"`
      : '',
    ')',
    'main_queue(queue.type="Direct")',
    'template(name="raw" type="string" string="%rawmsg%\\n")',
    protocol === 'UDP'
      ? 'module(load="imudp")'
      : `module(load="imtcp"${tls ? ` streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="${tls.ca ? 'x509/certvalid' : 'anon'}"` : ''})`,
    `input(type="${protocol === 'UDP' ? 'imudp' : 'imtcp'}" ${listen})`,
    `action(type="omfile" file="${out}" template="raw" asyncWriting="off" flushOnTXEnd="on")`,
    '',
  ].join('\n')
  file('rsyslog.conf', conf)
  let running: { exited: Promise<unknown>; kill: (signal: NodeJS.Signals) => void } | undefined

  async function start(): Promise<void> {
    const child = spawn(program, ['-n', '-f', file('rsyslog.conf'), '-i', file('pid')], { stdio: 'ignore' })
    running = { exited: once(child, 'exit'), kill: (signal) => child.kill(signal) }
    for (let attempt = 0; !(await listens(protocol, port)); attempt++) {
      if (attempt > 400 || child.exitCode !== null) throw new Error(`rsyslogd does not listen:\n${conf}`)
      await setTimeout(25)
    }
  }

  async function kill(): Promise<void> {
    running?.kill('SIGKILL')
    await running?.exited
    running = undefined
    rmSync(file('pid'), { force: true })
  }

  await start()
  return {
    port,
    lines: () => readFileSync(out, 'utf8').split('\n').slice(0, -1),
    start,
    kill,
    signal: (signal) => running?.kill(signal),
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function listens(protocol: string, port: number): Promise<boolean> {
  if (protocol === 'UDP') {
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    return readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${hex} `)
  }
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
