import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installOpenLdap } from './servers/openldap.ts'
import { installOpenSsh } from './servers/openssh.ts'
import { startPostgres } from './servers/postgres.ts'
import { installRsyslog } from './servers/rsyslog.ts'

/**
 * The whole test run: types and style, then every test on the real servers it needs. Arguments are test files to run
 * instead of all.
 */
async function run(command: string, args: string[], environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: environment })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

const files = process.argv.slice(2)
if (files.length === 0) {
  for (const [command, args] of [
    ['tsc', []],
    ['biome', ['check', '--error-on-warnings']],
  ] as const) {
    const code = await run(command, [...args])
    if (code !== 0) process.exit(code)
  }
}

await using postgres = await startPostgres()
if ('missing' in postgres) process.stderr.write(`PostgreSQL: ${postgres.missing}; its tests are skipped\n`)
const noRsyslog = installRsyslog()
if (noRsyslog) process.stderr.write(`rsyslog: ${noRsyslog}; its tests are skipped\n`)
const noOpenLdap = installOpenLdap()
if (noOpenLdap) process.stderr.write(`OpenLDAP: ${noOpenLdap}; its tests are skipped\n`)
const noOpenSsh = installOpenSsh()
if (noOpenSsh) process.stderr.write(`OpenSSH: ${noOpenSsh}; its tests are skipped\n`)
// Every test file is a process of its own: what one has compiled the others need not.
using compiled = new DisposableStack()
const compileCache = compiled.adopt(mkdtempSync(join(tmpdir(), 'sallyport-compiled-')), (dir) =>
  rmSync(dir, { recursive: true, force: true }),
)
process.exitCode = await run(
  'node',
  // Some tests wait for others' time limits; on two cores a third has work meanwhile.
  ['--test', '--test-concurrency=3', ...(files.length > 0 ? files : ['src/**/*.test.ts', 'test/**/*.test.ts'])],
  {
    ...process.env,
    NODE_NO_WARNINGS: '1',
    NODE_COMPILE_CACHE: compileCache,
    ...(noRsyslog ? { SALLYPORT_TEST_RSYSLOG_MISSING: noRsyslog } : { SALLYPORT_TEST_RSYSLOG: '1' }),
    ...(noOpenSsh ? { SALLYPORT_TEST_OPENSSH_MISSING: noOpenSsh } : {}),
    ...(noOpenLdap ? { SALLYPORT_TEST_OPENLDAP_MISSING: noOpenLdap } : {}),
    ...('url' in postgres
      ? { SALLYPORT_TEST_POSTGRES: postgres.url }
      : { SALLYPORT_TEST_POSTGRES_MISSING: postgres.missing }),
  },
)
