import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Running, startProgram } from './processes.ts'

/** govmomi's vCenter simulator, from the Go module proxy; or why there is none. */
export async function startVcsim(dir: string): Promise<Running<{ host: string }> | string> {
  const program = join(dir, 'vcsim')
  const source = join(import.meta.dirname, 'vcsim')
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: source, encoding: 'utf8', timeout: 300_000 })
  if (built.status !== 0) return built.error?.message ?? built.stderr.trim().split('\n').at(-1) ?? 'it was not built'
  return startProgram([program])
}
