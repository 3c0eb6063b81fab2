import { statfs } from 'node:fs/promises'
import { arch, cpus, totalmem } from 'node:os'
import { type NsxvCommand, type NsxvSession, privileged } from '../session.ts'

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`

export function hardwareLines(): string[] {
  const processors = cpus()
  return [
    `Architecture:  ${arch()}`,
    `Processors:    ${processors.length}`,
    `Model:         ${processors[0]?.model.trim() || 'unknown'}`,
    `Memory:        ${mebibytes(totalmem())}`,
  ]
}

export const showHardware: NsxvCommand = {
  syntax: 'show hardware',
  modes: privileged,
  summary: 'Show processors and memory of the machine that Sallyport runs on',
  example: 'show hardware',
  run: (session) => session.print(...hardwareLines()),
}

/** Of the file system that has the data directory; where it is in the machine is not told. */
export async function filesystemLines({ services }: NsxvSession): Promise<string[]> {
  const { bsize, blocks, bfree, bavail } = await statfs(services.config.dataDir)
  const used = (blocks - bfree) * bsize
  const free = bavail * bsize
  const percent = used + free === 0 ? 0 : Math.ceil((100 * used) / (used + free))
  const columns = ['data', mebibytes(blocks * bsize), mebibytes(used), mebibytes(free), `${percent}%`]
  return [
    ['Filesystem', 'Size', 'Used', 'Avail', 'Use%'].map((head) => head.padEnd(12)).join(''),
    columns.map((column) => column.padEnd(12)).join(''),
  ].map((line) => line.trimEnd())
}

export const showFilesystems: NsxvCommand = {
  syntax: 'show filesystems',
  modes: privileged,
  summary: 'Show how full the file system is that Sallyport keeps its data on',
  example: 'show filesystems',
  async run(session) {
    session.print(...(await filesystemLines(session)))
  },
}
