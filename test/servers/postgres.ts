import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { freePort, installPackage, newestWith, unprivileged } from './programs.ts'

const root = '/usr/lib/postgresql'

/** What the databases of a test run take at most, with room to spare. */
const roomNeeded = 2 * 1024 ** 3

/** In memory where there is room: a database is hundreds of files, which are made and removed again for every test. */
function parentFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize >= roomNeeded) return '/dev/shm'
  } catch {
    // There is no such place.
  }
  return tmpdir()
}

/** A PostgreSQL of its own on a free port and in a temporary folder, or why there is none. */
export async function startPostgres(): Promise<AsyncDisposable & ({ url: string } | { missing: string })> {
  const nothing = { [Symbol.asyncDispose]: async () => {} }
  let bin = newestWith(root, 'initdb')
  if (!bin) {
    const missing = installPackage('postgresql')
    bin = newestWith(root, 'initdb')
    if (!bin) return { missing: missing ?? 'Debian installed no initdb', ...nothing }
  }
  const dir = mkdtempSync(join(parentFolder(), 'sallyport-postgres-'))
  const user = unprivileged('postgres')
  if (user) chownSync(dir, user.uid, user.gid)
  const data = join(dir, 'data')
  const port = await freePort()
  const options = { cwd: dir, stdio: 'ignore' as const, ...user }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'sallyport', '-E', 'UTF8', '--no-sync'], options)
  const settings = [
    ...['listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`, 'max_connections=300'],
    // Nothing of it is to outlive the run, least of all in memory.
    ...['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'max_wal_size=96MB'],
  ]
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((s) => ['-c', s])],
    options,
  )
  const exited = once(server, 'exit')
  const url = `postgres://sallyport@127.0.0.1:${port}/postgres`
  await untilReachable(url)
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT')
      await exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function untilReachable(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (attempt > 200) throw error
      await setTimeout(50)
    }
  }
}
