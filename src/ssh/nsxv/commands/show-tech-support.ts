import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { nsxvManagerLine } from '../../../audit/nsxv-line.ts'
import { type NsxvCommand, type NsxvSession, privileged } from '../session.ts'
import { inferred } from '../texts.ts'
import { runningLines } from './show-config.ts'
import { filesystemLines, hardwareLines } from './show-hardware.ts'
import { allInterfaceLines, routeLines } from './show-network.ts'
import { processLines } from './show-process.ts'
import { clockLines, serviceLines, versionLines } from './show-state.ts'
import { systemLines } from './show-system.ts'

const folder = 'tech-support'

const logLines = ({ services, appliance, signal }: NsxvSession) =>
  services.auditLogReader.newest(
    { host: appliance.name, wants: () => true, signal, lineOf: nsxvManagerLine },
    inferred.bundleLog,
  )

/** What a support bundle has; there is no secret in any of it. */
const parts: Record<string, (session: NsxvSession) => string[] | Promise<string[]>> = {
  'show version': versionLines,
  'show clock': clockLines,
  'show services': serviceLines,
  'show system': systemLines,
  'show hardware': hardwareLines,
  'show filesystems': filesystemLines,
  'show process list': processLines,
  'show interface': allInterfaceLines,
  'show ip route': routeLines,
  'show running-config': runningLines,
  [`show manager log last ${inferred.bundleLog}`]: logLines,
}

async function report(session: NsxvSession): Promise<string[]> {
  const lines: string[] = []
  for (const [command, part] of Object.entries(parts)) {
    lines.push(`------------------ ${command} ------------------`, '', ...(await part(session)), '')
  }
  return lines
}

/** Writes a bundle and removes the oldest, so that they fill no disk. @returns its name in the data directory. */
async function save({ services, nsxv }: NsxvSession, lines: readonly string[]): Promise<string> {
  const directory = join(services.config.dataDir, folder)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const written = (await readdir(directory)).filter((name) => name.endsWith('.txt.gz')).sort(byTime)
  for (const name of written.slice(0, Math.max(0, written.length - inferred.bundles + 1))) {
    await rm(join(directory, name), { force: true })
  }
  const time = new Date(services.clock()).toISOString().replace(/[-:]|\.\d+/g, '')
  const name = `${nsxv.configuration.read().hostname}-${time}.txt.gz`
  await writeFile(join(directory, name), await promisify(gzip)(`${lines.join('\n')}\n`), { mode: 0o600 })
  return `${folder}/${name}`
}

const timeOf = (name: string) => name.slice(-'20160122T030501Z.txt.gz'.length)
const byTime = (a: string, b: string) => (timeOf(a) < timeOf(b) ? -1 : 1)

export const showTechSupport: NsxvCommand = {
  syntax: 'show tech-support [save]',
  modes: privileged,
  summary: `Show what somebody who helps wants to know; save: write it into the data directory, where the newest ${inferred.bundles} are kept`,
  example: 'show tech-support save',
  async run(session, _values, words) {
    const lines = await report(session)
    if (words.has('save')) session.print(`Saved in the data directory of Sallyport as ${await save(session, lines)}`)
    else session.print(...lines)
  },
}
