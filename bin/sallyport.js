#!/usr/bin/env node
// Nothing here is newer than what Node.js 14 reads: older ones must be told, and not stumble.
const needed = 24
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `sallyport: it needs Node.js ${needed} or newer, and this is ${process.version}. 'npm ci' in the project installs one, which 'npm start' and 'npm run sallyport' use\n`,
  )
  process.exit(2)
}
// Whoever may send a signal may not read the memory: without a listener SIGUSR1 opens the inspector.
process.on('SIGUSR1', () => {})
await import('./start.js')
