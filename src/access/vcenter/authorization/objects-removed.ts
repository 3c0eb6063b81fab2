import type { Change } from '../../../audit/journal.ts'
import type { PermissionView } from './permission-view.ts'

/** Databases take so many parameters. */
const askedAtOnce = 1000

export type ObjectsRemoved = ReturnType<typeof createObjectsRemoved>

/** Takes the permissions with the objects they are on, in the change that removes these. */
export function createObjectsRemoved(view: PermissionView) {
  return async ({ stores, onCommit }: Change, objectIds: readonly string[]): Promise<void> => {
    for (let from = 0; from < objectIds.length; from += askedAtOnce) {
      const permissions = await stores.vcenterPermissions.on(objectIds.slice(from, from + askedAtOnce))
      for (const permission of permissions) {
        await stores.vcenterPermissions.remove(permission)
        onCommit(() => view.remove(permission))
      }
    }
  }
}
