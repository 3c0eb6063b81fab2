import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Made } from '../certificates.ts'
import { freePort, installPackage, unprivileged } from './programs.ts'

const slapd = '/usr/sbin/slapd'
const ldapmodify = '/usr/bin/ldapmodify'

/** Why tests that need an OpenLDAP cannot run here. */
export const openLdapSkip: string | false = existsSync(slapd)
  ? false
  : (process.env.SALLYPORT_TEST_OPENLDAP_MISSING ?? 'started without test/run.ts')

/** @returns why there is none. */
export function installOpenLdap(): string | undefined {
  if (existsSync(slapd) && existsSync(ldapmodify)) return undefined
  // Debian would make a directory of its own and serve it.
  const missing = installPackage('slapd', 'slapd slapd/no_configuration boolean true') ?? installPackage('ldap-utils')
  return existsSync(slapd) && existsSync(ldapmodify) ? undefined : (missing ?? 'Debian installed no slapd')
}

export interface Directory {
  suffix: string
  /** What is in it at first. */
  ldif: string
  /** Further schema, as slapd.conf writes it. */
  schema?: string
  tls?: Pick<Made, 'cert' | 'key'>
}

export interface OpenLdap extends AsyncDisposable {
  port: number
  url: string
  /** Where TLS comes first; only with a certificate. */
  ldaps: string
  /** Changes entries as LDIF says. */
  modify(ldif: string): void
  stop(): Promise<void>
  /** On the same ports. */
  start(): Promise<void>
}

const rootPassword = 'root-of-the-test'

/** An OpenLDAP of its own on free ports and in a temporary folder. */
export async function openOpenLdap({ suffix, ldif, schema = '', tls }: Directory): Promise<OpenLdap> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-openldap-'))
  const user = unprivileged('openldap')
  const write = (name: string, text: string) => writeFileSync(join(dir, name), text)
  mkdirSync(join(dir, 'db'))
  const includes = ['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  if (tls) {
    write('cert.pem', tls.cert)
    write('key.pem', tls.key)
  }
  write(
    'slapd.conf',
    `${includes.join('\n')}
${schema}
pidfile ${dir}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
${tls ? `TLSCertificateFile ${dir}/cert.pem\nTLSCertificateKeyFile ${dir}/key.pem\n` : ''}
database mdb
suffix "${suffix}"
rootdn "cn=root,${suffix}"
rootpw ${rootPassword}
directory ${dir}/db
dbnosync
maxsize 16777216
access to attrs=userPassword by anonymous auth by * none
access to * by * read
`,
  )
  write('first.ldif', ldif)
  if (user) for (const name of ['', 'db']) chownSync(join(dir, name), user.uid, user.gid)
  chmodSync(dir, 0o755)
  const options = { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'], ...user }
  execFileSync(slapd, ['-T', 'add', '-f', 'slapd.conf', '-l', 'first.ldif'], { ...options, cwd: dir })

  const port = await freePort()
  const tlsPort = await freePort()
  const url = `ldap://127.0.0.1:${port}`
  const ldaps = `ldaps://localhost:${tlsPort}`
  let server: ReturnType<typeof spawn> | undefined

  const kill = () => void server?.kill('SIGKILL')
  async function start(): Promise<void> {
    const listen = `${url}/${tls ? ` ldaps://127.0.0.1:${tlsPort}/` : ''}`
    server = spawn(slapd, ['-f', 'slapd.conf', '-h', listen, '-d', '0'], { ...options, stdio: 'ignore' })
    // Where a run of chosen tests never comes to its end, the directory goes with the process.
    server.unref()
    process.once('exit', kill)
    await untilReachable(port, server)
  }
  async function stop(): Promise<void> {
    if (!server) return
    const exited = once(server, 'exit')
    server.ref()
    server.kill('SIGTERM')
    await exited
    process.off('exit', kill)
    server = undefined
  }

  await start()
  return {
    port,
    url,
    ldaps,
    start,
    stop,
    modify(change) {
      const as = ['-x', '-H', url, '-D', `cn=root,${suffix}`, '-w', rootPassword]
      execFileSync(ldapmodify, as, { input: change, stdio: ['pipe', 'ignore', 'pipe'] })
    },
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function untilReachable(port: number, server: ReturnType<typeof spawn>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const reached = await new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    if (reached) return
    if (attempt > 200 || server.exitCode !== null) throw new Error('slapd does not start')
    await setTimeout(25)
  }
}
