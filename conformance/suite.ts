import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { labPassword } from '../src/lab.ts'

/** A client that nobody here wrote, and what it must be able to do. */
export interface Suite<C = string> {
  name: string
  /**
   * Installs the client into an empty folder.
   *
   * @returns what `run` needs of it, and the client's version.
   * @throws {Missing} when it cannot be had here.
   */
  install(folder: string): Promise<{ client: C; version: string }>
  run(client: C, lab: Target, check: Check): Promise<void>
}

/** The lab, as clients are told of it. */
export interface Target {
  url: string
  host: string
  port: string
  /** File of the certificate to trust. */
  ca: string
  /** Of vCenter's administrator. */
  user: string
  password: string
  /** A folder of the suite's own. */
  folder: string
}

/** Does one case and tells how it went. */
export type Check = (name: string, work: () => Promise<void>) => Promise<void>

/** A client that cannot be had: no toolchain, or no registry. */
export class Missing extends Error {
  override name = 'Missing'
}

export interface Finished {
  code: number
  stdout: string
  stderr: string
}

interface Options {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** In milliseconds. */
  timeout?: number
}

/** Runs a program to its end, or for ten minutes. */
export async function run(command: string, args: readonly string[], options: Options = {}): Promise<Finished> {
  const child = spawn(command, args, { timeout: 600_000, ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const [stdout, stderr, [code, signal]] = await Promise.race([ended, failed])
  return { code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr }
}

/** Runs a step of an installation. @throws {Missing} when it fails. */
export async function installing(command: string, args: readonly string[], options: Options = {}): Promise<string> {
  let finished: Finished
  try {
    finished = await run(command, args, options)
  } catch (error) {
    throw new Missing(`${command} cannot be run: ${(error as Error).message}`)
  }
  const { code, stdout, stderr } = finished
  if (code === 0) return stdout.trim()
  throw new Missing(`${[command, ...args].join(' ')} failed: ${lastLines(stderr || stdout)}`)
}

const lastLines = (output: string) => output.trim().split('\n').slice(-3).join(' | ')

/**
 * A Python with packages from PyPI.
 *
 * @param packages As pip takes them, such as `pyvmomi==9.1.1.0`.
 * @returns the path of the interpreter.
 */
export async function installPython(folder: string, packages: readonly string[]): Promise<string> {
  await installing('python3', ['-m', 'venv', folder])
  const python = `${folder}/bin/python`
  await installing(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
  return python
}

/** What scripts are told of the lab. */
export const environmentOf = ({ host, port, user, password, ca }: Target): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  VCENTER_HOST: host,
  VCENTER_PORT: port,
  VCENTER_USER: user,
  VCENTER_PASSWORD: password,
  VCENTER_CA: ca,
  NSX_PASSWORD: labPassword,
})

/**
 * Runs a script that tells of its cases itself, a line each: `ok NAME`, or `not ok NAME: REASON`. A script that ends
 * with another code than 0 has failed, whatever it told.
 */
export async function runScript(command: string, args: readonly string[], lab: Target, check: Check): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: lab.folder,
    env: environmentOf(lab),
    timeout: 300_000,
  })
  const complaints = text(child.stderr)
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    const told = /^(not )?ok (.*?)(?:: (.*))?$/.exec(line)
    if (!told) continue
    await check(told[2] ?? '', async () => {
      if (told[1]) throw new Error(told[3])
    })
  }
  const [code] = await closed
  if (code === 0) return
  await check(`${args[0]} runs to its end`, async () => {
    throw new Error(`it ended with ${code}: ${lastLines(await complaints)}`)
  })
}
