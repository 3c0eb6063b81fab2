import type { Grantee, Permission } from './permission.ts'

export type PermissionView = ReturnType<typeof createPermissionView>

/** A value under two keys. */
function createShelf<Outer, Inner>() {
  const shelves = new Map<Outer, Map<Inner, Permission>>()
  const none: ReadonlyMap<Inner, Permission> = new Map()
  return {
    outers: () => shelves.keys(),
    of: (outer: Outer): ReadonlyMap<Inner, Permission> => shelves.get(outer) ?? none,
    has: (outer: Outer): boolean => shelves.has(outer),
    put(outer: Outer, inner: Inner, permission: Permission): void {
      const shelf = shelves.get(outer)
      if (shelf) shelf.set(inner, permission)
      else shelves.set(outer, new Map([[inner, permission]]))
    },
    remove(outer: Outer, inner: Inner): void {
      const shelf = shelves.get(outer)
      shelf?.delete(inner)
      if (shelf?.size === 0) shelves.delete(outer)
    },
  }
}

/** All permissions in memory, found by what they are on, whom they are for, and which role they give. */
export function createPermissionView(stored: Iterable<Permission>) {
  const byObject = createShelf<string, Grantee>()
  const byGrantee = createShelf<Grantee, string>()
  const byRole = createShelf<number, string>()
  const listeners: (() => void)[] = []

  // An object's id and a grantee have no line break in them.
  const pair = ({ objectId, grantee }: Pick<Permission, 'objectId' | 'grantee'>) => `${objectId}\n${grantee}`

  function forget({ objectId, grantee }: Pick<Permission, 'objectId' | 'grantee'>): void {
    const present = byObject.of(objectId).get(grantee)
    if (!present) return
    byObject.remove(objectId, grantee)
    byGrantee.remove(grantee, objectId)
    byRole.remove(present.roleId, pair(present))
  }

  function keep(permission: Permission): void {
    forget(permission)
    byObject.put(permission.objectId, permission.grantee, permission)
    byGrantee.put(permission.grantee, permission.objectId, permission)
    byRole.put(permission.roleId, pair(permission), permission)
  }

  function changed(): void {
    for (const listen of listeners) listen()
  }

  for (const permission of stored) keep(permission)

  return {
    *all(): Iterable<Permission> {
      for (const objectId of byObject.outers()) yield* byObject.of(objectId).values()
    },
    /** Ids of the objects that have some. */
    objects: byObject.outers,
    /** What is set on an object itself, by grantee. */
    on: byObject.of,
    has: byObject.has,
    ofGrantee: (grantee: Grantee): Iterable<Permission> => byGrantee.of(grantee).values(),
    hasGrantee: byGrantee.has,
    withRole: (roleId: number): Iterable<Permission> => byRole.of(roleId).values(),

    put(permission: Permission): void {
      keep(permission)
      changed()
    },

    remove(permission: Pick<Permission, 'objectId' | 'grantee'>): void {
      forget(permission)
      changed()
    },

    onChange(listen: () => void): void {
      listeners.push(listen)
    },
  }
}
