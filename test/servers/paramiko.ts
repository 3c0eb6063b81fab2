import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { installPackage } from './programs.ts'

/** Debian's own: other Pythons of a machine do not have its packages. */
const python = '/usr/bin/python3'
const isThere = () => existsSync(python) && spawnSync(python, ['-c', 'import paramiko']).status === 0

/** Sees to it that there is paramiko, which Ansible and many scripts use. @returns why there is none, or undefined. */
export function installParamiko(): string | undefined {
  if (isThere()) return undefined
  const missing = installPackage('python3-paramiko')
  return isThere() ? undefined : (missing ?? 'python3-paramiko cannot be imported')
}

/** Why tests with paramiko cannot run here. */
export const noParamiko: string | false = process.env.SALLYPORT_TEST_PARAMIKO_MISSING ?? false

/** Runs a program in Python. @param args It finds them in `sys.argv[1:]`. */
export async function runPython(program: string, args: readonly string[]) {
  const child = spawn(python, ['-c', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status, stdout, stderr }
}
