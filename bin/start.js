import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { currentBundle } from './bundled.js'

// What is loaded is compiled once; later starts read the result, and need no compiler in memory.
enableCompileCache()
const project = join(import.meta.dirname, '..')
await import(pathToFileURL(currentBundle(project) ?? join(project, 'src/main.ts')).href)
