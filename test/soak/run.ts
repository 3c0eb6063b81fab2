import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { labPassword, labSsoPassword } from '../../src/lab.ts'
import type { Ready } from '../../src/serve.ts'
import { attacks } from './attacks/index.ts'
import { basic, createCaller } from './calls.ts'
import { percentile, type Sample, settled, shown, slopeOf, verdict } from './figures.ts'
import { workWell } from './good-client.ts'
import type { Target } from './target.ts'

const help = `Usage: npm run soak -- --attack [options]

Starts a lab, attacks it on all sides at once, and measures a good client meanwhile. Every ten seconds it prints the
good client's p50 and p99 and the server's memory. It ends with code 1 if the server died, if its memory grew, or if the
good client's p99 is over a bound that was given.

The attacks, each from an address of its own of this machine:
  bodies    large bodies before anybody has signed in, which all end at the same time
  sign-ins  sign-ins of nobody, at every door
  silent    connections that say nothing, or half of something
  readers   all properties of all virtual machines, and searches of the audit log

Options:
  --minutes NUMBER      how long (default: 10); under 2, memory is not judged
  --connections NUMBER  of all attackers together (default: 500)
  --p99 MS              the bound (default: none, for it depends on what else the machine does)
  --vms NUMBER          virtual machines of the inventory (default: 3500)
  --only NAME           one of the attacks alone, with all the connections
  --help                this text
`

function refuse(why: string): never {
  process.stderr.write(`soak: ${why}\n\n${help}`)
  process.exit(2)
}

function options() {
  try {
    return parseArgs({
      options: {
        attack: { type: 'boolean' },
        minutes: { type: 'string', default: '10' },
        connections: { type: 'string', default: '500' },
        p99: { type: 'string' },
        vms: { type: 'string', default: '3500' },
        only: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0 && Number.isFinite(number))) refuse(`--${name}: ${text} is not a number above 0`)
  return number
}

const given = options()
if (given.help) {
  process.stdout.write(help)
  process.exit(0)
}
if (!given.attack) refuse('--attack is missing: there is no other soak yet')
if (given.only !== undefined && !attacks[given.only]) refuse(`--only: there is no attack ${given.only}`)
const minutes = numberOf('minutes', given.minutes)
const connections = numberOf('connections', given.connections)
const bounds = { p99: given.p99 === undefined ? Number.POSITIVE_INFINITY : numberOf('p99', given.p99) }
const vms = numberOf('vms', given.vms)

const readEvery = 10_000
const auditor = { name: 'audit', password: 'Sallyport!Soak-2026' }
const nsxAdmin = { name: 'admin', password: labPassword }
const vcenterUser = { name: 'holouser@vsphere.local', password: labSsoPassword }

await using opened = new AsyncDisposableStack()
const folder = opened.adopt(mkdtempSync(join(tmpdir(), 'sallyport-soak-')), (path) =>
  rmSync(path, { recursive: true, force: true }),
)

const bin = join(import.meta.dirname, '../../bin/sallyport.js')
const flags = ['serve', '--lab', '--https-port', '0', '--ssh-port', '0', '--data-dir', join(folder, 'data')]
const server = spawn(process.execPath, [bin, ...flags, '--vsphere-vms', String(vms)], {
  stdio: ['ignore', 'pipe', 'ignore'],
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_'))),
})
const exited = once(server, 'exit')
opened.defer(async () => {
  server.kill('SIGTERM')
  await exited
})
let died: string | undefined
const dead = exited.then(([code, signal]) => {
  died = signal ?? `code ${code}`
})
const lines = createInterface(server.stdout)
const [line] = (await Promise.race([once(lines, 'line'), dead])) ?? []
if (line === undefined) refuse(`the server ended before it was ready: ${died}`)
const { managers, nsxv }: Ready = JSON.parse(line)
const manager = managers[0]?.https
if (!manager || !nsxv) refuse('the lab lacks a manager')

const target: Target = {
  manager,
  nsxv: nsxv.https,
  reader: { name: 'administrator@vsphere.local', password: labSsoPassword },
  auditor,
}
await activateAuditor()

const latencies: number[] = []
const samples: Sample[] = []
const end = new AbortController()
const began = performance.now()
const secondsSince = () => (performance.now() - began) / 1000

const good = workWell(target, nsxAdmin, vcenterUser, (ms) => void latencies.push(ms), end.signal)
const chosen = Object.entries(attacks).filter(([name]) => given.only === undefined || name === given.only)
const attackers = chosen.map(([name, { share }]) => {
  const own = Math.round(given.only === undefined ? connections * share : connections)
  const process = fork(join(import.meta.dirname, 'attacker.ts'), [name, String(own), JSON.stringify(target)])
  const outcomes = new Map<string, number>()
  process.on('message', (told: Record<string, number>) => {
    for (const [outcome, times] of Object.entries(told)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times)
  })
  return { name, own, process, outcomes }
})
opened.defer(() => endAll(attackers.map(({ process }) => process)))
print(
  `${attackers.map(({ name, own }) => `${name} ${own}`).join(', ')} connections; ${vms} virtual machines; ${minutes} min`,
)

for (let seen = 0; died === undefined && secondsSince() < minutes * 60; ) {
  await Promise.race([pause(readEvery), dead])
  if (died !== undefined) break
  const recent = latencies.slice(seen)
  seen = latencies.length
  samples.push({ at: secondsSince(), resident: residentOf(server) })
  const { at, resident } = samples.at(-1) as Sample
  const unanswered = recent.filter((ms) => !Number.isFinite(ms)).length
  print(
    `${at.toFixed(0).padStart(4)} s  p50 ${shown(percentile(recent, 0.5))}  p99 ${shown(percentile(recent, 0.99))}  ` +
      `${recent.length} calls, ${unanswered} not answered  memory ${resident.toFixed(0)} MiB`,
  )
}
end.abort()
await Promise.race([good, pause(1000)])

for (const { name, outcomes } of attackers) {
  print(`${name}: ${[...outcomes].map(([outcome, times]) => `${times} × ${outcome}`).join(', ') || 'nothing'}`)
}
const peak = Math.max(0, ...samples.map(({ resident }) => resident))
print(
  `good client: ${latencies.length} calls, p50 ${shown(percentile(latencies, 0.5))}, p99 ${shown(percentile(latencies, 0.99))}; ` +
    `memory: at most ${peak.toFixed(0)} MiB, slope ${slopeOf(settled(samples)).toFixed(1)} MiB a minute`,
)
const wrong = verdict(samples, latencies, died !== undefined, bounds)
if (died !== undefined) print(`the server ended with ${died}`)
for (const sentence of wrong) print(`✖ ${sentence}`)
if (wrong.length === 0) print('✔ the server lives, its memory is flat, and its good client was served')
process.exitCode = wrong.length === 0 ? 0 : 1

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function residentOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

async function endAll(processes: readonly ChildProcess[]): Promise<void> {
  for (const process of processes) process.kill('SIGKILL')
}

/** The account is there and has no password yet. */
async function activateAuditor(): Promise<void> {
  const admin = createCaller(target.manager, '127.0.0.1')
  const headers = { authorization: basic(nsxAdmin), 'content-type': 'application/json' }
  const { text } = await admin.send({ path: '/api/v1/node/users', headers })
  const { userid } = JSON.parse(text).results.find(({ username }: { username: string }) => username === auditor.name)
  const path = `/api/v1/node/users/${userid}?action=activate`
  const body = JSON.stringify({ password: auditor.password })
  const { status, text: why } = await admin.send({ method: 'POST', path, headers, body })
  if (status !== 200) throw new Error(`the auditor cannot be activated: ${status} ${why}`)
  admin.close()
}
