import type { RoleBindingTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import { type Account, adminUserid, auditUserid } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'
import { type Managed, nextRevision, requireRevision } from '../managed.ts'
import { covers, rightsOf } from '../permissions/rights.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { builtInRoles } from './built-in-roles.ts'
import { mergeRolesForPaths, type RolesForPath, type RolesForPathChange, rolesAt } from './roles-for-paths.ts'

/** Which roles a local user has, and where. */
export interface RoleBinding extends Managed {
  id: string
  account: Account
  rolesForPaths: RolesForPath[]
}

/** The columns that say that a binding is a local user's. */
export const ofLocalUser = (realmId: string, userid: number) => ({
  realmId,
  type: 'local_user' as const,
  userid,
  name: '',
  nameKey: String(userid),
  sourceType: '',
  sourceId: '',
})

export type RoleBindings = ReturnType<typeof createRoleBindings>

/** The role bindings of the local users of a realm. They come and go with their users. */
export function createRoleBindings(stores: Stores, directory: Directory, sessions: Sessions) {
  function bindingOf(row: RoleBindingTable): RoleBinding | undefined {
    const account = row.userid === null ? undefined : directory.find(row.realmId, row.userid)?.account
    return account && { ...row, account, rolesForPaths: JSON.parse(row.rolesForPaths) }
  }

  async function find(realmId: string, id: string, inside = stores): Promise<RoleBinding> {
    const row = await inside.roleBindings.find(realmId, id)
    const binding = row && bindingOf(row)
    if (!binding) throw new AccessError('not_found', id)
    return binding
  }

  return {
    async list(realmId: string): Promise<RoleBinding[]> {
      const rows = await stores.roleBindings.list(realmId)
      return rows.map(bindingOf).filter((binding) => binding !== undefined)
    },

    /** @throws {AccessError} `not_found` */
    read: (realmId: string, id: string): Promise<RoleBinding> => find(realmId, id),

    /**
     * Merges roles into a binding. The user's sessions end, the caller's own excepted; the new rights count from the
     * next request on.
     *
     * @param revision The one the caller read; absent: whatever is stored is merged into.
     * @throws {AccessError} `not_found`, `stale_revision`; `invalid_field` for a role that does not exist or when no path would be left;
     *   `binding_fixed` for admin, audit and the caller's own; `forbidden` for rights that the caller does not have.
     */
    async update(
      call: Call,
      realmId: string,
      id: string,
      sent: readonly RolesForPathChange[],
      revision: number | undefined,
    ): Promise<RoleBinding> {
      for (const role of sent.flatMap(({ roles }) => roles)) {
        if (!builtInRoles.has(role))
          throw new AccessError('invalid_field', `value ${role} of property role does not exist`)
      }
      return call.change(async (change) => {
        const before = await find(realmId, id, change.stores)
        const { userid, username } = before.account
        if (revision !== undefined) requireRevision(before.revision, revision)
        if (userid === adminUserid || userid === auditUserid) {
          throw new AccessError('binding_fixed', `The roles of user ${username} cannot be changed`)
        }
        if (call.caller.kind === 'local_user' && userid === call.caller.account.userid) {
          throw new AccessError('binding_fixed', 'Nobody can change the roles of their own')
        }
        const rolesForPaths = mergeRolesForPaths(before.rolesForPaths, sent)
        if (rolesForPaths.length === 0) {
          throw new AccessError('invalid_field', 'property roles_for_paths must keep at least one path')
        }
        const granted = rightsOf(rolesForPaths.flatMap(({ roles }) => roles))
        const own = rightsOf(rolesAt(call.caller.rolesForPaths, '/'))
        if (!covers(own, granted)) throw new AccessError('forbidden', 'The roles give more rights than the caller has')
        const had = rightsOf(before.rolesForPaths.flatMap(({ roles }) => roles))
        if (!covers(own, had)) throw new AccessError('forbidden', 'The user has more rights than the caller')

        const managed = nextRevision(before, call.caller.name, call.now)
        await change.stores.roleBindings.update(id, { ...managed, rolesForPaths: JSON.stringify(rolesForPaths) })
        const after = { ...before, ...managed, rolesForPaths }
        change.values(id, before, after)
        change.onCommit(() => {
          const current = directory.find(realmId, userid)
          if (current) directory.put(current.account, rolesForPaths)
        })
        await sessions.endOfAccount(change, realmId, userid, call.session)
        return after
      })
    },
  }
}
