import type { OperationCall } from './vapi/operation.ts'

/**
 * The call, answered with something else than what its change results in: the answer is encoded, and recorded, before
 * the change is durable.
 *
 * @param answer Makes what the call answers from the result.
 */
export function answering<Result>(call: OperationCall, answer: (result: Result) => unknown): OperationCall {
  const change: OperationCall['change'] = async (work) => {
    let result: Awaited<ReturnType<typeof work>>
    await call.change(async (change) => {
      result = await work(change)
      return answer(result as Result)
    })
    return result!
  }
  return Object.create(call, { change: { value: change } })
}
