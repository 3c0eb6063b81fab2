import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { largestPem } from '../../../access/certificates/certificate.ts'
import { AccessError } from '../../../access/errors.ts'
import type { NewIdentity, StoredIdentity } from '../../../access/principal-identities/principal-identities.ts'
import { mergeRolesForPaths, type RolesForPath } from '../../../access/roles/roles-for-paths.ts'
import { answerChange } from '../../answer-change.ts'
import { createRoleWire, rolePattern, WireRolesForPaths } from '../aaa/wire-roles.ts'
import { answeredFields, descriptionFields, descriptionOf, ignoredFields } from '../description.ts'
import { inferred } from '../inferred.ts'
import { changeIdentities, readIdentities } from '../permissions.ts'
import { Empty, errorAnswers, readOnly, wireManaged } from '../wire.ts'

const optional = Type.Optional
const name = Type.String({ pattern: '^[a-zA-Z0-9]+([-._]?[a-zA-Z0-9]+)*$', maxLength: 255 })
/** A provider's names may have a domain. */
const tokenName = Type.String({ pattern: '^[a-zA-Z0-9]+([-._\\\\@]?[a-zA-Z0-9]+)*$', maxLength: 255 })
const role = Type.String({ pattern: rolePattern, maxLength: 255 })

const identityFields = {
  name: optional(Type.String()),
  node_id: optional(Type.String()),
  is_protected: optional(Type.Boolean()),
}

const PrincipalIdentityItem = Type.Object(
  {
    ...answeredFields,
    ...identityFields,
    certificate_id: optional(Type.String()),
    role: optional(Type.String({ description: 'Deprecated: the one role at /' })),
    roles_for_paths: optional(WireRolesForPaths),
  },
  { description: 'PrincipalIdentity' },
)

const TokenIdentityItem = Type.Object(
  { ...answeredFields, ...identityFields, roles_for_paths: optional(WireRolesForPaths) },
  { description: 'TokenBasedPrincipalIdentity' },
)

const givenFields = {
  name,
  node_id: name,
  // Published scripts send it as text.
  is_protected: optional(
    Type.Union([Type.Boolean(), Type.Enum(['true', 'false'])], {
      default: inferred.identitiesAreProtected,
      description: 'Whether what it makes is protected from others',
    }),
  ),
  ...descriptionFields,
}
const roleFields = {
  role: optional(role),
  roles_for_paths: optional(
    Type.Array(
      Type.Object({
        path: Type.String({ pattern: '^/$|^(/[^/]+)+$', maxLength: 1024 }),
        roles: Type.Array(Type.Object({ role, role_display_name: readOnly }), { minItems: 1, maxItems: 100 }),
        delete_path: optional(Type.Literal(false)),
      }),
      { maxItems: 100, description: 'Wins over role' },
    ),
  ),
}

const certificateId = Type.String({ minLength: 1, maxLength: 255 })
const NewPrincipalIdentity = Type.Object(
  { ...givenFields, ...roleFields, certificate_id: certificateId, ...ignoredFields },
  { additionalProperties: false, description: 'PrincipalIdentity' },
)
const WithCertificate = Type.Object(
  {
    ...givenFields,
    ...roleFields,
    certificate_pem: Type.String({ minLength: 1, maxLength: largestPem, description: 'No private key' }),
    certificate_id: readOnly,
    ...ignoredFields,
  },
  { additionalProperties: false, description: 'PrincipalIdentityWithCertificate' },
)
const NewTokenIdentity = Type.Object(
  { ...givenFields, name: tokenName, roles_for_paths: roleFields.roles_for_paths, ...ignoredFields },
  { additionalProperties: false, description: 'TokenBasedPrincipalIdentity' },
)
const CertificateUpdate = Type.Object(
  { principal_identity_id: Type.String({ minLength: 1, maxLength: 255 }), certificate_id: certificateId },
  { additionalProperties: false, description: 'UpdatePrincipalIdentityCertificateRequest' },
)

type Given = Type.Static<typeof NewTokenIdentity> & { role?: string }

function givenIdentity(body: Given): NewIdentity {
  const { is_protected = inferred.identitiesAreProtected } = body
  return {
    name: body.name,
    nodeId: body.node_id,
    isProtected: is_protected === true || is_protected === 'true',
    rolesForPaths: givenRoles(body),
    description: descriptionOf(body),
  }
}

function givenRoles({ role, roles_for_paths }: Given): RolesForPath[] {
  if (!roles_for_paths) return role === undefined ? [] : [{ path: '/', roles: [role] }]
  const sent = roles_for_paths.map(({ path, roles }) => ({ path, roles: roles.map((r) => r.role), remove: false }))
  return mergeRolesForPaths([], sent)
}

function wireIdentity(identity: StoredIdentity) {
  const { id, name, nodeId, isProtected, description } = identity
  return {
    id,
    display_name: `${name}@${nodeId}`,
    tags: [],
    ...description,
    name,
    node_id: nodeId,
    is_protected: isProtected,
    ...wireManaged(identity),
  }
}

const params = Type.Object({ principalIdentityId: Type.String({ maxLength: 255 }) })
const operation = (name: string) => ({ operation: { module: 'TrustManagement', name } })

/** These lists are not paged. @see nsx-api.md 0.5 */
const listOfAll = <T extends Type.TSchema>(item: T, description: string) =>
  Type.Object({ results: Type.Array(item), result_count: Type.Integer() }, { description })
const all = <T>(results: T[]) => ({ results, result_count: results.length })

/** `/trust-management/principal-identities` @see nsx-api.md 6.4 */
export const principalIdentityRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { principalIdentities } = app.services
  const { wireRolesForPaths } = createRoleWire(app.services.roles)
  const url = '/trust-management/principal-identities'
  const answer = { status: 201, body: wireCertificateIdentity }

  function wireCertificateIdentity(identity: StoredIdentity) {
    const everywhere = identity.rolesForPaths.find(({ path }) => path === '/')?.roles ?? []
    return {
      resource_type: 'PrincipalIdentity',
      ...wireIdentity(identity),
      certificate_id: identity.certificateId,
      ...(everywhere.length === 1 ? { role: everywhere[0] } : {}),
      roles_for_paths: wireRolesForPaths(identity.rolesForPaths),
    }
  }

  app.get(
    url,
    {
      schema: {
        summary: 'List the principal identities that sign in with a certificate',
        response: { 200: listOfAll(PrincipalIdentityItem, 'PrincipalIdentityList'), ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('ListPrincipalIdentities'), costly: true },
    },
    async () => all((await principalIdentities.list('certificate')).map(wireCertificateIdentity)),
  )

  app.get(
    `${url}/:principalIdentityId`,
    {
      schema: {
        summary: 'Read a principal identity',
        params,
        response: { 200: PrincipalIdentityItem, ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('GetPrincipalIdentity') },
    },
    async ({ params }) =>
      wireCertificateIdentity(await principalIdentities.read(params.principalIdentityId, 'certificate')),
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Register a principal identity for a certificate that was imported; deprecated',
        deprecated: true,
        body: NewPrincipalIdentity,
        response: { 201: PrincipalIdentityItem, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('RegisterPrincipalIdentity') },
    },
    async (request, reply) => {
      const { body, query } = request
      const { action } = query as { action?: string }
      if (action !== undefined) {
        throw new AccessError('invalid_field', `value ${action} of property action is not one of [update_certificate]`)
      }
      return answerChange<StoredIdentity>(request, reply, answer, (call) =>
        principalIdentities.create(call, givenIdentity(body), body.certificate_id),
      )
    },
  )

  app.post(
    `${url}/with-certificate`,
    {
      schema: {
        summary: 'Register a principal identity with its certificate',
        body: WithCertificate,
        response: { 201: PrincipalIdentityItem, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('RegisterPrincipalIdentityWithCertificate') },
    },
    async (request, reply) =>
      answerChange<StoredIdentity>(request, reply, answer, (call) =>
        principalIdentities.createWithCertificate(call, givenIdentity(request.body), request.body.certificate_pem),
      ),
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Give a principal identity another certificate that was imported',
        body: CertificateUpdate,
        response: { 200: PrincipalIdentityItem, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('UpdatePrincipalIdentityCertificate'), action: 'update_certificate' },
    },
    async (request, reply) => {
      const { principal_identity_id, certificate_id } = request.body
      return answerChange<StoredIdentity>(request, reply, { body: wireCertificateIdentity }, (call) =>
        principalIdentities.updateCertificate(call, principal_identity_id, certificate_id),
      )
    },
  )

  app.delete(
    `${url}/:principalIdentityId`,
    {
      schema: {
        summary: 'Delete a principal identity; its certificate stays',
        params,
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('DeletePrincipalIdentity') },
    },
    async (request, reply) =>
      answerChange<StoredIdentity>(request, reply, { show: wireCertificateIdentity }, (call) =>
        principalIdentities.remove(call, request.params.principalIdentityId, 'certificate'),
      ),
  )
}

/** `/trust-management/token-principal-identities` @see NSX SDK 4.2, TokenBasedPrincipalIdentity */
export const tokenPrincipalIdentityRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { principalIdentities } = app.services
  const { wireRolesForPaths } = createRoleWire(app.services.roles)
  const url = '/trust-management/token-principal-identities'

  const wireTokenIdentity = (identity: StoredIdentity) => ({
    resource_type: 'TokenBasedPrincipalIdentity',
    ...wireIdentity(identity),
    roles_for_paths: wireRolesForPaths(identity.rolesForPaths),
  })

  app.get(
    url,
    {
      schema: {
        summary: 'List the principal identities that sign in with a token',
        response: { 200: listOfAll(TokenIdentityItem, 'TokenBasedPrincipalIdentityListResult'), ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('ListTokenBasedPrincipalIdentities') },
    },
    async () => all((await principalIdentities.list('token')).map(wireTokenIdentity)),
  )

  app.get(
    `${url}/:principalIdentityId`,
    {
      schema: {
        summary: 'Read a token-based principal identity',
        params,
        response: { 200: TokenIdentityItem, ...errorAnswers },
      },
      config: { ...readIdentities, ...operation('GetTokenBasedPrincipalIdentity') },
    },
    async ({ params }) => wireTokenIdentity(await principalIdentities.read(params.principalIdentityId, 'token')),
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Register a principal identity that signs in with a token',
        body: NewTokenIdentity,
        response: { 201: TokenIdentityItem, ...errorAnswers },
      },
      config: { ...changeIdentities, ...operation('RegisterTokenBasedPrincipalIdentity') },
    },
    async (request, reply) =>
      answerChange<StoredIdentity>(request, reply, { status: 201, body: wireTokenIdentity }, (call) =>
        principalIdentities.createWithToken(call, givenIdentity(request.body)),
      ),
  )

  app.delete(
    `${url}/:principalIdentityId`,
    {
      schema: { summary: 'Delete a token-based principal identity', params, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeIdentities, ...operation('DeleteTokenBasedPrincipalIdentity') },
    },
    async (request, reply) =>
      answerChange<StoredIdentity>(request, reply, { show: wireTokenIdentity }, (call) =>
        principalIdentities.remove(call, request.params.principalIdentityId, 'token'),
      ),
  )
}
