import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The file where the bundled server begins, if it was bundled from the sources as they are now; else undefined.
 *
 * @param {string} project The project's directory.
 * @returns {string | undefined}
 */
export function currentBundle(project) {
  try {
    const { main, sources } = JSON.parse(readFileSync(join(project, 'dist/current.json'), 'utf8'))
    for (const [name, modified, bytes] of sources) {
      const { mtimeMs, size } = statSync(`${project}/${name}`)
      // Archives and container images keep whole seconds.
      const same = mtimeMs === modified || mtimeMs === Math.floor(modified / 1000) * 1000
      if (!same || size !== bytes) return undefined
    }
    const begin = join(project, main)
    return existsSync(begin) ? begin : undefined
  } catch {
    // It was never made, or a source is gone.
    return undefined
  }
}
