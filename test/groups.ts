import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Files that have a process of their own and begin first: they take long, longest first, or begin with a fresh one. */
const alone = [
  'test/kill.test.ts',
  'test/fuzz.test.ts',
  'test/process.test.ts',
  'test/nsx/syslog-exporters.test.ts',
  'test/syslog-export.test.ts',
  'test/indistinguishable.test.ts',
]

/** Files that share a process at most. */
const most = 8

/**
 * Which files share a process: loading the product costs more than most files do, and what one has made, such as a
 * store to copy, serves the next. The larger groups come first, so that no long one is left for the end.
 */
export function groupFiles(files: readonly string[]): string[][] {
  const shared = Map.groupBy(
    files.filter((file) => !alone.includes(file)),
    // Rules need nothing that is worth a second process.
    (file) => (file.startsWith('src/') ? 'src' : dirname(file)),
  )
  const groups = [...shared].flatMap(([place, group]) => (place === 'src' ? [group] : dealt(group)))
  const work = (group: readonly string[]) => group.reduce((sum, file) => sum + statSync(file).size * perByte(file), 0)
  return [
    ...alone.filter((file) => files.includes(file)).map((file) => [file]),
    ...groups.sort((a, b) => work(b) - work(a)),
  ]
}

/** How much longer than others a file of its size takes: a browser draws every page, and rules need nothing drawn or stored. */
function perByte(file: string): number {
  if (file.startsWith('test/console/')) return 3
  return file.startsWith('src/') ? 0.2 : 1
}

/** As few hands as the files need, dealt in turn. */
function dealt(files: readonly string[]): string[][] {
  const hands = Math.ceil(files.length / most)
  return Array.from({ length: hands }, (_, hand) => files.filter((_, index) => index % hands === hand))
}
