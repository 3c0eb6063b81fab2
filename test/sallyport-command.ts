import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Lab } from './lab.ts'

/** Runs `sallyport` on the data of a lab, or on none. */
export function sallyport(lab: Lab | undefined, args: string[], input = '') {
  const database = lab?.server.services.config.database
  const where = lab ? ['--data-dir', lab.dataDir] : []
  const url = database?.kind === 'postgres' ? ['--database-url', database.url] : []
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['bin/sallyport.js', ...args, ...where, ...url],
      { cwd: join(import.meta.dirname, '..'), timeout: 30_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}
