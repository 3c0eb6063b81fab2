import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { currentBundle } from '../bin/bundled.js'

const project = join(import.meta.dirname, '..')

/** A project of one source, and a bundle of it. */
function makeProject() {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))
  const source = join(dir, 'src/main.ts')
  mkdirSync(join(dir, 'src'))
  mkdirSync(join(dir, 'dist'))
  writeFileSync(source, 'one')
  const { mtimeMs, size } = statSync(source)
  const current = join(dir, 'dist/current.json')
  mkdirSync(join(dir, 'dist/a'))
  writeFileSync(join(dir, 'dist/a/main.js'), '')
  writeFileSync(current, JSON.stringify({ main: 'dist/a/main.js', sources: [['src/main.ts', mtimeMs, size]] }))
  return { dir, source, current, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) }
}

test('a bundle is run while it is one of the sources as they are', () => {
  using made = makeProject()
  assert.equal(currentBundle(made.dir), join(made.dir, 'dist/a/main.js'))

  const { mtime } = statSync(made.source)
  utimesSync(made.source, mtime, Math.floor(mtime.getTime() / 1000))
  assert.equal(currentBundle(made.dir), join(made.dir, 'dist/a/main.js'), 'of a copy that has lost the milliseconds')

  writeFileSync(made.source, 'other')
  utimesSync(made.source, mtime, mtime)
  assert.equal(currentBundle(made.dir), undefined, 'of another size')

  writeFileSync(made.source, 'two')
  utimesSync(made.source, mtime, new Date(mtime.getTime() - 1000))
  assert.equal(currentBundle(made.dir), undefined, 'of another time, although older')

  rmSync(made.source)
  assert.equal(currentBundle(made.dir), undefined, 'gone')
})

test('without a bundle, or with half of one, the sources are run', () => {
  using made = makeProject()
  rmSync(join(made.dir, 'dist/a/main.js'))
  assert.equal(currentBundle(made.dir), undefined)
  writeFileSync(made.current, '{"main":')
  assert.equal(currentBundle(made.dir), undefined)
  rmSync(made.current)
  assert.equal(currentBundle(made.dir), undefined)
})

test('the product that is tested from outside is the bundle, and the sources are the same program', () => {
  const bundle = currentBundle(project)
  assert.ok(bundle, 'node build/bundle.ts makes it')
  const help = (main: string) => spawnSync(process.execPath, [main, 'serve', '--help'], { encoding: 'utf8' })
  const said = help(join(project, 'bin/sallyport.js'))
  assert.match(said.stdout, /--data-dir/)
  assert.equal(help(join(project, 'src/main.ts')).stdout, said.stdout)
  assert.equal(help(bundle).stdout, said.stdout)
})
