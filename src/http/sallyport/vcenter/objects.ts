import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { permissionId, readPermissionId } from '../../../access/vcenter/authorization/permission.ts'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import { errorAnswers } from '../errors.ts'
import { readingCall, vcenterUsers } from './call.ts'
import {
  cursorOf,
  InventoryObject,
  nextCursor,
  objectParams,
  PermissionFields,
  pageQuery,
  placeOf,
  wireObject,
  wirePermission,
} from './schemas.ts'

const name = Type.String({ maxLength: 256, description: 'What names have in them, whatever the case' })

const TreeObject = Type.Object({
  ...InventoryObject.properties,
  name: Type.String({ description: 'As vCenter keeps it' }),
  has_children: Type.Boolean({ description: 'Where very much is below, it may all be hidden from the caller' }),
})

const ObjectInPlace = Type.Object({
  ...TreeObject.properties,
  path: Type.Array(InventoryObject, { description: 'Where it stands, from the root folder down' }),
})

const ReachingPermission = Type.Object({
  ...PermissionFields,
  inherited: Type.Boolean({ description: 'Whether it comes from an object above' }),
  overridden: Type.Boolean({
    description: 'Whether a nearer permission for the same user or group decides here instead',
  }),
})

/** `/objects`: the inventory as a tree, and the permissions of what is in it. */
export const objectRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const { vsphereBrowser, objectPermissions } = services

  const wireTreeObject = (call: VcenterCall, object: VsphereObject): Static<typeof TreeObject> => ({
    ...wireObject(services, call, object),
    name: object.name,
    has_children: vsphereBrowser.hasChildren(call, object),
  })
  const wireInPlace = (call: VcenterCall, object: VsphereObject): Static<typeof ObjectInPlace> => ({
    ...wireTreeObject(call, object),
    path: vsphereBrowser.pathOf(call, object).map((above) => wireObject(services, call, above)),
  })

  app.get(
    '/objects',
    {
      schema: {
        summary: 'Find objects of the inventory by their name or id, of those that the caller sees',
        querystring: Type.Object({
          name: Type.String({ ...name, minLength: 1 }),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: {
          200: Type.Object({
            objects: Type.Array(ObjectInPlace),
            all: Type.Boolean({ description: 'Whether these are all; otherwise a longer name finds fewer' }),
          }),
          ...errorAnswers,
        },
      },
      config: vcenterUsers('objects.find'),
    },
    async (request) => {
      const call = readingCall(request)
      const { name, limit = 50 } = request.query
      const { objects, all } = await vsphereBrowser.search(call, name, limit)
      return { objects: objects.map((object) => wireInPlace(call, object)), all }
    },
  )

  app.get(
    '/objects/:object',
    {
      schema: {
        summary: 'Read what an object of the inventory is called and where it stands',
        params: objectParams,
        response: { 200: ObjectInPlace, ...errorAnswers },
      },
      config: vcenterUsers('objects.get'),
    },
    async (request) => {
      const call = readingCall(request)
      return wireInPlace(call, vsphereBrowser.read(call, request.params.object))
    },
  )

  app.get(
    '/objects/:object/children',
    {
      schema: {
        summary: 'List what is directly below an object, in the order of the names, of what the caller sees',
        params: objectParams,
        querystring: Type.Object({ name: Type.Optional(name), ...pageQuery }),
        response: { 200: Type.Object({ children: Type.Array(TreeObject), ...nextCursor }), ...errorAnswers },
      },
      config: vcenterUsers('objects.children'),
    },
    async (request) => {
      const call = readingCall(request)
      const { name, cursor, limit = 100 } = request.query
      const part = { name, after: placeOf(cursor), limit }
      const { objects, next } = await vsphereBrowser.children(call, request.params.object, part)
      return { children: objects.map((object) => wireTreeObject(call, object)), ...cursorOf(next) }
    },
  )

  app.get(
    '/objects/:object/permissions',
    {
      schema: {
        summary: 'List the permissions of an object: its own, and those that propagate to it from the objects above',
        params: objectParams,
        querystring: Type.Object(pageQuery),
        response: {
          200: Type.Object({
            holder: Type.Object(InventoryObject.properties, {
              description:
                'Whose permissions these are: the object itself, or the one around it where it has none of its own',
            }),
            modifiable: Type.Boolean({ description: 'Whether the caller may add, change and remove permissions here' }),
            permissions: Type.Array(ReachingPermission),
            ...nextCursor,
          }),
          ...errorAnswers,
        },
      },
      config: { ...vcenterUsers('objects.permissions'), costly: true },
    },
    async (request) => {
      const call = readingCall(request)
      const { cursor, limit = 100 } = request.query
      const after = cursor === undefined ? undefined : readPermissionId(cursor)
      if (cursor !== undefined && !after) {
        throw new AccessError('invalid_field', 'cursor: none that this list gave', { field: 'cursor' })
      }
      const found = objectPermissions.read(call, request.params.object, { after, limit })
      return {
        holder: wireObject(services, call, found.holder),
        modifiable: found.modifiable,
        permissions: found.permissions.map(({ permission, node, inherited, overridden }) => ({
          ...wirePermission(services, call, node, permission),
          inherited,
          overridden,
        })),
        ...(found.next ? { next_cursor: permissionId(found.next) } : {}),
      }
    },
  )
}
