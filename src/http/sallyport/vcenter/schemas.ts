import { type Static, Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { dynamicIdOf } from '../../../access/vcenter/authorization/dynamic-id.ts'
import { type Permission, permissionId } from '../../../access/vcenter/authorization/permission.ts'
import type { NamedPrincipal } from '../../../access/vcenter/authorization/permission-changes.ts'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import { longestName } from '../../../access/vcenter/inferred.ts'
import { globalRoot, type ObjectNode } from '../../../access/vcenter/object-tree.ts'
import { ssoDomain } from '../../../access/vcenter/principal.ts'
import type { Services } from '../../../services.ts'

const ObjectId = Type.String({ minLength: 1, maxLength: 128 })
const PrincipalType = Type.Union([Type.Literal('USER'), Type.Literal('GROUP')])

export const objectParams = Type.Object({
  object: Type.String({
    ...ObjectId,
    description: 'A managed object id, such as `vm-12`; `GlobalAcl` for the global root',
  }),
})

/** What a list's query has in common. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description: 'Of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Entries of a page' })),
}

export const nextCursor = {
  next_cursor: Type.Optional(Type.String({ description: 'Of the next page; absent on the last' })),
}

/** Of whom a question is. */
export const principalQuery = {
  principal_type: Type.Optional(Type.Union([...PrincipalType.anyOf], { default: 'USER' })),
  principal: Type.String({ minLength: 1, maxLength: longestName }),
  domain: Type.Optional(Type.String({ minLength: 1, maxLength: longestName, default: 'vsphere.local' })),
}

export const objectQuery = { object: ObjectId }
export const privilegeQuery = { privilege: Type.String({ minLength: 1, maxLength: 256 }) }

export const InventoryObject = Type.Object({
  id: Type.String(),
  type: Type.String({ description: "As vCenter's API names types; `GlobalAcl` is the global root" }),
  name: Type.Optional(
    Type.String({ description: 'As vCenter keeps it; absent where the caller may not see the object' }),
  ),
})

export const Principal = Type.Object({ type: PrincipalType, name: Type.String(), domain: Type.String() })

export const RoleName = Type.Object({
  id: Type.String(),
  name: Type.String(),
  label: Type.String({ description: 'What people call it' }),
})

export const PermissionFields = {
  permission: Type.String({ description: "Its id, also of vCenter's own calls" }),
  object: InventoryObject,
  principal: Principal,
  role: RoleName,
  propagating: Type.Boolean(),
}

export function wireObject(
  { vsphere, vsphereBrowser, tags }: Services,
  call: VcenterCall,
  node: ObjectNode,
): Static<typeof InventoryObject> {
  const { type, id } = dynamicIdOf(node)
  const object = id === globalRoot ? undefined : vsphere.find(id)
  const name = object ? (vsphereBrowser.sees(call, object) ? object.name : undefined) : tags.nameOf(call, id)
  return { id, type, ...(name === undefined ? {} : { name }) }
}

export const wirePrincipal = ({
  group,
  name,
  domain,
}: Pick<Permission, 'group' | 'name' | 'domain'>): Static<typeof Principal> => ({
  type: group ? 'GROUP' : 'USER',
  name,
  domain,
})

/** A role by its id; one that has gone meanwhile has no name. */
export function wireRoleName({ vcenterRoles }: Services, id: number): Static<typeof RoleName> {
  const role = vcenterRoles.known(id)
  return { id: String(id), name: role?.name ?? '', label: role?.label ?? '' }
}

export function wirePermission(services: Services, call: VcenterCall, node: ObjectNode, permission: Permission) {
  return {
    permission: permissionId(permission),
    object: wireObject(services, call, node),
    principal: wirePrincipal(permission),
    role: wireRoleName(services, permission.roleId),
    propagating: permission.propagate,
  }
}

export const askedPrincipal = (query: {
  principal_type?: 'USER' | 'GROUP'
  principal: string
  domain?: string
}): NamedPrincipal => ({
  group: query.principal_type === 'GROUP',
  name: query.principal,
  domain: query.domain ?? ssoDomain,
})

/** A place in a list, safe in a URL. */
export const cursorOf = (place: string | undefined) =>
  place === undefined ? {} : { next_cursor: Buffer.from(place).toString('base64url') }

/** @throws {AccessError} `invalid_field` for a text that no list gave. */
export function placeOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  const place = bytes.toString()
  if (Buffer.from(place).toString('base64url') === cursor) return place
  throw new AccessError('invalid_field', 'cursor: none that this list gave', { field: 'cursor' })
}
