import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import type { Principal } from '../../../access/principal.ts'
import { protectionFrom } from '../../../access/protection.ts'
import { showDeclared } from '../../../audit/declared.ts'
import { type PolicyObject, policyTypes, type StoreOptions } from '../../../inventory/policy-tree.ts'
import type { PolicyBody, PolicyType } from '../../../inventory/policy-types.ts'
import { segmentType } from '../../../inventory/segment.ts'
import { answerChange } from '../../answer-change.ts'
import { inferred } from '../inferred.ts'
import { needs } from '../permissions.ts'
import { Empty, errorAnswers, ListQuery, listOf, managedFields, pageOf, readOnlyManaged, wireManaged } from '../wire.ts'
import {
  commonReadOnly,
  commonWritable,
  type PolicySchema,
  segmentSchema,
  tier0Schema,
  tier1Schema,
} from './infra/schemas.ts'

const schemas: Record<string, PolicySchema> = {
  segments: segmentSchema,
  'tier-0s': tier0Schema,
  'tier-1s': tier1Schema,
}

const optional = (fields: Record<string, Type.TSchema>) =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)]))

/** Of segments alone at the vendor. */
const force = Type.Optional(Type.Boolean({ default: false, description: 'Store what points to nothing' }))

const OverwriteHeader = Type.Object({
  'x-allow-overwrite': Type.Optional(
    Type.Boolean({ description: 'An Enterprise Admin changes what a principal identity protects' }),
  ),
})

function viewerOf({ identity }: FastifyRequest): Principal {
  if (!identity) throw new Error('a signed-in route without an identity')
  return identity.principal
}

/** How the caller sees objects. */
const shown = (request: FastifyRequest) => (object: PolicyObject) => wireObject(object, viewerOf(request))

function optionsOf(request: FastifyRequest): StoreOptions {
  // The schema has made booleans of them.
  const { query, headers } = request as { query: { force?: boolean }; headers: { 'x-allow-overwrite'?: boolean } }
  return { force: query.force === true, overwrite: headers['x-allow-overwrite'] }
}

/** `/infra/segments`, `/infra/tier-1s`: the same five calls for every collection; of `/infra/tier-0s` those that read. @see nsx-api.md 8 */
export const infraRoutes: FastifyPluginAsyncTypebox = async (app) => {
  for (const type of policyTypes) {
    const schema = schemas[type.collection]
    if (!schema) throw new Error(`the collection ${type.collection} has no schema`)
    await collectionRoutes(app, { type, schema })
  }
}

function wireObject(object: PolicyObject, viewer: Principal) {
  const { _create_time, _last_modified_time, _create_user, _last_modified_user, ...rest } = wireManaged(
    object,
    false,
    protectionFrom(viewer, object.owner),
  )
  return {
    ...object.body,
    resource_type: object.type.resourceType,
    id: object.id,
    path: object.path,
    relative_path: object.id,
    parent_path: object.parentPath,
    unique_id: object.uniqueId,
    marked_for_delete: false,
    overridden: false,
    _create_user,
    _create_time,
    _last_modified_user,
    _last_modified_time,
    ...rest,
  }
}

const collectionRoutes: FastifyPluginAsyncTypebox<{ type: PolicyType; schema: PolicySchema }> = async (
  app,
  { type, schema },
) => {
  const { policyTree } = app.services
  const url = `/policy/api/v1/infra/${type.collection}`
  const { _create_user, _create_time, _last_modified_user, _last_modified_time, ...managed } = managedFields
  const writable = { ...schema.writable, ...commonWritable }
  const writableNames = Object.keys(writable)

  const Answer = Type.Object(
    optional({
      ...schema.computed,
      ...schema.writable,
      resource_type: Type.String(),
      id: Type.String(),
      ...commonWritable,
      path: Type.String(),
      relative_path: Type.String(),
      parent_path: Type.String(),
      unique_id: Type.String(),
      marked_for_delete: Type.Boolean(),
      overridden: Type.Boolean(),
      _create_user,
      _create_time,
      _last_modified_user,
      _last_modified_time,
      ...managed,
    }),
    { description: type.resourceType },
  )
  const computedNames = Object.keys(schema.computed).filter((name) => !(name in schema.writable))
  const Change = Type.Object(
    {
      ...optional(writable),
      ...Object.fromEntries(computedNames.map((name) => [name, commonReadOnly.id])),
      ...commonReadOnly,
      ...readOnlyManaged,
      _revision: Type.Optional(Type.Integer({ minimum: 0 })),
      children: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 0 })),
    },
    { additionalProperties: false, description: type.resourceType },
  )
  const recorded = (request: FastifyRequest) => {
    const show = shown(request)
    // Parts of an object take any field, and so what is a secret of somebody else's.
    return (object: PolicyObject) => showDeclared(Answer, show(object))
  }
  const isSegment = type === segmentType
  const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: inferred.longestPolicyId }) })
  const operation = (verb: string) => ({ operation: { module: 'PolicyConnectivity', name: `${verb}${type.noun}` } })
  const pathOf = ({ id }: Record<string, string>) => `/infra/${type.collection}${id === undefined ? '' : `/${id}`}`
  const reads = needs(type.feature, 'read', pathOf)
  const changes = needs(type.feature, 'crud', pathOf)

  const givenFields = (body: object): PolicyBody =>
    Object.fromEntries(Object.entries(body).filter(([name]) => writableNames.includes(name)))

  app.get(
    url,
    {
      schema: {
        summary: `List ${type.collection}`,
        querystring: Type.Object({
          ...ListQuery.properties,
          include_mark_for_delete_objects: Type.Optional(Type.Boolean({ default: false })),
          ...(isSegment ? { segment_type: Type.Optional(Type.Enum(['ALL', 'DVPortgroup'])) } : {}),
        }),
        response: { 200: listOf(Answer, `${type.resourceType}ListResult`), ...errorAnswers },
      },
      config: { ...reads, ...operation('List'), costly: true },
    },
    async (request) => {
      const viewer = viewerOf(request)
      const objects = await policyTree.list(type)
      return pageOf(
        objects.map((object) => wireObject(object, viewer)),
        request.query,
        'display_name',
      )
    },
  )

  app.get(
    `${url}/:id`,
    {
      schema: { summary: `Read one of ${type.collection}`, params, response: { 200: Answer, ...errorAnswers } },
      config: { ...reads, ...operation('Read') },
    },
    async (request) => wireObject(await policyTree.read(type, request.params.id), viewerOf(request)),
  )

  if (type.readOnly) return

  app.put(
    `${url}/:id`,
    {
      schema: {
        summary: `Create or replace one of ${type.collection}`,
        params,
        querystring: Type.Object(isSegment ? { force } : {}),
        headers: OverwriteHeader,
        body: Change,
        response: { 200: Answer, ...errorAnswers },
      },
      config: { ...changes, ...operation('CreateOrUpdate') },
    },
    async (request, reply) => {
      const { body, params } = request
      const { id, revision } = target(params.id, body)
      return answerChange<PolicyObject>(request, reply, { body: shown(request), show: recorded(request) }, (call) =>
        policyTree.put(call, type, id, givenFields(body), revision, optionsOf(request)),
      )
    },
  )

  app.patch(
    `${url}/:id`,
    {
      schema: {
        summary: `Create one of ${type.collection}, or change the given fields of one`,
        params,
        querystring: Type.Object(isSegment ? { force } : {}),
        headers: OverwriteHeader,
        body: Change,
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changes, ...operation('Patch') },
    },
    async (request, reply) => {
      const { body, params } = request
      const { id, revision } = target(params.id, body)
      return answerChange(request, reply, { show: recorded(request) }, (call) =>
        policyTree.patch(call, type, id, givenFields(body), revision, optionsOf(request)),
      )
    },
  )

  app.delete(
    `${url}/:id`,
    {
      schema: {
        summary: `Delete one of ${type.collection}`,
        params,
        querystring: Type.Object(isSegment ? { force, cascade: Type.Optional(Type.Boolean()) } : {}),
        headers: OverwriteHeader,
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changes, ...operation('Delete') },
    },
    async (request, reply) =>
      answerChange(request, reply, { show: recorded(request) }, (call) =>
        policyTree.remove(call, type, request.params.id, optionsOf(request).overwrite),
      ),
  )
}

/** @throws {AccessError} `invalid_field` for an id that could not be told from a path. */
function target(id: string, body: { _revision?: number }): { id: string; revision: number | undefined } {
  if (id.includes('/')) throw new AccessError('invalid_field', `value ${id} of property id has a '/'`)
  return { id, revision: body._revision }
}
