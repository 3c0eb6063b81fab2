import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPassword } from '../src/lab.ts'
import { measureAuditWrites } from './audit-write.ts'
import { type Call, loadGenerator } from './load.ts'
import { measurePermissionChecks } from './permission-checks.ts'
import { pinLoad, type Running, start } from './processes.ts'
import { startRelays } from './relay.ts'
import { startVcenters } from './vcenter.ts'

/** Figures as ratios to peers that are measured in the same run. Arguments: seconds a measurement, rounds. */
const seconds = Number(process.argv[2] ?? 4)
const rounds = Number(process.argv[3] ?? 3)
const connections = 64
/** Before its first measurement each call is made so long, in seconds: compilers learn, and pools and caches fill. */
const warmUp = 3
const main = join(import.meta.dirname, '../bin/sallyport.js')
const here = (file: string) => join(import.meta.dirname, file)

interface Measured {
  perSecond: number
  /** Processor time of the server for one request. */
  micros: number
  p99Ms: number
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

pinLoad()
const { load: make, missing: noWrk } = loadGenerator()
if (noWrk) console.log(`wrk: ${noWrk}; the load comes from autocannon, which is slower than what it measures`)

async function load(server: Running<unknown>, call: Call, duration: number): Promise<Measured> {
  const before = server.cpuMicros()
  const { requests, seconds, failed, p99Ms } = await make(call, duration, connections)
  if (failed > 0) throw new Error(`${call.url}: ${failed} of ${requests} requests did not succeed`)
  return { perSecond: requests / seconds, micros: (server.cpuMicros() - before) / requests, p99Ms }
}

const dir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const dataDir = join(dir, 'data')
  type Ready = { managers: { id: string; https: string }[] }
  const lab = [main, 'serve', '--lab', '--https-port', '0', '--ssh-port', '0', '--data-dir', dataDir]
  // The first start makes keys and compiles; the second is the one that counts.
  await (await start<Ready>(lab))[Symbol.asyncDispose]()
  await using sallyport = await start<Ready>(lab)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const idleMiB = sallyport.residentMiB()

  // Trusting any certificate is the load generator's own way; the names in it are tested elsewhere.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  process.env.NODE_NO_WARNINGS = '1'
  const [manager] = sallyport.ready.managers
  if (!manager) throw new Error('the lab has no manager')
  const target = `${manager.https}/api/v1/cluster/${manager.id}`
  const basic = { authorization: `Basic ${Buffer.from(`admin:${labPassword}`).toString('base64')}` }
  const form = new URLSearchParams({ j_username: 'admin', j_password: labPassword }).toString()
  const signIn = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  }
  const created = await fetch(`${manager.https}/api/session/create`, signIn)
  const session = {
    cookie: created.headers.get('set-cookie')?.split(';')[0] ?? '',
    'x-xsrf-token': created.headers.get('x-xsrf-token') ?? '',
  }
  /** Limits so high that they count and never refuse; 0: none. */
  async function setLimits(limit: number, origin = manager?.https): Promise<void> {
    const url = `${origin}/api/v1/cluster/api-service`
    const stored = (await (await fetch(url, { headers: basic })).json()) as Record<string, unknown>
    const limits = {
      client_api_rate_limit: limit,
      client_api_concurrency_limit: limit,
      global_api_concurrency_limit: limit,
    }
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { ...basic, 'content-type': 'application/json' },
      body: JSON.stringify({ ...stored, ...limits }),
    })
    if (!answer.ok) throw new Error(`limits: ${await answer.text()}`)
  }
  await setLimits(0)
  const body = await (await fetch(target, { headers: basic })).text()
  writeFileSync(join(dir, 'body.json'), body)
  const tls = ['server.pem', 'server.key'].map((name) => join(dataDir, 'tls', name))
  await using bare = await start<{ port: number }>([here('bare-server.ts'), ...tls, join(dir, 'body.json')])
  const bareUrl = `https://127.0.0.1:${bare.ready.port}/`

  await using relays = await startRelays(dir, main, join(dataDir, 'tls'))
  if (relays.missing) console.log(`nginx: ${relays.missing}; it is left out`)
  await setLimits(0, relays.manager)
  const relayed = await fetch(`${relays.manager}/api/session/create`, signIn)
  const relaySession = {
    cookie: relayed.headers.get('set-cookie')?.split(';')[0] ?? '',
    'x-xsrf-token': relayed.headers.get('x-xsrf-token') ?? '',
  }

  await using vcenters = await startVcenters(dir, sallyport, manager.https)
  if (vcenters.missing) console.log(`vcsim: ${vcenters.missing}; it is left out`)

  const measurements: Record<string, (duration: number) => Promise<Measured>> = {
    'bare node:https, GET': (duration) => load(bare, { url: bareUrl, headers: session }, duration),
    'session GET': (duration) => load(sallyport, { url: target, headers: session }, duration),
    'session GET, limits on': async (duration) => {
      await setLimits(1_000_000)
      const measured = await load(sallyport, { url: target, headers: session }, duration)
      await setLimits(0)
      return measured
    },
    'Basic GET': (duration) => load(sallyport, { url: target, headers: basic }, duration),
    'bare node:https, POST': (duration) => load(bare, { url: bareUrl, ...signIn }, duration),
    'session create': (duration) =>
      load(sallyport, { url: `${manager.https}/api/session/create`, ...signIn }, duration),
  }
  for (const [name, { server, url }] of Object.entries(relays.peers)) {
    measurements[name] = (duration) => load(server, { url, headers: relaySession }, duration)
  }
  for (const [name, { server, call }] of Object.entries(vcenters.asked)) {
    measurements[name] = (duration) => load(server, call, duration)
  }
  for (const measure of Object.values(measurements)) await measure(warmUp)
  const results = new Map<string, Measured[]>(Object.keys(measurements).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // There and back: what drifts with time does not favour whoever is asked first.
    const turn = Object.entries(measurements)
    for (const [name, measure] of round % 2 ? turn.reverse() : turn) results.get(name)?.push(await measure(seconds))
  }
  const figure = (name: string): Measured => {
    const all = results.get(name) ?? []
    return {
      perSecond: median(all.map((m) => m.perSecond)),
      micros: median(all.map((m) => m.micros)),
      p99Ms: median(all.map((m) => m.p99Ms)),
    }
  }
  const ratio = (name: string, peer: string) => figure(name).perSecond / figure(peer).perSecond
  const audit = await measureAuditWrites()
  const checks = await measurePermissionChecks()
  const [fewest, most] = [checks[0]!, checks.at(-1)!]

  const rows = [
    ...Object.keys(measurements).map((name) => {
      const { perSecond, micros, p99Ms } = figure(name)
      return {
        what: name,
        'per second': Math.round(perSecond),
        'CPU µs each': Number(micros.toFixed(1)),
        'p99 ms': p99Ms,
      }
    }),
    { what: 'raw SQLite, groups of 1000', 'per second': Math.round(audit.raw) },
    { what: 'audit write, groups of 1000', 'per second': Math.round(audit.ours) },
    ...checks.flatMap(({ objects, ours, recorded, cold, casbin, cedar }) =>
      Object.entries({
        '': ours,
        ', each recorded': recorded,
        ', asked for the first time': cold,
        ', casbin': casbin,
        ', Cedar': cedar,
      }).map(([how, perSecond]) => ({
        what: `permission check, ${objects} objects${how}`,
        'per second': Math.round(perSecond),
      })),
    ),
  ]
  const ratios = {
    'session GET / bare GET': ratio('session GET', 'bare node:https, GET'),
    'session GET, limits on / off': ratio('session GET, limits on', 'session GET'),
    'Basic GET / session GET': ratio('Basic GET', 'session GET'),
    'session create / bare POST': ratio('session create', 'bare node:https, POST'),
    'relay / bare undici relay': ratio('relay', 'bare undici relay'),
    ...(relays.missing ? {} : { 'relay / nginx with auth_request': ratio('relay', 'nginx, auth_request') }),
    ...(vcenters.missing
      ? {}
      : {
          'vCenter role list, REST / vcsim, SOAP': ratio('vCenter role list, REST', 'vcsim role list, SOAP'),
          'vCenter role list, SOAP / vcsim, SOAP': ratio('vCenter role list, SOAP', 'vcsim role list, SOAP'),
          'permission create, REST / vcsim set, SOAP': ratio(
            'vCenter permission create, REST',
            'vcsim permission set, SOAP',
          ),
          'permission set, SOAP / vcsim, SOAP': ratio('vCenter permission set, SOAP', 'vcsim permission set, SOAP'),
        }),
    'audit write / raw SQLite': audit.ours / audit.raw,
    ...Object.fromEntries(
      checks.flatMap(({ objects, ours, casbin, cedar }) => [
        [`permission check / casbin, ${objects} objects`, ours / casbin],
        [`permission check / Cedar, ${objects} objects`, ours / cedar],
      ]),
    ),
    [`permission check, ${fewest.objects} / ${most.objects} objects`]: fewest.ours / most.ours,
  }
  console.table(rows)
  console.table(Object.entries(ratios).map(([what, value]) => ({ ratio: what, value: Number(value.toFixed(2)) })))
  console.log(`ready ${Math.round(sallyport.readyMs)} ms after its start, ${Math.round(idleMiB)} MiB idle`)

  const report = {
    date: new Date().toISOString(),
    node: process.version,
    processor: cpus()[0]?.model,
    load: noWrk ? 'autocannon' : 'wrk',
    rows,
    ratios,
    readyMs: sallyport.readyMs,
    idleMiB,
  }
  const folder = here('results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${report.date.replaceAll(':', '-')}.json`), `${JSON.stringify(report, null, 2)}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
