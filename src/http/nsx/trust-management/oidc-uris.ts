import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { OidcEndPoint, OidcEndPointSettings } from '../../../access/identity-sources/vidm/oidc-end-points.ts'
import { answerChange } from '../../answer-change.ts'
import { RequestError } from '../../request-error.ts'
import { answeredFields, descriptionFields, descriptionOf, ignoredFields } from '../description.ts'
import { changeIdentities, readIdentities } from '../permissions.ts'
import { errorAnswers, type ListQuery, listOf, pageOf, readOnly, wireManaged } from '../wire.ts'

const optional = Type.Optional
const types = ['vcenter', 'ws_one'] as const
const uri = Type.String({
  minLength: 1,
  maxLength: 255,
  description: "HTTPS URL of the provider's issuer or description",
})
const thumbprint = Type.String({
  minLength: 1,
  maxLength: 255,
  description: "SHA-256 of the provider's certificate in hexadecimal",
})
const clientId = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[!-~]+$',
  description: 'Whom bearer tokens must be meant for',
})

const EndPoint = Type.Object(
  {
    ...answeredFields,
    name: optional(Type.String()),
    oidc_uri: optional(uri),
    oidc_type: optional(Type.Enum([...types])),
    thumbprint: optional(thumbprint),
    client_id: optional(clientId),
    issuer: optional(Type.String()),
    jwks_uri: optional(Type.String()),
    authorization_endpoint: optional(Type.String()),
    token_endpoint: optional(Type.String()),
    userinfo_endpoint: optional(Type.String()),
    end_session_endpoint_uri: optional(Type.String()),
    claims_supported: optional(Type.Array(Type.String())),
  },
  { description: 'OidcEndPoint' },
)

/** What the vendor's end points have besides, and ours do nothing with: 501 rather than stored in vain. */
const notBuilt = {
  client_secret: optional(Type.String({ maxLength: 1024, writeOnly: true, description: 'Not built' })),
  claim_map: optional(Type.Array(Type.Object({}), { description: 'Not built' })),
  serviced_domains: optional(Type.Array(Type.String(), { description: 'Not built' })),
  restrict_scim_search: optional(Type.Boolean({ description: 'Not built' })),
  override_roles: optional(Type.Array(Type.String(), { description: 'Not built' })),
  disallowed_roles: optional(Type.Array(Type.String(), { description: 'Not built' })),
}

const EndPointChange = Type.Object(
  {
    ...ignoredFields,
    ...descriptionFields,
    _revision: optional(Type.Integer({ minimum: 0, description: 'Needed to replace one' })),
    name: optional(Type.String({ maxLength: 255 })),
    oidc_uri: uri,
    oidc_type: optional(Type.Enum([...types], { default: 'ws_one' })),
    thumbprint,
    client_id: clientId,
    ...notBuilt,
    certificate_pem: readOnly,
    scim_endpoints: readOnly,
    issuer: readOnly,
    jwks_uri: readOnly,
    authorization_endpoint: readOnly,
    token_endpoint: readOnly,
    userinfo_endpoint: readOnly,
    end_session_endpoint_uri: readOnly,
    claims_supported: readOnly,
    managed_by_vcf: readOnly,
  },
  { additionalProperties: false, description: 'OidcEndPoint' },
)

const ThumbprintChange = Type.Object(
  { ...ignoredFields, oidc_uri: uri, thumbprint },
  { additionalProperties: false, description: 'UpdateOidcEndPointThumbprintRequest' },
)

const Health = Type.Object(
  {
    result: Type.Enum(['SUCCESS', 'FAILURE']),
    errors: Type.Array(
      Type.Object(
        {
          error_type: Type.Enum(['JWKS_URI_FETCH_FAIL', 'TOKEN_RETRIEVE_FAIL', 'SCIM_SEARCH_FAIL']),
          error_detail: Type.String(),
        },
        { description: 'OidcHealthCheckError' },
      ),
    ),
  },
  { description: 'OidcEndPointHealthStatus' },
)

const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }) })

function wireEndPoint({ id, name, uri, type, thumbprint, clientId, facts, description, ...managed }: OidcEndPoint) {
  const { end_session_endpoint, ...said } = facts
  return {
    resource_type: 'OidcEndPoint',
    id,
    display_name: name === '' ? id : name,
    ...description,
    name,
    oidc_uri: uri,
    oidc_type: type,
    thumbprint,
    client_id: clientId,
    ...said,
    ...(end_session_endpoint === undefined ? {} : { end_session_endpoint_uri: end_session_endpoint }),
    ...wireManaged(managed),
  }
}

function sentSettings(body: Type.Static<typeof EndPointChange>): OidcEndPointSettings {
  for (const field of Object.keys(notBuilt) as (keyof typeof notBuilt)[]) {
    const value = body[field]
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
    throw new RequestError('not_built', `Property ${field} of an OIDC end point is not built`)
  }
  return {
    name: body.name ?? '',
    type: body.oidc_type ?? 'ws_one',
    uri: body.oidc_uri,
    thumbprint: body.thumbprint,
    clientId: body.client_id,
    description: descriptionOf(body),
  }
}

/**
 * `/trust-management/oidc-uris`: OpenID providers whose bearer tokens sign people in.
 *
 * @see NSX REST API 9.1, OidcEndPoint; docs/decisions/042-oidc-end-points.md
 */
export const oidcEndPointRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { oidcEndPoints } = app.services
  const url = '/trust-management/oidc-uris'
  const operation = (name: string) => ({ operation: { module: 'TrustManagement', name } })
  const answer = { body: wireEndPoint }

  app.get(
    url,
    {
      schema: {
        summary: 'List OIDC end points',
        querystring: Type.Object({ oidc_type: optional(Type.Enum([...types])) }),
        response: { 200: listOf(EndPoint, 'OidcEndPointListResult'), ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('ListOidcEndPoints') },
    },
    async ({ query }) => {
      const all = (await oidcEndPoints.list()).filter(
        ({ type }) => query.oidc_type === undefined || type === query.oidc_type,
      )
      return pageOf(all.map(wireEndPoint), {} as ListQuery, 'display_name')
    },
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Add an OIDC end point, which is asked what it is',
        body: EndPointChange,
        response: { 200: EndPoint, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('AddOidcEndPoint') },
    },
    async (request, reply) => {
      const settings = sentSettings(request.body)
      return answerChange<OidcEndPoint>(request, reply, answer, (call) => oidcEndPoints.add(call, settings))
    },
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Replace the thumbprint of an OIDC end point',
        body: ThumbprintChange,
        response: { 200: EndPoint, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('UpdateOidcEndPointThumbprint'), action: 'update_thumbprint' },
    },
    async (request, reply) => {
      const { oidc_uri, thumbprint } = request.body
      return answerChange<OidcEndPoint>(request, reply, answer, (call) =>
        oidcEndPoints.setThumbprint(call, oidc_uri, thumbprint),
      )
    },
  )

  app.get(
    `${url}/:id`,
    {
      schema: {
        summary: 'Read an OIDC end point',
        params,
        querystring: Type.Object({ refresh: optional(Type.Boolean({ description: 'true is not built' })) }),
        response: { 200: EndPoint, ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('GetOidcEndPoint') },
    },
    async ({ params: { id }, query }) => {
      if (query.refresh) throw new RequestError('not_built', 'refresh=true is not built; POST ?action=refresh is')
      return wireEndPoint(await oidcEndPoints.read(id))
    },
  )

  app.put(
    `${url}/:id`,
    {
      schema: {
        summary: 'Replace an OIDC end point, which is asked what it is',
        params,
        body: EndPointChange,
        response: { 200: EndPoint, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('UpdateOidcEndPoint') },
    },
    async (request, reply) => {
      const settings = sentSettings(request.body)
      return answerChange<OidcEndPoint>(request, reply, answer, (call) =>
        oidcEndPoints.replace(call, request.params.id, settings, request.body._revision),
      )
    },
  )

  app.post(
    `${url}/:id`,
    {
      schema: {
        summary: 'Ask an OIDC end point again what it is',
        params,
        response: { 200: EndPoint, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('RefreshOidcEndPoint'), action: 'refresh' },
    },
    async (request, reply) =>
      answerChange<OidcEndPoint>(request, reply, answer, (call) => oidcEndPoints.refresh(call, request.params.id)),
  )

  app.get(
    `${url}/:id/health`,
    {
      schema: {
        summary: 'Ask an OIDC end point whether it can be used',
        params,
        response: { 200: Health, ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('CheckOidcEndPointHealth') },
    },
    async ({ params: { id } }) => {
      const problem = await oidcEndPoints.problem(id)
      if (problem === undefined) return { result: 'SUCCESS' as const, errors: [] }
      const error = { error_type: 'JWKS_URI_FETCH_FAIL' as const, error_detail: problem }
      return { result: 'FAILURE' as const, errors: [error] }
    },
  )
}
