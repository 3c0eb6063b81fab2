import { managedObject } from './managed-object.ts'
import type { ManagedObject, ManagedType } from './managed-type.ts'
import type { Registry } from './registry.ts'

/** The registry of a service all of whose objects are always there. @param types Those of the objects, by their ids. */
export function fixedRegistry(types: Readonly<Record<string, ManagedType>>): Registry {
  const byName = new Map([managedObject, ...Object.values(types)].map((one) => [one.name, one]))
  const objects = new Map<string, ManagedObject>(
    Object.entries(types).map(([id, type]) => [id, { type, id, entity: undefined, subject: undefined }]),
  )
  return {
    typeNamed: (name) => byName.get(name),
    types: () => [...byName.values()],
    singleton: (id) => objects.get(id),
    singletons: () => [...objects.values()],
    namesInventory: false,
  }
}
