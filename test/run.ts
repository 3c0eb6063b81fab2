import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { groupFiles } from './groups.ts'
import { installChromium } from './servers/chromium.ts'
import { installOpenLdap } from './servers/openldap.ts'
import { installOpenSsh } from './servers/openssh.ts'
import { installParamiko } from './servers/paramiko.ts'
import { startPostgres } from './servers/postgres.ts'
import { installRsyslog } from './servers/rsyslog.ts'

/** Some tests wait for others' time limits; on two cores further processes have work meanwhile. Each takes up to 0.8 GB. */
const atOnce = 4

async function run(command: string, args: string[], environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: environment })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

/** Runs files in one process; what it says is shown when it has ended. @returns whether all went well, and the counts. */
async function runGroup(group: readonly string[], environment: NodeJS.ProcessEnv) {
  const args = ['--test', '--test-isolation=none', '--test-reporter=spec', ...group]
  const child = spawn('node', args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment })
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  process.stdout.write(`${group.join(' ')}\n${said}${complained}\n`)
  const counts = [...said.matchAll(/^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d+)$/gm)]
  return {
    good: code === 0 && counts.length > 0,
    counts: counts.map(([, name = '', count]) => [name, Number(count)] as const),
  }
}

/** Runs groups of files beside one another, and adds up what they count. */
async function runGroups(groups: readonly string[][], environment: NodeJS.ProcessEnv): Promise<number> {
  const total = new Map<string, number>()
  const failed: string[][] = []
  const queue = groups.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const group of queue) {
        const { good, counts } = await runGroup(group, environment)
        if (!good) failed.push(group)
        for (const [name, count] of counts) total.set(name, (total.get(name) ?? 0) + count)
      }
    }),
  )
  for (const [name, count] of total) process.stdout.write(`ℹ ${name} ${count}\n`)
  for (const group of failed) process.stdout.write(`✖ ${group.join(' ')}\n`)
  return failed.length === 0 ? 0 : 1
}

/**
 * The whole test run: types and style, then every test on the real servers it needs. Arguments are test files to run
 * instead of all.
 */
const files = process.argv.slice(2)
await run('node', ['build/bundle.ts'])
if (files.length === 0) {
  const codes = await Promise.all([run('tsc', []), run('biome', ['check', '--error-on-warnings'])])
  for (const code of codes) if (code !== 0) process.exit(code)
}

await using postgres = await startPostgres()
if ('missing' in postgres) process.stderr.write(`PostgreSQL: ${postgres.missing}; its tests are skipped\n`)
const noRsyslog = installRsyslog()
if (noRsyslog) process.stderr.write(`rsyslog: ${noRsyslog}; its tests are skipped\n`)
const noOpenLdap = installOpenLdap()
if (noOpenLdap) process.stderr.write(`OpenLDAP: ${noOpenLdap}; its tests are skipped\n`)
const noOpenSsh = installOpenSsh()
if (noOpenSsh) process.stderr.write(`OpenSSH: ${noOpenSsh}; its tests are skipped\n`)
const noParamiko = installParamiko()
if (noParamiko) process.stderr.write(`paramiko: ${noParamiko}; its tests are skipped\n`)
const noChromium = installChromium()
if (noChromium) process.stderr.write(`Chromium: ${noChromium}; its tests are skipped\n`)
else await run('node', ['web/build/if-changed.ts'])
// What one process has compiled the others need not.
using compiled = new DisposableStack()
const compileCache = compiled.adopt(mkdtempSync(join(tmpdir(), 'sallyport-compiled-')), (dir) =>
  rmSync(dir, { recursive: true, force: true }),
)
const environment = {
  ...process.env,
  NODE_NO_WARNINGS: '1',
  NODE_COMPILE_CACHE: compileCache,
  ...(noRsyslog ? { SALLYPORT_TEST_RSYSLOG_MISSING: noRsyslog } : { SALLYPORT_TEST_RSYSLOG: '1' }),
  ...(noChromium ? { SALLYPORT_TEST_CHROMIUM_MISSING: noChromium } : {}),
  ...(noOpenSsh ? { SALLYPORT_TEST_OPENSSH_MISSING: noOpenSsh } : {}),
  ...(noParamiko ? { SALLYPORT_TEST_PARAMIKO_MISSING: noParamiko } : {}),
  ...(noOpenLdap ? { SALLYPORT_TEST_OPENLDAP_MISSING: noOpenLdap } : {}),
  ...('url' in postgres
    ? { SALLYPORT_TEST_POSTGRES: postgres.url }
    : { SALLYPORT_TEST_POSTGRES_MISSING: postgres.missing }),
}
// Tests that begin at once would each compile it.
await run('node', ['--input-type=module', '--eval', "await import('./src/serve.ts')"], environment)
process.exitCode =
  files.length > 0
    ? await run('node', ['--test', `--test-concurrency=${atOnce}`, ...files], environment)
    : await runGroups(groupFiles(globSync('{src,test}/**/*.test.ts').sort()), environment)
