import { AccessError } from '../../../access/errors.ts'
import type { GivenRole } from '../../../access/vcenter/authorization/permission-changes.ts'
import { privileges } from '../../../access/vcenter/authorization/privileges.ts'
import type { Role } from '../../../access/vcenter/authorization/role.ts'
import { parsePrincipal, type VcenterPrincipal } from '../../../access/vcenter/principal.ts'
import { parseSignInName } from '../../../access/vcenter/sso/user-name.ts'
import type { SdkCall } from './call.ts'
import { referenceOf } from './errors.ts'
import { inferred } from './inferred.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method, property } from './managed-type.ts'
import { wirePermission } from './permissions.ts'
import {
  authorizationDescription,
  authorizationPrivilege,
  authorizationRole,
  entityPrivilege,
  permission,
  userPrivilegeResult,
} from './types/authorization.ts'
import { boolean, int, type Reference, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { objectOf } from './types/object-parameter.ts'
import { invalid, list, type ValueOf } from './types/vim-type.ts'

/** @see vcenter-api.md 7.4 */
export const authorizationManager: ManagedType = {
  name: 'AuthorizationManager',
  base: managedObject,
  properties: {
    privilegeList: property(list(authorizationPrivilege), 'System.View', () =>
      [...privileges.values()].map(({ id, onParent, name, group }) => {
        return { privId: id, onParent, name, privGroupName: group }
      }),
    ),
    roleList: property(list(authorizationRole), 'System.View', (_subject, { services }) =>
      services.vcenterRoles.all().map(wireRole),
    ),
    description: property(authorizationDescription, 'System.View', describe),
  },
  methods: {
    AddAuthorizationRole: method({
      requires: 'session',
      parameters: { name: string, privIds: list(string) },
      result: int,
      changes: true,
      run: (call, { name, privIds }) =>
        asFault(roleFault(name, 'InvalidArgument'), () =>
          call.services.vcenterRoles.create(call, { name, description: '', privileges: privIds }),
        ),
      answer: ({ id }) => id,
    }),

    UpdateAuthorizationRole: method({
      requires: 'session',
      parameters: { roleId: int, newName: string, privIds: list(string) },
      changes: true,
      run: (call, { roleId, newName, privIds }) =>
        asFault(roleFault(newName, 'NotFound'), () =>
          call.services.vcenterRoles.update(call, String(roleId), { name: newName, privileges: privIds }),
        ),
      answer: () => undefined,
    }),

    RemoveAuthorizationRole: method({
      requires: 'session',
      parameters: { roleId: int, failIfUsed: boolean },
      changes: true,
      run: (call, { roleId, failIfUsed }) =>
        asFault(removalFault, () => call.services.vcenterRoles.remove(call, String(roleId), !failIfUsed)),
    }),

    MergePermissions: method({
      requires: 'session',
      parameters: { srcRoleId: int, dstRoleId: int },
      changes: true,
      run: (call, { srcRoleId, dstRoleId }) =>
        asFault(inArgument({ role: 'dstRoleId' }), () =>
          call.services.entityPermissions.merge(call, srcRoleId, dstRoleId),
        ),
    }),

    RetrieveRolePermissions: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { roleId: int },
      result: list(permission),
      run: (call, { roleId }) =>
        call.services.entityPermissions.visible(call, roleId).map((one) => wirePermission(one, call)),
    }),

    RetrieveEntityPermissions: method({
      requires: 'session',
      costly: true,
      parameters: { entity: objectOf('ManagedEntity'), inherited: boolean },
      result: list(permission),
      run: (call, { entity, inherited }) =>
        call.services.entityPermissions.on(call, entity.id, inherited).map((one) => wirePermission(one, call)),
    }),

    RetrieveAllPermissions: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: {},
      result: list(permission),
      run: (call) => call.services.entityPermissions.visible(call).map((one) => wirePermission(one, call)),
    }),

    /** Adds or updates; those that are not named keep what they have. */
    SetEntityPermissions: method({
      requires: 'session',
      parameters: { entity: objectOf('ManagedEntity'), permission: list(permission) },
      changes: true,
      run: (call, { entity, permission: given }) =>
        asFault(permissionFault(call), () =>
          call.services.entityPermissions.set(call, entity.id, given.map(givenRole)),
        ),
      // What was done before a refusal stays done.
      answer(refusal, call) {
        if (refusal) throw permissionFault(call)(refusal)
      },
    }),

    /** Replaces all that there are on the object itself. */
    ResetEntityPermissions: method({
      requires: 'session',
      parameters: { entity: objectOf('ManagedEntity'), permission: list(permission) },
      changes: true,
      run: (call, { entity, permission: given }) =>
        asFault(permissionFault(call), () =>
          call.services.entityPermissions.reset(call, entity.id, given.map(givenRole)),
        ),
    }),

    RemoveEntityPermission: method({
      requires: 'session',
      parameters: { entity: objectOf('ManagedEntity'), user: string, isGroup: boolean },
      changes: true,
      run: (call, { entity, user, isGroup: group }) =>
        asFault(permissionFault(call), () =>
          call.services.entityPermissions.remove(call, entity.id, { ...parsePrincipal(user), group }),
        ),
    }),

    HasPrivilegeOnEntity: method({
      requires: { privilege: 'System.View' },
      parameters: { entity: objectOf('ManagedEntity', 'System.Read'), sessionId: string, privId: list(string) },
      result: list(boolean),
      run({ services }, { entity, sessionId, privId }) {
        requireFew(1, privId)
        const principal = services.vcenterSessions.find(sessionId)?.principal
        return privId.map((id) => principal !== undefined && services.authorization.allows(principal, entity.id, id))
      },
    }),

    HasPrivilegeOnEntities: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { entity: list(objectOf('ManagedEntity', 'System.Read')), sessionId: string, privId: list(string) },
      result: list(entityPrivilege),
      run: (call, { entity, sessionId, privId }) =>
        availability(call, call.services.vcenterSessions.find(sessionId)?.principal, entity, privId),
    }),

    HasUserPrivilegeOnEntities: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { entities: list(objectOf('ManagedObject', 'System.View')), userName: string, privId: list(string) },
      result: list(entityPrivilege),
      run: async (call, { entities, userName, privId }) =>
        availability(call, await principalNamed(userName, call), entities, privId),
    }),

    FetchUserPrivilegeOnEntities: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { entities: list(objectOf('ManagedEntity', 'System.View')), userName: string },
      result: list(userPrivilegeResult),
      async run(call, { entities, userName }) {
        requireFew(entities.length, [...privileges.keys()])
        const principal = await principalNamed(userName, call)
        const { authorization } = call.services
        return entities.map(({ id }) => ({
          entity: referenceOf(call, id),
          privileges: principal ? [...authorization.privilegesOn(principal, id)].sort() : [],
        }))
      },
    }),
  },
}

type ToFault = (refusal: AccessError) => Error

/** Does what is asked for; a refusal becomes what the method has for it. */
async function asFault<T>(toFault: ToFault, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AccessError ? toFault(error) : error
  }
}

/** Fields of the use cases by the names that the method has for them. */
function inArgument(names: Record<string, string>): ToFault {
  return (refusal) => {
    const { code, message, details } = refusal
    if (code !== 'invalid_field' || details.field === undefined) return refusal
    return vimFault('InvalidArgument', message, { invalidProperty: names[details.field] ?? details.field })
  }
}

/** @param unknownPrivilege Adding and updating differ in what they answer to one. @see vcenter-api.md 7.4 */
function roleFault(name: string, unknownPrivilege: 'InvalidArgument' | 'NotFound'): ToFault {
  return (refusal) => {
    const { code, message, details } = refusal
    if (code === 'role_fixed') return roleFixed(refusal)
    if (code !== 'invalid_field') return refusal
    if (details.field === 'name') return vimFault('InvalidName', '', { name })
    if (unknownPrivilege === 'NotFound') return vimFault('NotFound', '', {})
    return vimFault('InvalidArgument', message, { invalidProperty: 'privIds' })
  }
}

const removalFault: ToFault = (refusal) => {
  if (refusal.code === 'in_use') return vimFault('RemoveFailed', refusal.message, {})
  return refusal.code === 'role_fixed' ? roleFixed(refusal) : refusal
}

const roleFixed = ({ message }: AccessError) => vimFault('InvalidArgument', message, { invalidProperty: 'roleId' })

function permissionFault(call: SdkCall): ToFault {
  return (refusal) => {
    const { code, details } = refusal
    // A role that is not there is told apart from one that cannot be given.
    if (
      code === 'invalid_field' &&
      details.field === 'role' &&
      !call.services.vcenterRoles.known(Number(details.value))
    ) {
      return vimFault('NotFound', '', {})
    }
    return inArgument({ role: 'permission.roleId', object: 'entity', principal: 'permission.principal' })(refusal)
  }
}

/** What entity an entry names besides is not looked at: the method is called for one. */
const givenRole = ({ principal, group, roleId, propagate }: ValueOf<typeof permission>): GivenRole => ({
  ...parsePrincipal(principal),
  group,
  roleId,
  propagate,
})

const wireRole = ({ id, system, name, label, description, privileges }: Role): ValueOf<typeof authorizationRole> => ({
  roleId: id,
  system,
  name,
  info: { label, summary: description },
  privilege: [...privileges].sort(),
})

function describe(): ValueOf<typeof authorizationDescription> {
  const groups = new Map([...privileges.values()].map(({ group, groupLabel }) => [group, groupLabel]))
  return {
    privilege: [...privileges.values()].map(({ id, label, description }) => ({
      key: id,
      label,
      summary: description,
    })),
    privilegeGroup: [...groups].map(([key, label]) => ({ key, label, summary: label })),
  }
}

/** @throws {AccessError} `directory_unreachable` */
async function principalNamed(userName: string, { services }: SdkCall): Promise<VcenterPrincipal | undefined> {
  const { name, domain } = parseSignInName(userName)
  return services.principalLookup.user(name, domain)
}

function requireFew(entities: number, privIds: readonly string[]): void {
  const most = inferred.privilegesOfAnswer
  if (entities * privIds.length > most) throw invalid('privId', `asks for more than ${most} answers at once`)
}

function availability(
  call: SdkCall,
  principal: VcenterPrincipal | undefined,
  entities: readonly Reference[],
  privIds: readonly string[],
): ValueOf<typeof entityPrivilege>[] {
  requireFew(entities.length, privIds)
  const { authorization } = call.services
  return entities.map(({ id }) => ({
    entity: referenceOf(call, id),
    privAvailability: privIds.map((privId) => ({
      privId,
      isGranted: principal !== undefined && authorization.allows(principal, id, privId),
    })),
  }))
}
