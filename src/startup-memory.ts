import { executionAsyncResource } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Gives back what starting has left behind. V8 would keep some thirty megabytes of it for as long as the server is
 * idle; once is enough. It takes some tens of milliseconds, in which nobody is answered.
 */
export function releaseStartupMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect: Collect = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

const kept = new Set<unknown>()

/**
 * Has V8 remember the shapes of objects through collections that find none of them. A server that is idle collects with
 * the aim of holding little, and would forget the shapes of requests and answers, and with them all that was compiled
 * for these: the first seconds of the next load would cost twice as much. What it holds is still given back.
 */
export function keepShapes(): void {
  setFlagsFromString('--no-memory-reducer-favors-memory')
  setFlagsFromString('--retain-maps-for-n-gc=50')
  keepTickShape()
}

/**
 * Keeps one of the objects alive that `process.nextTick` makes for every callback. Where a garbage collection finds
 * none, V8 forgets their shape, and the code compiled for it makes each one after that the long way: 280 instead of
 * 40 ns, some four times a request. To be called before the first collection.
 */
function keepTickShape(): void {
  process.nextTick(() => {
    kept.add(executionAsyncResource())
  })
}
