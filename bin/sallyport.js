#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Types are stripped and sources compiled once; later starts read the result, and need no compiler in memory.
enableCompileCache()
await import('../src/main.ts')
