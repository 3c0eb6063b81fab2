import { randomUUID } from 'node:crypto'
import type { Change } from '../../audit/journal.ts'
import type { PrincipalIdentityTable, RoleBindingTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import { adminUserid, auditUserid } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import type { Call } from '../call.ts'
import type { Description } from '../description.ts'
import { AccessError } from '../errors.ts'
import { firstRevision, type Managed, nextRevision, requireRevision } from '../managed.ts'
import type { Principal, RemoteSourceType } from '../principal.ts'
import type { Identities } from '../principal-identities/identities.ts'
import { identityOf } from '../principal-identities/principal-identities.ts'
import type { Sessions } from '../sessions/sessions.ts'
import {
  type BoundSubject,
  comesWithOwner,
  hasRoomForGroup,
  isAbout,
  mostLdapGroups,
  newSubject,
  requireSameSubject,
  type SentSubject,
} from './binding-subject.ts'
import { rolesIn } from './custom-roles.ts'
import { requireReach, visibleTo } from './reach.ts'
import type { RemoteBindings, RemoteSubject } from './remote-bindings.ts'
import type { Roles } from './roles.ts'
import { mergeRolesForPaths, type RolesForPath, type RolesForPathChange } from './roles-for-paths.ts'

/** Which roles somebody has, and where. */
export interface RoleBinding extends BoundSubject, Managed {
  id: string
  /** Of a local user. */
  userid: number | undefined
  rolesForPaths: RolesForPath[]
  description: Description
  /** Of a principal identity with a certificate, whose roles were given when it was made. */
  fixed?: boolean
}

/** The columns that say that a binding is a local user's, of which nobody has said anything. */
export const ofLocalUser = (realmId: string, userid: number) => ({
  realmId,
  type: 'local_user' as const,
  userid,
  name: '',
  nameKey: String(userid),
  sourceType: '',
  sourceId: '',
  description: '{}',
})

export interface RoleBindingParts {
  stores: Stores
  directory: Directory
  remoteBindings: RemoteBindings
  identities: Identities
  roles: Roles
  sessions: Sessions
  /** Whether there is such an identity source. */
  knowsSource(stores: Stores, type: RemoteSourceType, id: string): Promise<boolean>
}

export type RoleBindings = ReturnType<typeof createRoleBindings>

/**
 * The role bindings of a realm. Those of local users and principal identities come and go with them, those of remote
 * users and groups are made and deleted. What a binding gives counts from the next request on.
 */
export function createRoleBindings(parts: RoleBindingParts) {
  const { stores, directory, remoteBindings, identities, roles, sessions } = parts

  function bindingOf({ userid, name, ...row }: RoleBindingTable): RoleBinding | undefined {
    const rolesForPaths: RolesForPath[] = JSON.parse(row.rolesForPaths)
    const said = { rolesForPaths, description: JSON.parse(row.description) as Description }
    if (row.type !== 'local_user') return { ...row, ...said, name, userid: undefined }
    const account = userid === null ? undefined : directory.find(row.realmId, userid)?.account
    return account && { ...row, ...said, name: account.username, userid: account.userid }
  }

  async function find(realmId: string, id: string, inside = stores): Promise<RoleBinding> {
    const row = await inside.roleBindings.find(realmId, id)
    const identity = row ? undefined : await inside.principalIdentities.find(id)
    const binding = (row && bindingOf(row)) ?? (identity && bindingOfIdentity(identity))
    if (!binding) throw new AccessError('not_found', id)
    return binding
  }

  function shownTo(caller: Principal): (binding: RoleBinding) => RoleBinding {
    const visible = visibleTo(caller, roles.find)
    return (binding) => ({ ...binding, rolesForPaths: visible(binding.rolesForPaths) })
  }

  /** @throws {AccessError} `binding_fixed` */
  function requireChangeable(call: Call, binding: BoundSubject & Partial<RoleBinding>): void {
    if (binding.fixed) {
      throw new AccessError(
        'binding_fixed',
        'The roles of a principal identity with a certificate are given when it is made',
      )
    }
    if (binding.userid === adminUserid || binding.userid === auditUserid) {
      throw new AccessError('binding_fixed', `The roles of user ${binding.name} cannot be changed`)
    }
    if (isAbout(call.caller, binding)) {
      throw new AccessError('binding_fixed', 'Nobody can change the roles of their own')
    }
  }

  /** @throws {AccessError} `invalid_field`, `forbidden` */
  async function requireAssignable(call: Call, inside: Stores, before: RolesForPath[], sent: RolesForPathChange[]) {
    const findRole = await rolesIn(inside)
    const wantedRoles = sent.filter(({ remove }) => !remove).flatMap((change) => change.roles)
    for (const role of wantedRoles) {
      if (!findRole(role)) throw new AccessError('invalid_field', `value ${role} of property role does not exist`)
    }
    // A change of nothing touches the whole.
    if (sent.length === 0) requireReach(call.caller, findRole, '/', [], [])
    for (const { path, roles: wanted, remove } of sent) {
      const had = before.find((bound) => bound.path === path)?.roles ?? []
      requireReach(call.caller, findRole, path, had, remove ? [] : wanted)
    }
  }

  /** Stores what is bound now and tells the views. */
  async function store(
    call: Call,
    change: Change,
    realmId: string,
    before: RoleBinding,
    rolesForPaths: RolesForPath[],
    said: Description = {},
  ): Promise<RoleBinding> {
    const managed = nextRevision(before, call.caller.name, call.now)
    const { id, userid, type, name, sourceId } = before
    const description = { ...before.description, ...said }
    const after = { ...before, ...managed, rolesForPaths, description }
    change.values(id, before, after)
    const row = { ...managed, rolesForPaths: JSON.stringify(rolesForPaths) }
    if (type === 'principal_identity') {
      await change.stores.principalIdentities.update(id, { ...row, bindingDescription: JSON.stringify(description) })
      const identity = await change.stores.principalIdentities.find(id)
      if (identity) change.onCommit(() => identities.put(identityOf(identity)))
      await sessions.endOfIdentity(change, id)
      return after
    }
    await change.stores.roleBindings.update(id, { ...row, description: JSON.stringify(description) })
    if (userid === undefined) {
      const subject = { type, name, sourceType: before.sourceType, sourceId } as RemoteSubject
      change.onCommit(() => remoteBindings.put(id, subject, rolesForPaths))
    } else {
      change.onCommit(() => {
        const current = directory.find(realmId, userid)
        if (current) directory.put(current.account, rolesForPaths)
      })
      await sessions.endOfAccount(change, realmId, userid, call.session)
    }
    return after
  }

  return {
    /** Every binding, each with the paths that the caller may see. */
    async list(realmId: string, caller: Principal): Promise<RoleBinding[]> {
      const rows = await stores.roleBindings.list(realmId)
      const bindings = rows.map(bindingOf).filter((binding) => binding !== undefined)
      const identities = (await stores.principalIdentities.list()).map(bindingOfIdentity)
      return [...bindings, ...identities].map(shownTo(caller))
    },

    /** @throws {AccessError} `not_found` */
    read: async (realmId: string, id: string, caller: Principal): Promise<RoleBinding> =>
      shownTo(caller)(await find(realmId, id)),

    /** As the caller may see it. */
    shownTo,

    /**
     * Binds roles to a remote user or group.
     *
     * @throws {AccessError} `invalid_field`; `already_exists` where the name is bound, whatever its case;
     *   `limit_reached` for one LDAP group too many; `binding_fixed` for local users, principal identities, and the
     *   caller and their groups; `forbidden` for rights that the caller does not have at the path.
     */
    async create(
      call: Call,
      realmId: string,
      sent: SentSubject,
      paths: RolesForPathChange[],
      description: Description,
    ): Promise<RoleBinding> {
      const subject = newSubject(sent)
      const { type, name, sourceType, sourceId } = subject
      const rolesForPaths = mergeRolesForPaths([], paths)
      if (rolesForPaths.length === 0) throw noPaths()
      return call.change(async (change) => {
        const inside = change.stores
        if (sourceId !== '' && !(await parts.knowsSource(inside, sourceType, sourceId))) {
          throw new AccessError('invalid_field', `value ${sourceId} of property identity_source_id does not exist`)
        }
        requireChangeable(call, subject)
        const key = { realmId, type, sourceType, sourceId, nameKey: name.toLowerCase() }
        await requireAssignable(call, inside, [], paths)
        if (await inside.roleBindings.findByName(key)) {
          throw new AccessError('already_exists', `A role binding of ${type} ${name} already exists`)
        }
        if (type === 'remote_group' && sourceType === 'LDAP') {
          if (!hasRoomForGroup(await inside.roleBindings.sourceIdsOfGroups(realmId, sourceType), sourceId)) {
            throw new AccessError(
              'limit_reached',
              `No more than ${mostLdapGroups} groups of an LDAP source can be bound`,
            )
          }
        }
        const id = randomUUID()
        const managed = firstRevision(call.caller.name, call.now)
        const row = {
          id,
          ...key,
          userid: null,
          name,
          rolesForPaths: JSON.stringify(rolesForPaths),
          description: JSON.stringify(description),
          ...managed,
        }
        await inside.roleBindings.insert(row)
        const binding: RoleBinding = { id, ...subject, userid: undefined, rolesForPaths, description, ...managed }
        change.values(id, undefined, binding)
        change.onCommit(() => remoteBindings.put(id, subject, rolesForPaths))
        return binding
      })
    },

    /**
     * Merges roles into a binding. The sessions of a local user end, the caller's own excepted, and those of a principal
     * identity.
     *
     * @param sent Whom the caller takes the binding to be about.
     * @param said What the caller says of it; what is left out stays as it is.
     * @param revision The one the caller read; absent: whatever is stored is merged into.
     * @throws {AccessError} `not_found`, `stale_revision`; `invalid_field` for a role that does not exist, for somebody
     *   else's name or when no path would be left; `binding_fixed` for admin, audit, the caller's own and their
     *   groups'; `forbidden` for rights that the caller does not have at the path.
     */
    update(
      call: Call,
      realmId: string,
      id: string,
      sent: SentSubject,
      paths: RolesForPathChange[],
      said: Description,
      revision: number | undefined,
    ): Promise<RoleBinding> {
      return call.change(async (change) => {
        const before = await find(realmId, id, change.stores)
        requireSameSubject(before, sent)
        if (revision !== undefined) requireRevision(before.revision, revision)
        requireChangeable(call, before)
        await requireAssignable(call, change.stores, before.rolesForPaths, paths)
        const rolesForPaths = mergeRolesForPaths(before.rolesForPaths, paths)
        if (paths.length > 0 && rolesForPaths.length === 0) throw noPaths()
        return store(call, change, realmId, before, rolesForPaths, said)
      })
    },

    /**
     * Deletes a binding, or paths of it; with its last path goes the binding itself, unless it comes and goes with its
     * owner.
     *
     * @param paths Absent: all of it.
     * @throws {AccessError} `not_found`; `invalid_field` for a path that is not bound; `binding_fixed` for all of one
     *   that goes with its owner and otherwise as `update`; `forbidden`
     */
    async remove(call: Call, realmId: string, id: string, paths: readonly string[] | undefined): Promise<void> {
      await call.change(async (change) => {
        const before = await find(realmId, id, change.stores)
        requireChangeable(call, before)
        const owner = comesWithOwner.get(before.type)
        if (!paths && owner !== undefined) {
          throw new AccessError('binding_fixed', `The role binding of a ${owner} is deleted with the ${owner}`)
        }
        const bound = before.rolesForPaths
        const unknown = paths?.find((path) => !bound.some((b) => b.path === path))
        if (unknown !== undefined) {
          throw new AccessError('invalid_field', `value ${unknown} of property path is not a path of the binding`)
        }
        const gone = bound.filter(({ path }) => !paths || paths.includes(path)).map((b) => ({ ...b, remove: true }))
        await requireAssignable(call, change.stores, bound, gone)
        const left = mergeRolesForPaths(bound, gone)
        if (left.length > 0 || owner !== undefined) {
          await store(call, change, realmId, before, left)
          return
        }
        await change.stores.roleBindings.remove(id)
        change.values(id, before, undefined)
        change.onCommit(() => remoteBindings.remove(id))
      })
    },
  }
}

/** A principal identity's own roles, as a binding of the same id. */
function bindingOfIdentity({ rolesForPaths, ...row }: PrincipalIdentityTable): RoleBinding {
  const subject = { type: 'principal_identity' as const, sourceType: '', sourceId: '', userid: undefined }
  return {
    ...row,
    ...subject,
    rolesForPaths: JSON.parse(rolesForPaths),
    description: JSON.parse(row.bindingDescription),
    fixed: row.certificateId !== null,
  }
}

function noPaths(): AccessError {
  return new AccessError('invalid_field', 'property roles_for_paths must keep at least one path')
}
