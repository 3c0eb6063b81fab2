import { setPriority } from 'node:os'
import { attacks } from './attacks/index.ts'
import type { Outcomes, Target } from './target.ts'

/** How often what has happened is told, in milliseconds. */
const tellEvery = 1000

// The machine is there for the server and its good client: what an attacker costs to be is not what is measured.
setPriority(19)

/** One attack in a process of its own. Arguments: its name, its connections, and the target as JSON. */
const [name = '', connections, json = '{}'] = process.argv.slice(2)
const known = attacks[name]
if (!known) throw new Error(`There is no attack ${name}`)
const outcomes: Outcomes = new Map()
const tell = setInterval(() => {
  process.send?.(Object.fromEntries(outcomes))
  outcomes.clear()
}, tellEvery)
const end = new AbortController()
process.once('SIGTERM', () => {
  end.abort()
  clearInterval(tell)
  process.exit(0)
})
const target: Target = JSON.parse(json)
await known.attack(target, Number(connections), known.from, outcomes, end.signal)
