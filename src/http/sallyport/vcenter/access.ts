import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import type { ToldEntry } from '../../../access/vcenter/authorization/access-questions.ts'
import { nodeOf } from '../../../access/vcenter/authorization/dynamic-id.ts'
import { entryOutcomes, reasons } from '../../../access/vcenter/authorization/explanation.ts'
import { permissionId } from '../../../access/vcenter/authorization/permission.ts'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import type { PrincipalKey } from '../../../access/vcenter/principal.ts'
import { ssoDomain } from '../../../access/vcenter/principal.ts'
import type { Somebody } from '../../../access/vcenter/sso/named-principals.ts'
import { errorAnswers } from '../errors.ts'
import { readingCall, vcenterUsers } from './call.ts'
import {
  askedPrincipal,
  cursorOf,
  InventoryObject,
  nextCursor,
  objectQuery,
  PermissionFields,
  Principal,
  pageQuery,
  placeOf,
  principalQuery,
  privilegeQuery,
  wireObject,
  wirePermission,
  wirePrincipal,
} from './schemas.ts'

const oneOf = <const Text extends string>(texts: readonly Text[], description: string) =>
  Type.Unsafe<Text>({ type: 'string', enum: [...texts], description })

const Asked = Type.Object({
  ...Principal.properties,
  known: Type.Boolean({ description: 'Whether there is such a user or group; permissions can be for others too' }),
})

const Entry = Type.Object({
  ...PermissionFields,
  outcome: oneOf(
    entryOutcomes,
    'decides; user_before_groups: one for the user is on the same object; not_propagating: it counts on its own object alone; nearer_decides: an object nearer on every path has one for them',
  ),
  gives: Type.Boolean({ description: 'Whether its role has the privilege' }),
  through: Type.Array(Principal, {
    description:
      'Of a permission for a group: the groups that lead there, itself last; empty where it is what was asked about',
  }),
})

const Step = Type.Object({
  object: Type.Optional(InventoryObject),
  entries: Type.Array(Entry),
  hidden: Type.Integer({ description: 'Permissions here that the caller may not read' }),
})

const Explanation = Type.Object({
  allowed: Type.Boolean(),
  reason: oneOf(
    reasons,
    'granted by the permissions that decide; anonymous: everybody has it; on_the_way: they have something below and so see the object; no_permission about them counts here; no_access: what decides gives nothing; not_in_role: it gives other privileges',
  ),
  principal: Asked,
  privilege: Type.String(),
  object: InventoryObject,
  holder: Type.Object(InventoryObject.properties, {
    description: 'Whose permissions the object has, where it has none of its own; otherwise the object itself',
  }),
  steps: Type.Array(Step, {
    description:
      'Objects with permissions about them: the object first, then what it inherits from, each before those above it',
  }),
  below: Type.Array(InventoryObject, { description: 'Of on_the_way: some of what they have below' }),
})

const AllowedPrincipal = Type.Object({ ...Principal.properties, entries: Type.Array(Entry) })

const Place = Type.Object({
  object: InventoryObject,
  here: Type.Boolean({ description: 'Whether they have the privilege on the object' }),
  below: Type.Boolean({ description: 'Whether on the objects below that have no permissions about them' }),
  entries: Type.Array(Entry, { description: 'The permissions about them on the object' }),
})

const Held = Type.Object({
  privilege: Type.String(),
  permissions: Type.Array(Type.String(), { description: 'Ids of the entries that give it' }),
})

/** `/access`: who may do what where, and why. */
export const accessRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { services } = app
  const { accessQuestions, ssoDirectory, vsphere } = services

  function wireGroup(key: PrincipalKey): Static<typeof Principal> {
    const backslash = key.indexOf('\\')
    const [domain, name] = [key.slice(0, backslash), key.slice(backslash + 1)]
    const known = domain === ssoDomain ? ssoDirectory.groupNamed(name) : undefined
    return { type: 'GROUP', name: known?.name ?? name, domain }
  }

  function wireEntries(call: VcenterCall, entries: readonly ToldEntry[]): Static<typeof Entry>[] {
    return entries.flatMap(({ permission, outcome, gives, through }) => {
      const node = nodeOf(vsphere, permission.objectId)
      if (!node) return []
      const wire = wirePermission(services, call, node, permission)
      return [{ ...wire, outcome, gives, through: through.map(wireGroup) }]
    })
  }

  const wireAsked = (somebody: Somebody) => ({ ...wirePrincipal(somebody), known: somebody.known })

  app.get(
    '/access/explanation',
    {
      schema: {
        summary: 'Say whether a user or group has a privilege on an object, and by which permissions, step by step',
        querystring: Type.Object({ ...principalQuery, ...privilegeQuery, ...objectQuery }),
        response: { 200: Explanation, ...errorAnswers },
      },
      config: { ...vcenterUsers('access.explain'), costly: true },
    },
    async (request) => {
      const call = readingCall(request)
      const { object, privilege } = request.query
      const told = await accessQuestions.explain(call, askedPrincipal(request.query), object, privilege)
      return {
        allowed: told.allowed,
        reason: told.reason,
        principal: wireAsked(told.somebody),
        privilege,
        object: wireObject(services, call, told.node),
        holder: wireObject(services, call, told.holder),
        steps: told.steps.map(({ node, entries, hidden }) => ({
          ...(node ? { object: wireObject(services, call, node) } : {}),
          entries: wireEntries(call, entries),
          hidden,
        })),
        below: told.below.map((node) => wireObject(services, call, node)),
      }
    },
  )

  app.get(
    '/access/principals',
    {
      schema: {
        summary:
          'List the users and groups that have a privilege on an object, with the permissions that give it to them',
        querystring: Type.Object({ ...privilegeQuery, ...objectQuery, ...pageQuery }),
        response: { 200: Type.Object({ principals: Type.Array(AllowedPrincipal), ...nextCursor }), ...errorAnswers },
      },
      config: vcenterUsers('access.principals'),
    },
    async (request) => {
      const call = readingCall(request)
      const { object, privilege, cursor, limit = 100 } = request.query
      const part = { after: placeOf(cursor), limit }
      const { items, next } = await accessQuestions.whoMay(call, object, privilege, part)
      return {
        principals: items.map(({ somebody, entries }) => ({
          ...wirePrincipal(somebody),
          entries: wireEntries(call, entries),
        })),
        ...cursorOf(next),
      }
    },
  )

  app.get(
    '/access/objects',
    {
      schema: {
        summary:
          'List the objects with permissions about a user or group, with whether these have a privilege there and below',
        querystring: Type.Object({ ...principalQuery, ...privilegeQuery, ...pageQuery }),
        response: { 200: Type.Object({ objects: Type.Array(Place), ...nextCursor }), ...errorAnswers },
      },
      config: vcenterUsers('access.objects'),
    },
    async (request) => {
      const call = readingCall(request)
      const { privilege, cursor, limit = 100 } = request.query
      const part = { after: placeOf(cursor), limit }
      const { items, next } = await accessQuestions.where(call, askedPrincipal(request.query), privilege, part)
      return {
        objects: items.map(({ node, here, below, entries }) => ({
          object: wireObject(services, call, node),
          here,
          below,
          entries: wireEntries(call, entries),
        })),
        ...cursorOf(next),
      }
    },
  )

  app.get(
    '/access/privileges',
    {
      schema: {
        summary: 'List the privileges that a user or group has on an object, with the permissions that give them',
        querystring: Type.Object({ ...principalQuery, ...objectQuery }),
        response: {
          200: Type.Object({
            principal: Asked,
            privileges: Type.Array(Held),
            entries: Type.Array(Entry),
            hidden: Type.Integer({ description: 'Permissions that decide and that the caller may not read' }),
          }),
          ...errorAnswers,
        },
      },
      config: vcenterUsers('access.privileges'),
    },
    async (request) => {
      const call = readingCall(request)
      const { somebody, held, entries, hidden } = await accessQuestions.privilegesOf(
        call,
        askedPrincipal(request.query),
        request.query.object,
      )
      return {
        principal: wireAsked(somebody),
        privileges: held.map(({ privilege, permissions }) => ({
          privilege,
          permissions: permissions.map(permissionId),
        })),
        entries: wireEntries(call, entries),
        hidden,
      }
    },
  )
}
