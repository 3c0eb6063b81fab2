import type { X509Certificate } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { ldapProblems } from '../../../access/identity-sources/ldap/problem.ts'
import type { Found } from '../../../access/identity-sources/ldap/search.ts'
import type {
  GivenLdapSource,
  LdapIdentitySources,
  LdapProbeResult,
  SourceCall,
} from '../../../access/identity-sources/ldap-identity-sources.ts'
import {
  defaultGroupCacheTtl,
  type LdapServer,
  type LdapSource,
  ldapSourceTypes,
  mostServers,
} from '../../../access/identity-sources/ldap-source.ts'
import { answerChange } from '../../answer-change.ts'
import type { RouteConfig } from '../../request.ts'
import { inferred } from '../inferred.ts'
import { needs } from '../permissions.ts'
import { commonWritable } from '../policy/infra/schemas.ts'
import {
  Empty,
  errorAnswers,
  ListQuery,
  listOf,
  managedFields,
  pageOf,
  readOnly,
  readOnlyManaged,
  wireManaged,
} from '../wire.ts'

const optional = Type.Optional
const int32 = 2_147_483_647
const closed = { additionalProperties: false }

const url = Type.String({ maxLength: 300, description: 'ldap://host[:389] or ldaps://host[:636]' })
const serverFields = {
  url,
  use_starttls: optional(Type.Boolean({ default: false, description: 'Ignored for ldaps' })),
  certificates: optional(
    Type.Array(Type.String({ maxLength: 32_768 }), { maxItems: 10, description: 'PEM; no others are trusted' }),
  ),
  enabled: optional(Type.Boolean({ default: true })),
  bind_identity: optional(Type.String({ maxLength: 1024, description: 'Empty: anonymous' })),
}
const ServerAnswer = Type.Object(serverFields, { description: 'IdentitySourceLdapServer' })
const ServerGiven = Type.Object(
  {
    ...serverFields,
    password: optional(
      Type.String({ maxLength: 1024, writeOnly: true, description: 'Left out: as it is stored for the same server' }),
    ),
  },
  { ...closed, description: 'IdentitySourceLdapServer' },
)
type ServerGiven = Type.Static<typeof ServerGiven>

const fields = {
  domain_name: Type.String({ maxLength: 255 }),
  base_dn: Type.String({ minLength: 1, maxLength: 1024 }),
  alternative_domain_names: optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 50 })),
  group_cache_ttl: optional(
    Type.Integer({
      minimum: 0,
      maximum: int32,
      // Not as a default: it would be filled into the answers for the other kind.
      description: `ActiveDirectoryIdentitySource: seconds; ${defaultGroupCacheTtl} where left out`,
    }),
  ),
  resolve_nested_groups: optional(
    Type.Boolean({ description: 'ActiveDirectoryIdentitySource: whether groups of groups count; not where left out' }),
  ),
}
const { display_name, description, tags } = commonWritable
const SourceAnswer = Type.Object(
  {
    resource_type: optional(Type.Enum([...ldapSourceTypes])),
    id: optional(Type.String()),
    display_name: optional(display_name),
    description: optional(description),
    tags: optional(tags),
    ...Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, optional(schema)])),
    ldap_servers: optional(Type.Array(ServerAnswer)),
    ...Object.fromEntries(Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)])),
  },
  { description: 'LdapIdentitySource' },
)
const SourceGiven = Type.Object(
  {
    resource_type: Type.Enum([...ldapSourceTypes]),
    ...fields,
    ldap_servers: Type.Array(ServerGiven, { minItems: 1, maxItems: mostServers }),
    id: readOnly,
    display_name: optional(display_name),
    description: optional(description),
    tags: optional(tags),
    ...readOnlyManaged,
    _revision: optional(Type.Integer({ minimum: 0 })),
  },
  { ...closed, description: 'LdapIdentitySource' },
)
type SourceGiven = Type.Static<typeof SourceGiven>

const ProbeResult = Type.Object(
  {
    url: Type.String(),
    result: Type.Enum(['SUCCESS', 'FAILURE']),
    errors: Type.Array(Type.Object({ error_type: Type.Enum([...ldapProblems]) })),
  },
  { description: 'IdentitySourceLdapServerProbeResult' },
)
const ProbeResults = Type.Object(
  { results: Type.Array(ProbeResult) },
  { description: 'LdapIdentitySourceProbeResults' },
)

const Endpoint = Type.Object(
  { url, use_starttls: optional(Type.Boolean({ default: false })) },
  { ...closed, description: 'IdentitySourceLdapServerEndpoint' },
)
const PeerCertificateChain = Type.Object(
  {
    pem_encoded: Type.String({ description: "The server's own certificate first" }),
    details: Type.Array(
      Type.Object({
        subject: Type.String(),
        subject_cn: Type.String(),
        issuer: Type.String(),
        issuer_cn: Type.String(),
        serial_number: Type.String({ description: 'Hexadecimal' }),
        not_before: Type.Integer({ description: 'Milliseconds since 1970' }),
        not_after: Type.Integer({ description: 'Milliseconds since 1970' }),
        is_ca: Type.Boolean(),
        is_valid: Type.Boolean({ description: 'Whether it is between its dates' }),
        public_key_algo: Type.String(),
        public_key_length: optional(Type.Integer({ description: 'Bits' })),
        signature_algorithm: optional(Type.String()),
      }),
    ),
  },
  { description: 'PeerCertificateChain' },
)

const SearchResults = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        type: Type.Enum(['USER', 'GROUP']),
        common_name: Type.String(),
        dn: Type.String(),
        principal_name: Type.String({ description: 'What role bindings call it' }),
      }),
    ),
  },
  { description: 'LdapIdentitySourceSearchResultList' },
)

function wireSource({ id, config, ...managed }: LdapSource) {
  return {
    resource_type: config.type,
    id,
    display_name: config.displayName,
    ...(config.description === undefined ? {} : { description: config.description }),
    ...(config.tags === undefined ? {} : { tags: config.tags }),
    domain_name: config.domainName,
    alternative_domain_names: config.alternativeDomainNames,
    base_dn: config.baseDn,
    ...(config.type === 'ActiveDirectoryIdentitySource'
      ? {
          group_cache_ttl: config.groupCacheTtl ?? defaultGroupCacheTtl,
          resolve_nested_groups: config.resolveNestedGroups ?? false,
        }
      : {}),
    ldap_servers: config.servers.map((server) => ({
      url: server.url,
      use_starttls: server.useStarttls,
      certificates: server.certificates,
      enabled: server.enabled,
      bind_identity: server.bindIdentity,
    })),
    ...wireManaged(managed),
  }
}

const givenServer = (sent: ServerGiven): LdapServer => ({
  url: sent.url,
  useStarttls: sent.use_starttls ?? false,
  certificates: sent.certificates ?? [],
  enabled: sent.enabled ?? true,
  bindIdentity: sent.bind_identity ?? '',
})

/** Clients that know of no password send an empty one; there is none such. */
const givenPassword = ({ password }: ServerGiven) => (password === '' ? undefined : password)

const givenSource = (sent: SourceGiven, id: string): GivenLdapSource => ({
  config: {
    type: sent.resource_type,
    displayName: sent.display_name ?? id,
    description: sent.description,
    tags: sent.tags,
    domainName: sent.domain_name,
    alternativeDomainNames: sent.alternative_domain_names ?? [],
    baseDn: sent.base_dn,
    servers: sent.ldap_servers.map(givenServer),
    groupCacheTtl: sent.group_cache_ttl,
    resolveNestedGroups: sent.resolve_nested_groups,
  },
  passwords: sent.ldap_servers.map(givenPassword),
})

const wireProbe = ({ url, problem }: LdapProbeResult) => ({
  url,
  result: problem === undefined ? ('SUCCESS' as const) : ('FAILURE' as const),
  errors: problem === undefined ? [] : [{ error_type: problem }],
})

const wireFound = ({ type, commonName, dn, principalName }: Found) => ({
  type,
  common_name: commonName,
  dn,
  principal_name: principalName,
})

function wireCertificate(certificate: X509Certificate, now: number) {
  const { validFromDate, validToDate, publicKey, signatureAlgorithm } = certificate
  const name = (text: string | undefined) => (text ?? '').split('\n').join(', ')
  const cn = (text: string | undefined) => /^CN=(.*)$/m.exec(text ?? '')?.[1] ?? ''
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {}
  const bits = modulusLength ?? Number(/\d{3}/.exec(namedCurve ?? '')?.[0] ?? Number.NaN)
  return {
    subject: name(certificate.subject),
    subject_cn: cn(certificate.subject),
    issuer: name(certificate.issuer),
    issuer_cn: cn(certificate.issuer),
    serial_number: certificate.serialNumber,
    not_before: validFromDate.getTime(),
    not_after: validToDate.getTime(),
    is_ca: certificate.ca,
    is_valid: validFromDate.getTime() <= now && now < validToDate.getTime(),
    public_key_algo: publicKey.asymmetricKeyType ?? '',
    ...(Number.isNaN(bits) ? {} : { public_key_length: bits }),
    ...(signatureAlgorithm ? { signature_algorithm: signatureAlgorithm } : {}),
  }
}

/** What the calls about identity sources are in one of the APIs that have them. */
export interface IdentitySourceApi {
  path: string
  sources: LdapIdentitySources
  /** What a call requires, and what the audit log calls it. */
  config(may: 'read' | 'change', name: string): RouteConfig
  errorAnswers: Record<string, Type.TSchema>
  /** Of an answer without a body. */
  empty: Record<number, Type.TSchema>
  /** Answers a call that changes a source. */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    wire: { body?: typeof wireSource; show: typeof wireSource },
    useCase: (call: SourceCall) => Promise<LdapSource | undefined>,
  ): Promise<FastifyReply>
}

/** `/aaa/ldap-identity-sources` @see nsx-api.md 6.5 */
export const ldapIdentitySourceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const needed = { read: needs('users_configuration', 'read'), change: needs('users_configuration', 'crud') }
  await identitySourceRoutes(app, {
    path: '/aaa/ldap-identity-sources',
    sources: app.services.ldapIdentitySources,
    config: (may, name) => ({ ...needed[may], operation: { module: 'AAA', name } }),
    errorAnswers,
    empty: { 200: Empty },
    answer: (request, reply, wire, useCase) => answerChange<LdapSource>(request, reply, wire, useCase),
  })
}

/** The calls about identity sources, in any of the APIs that have them. */
export const identitySourceRoutes: FastifyPluginAsyncTypebox<IdentitySourceApi> = async (app, api) => {
  const { path, sources, config, errorAnswers, empty, answer } = api
  const params = Type.Object({ sourceId: Type.String({ minLength: 1, maxLength: 255 }) })
  // They ask a directory and change nothing here.
  const asks = (may: 'read' | 'change', name: string) => ({ ...config(may, name), readsByPost: true })

  app.get(
    path,
    {
      schema: {
        summary: 'List LDAP identity sources',
        querystring: ListQuery,
        response: { 200: listOf(SourceAnswer, 'LdapIdentitySourceListResult'), ...errorAnswers },
      },
      config: config('read', 'ListLdapIdentitySources'),
    },
    async ({ query }) => pageOf((await sources.list()).map(wireSource), query, 'display_name'),
  )

  app.get(
    `${path}/:sourceId`,
    {
      schema: { summary: 'Read an LDAP identity source', params, response: { 200: SourceAnswer, ...errorAnswers } },
      config: config('read', 'ReadLdapIdentitySource'),
    },
    async ({ params }) => wireSource(await sources.read(params.sourceId)),
  )

  app.put(
    `${path}/:sourceId`,
    {
      schema: {
        summary: 'Create or replace an LDAP identity source',
        params,
        body: SourceGiven,
        response: { 200: SourceAnswer, ...errorAnswers },
      },
      config: config('change', 'CreateOrUpdateLdapIdentitySource'),
    },
    async (request, reply) => {
      const { body } = request
      const { sourceId } = request.params
      if (!inferred.sourceId.test(sourceId)) {
        throw new AccessError(
          'invalid_field',
          `value ${sourceId} of property id does not match ${inferred.sourceId.source}`,
          { field: 'id' },
        )
      }
      return answer(request, reply, { body: wireSource, show: wireSource }, (call) =>
        sources.put(call, sourceId, givenSource(body, sourceId), body._revision),
      )
    },
  )

  app.delete(
    `${path}/:sourceId`,
    {
      schema: { summary: 'Delete an LDAP identity source', params, response: { ...empty, ...errorAnswers } },
      config: config('change', 'DeleteLdapIdentitySource'),
    },
    async (request, reply) =>
      answer(request, reply, { show: wireSource }, (call) => sources.remove(call, request.params.sourceId)),
  )

  app.post(
    `${path}/:sourceId`,
    {
      schema: {
        summary: 'Try the servers of an LDAP identity source',
        params,
        response: { 200: ProbeResults, ...errorAnswers },
      },
      config: { ...asks('change', 'ProbeConfiguredLdapIdentitySource'), action: 'probe' },
    },
    async ({ params }) => ({ results: (await sources.probe(params.sourceId)).map(wireProbe) }),
  )

  app.post(
    path,
    {
      schema: {
        summary: 'Try an LDAP identity source before it is created',
        body: SourceGiven,
        response: { 200: ProbeResults, ...errorAnswers },
      },
      config: { ...asks('change', 'ProbeUnconfiguredLdapIdentitySource'), action: 'probe_identity_source' },
    },
    async ({ body }) => ({ results: (await sources.probeSource(givenSource(body, ''))).map(wireProbe) }),
  )

  app.post(
    path,
    {
      schema: { summary: 'Try an LDAP server', body: ServerGiven, response: { 200: ProbeResult, ...errorAnswers } },
      config: { ...asks('change', 'ProbeLdapServer'), action: 'probe_ldap_server' },
    },
    async ({ body }) => wireProbe(await sources.probeServer(givenServer(body), givenPassword(body))),
  )

  app.post(
    path,
    {
      schema: {
        summary: 'Read the certificates that an LDAP server shows',
        body: Endpoint,
        response: { 200: PeerCertificateChain, ...errorAnswers },
      },
      config: { ...asks('change', 'FetchLdapServerCertificate'), action: 'fetch_certificate' },
    },
    async ({ body }) => {
      const chain = await sources.fetchCertificates(body.url, body.use_starttls ?? false)
      // Certificates are held against the real time, whatever the clock here says.
      const now = Date.now()
      return {
        pem_encoded: chain.map(String).join(''),
        details: chain.map((certificate) => wireCertificate(certificate, now)),
      }
    },
  )

  app.post(
    `${path}/:sourceId/search`,
    {
      schema: {
        summary: 'Search users and groups of an LDAP identity source',
        params,
        querystring: Type.Object({
          filter_value: Type.String({ minLength: 1, maxLength: 255, description: 'A part of their name' }),
        }),
        response: { 200: SearchResults, ...errorAnswers },
      },
      config: asks('read', 'SearchLdapIdentitySource'),
    },
    async ({ params, query }) => ({
      results: (await sources.search(params.sourceId, query.filter_value)).map(wireFound),
    }),
  )
}
