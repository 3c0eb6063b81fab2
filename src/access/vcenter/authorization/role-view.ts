import type { Role } from './role.ts'
import { systemRoles } from './system-roles.ts'

export type RoleView = ReturnType<typeof createRoleView>

/** All roles in memory: those that came with the server, and those that people made. */
export function createRoleView(made: Iterable<Role>) {
  const roles = new Map<number, Role>()
  for (const role of [...systemRoles, ...made]) roles.set(role.id, role)
  const listeners: (() => void)[] = []
  const changed = () => {
    for (const listen of listeners) listen()
  }

  return {
    find: (id: number): Role | undefined => roles.get(id),
    all: (): Iterable<Role> => roles.values(),

    put(role: Role): void {
      roles.set(role.id, role)
      changed()
    },

    remove(id: number): void {
      roles.delete(id)
      changed()
    },

    onChange(listen: () => void): void {
      listeners.push(listen)
    },
  }
}
