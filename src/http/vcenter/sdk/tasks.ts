import type { PrincipalKey } from '../../../access/vcenter/principal.ts'
import type { Reference } from './types/basic.ts'

/** Something that a client asked for and that is done: everything here is done at once. */
export interface Task {
  readonly id: string
  /** The method that began it. */
  readonly method: string
  /** What the task is called in lists, such as `powerOn`. */
  readonly operation: string
  readonly entity: Reference
  readonly entityName: string
  /** Who asked for it. */
  readonly owner: PrincipalKey
  readonly userName: string
  /** Milliseconds since 1970. */
  readonly begun: number
  readonly completed: number
}

/** Older ones are forgotten. */
const most = 1000

export type Tasks = ReturnType<typeof createTasks>

/** The tasks of the server's run, the newest thousand. */
export function createTasks() {
  const tasks = new Map<string, Task>()
  let last = 0
  return {
    nextId: (): string => `task-${++last}`,
    add(task: Task): void {
      const [oldest] = tasks.keys()
      if (oldest !== undefined && tasks.size >= most) tasks.delete(oldest)
      tasks.set(task.id, task)
    },
    find: (id: string): Task | undefined => tasks.get(id),
    all: (): Iterable<Task> => tasks.values(),
  }
}
