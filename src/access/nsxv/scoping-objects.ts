import type { NsxvObjectTable } from '../../store/schema.ts'
import { globalRoot } from './principal.ts'

export interface ScopingObject {
  id: string
  type: string
  name: string
}

export type ScopingObjects = ReturnType<typeof createScopingObjects>

const everything: ScopingObject = { id: globalRoot, type: 'GlobalRoot', name: 'Global' }

/**
 * What a role can be limited to. @see nsxv-api.md 2.3, scopingobjects
 * @param datacenters Those of the vSphere inventory, as they are now.
 */
export function createScopingObjects(stored: readonly NsxvObjectTable[], datacenters: () => readonly ScopingObject[]) {
  const own = new Map([everything, ...stored].map((object) => [object.id, object]))

  return {
    find(id: string): ScopingObject | undefined {
      return own.get(id) ?? datacenters().find((object) => object.id === id)
    },

    list: (): ScopingObject[] => [everything, ...datacenters(), ...[...own.values()].slice(1)],
  }
}
