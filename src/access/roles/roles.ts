import type { Tags } from '../description.ts'
import type { Managed } from '../managed.ts'
import { builtInRoles, type Role } from './built-in-roles.ts'

/** A role that somebody made. */
export interface CustomRole extends Role, Managed {
  description: string
  tags: Tags
}

export const isCustom = (role: Role): role is CustomRole => !builtInRoles.has(role.id)

export type Roles = ReturnType<typeof createRoles>

/** All roles in memory: what rights are computed from. */
export function createRoles(stored: readonly CustomRole[]) {
  const custom = new Map(stored.map((role) => [role.id, role]))
  const listeners: ((id: string) => void)[] = []

  function changed(id: string): void {
    for (const tell of listeners) tell(id)
  }

  return {
    /** Built-in or custom. */
    find: (id: string): Role | CustomRole | undefined => builtInRoles.get(id) ?? custom.get(id),

    /** Built-in roles first. */
    list: (): (Role | CustomRole)[] => [...builtInRoles.values(), ...custom.values()],

    put(role: CustomRole): void {
      custom.set(role.id, role)
      changed(role.id)
    },

    remove(id: string): void {
      custom.delete(id)
      changed(id)
    },

    /** Who keeps rights computed from roles is told here when to compute them again, before the next request. */
    onChange(tell: (id: string) => void): void {
      listeners.push(tell)
    },
  }
}
