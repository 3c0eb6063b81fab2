import type { Config } from '../config.ts'
import { openStoppedStore } from './stopped-store.ts'

/** Has the journal of a stopped server taken as it is. */
export async function acceptLoss(config: Config): Promise<void> {
  await using services = await openStoppedStore(config)
  const losses = await services.auditHead.acceptLosses()
  const { file } = config.auditHead
  for (const { at, reason } of losses) {
    process.stdout.write(`Accepted, found ${new Date(at).toISOString()}: head file ${file} ${reason}\n`)
  }
  if (losses.length === 0) process.stdout.write(`There is nothing to accept: the journal has all that ${file} says\n`)
}
