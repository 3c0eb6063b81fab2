#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Stripping types and compiling is done once; later starts read the result.
enableCompileCache()
const { run } = await import('./cli.ts')
process.exitCode = await run(process.argv)
