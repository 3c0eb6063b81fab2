import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { installPackage } from '../test/servers/programs.ts'
import type { Running } from './processes.ts'

/** What is asked again and again. */
export interface Call {
  url: string
  method?: 'GET' | 'POST'
  headers: Record<string, string>
  /** `#` in it, where the call is numbered, is another number each time. */
  body?: string
  numbered?: boolean
}

/** A server that is asked, and what it is asked. */
export interface Asked {
  server: Running<unknown>
  call: Call
  /** Done before it is asked, and undone behind it. */
  setting?: { make(): Promise<void>; undo(): Promise<void> }
}

export interface Measured {
  perSecond: number
  /** Processor time of the server for one request. */
  micros: number
}

const program = '/usr/bin/wrk'
const connections = 64
/** How long each is asked before the next, in milliseconds: what slows the machine down slows them all. */
const slice = 400

/** Why there is no wrk, which is written in C and costs a fraction of what any server here does; nothing where there is. */
export function missingLoad(): string | undefined {
  if (existsSync(program)) return undefined
  const missing = installPackage('wrk')
  return existsSync(program) ? undefined : (missing ?? `Debian installed no ${program}`)
}

/** Asks one server for some seconds, and nobody else. @returns the time that one of a hundred answers takes longer than. */
export async function p99Of({ call, setting }: Asked, seconds: number): Promise<number> {
  await setting?.make()
  using load = startLoad(call, seconds)
  const { p99Ms } = await load.result
  await setting?.undo()
  return p99Ms
}

/**
 * Asks servers in turn, in slices, until each has been asked for so many seconds. What they do in a second is compared
 * under the same conditions: a machine that others use is twice as fast in one second as in the next.
 */
export async function inTurn(all: Record<string, Asked>, seconds: number): Promise<Record<string, Measured>> {
  using loads = new DisposableStack()
  const turns = Object.entries(all).map(([name, asked]) => ({
    name,
    asked,
    load: undefined as Load | undefined,
    ms: 0,
    micros: 0,
  }))
  for (let round = 0; round * slice < seconds * 1000; round++) {
    // There and back: what drifts with time does not favour whoever is asked first.
    for (const turn of round % 2 ? turns.toReversed() : turns) {
      const { server, call, setting } = turn.asked
      await setting?.make()
      const [began, before] = [performance.now(), server.cpuMicros()]
      if (turn.load) turn.load.process.kill('SIGCONT')
      else turn.load = loads.use(startLoad(call, 3600))
      await pause(slice)
      turn.load.process.kill('SIGSTOP')
      turn.ms += performance.now() - began
      await untilIdle(server)
      turn.micros += server.cpuMicros() - before
      await setting?.undo()
    }
  }
  const measured: Record<string, Measured> = {}
  for (const { name, load, ms, micros } of turns) {
    if (!load) continue
    load.process.kill('SIGCONT')
    // Where a thread of it hears the signal that does not wait, it must be sent once more.
    const stop = setInterval(() => load.process.kill('SIGINT'), 50)
    const { requests } = await load.result.finally(() => clearInterval(stop))
    measured[name] = { perSecond: (requests * 1000) / ms, micros: micros / requests }
  }
  return measured
}

/** What was asked before the load stopped is answered still, and must not be in the way of the next server. */
async function untilIdle(server: Running<unknown>): Promise<void> {
  for (let used = -1; used !== server.cpuMicros(); ) {
    used = server.cpuMicros()
    await pause(20)
  }
}

interface Load extends Disposable {
  process: ChildProcess
  result: Promise<{ requests: number; p99Ms: number }>
}

/** Numbers of numbered calls; no two have the same. */
let next = 1
const mostARun = 100_000_000

/** As many calls as are answered, over connections that are kept open. */
function startLoad(call: Call, seconds: number): Load {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-wrk-'))
  const script = join(dir, 'calls.lua')
  writeFileSync(script, scriptOf(call))
  const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s', '-s', script, call.url]
  const wrk = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  async function result() {
    const [said, [code, signal]] = await Promise.all([text(wrk.stdout), once(wrk, 'exit')])
    const counts = /^@@ (.*)$/m.exec(said)?.[1]
    if (!counts) throw new Error(`${call.url}: wrk ended with ${code ?? signal} and said: ${said}`)
    const { requests, failed, p99Ms } = JSON.parse(counts)
    if (failed > 0) throw new Error(`${call.url}: ${failed} of ${requests} requests did not succeed`)
    return { requests, p99Ms }
  }
  const told = result()
  // Where another fails first, nobody asks how this one ended.
  told.catch(() => {})
  return {
    process: wrk,
    result: told,
    [Symbol.dispose]() {
      wrk.kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The calls, and what they came to, as wrk takes them: a program in Lua. */
function scriptOf({ method = 'GET', headers, body, numbered }: Call): string {
  const lines = [`wrk.method = ${lua(method)}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers[ ${lua(name)} ] = ${lua(value)}`)
  if (body !== undefined) lines.push(`wrk.body = ${lua(body)}`)
  if (numbered) {
    lines.push(`local body, number = wrk.body, ${next}
request = function()
  number = number + 1
  return wrk.format(nil, nil, nil, (body:gsub('#', number)))
end`)
    next += mostARun
  }
  lines.push(`done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n@@ {"requests":%d,"failed":%d,"p99Ms":%f}\\n', summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99) / 1000))
end`)
  return lines.join('\n')
}

const lua = (text: string) => `[==[${text}]==]`
