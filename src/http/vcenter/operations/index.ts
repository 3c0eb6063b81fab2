import type { Operation } from '../vapi/operation.ts'
import { sessionOperations } from './session.ts'

/** Every operation that there is. */
export const operations: readonly Operation[] = [...sessionOperations]
