import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

/** Servers run on the first core and the load on the others, where the machine lets us say so. */
const cores = availableParallelism()
const canPin = cores > 1 && spawnSync('taskset', ['--version']).status === 0

export function pinLoad(): void {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', `1-${cores - 1}`, String(process.pid)])
}

export interface Running<T> extends AsyncDisposable {
  /** The first line it printed, read as JSON. */
  ready: T
  /** From its start to that line. */
  readyMs: number
  /** Processor time it has used so far, in microseconds. */
  cpuMicros(): number
  /** Memory it holds, in MiB. */
  residentMiB(): number
}

/** A command on the core of the servers that are measured. */
export const onFirstCore = (command: string[]) => (canPin ? ['taskset', '-c', '0', ...command] : command)

/** A command where the load is. */
export const onLoadCores = (command: string[]) => (canPin ? ['taskset', '-c', `1-${cores - 1}`, ...command] : command)

/** Starts a Node program and waits for its first line. @param place Where it runs. */
export function start<T>(args: string[], environment: NodeJS.ProcessEnv = {}, place = onFirstCore) {
  return startProgram<T>([process.execPath, ...args], environment, place)
}

/** Starts a program and waits for its first line, which is JSON. */
export async function startProgram<T>(
  program: string[],
  environment: NodeJS.ProcessEnv = {},
  place = onFirstCore,
): Promise<Running<T>> {
  const began = performance.now()
  const command = place(program)
  const child: ChildProcess = spawn(command[0] as string, command.slice(1), {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    exited.then(() => {
      throw new Error(`${program.join(' ')} ended before it was ready`)
    }),
  ])) as [string]
  const readyMs = performance.now() - began
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  return {
    ready: JSON.parse(line),
    readyMs,
    cpuMicros() {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) * 10_000
    },
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1]) / 1024,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
