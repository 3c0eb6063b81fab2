import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ConsoleError } from '../console/command.ts'
import { printable } from '../console/screen.ts'
import type { NsxvSession } from './session.ts'
import { inferred } from './texts.ts'

/** Programs that run at once, for all consoles together. */
const most = 4
let running = 0

/** What a program gets to say its last words once it is told to end, in milliseconds. */
const parting = 1000

/**
 * Runs a program of the machine and prints what it says, until it ends, is interrupted, or has run for long enough.
 * No shell reads the arguments.
 *
 * @param longest In milliseconds.
 * @throws {ConsoleError} where there is no such program, or too many run.
 */
export async function runTool(
  session: NsxvSession,
  program: string,
  args: readonly string[],
  longest: number,
): Promise<void> {
  if (running >= most) throw new ConsoleError(inferred.tooManyTools)
  running++
  const env = { PATH: process.env.PATH, LC_ALL: 'C' }
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  // As Ctrl-C at a terminal: what was found out is summed up.
  const interrupt = () => {
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGKILL'), parting).unref()
  }
  const enough = setTimeout(interrupt, longest)
  session.signal.addEventListener('abort', interrupt)
  try {
    const ended = new Promise<void>((resolve, reject) => child.once('close', () => resolve()).once('error', reject))
    await Promise.all([ended, show(session, child.stdout), show(session, child.stderr)])
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EACCES') throw error
    throw new ConsoleError(inferred.noTool(program))
  } finally {
    running--
    clearTimeout(enough)
    session.signal.removeEventListener('abort', interrupt)
  }
}

async function show(session: NsxvSession, output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface(output)) await session.write(`${printable(line)}\n`)
}
