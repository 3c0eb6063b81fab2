import { displayName } from '../../../access/vcenter/principal.ts'
import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { extensibleManagedObject } from './inventory/extensible.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedObject, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { maySeeTask } from './objects.ts'
import type { Task } from './tasks.ts'
import { int, type Reference, reference } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { taskInfo } from './types/task.ts'
import { list, type ValueOf } from './types/vim-type.ts'

export const task: ManagedType = {
  name: 'Task',
  base: extensibleManagedObject,
  properties: {
    info: property(taskInfo, 'System.View', wireTask),
  },
  methods: {
    CancelTask: method({
      requires: 'session',
      parameters: {},
      run() {
        throw vimFault('InvalidState', '', {})
      },
    }),
  },
}

export const taskManager: ManagedType = {
  name: 'TaskManager',
  base: managedObject,
  properties: {
    recentTask: property(list(reference), 'System.View', (_subject, call) =>
      [...call.tasks.all()].filter((one) => maySeeTask(one, call)).map(({ id }) => ({ type: 'Task', id })),
    ),
    maxCollector: property(int, 'System.View', () => 0),
  },
  methods: {},
}

/** Does what a method asks for, and keeps it as a task that is complete. */
export async function asTask(
  call: SdkCall,
  { method, operation }: Pick<Task, 'method' | 'operation'>,
  target: ManagedObject<VsphereObject>,
  operate: () => Promise<unknown>,
): Promise<void> {
  const entity = referenceTo(target)
  const entityName = target.subject.name
  await operate()
  const { caller, taskId: id, now: begun } = call
  if (!caller) throw new Error('a task of nobody')
  const userName = displayName(caller)
  const completed = call.services.clock()
  call.tasks.add({ id, method, operation, entity, entityName, owner: caller.key, userName, begun, completed })
}

export const destroying = { method: 'Destroy_Task', operation: 'destroy' }

/** What methods answer that begin a task. */
export const taskOf = (_made: unknown, { taskId: id }: SdkCall): Reference => ({ type: 'Task', id })

function wireTask({
  id,
  method,
  operation,
  entity,
  entityName,
  userName,
  begun,
  completed,
}: Task): ValueOf<typeof taskInfo> {
  return {
    key: id,
    task: { type: 'Task', id },
    name: method,
    descriptionId: `${entity.type}.${operation}`,
    entity,
    entityName,
    state: 'success',
    cancelled: false,
    cancelable: false,
    reason: { userName },
    queueTime: begun,
    startTime: begun,
    completeTime: completed,
    eventChainId: Number(id.slice('task-'.length)),
  }
}
