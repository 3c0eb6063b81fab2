import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { installPackage } from './programs.ts'

const programs = ['/usr/bin/ssh', '/usr/bin/sftp', '/usr/bin/scp', '/usr/bin/ssh-keygen']

/** Sees to it that there is an OpenSSH client. @returns why there is none, or undefined. */
export function installOpenSsh(): string | undefined {
  if (programs.every((program) => existsSync(program))) return undefined
  const missing = installPackage('openssh-client')
  return programs.every((program) => existsSync(program)) ? undefined : (missing ?? 'openssh-client has no ssh')
}

/** Why tests with the OpenSSH client cannot run here. */
export const noOpenSsh: string | false = process.env.SALLYPORT_TEST_OPENSSH_MISSING ?? false

export interface Answer {
  status: number
  stdout: string
  stderr: string
}

export interface SshOptions {
  user: string
  /** Typed by a program where it is asked for, each time. */
  password?: string
  /** File of a private key; absent: none is offered. */
  key?: string
  /** Arguments before the host, such as `-N`. */
  args?: readonly string[]
  command?: string
  input?: string
  program?: 'ssh' | 'sftp' | 'scp'
  /** The address on this machine to connect from. */
  from?: string
}

/** A temporary folder for keys, known hosts and control sockets, and the OpenSSH client that uses it. */
export class OpenSsh implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'sallyport-ssh-'))
  readonly #running = new Set<ChildProcess>()
  readonly #askpass = join(this.dir, 'askpass')

  constructor() {
    writeFileSync(this.#askpass, '#!/bin/sh\nprintf "%s\\n" "$SALLYPORT_TEST_PASSWORD"\n', { mode: 0o700 })
  }

  /** The arguments for a server at `host:port`. */
  arguments(address: string, { user, key, args = [], from, password }: SshOptions): string[] {
    const [host, port] = address.split(':')
    return [
      ...['-F', '/dev/null', '-p', String(port)],
      ...Object.entries({
        LogLevel: 'ERROR',
        StrictHostKeyChecking: 'accept-new',
        // A port that one lab had may be another's next, with another key.
        UserKnownHostsFile: '/dev/null',
        GlobalKnownHostsFile: '/dev/null',
        IdentitiesOnly: 'yes',
        IdentityFile: key ?? 'none',
        IdentityAgent: 'none',
        NumberOfPasswordPrompts: '1',
        PreferredAuthentications: key && password === undefined ? 'publickey' : 'publickey,password',
      })
        // What a test says comes first, and the first wins.
        .filter(([name]) => !args.some((arg) => arg.startsWith(`${name}=`)))
        .flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...(from === undefined ? [] : ['-b', from]),
      ...args,
      `${user}@${host}`,
    ]
  }

  environment({ password }: Pick<SshOptions, 'password'>): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.dir,
      TERM: 'xterm',
      LC_ALL: 'C.UTF-8',
      SSH_ASKPASS: this.#askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      SALLYPORT_TEST_PASSWORD: password ?? '',
    }
  }

  start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(program, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    // A client that has gone takes no more input.
    child.stdin?.on('error', () => {})
    return child
  }

  /** Runs the client to its end. */
  async run(address: string, options: SshOptions): Promise<Answer> {
    const { command, input, program = 'ssh' } = options
    const args = this.arguments(address, options)
    const child = this.start(program, command === undefined ? args : [...args, command], this.environment(options))
    child.stdin?.end(input ?? '')
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit'),
    ])
    return { status: status ?? -1, stdout, stderr }
  }

  /** Signs in once, and then runs commands on that connection. */
  async connect(address: string, options: SshOptions): Promise<SharedConnection> {
    const socket = join(this.dir, `s${this.#sockets++}`)
    const master = ['-M', '-S', socket, '-N', ...(options.args ?? [])]
    const child = this.start('ssh', this.arguments(address, { ...options, args: master }), this.environment(options))
    const stderr = text(child.stderr!)
    const ended = once(child, 'exit')
    while (!existsSync(socket)) {
      const died = await Promise.race([
        ended.then(() => true),
        new Promise((resolve) => setTimeout(resolve, 20, false)),
      ])
      if (died) throw new Error(`ssh ended: ${await stderr}`)
    }
    const through = (more: Partial<SshOptions>): SshOptions => ({
      ...options,
      ...more,
      args: ['-S', socket, ...(more.args ?? [])],
    })
    return {
      ended,
      run: (command, input) => this.run(address, through({ command, ...(input === undefined ? {} : { input }) })),
      terminal: (size) => this.terminal(address, through({}), size),
      [Symbol.asyncDispose]: async () => {
        child.kill()
        await ended
      },
    }
  }
  #sockets = 0

  /** A console in a real pseudo-terminal. */
  terminal(address: string, options: SshOptions, { columns = 80, rows = 24 } = {}): TerminalSession {
    const quoted = ['ssh', '-tt', ...this.arguments(address, options), ...(options.command ? [options.command] : [])]
      .map((arg) => `'${arg.replaceAll("'", "'\\''")}'`)
      .join(' ')
    const script = `stty rows ${rows} cols ${columns}; exec ${quoted}`
    const child = this.start('script', ['-q', '-e', '-c', script, '/dev/null'], this.environment(options))
    return new TerminalSession(child)
  }

  /** A new key pair. @returns the private key's file, and what the API takes of the public one. */
  async makeKey(...args: string[]): Promise<{ file: string; type: string; value: string }> {
    const file = join(this.dir, `k${this.#keys++}`)
    const child = this.start('ssh-keygen', ['-q', '-N', '', '-C', 'test', '-f', file, ...args], process.env)
    const [status] = await once(child, 'exit')
    if (status !== 0) throw new Error('ssh-keygen failed')
    const [type = '', value = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ')
    return { file, type, value }
  }
  #keys = 0

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#running].map((child) => once(child, 'exit'))
    for (const child of this.#running) child.kill('SIGKILL')
    await Promise.all(ended)
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export interface SharedConnection extends AsyncDisposable {
  ended: Promise<unknown>
  run(command: string, input?: string): Promise<Answer>
  terminal(size?: { columns?: number; rows?: number }): TerminalSession
}

/** How long something may take to appear, on a busy machine. */
const patience = 20_000

/** What somebody sees who types. */
export class TerminalSession implements AsyncDisposable {
  /** All that was shown, as it came. */
  output = ''
  readonly ended: Promise<number>
  readonly #child: ChildProcess
  #seen = 0
  #changed = () => {}

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (data: string) => {
      this.output += data
      this.#changed()
    })
    this.ended = once(child, 'exit').then(([status]) => {
      this.#changed()
      return status ?? -1
    })
  }

  type(keys: string): this {
    this.#child.stdin?.write(keys)
    return this
  }

  /** Waits until something appears behind what was waited for before. @returns what came up to its end. */
  async until(what: string | RegExp): Promise<string> {
    const deadline = performance.now() + patience
    for (;;) {
      const rest = this.output.slice(this.#seen)
      const at = typeof what === 'string' ? rest.indexOf(what) : rest.search(what)
      if (at >= 0) {
        const length = typeof what === 'string' ? what.length : (what.exec(rest)?.[0].length ?? 0)
        const shown = rest.slice(0, at + length)
        this.#seen += shown.length
        return shown
      }
      const left = deadline - performance.now()
      if (left <= 0 || this.#child.exitCode !== null) {
        throw new Error(`${what} did not appear in ${JSON.stringify(rest)}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Told to end in any gentler way, script(1) sleeps for two seconds first. What runs in its terminal is hung up.
    this.#child.kill('SIGKILL')
    await this.ended
  }
}
