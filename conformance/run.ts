import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labSsoPassword } from '../src/lab.ts'
import { startLab } from '../test/tour/lab-process.ts'
import { cedar } from './cedar.ts'
import { govc } from './govc.ts'
import { nsxSdk } from './nsx-sdk.ts'
import { nsxramlclient } from './nsxramlclient.ts'
import { pyvmomi } from './pyvmomi.ts'
import { type Check, Missing, type Suite } from './suite.ts'
import { vcfSdk } from './vcf-sdk.ts'
import { wsdl } from './wsdl.ts'

/** In the order in which they run, each on a lab of its own. */
const suites: readonly Suite[] = [govc, pyvmomi, wsdl, vcfSdk, nsxSdk, nsxramlclient, cedar]

/**
 * Runs clients that nobody here wrote, as their registries have them, against a lab. What cannot be had is skipped by
 * name.
 *
 * @param wanted Names of suites; none: all of them.
 * @returns the exit code: 1 once a case fails, or when nothing could be run.
 */
async function conformance(wanted: readonly string[], print: (line: string) => void): Promise<number> {
  const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    print(`There is no suite ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`)
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'))
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const check: Check = async (name, work) => {
    try {
      await work()
      counts.passed++
      print(`  ok      ${name}`)
    } catch (error) {
      counts.failed++
      print(`  FAILED  ${name}\n          ${(error as Error).message.replaceAll('\n', '\n          ')}`)
    }
  }
  try {
    for (const suite of suites) {
      if (wanted.length === 0 || wanted.includes(suite.name)) await runSuite(suite)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  print(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1

  async function runSuite(suite: Suite): Promise<void> {
    const own = join(folder, suite.name)
    mkdirSync(own)
    print(`\n${suite.name}: installing`)
    let installed: Awaited<ReturnType<Suite['install']>>
    try {
      installed = await suite.install(own)
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      counts.skipped++
      print(`  SKIPPED ${suite.name}: ${error.message}`)
      return
    }
    print(`  ${installed.version}`)
    await using lab = await startLab()
    const { url } = lab.managers.a
    const { hostname: host, port } = new URL(url)
    const user = 'administrator@vsphere.local'
    const target = { url, host, port, ca: lab.ca, user, password: labSsoPassword, folder: own }
    await suite.run(installed.client, target, check)
  }
}

process.exitCode = await conformance(process.argv.slice(2), console.log)
