import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const isRoot = process.getuid?.() === 0

/**
 * Installs a Debian package where that is allowed.
 *
 * @param answers To what the package asks when it is installed, as debconf-set-selections reads them.
 * @returns why not, or undefined once it is there.
 */
export function installPackage(name: string, answers = ''): string | undefined {
  if (!isRoot || !existsSync('/usr/bin/apt-get'))
    return `${name} is not installed, and only root with apt can install it`
  process.stderr.write(`Installing Debian's ${name} for the tests\n`)
  const options = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], options)
  if (answers) spawnSync('debconf-set-selections', { input: answers, env: options.env })
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options)
  return status === 0 ? undefined : `apt-get could not install ${name}`
}

/** The folder under `root` of the newest version that has a program. */
export function newestWith(root: string, program: string): string | undefined {
  if (!existsSync(root)) return undefined
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, program)))
}

/** Whom a server runs as that refuses to be root; nobody in particular where the caller is not root. */
export function unprivileged(...names: string[]): { uid: number; gid: number } | undefined {
  if (!isRoot) return undefined
  for (const name of [...names, 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // There is no such user here; the next one.
    }
  }
  return undefined
}

/** A port on loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
