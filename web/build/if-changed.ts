import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Builds the console where there is none yet, or one of its files is newer than it. */
const web = join(import.meta.dirname, '..')
const built = join(web, 'dist/index.html')
const changed = (name: string) => statSync(join(web, name)).mtimeMs
const newest = Math.max(...globSync('{src/**/*,*.json}', { cwd: web }).map(changed))

if (!existsSync(built) || statSync(built).mtimeMs < newest) {
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: web,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  process.exitCode = status ?? 1
}
