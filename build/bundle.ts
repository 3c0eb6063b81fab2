import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type OutputFile } from 'esbuild'
import { currentBundle } from '../bin/bundled.js'
import manifest from '../package.json' with { type: 'json' }

/**
 * Puts the server's modules into few files, for loading a thousand takes longer than all else that a start does.
 * `bin/sallyport.js` runs these while they are those of the sources, and the sources otherwise.
 *
 * @see docs/decisions/029-bundle.md
 */
const project = join(import.meta.dirname, '..')
const dist = join(project, 'dist')
const current = join(dist, 'current.json')

/** Packages of hundreds of modules. The others are loaded from where they are: some have files beside their code. */
const inlined = ['kysely', 'typebox']

/** What a bundle depends on beside its sources. */
const settings = ['build/bundle.ts', 'package.json', 'package-lock.json']

async function bundle(): Promise<void> {
  // Whatever is changed while it is made must not be taken for a part of it.
  const stamps = [...settings, ...globSync('src/**/*.*', { cwd: project })].map((name) => {
    const { mtimeMs, size } = statSync(join(project, name))
    return [name, mtimeMs, size] as const
  })
  const { outputFiles, metafile } = await build({
    absWorkingDir: project,
    entryPoints: ['src/main.ts', 'src/store/sqlite-writer-thread.ts'],
    entryNames: '[name]',
    // As deep as where they are written, for the source maps' paths.
    outdir: 'dist/id',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    external: Object.keys(manifest.dependencies).filter((name) => !inlined.includes(name)),
  })
  const id = idOf(outputFiles)
  const dir = join(dist, id)
  mkdirSync(dir, { recursive: true })
  for (const { path, contents } of outputFiles) writeFileSync(join(dir, basename(path)), contents)

  const sources = stamps.filter(([name]) => settings.includes(name) || name in metafile.inputs)
  const before = bundleBefore()
  const next = `${current}.${process.pid}`
  writeFileSync(next, JSON.stringify({ main: `dist/${id}/main.js`, sources }))
  renameSync(next, current)
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    // A server may be running from the one before.
    if (entry.isDirectory() && entry.name !== id && entry.name !== before) {
      rmSync(join(dist, entry.name), { recursive: true, force: true })
    }
  }
}

function idOf(files: readonly OutputFile[]): string {
  const hash = createHash('sha256')
  for (const { contents } of files) hash.update(contents)
  return hash.digest('hex').slice(0, 12)
}

function bundleBefore(): string | undefined {
  try {
    return JSON.parse(readFileSync(current, 'utf8')).main.split('/')[1]
  } catch {
    return undefined
  }
}

if (!currentBundle(project)) await bundle()
