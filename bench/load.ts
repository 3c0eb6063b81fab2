import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import autocannon from 'autocannon'
import { installPackage } from '../test/servers/programs.ts'

/** What is asked again and again. */
export interface Call {
  url: string
  method?: 'GET' | 'POST'
  headers: Record<string, string>
  /** `#` in it, where the call is numbered, is another number each time. */
  body?: string
  numbered?: boolean
}

export interface Load {
  requests: number
  seconds: number
  /** Those that were not answered, or not with 2xx or 3xx. */
  failed: number
  p99Ms: number
}

/** Makes as many calls as are answered within the time, over so many connections that are kept open. */
export type LoadGenerator = (call: Call, seconds: number, connections: number) => Promise<Load>

const program = '/usr/bin/wrk'

/**
 * wrk, which is written in C and costs a fraction of what any server here does; where it cannot be had, autocannon,
 * which runs in JavaScript and is slower than what it measures, so that ratios to the fastest peers come out too high.
 *
 * @returns what makes the load, and why it is not wrk.
 */
export function loadGenerator(): { load: LoadGenerator; missing: string | undefined } {
  const missing = existsSync(program) ? undefined : installPackage('wrk')
  return existsSync(program)
    ? { load: withWrk, missing: undefined }
    : { load: withAutocannon, missing: missing ?? 'Debian installed no wrk' }
}

/** Numbers of numbered calls; no two have the same. */
let next = 1
const mostARun = 100_000_000

async function withWrk(call: Call, seconds: number, connections: number): Promise<Load> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-wrk-'))
  try {
    const script = join(dir, 'calls.lua')
    writeFileSync(script, scriptOf(call))
    const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script, call.url]
    const wrk = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await Promise.all([text(wrk.stdout), once(wrk, 'exit')])
    const told = /^@@ (.*)$/m.exec(said)?.[1]
    if (!told) throw new Error(`wrk: ${said}`)
    return JSON.parse(told)
  } finally {
    rmSync(dir, { recursive: true, force: true })
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
  io.write(string.format('\\n@@ {"requests":%d,"seconds":%f,"failed":%d,"p99Ms":%f}\\n', summary.requests,
    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99) / 1000))
end`)
  return lines.join('\n')
}

const lua = (text: string) => `[==[${text}]==]`

async function withAutocannon(call: Call, seconds: number, connections: number): Promise<Load> {
  const { url, method = 'GET', headers, body, numbered } = call
  const setupRequest = (request: autocannon.Request) => ({ ...request, body: body?.replaceAll('#', String(next++)) })
  const { requests, duration, non2xx, errors, latency } = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(numbered
      ? { requests: [{ method, headers, setupRequest }] }
      : { method, headers, ...(body === undefined ? {} : { body }) }),
  })
  return { requests: requests.total, seconds: duration, failed: non2xx + errors, p99Ms: latency.p99 }
}
