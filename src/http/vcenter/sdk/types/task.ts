import { anyType, boolean, dateTime, enumeration, int, reference, string } from './basic.ts'
import { dataObject, derived, optional } from './vim-type.ts'

export const taskInfo = dataObject('TaskInfo', {
  key: string,
  task: reference,
  name: optional(string),
  descriptionId: string,
  entity: optional(reference),
  entityName: optional(string),
  state: enumeration('TaskInfoState', ['queued', 'running', 'success', 'error']),
  cancelled: boolean,
  cancelable: boolean,
  result: optional(anyType),
  reason: derived(dataObject('TaskReasonUser', { userName: string })),
  queueTime: dateTime,
  startTime: optional(dateTime),
  completeTime: optional(dateTime),
  eventChainId: int,
})
