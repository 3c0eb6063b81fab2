import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { labPassword } from '../src/lab.ts'
import { measureAuditWrites } from './audit-write.ts'
import { type Asked, inTurn, type Measured, missingLoad, p99Of } from './load.ts'
import { measurePermissionChecks } from './permission-checks.ts'
import { pinLoad, start } from './processes.ts'
import { startRelays } from './relay.ts'
import { measureSignIns } from './sign-ins.ts'
import { startVcenters } from './vcenter.ts'

/**
 * Figures as ratios to peers that are measured in the same run. Arguments: seconds a measurement takes in a round, and
 * rounds, of which the median counts.
 */
const seconds = Number(process.argv[2] ?? 4)
const rounds = Number(process.argv[3] ?? 3)
/** Before its first measurement each call is made so long, in seconds: compilers learn, and pools and caches fill. */
const warmUp = 3
const main = join(import.meta.dirname, '../bin/sallyport.js')
const here = (file: string) => join(import.meta.dirname, file)

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

pinLoad()
const noWrk = missingLoad()
if (noWrk) {
  console.error(`wrk, which makes the load, is missing: ${noWrk}`)
  process.exit(1)
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

  /** Those that are compared with one another, and so asked in turn. */
  const families: Record<string, Asked>[] = [
    {
      'bare node:https, GET': { server: bare, call: { url: bareUrl, headers: session } },
      'session GET': { server: sallyport, call: { url: target, headers: session } },
      'session GET, limits on': {
        server: sallyport,
        call: { url: target, headers: session },
        setting: { make: () => setLimits(1_000_000), undo: () => setLimits(0) },
      },
      'Basic GET': { server: sallyport, call: { url: target, headers: basic } },
    },
    {
      'bare node:https, POST': { server: bare, call: { url: bareUrl, ...signIn } },
      'session create': { server: sallyport, call: { url: `${manager.https}/api/session/create`, ...signIn } },
    },
    Object.fromEntries(
      Object.entries(relays.peers).map(([name, { server, url }]) => [
        name,
        { server, call: { url, headers: relaySession } },
      ]),
    ),
    vcenters.asked,
  ]
  const asked: Record<string, Asked> = Object.assign({}, ...families)
  const names = Object.keys(asked)
  for (const one of Object.values(asked)) await p99Of(one, warmUp)
  const results: Record<string, Measured>[] = []
  for (let round = 0; round < rounds; round++) {
    const measured: Record<string, Measured> = {}
    for (const family of families) Object.assign(measured, await inTurn(family, seconds))
    results.push(measured)
  }
  const p99Ms: Record<string, number> = {}
  for (const [name, one] of Object.entries(asked)) p99Ms[name] = await p99Of(one, seconds)
  const figure = (name: string, of: keyof Measured) => median(results.map((round) => round[name]?.[of] ?? 0))
  const ratio = (name: string, peer: string) =>
    median(results.map((round) => (round[name]?.perSecond ?? 0) / (round[peer]?.perSecond ?? 0)))
  const waits = await measureSignIns(target, session, seconds, Math.max(rounds, 5))
  const audit = await measureAuditWrites()
  const checks = await measurePermissionChecks()
  const [fewest, most] = [checks[0]!, checks.at(-1)!]

  const rows = [
    ...names.map((name) => ({
      what: name,
      'per second': Math.round(figure(name, 'perSecond')),
      'CPU µs each': Number(figure(name, 'micros').toFixed(1)),
      'p99 ms': p99Ms[name],
    })),
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
  const spread = (values: number[]) =>
    `${median(values).toFixed(1)} ms (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`
  console.log(
    `session GET, 200 a second, p99: alone ${spread(waits.alone)}, beside 50 sign-ins a second ${spread(waits.besideSignIns)}`,
  )
  console.log(`ready ${Math.round(sallyport.readyMs)} ms after its start, ${Math.round(idleMiB)} MiB idle`)

  const report = {
    date: new Date().toISOString(),
    node: process.version,
    processor: cpus()[0]?.model,
    rows,
    ratios,
    p99BesideSignIns: waits,
    readyMs: sallyport.readyMs,
    idleMiB,
  }
  const folder = here('results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${report.date.replaceAll(':', '-')}.json`), `${JSON.stringify(report, null, 2)}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
