import type { X509Certificate } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { fingerprintOf, kindOf, largestPem, pemOf } from '../../../access/certificates/certificate.ts'
import type { Certificate } from '../../../access/certificates/certificates.ts'
import { answerChange } from '../../answer-change.ts'
import { answeredFields, descriptionFields, descriptionOf, ignoredFields } from '../description.ts'
import { inferred } from '../inferred.ts'
import { needs } from '../permissions.ts'
import { Empty, errorAnswers, ListQuery, listOf, pageOf, wireManaged } from '../wire.ts'

const optional = Type.Optional
const time = Type.Integer({ description: 'Milliseconds since 1970' })

const X509Details = Type.Object(
  {
    version: Type.String(),
    serial_number: Type.String(),
    subject: Type.String(),
    subject_cn: Type.String(),
    issuer: Type.String(),
    issuer_cn: Type.String(),
    is_ca: Type.Boolean(),
    is_valid: Type.Boolean({ description: 'Within its dates' }),
    not_before: time,
    not_after: time,
    public_key_algo: Type.String(),
    public_key_length: optional(Type.Integer()),
    signature_algorithm: Type.String(),
  },
  { description: 'X509Certificate' },
)

const CertificateItem = Type.Object(
  {
    ...answeredFields,
    pem_encoded: optional(Type.String()),
    used_by: optional(
      Type.Array(
        Type.Object({ node_id: Type.String(), service_types: Type.Array(Type.Literal(inferred.certificateService)) }),
        {
          description: 'The principal identity that signs in with it',
        },
      ),
    ),
    leaf_certificate_sha_256_thumbprint: optional(Type.String()),
    has_private_key: optional(Type.Boolean()),
    details: optional(Type.Array(X509Details)),
  },
  { description: 'Certificate' },
)

const TrustObjectData = Type.Object(
  {
    pem_encoded: Type.String({
      minLength: 1,
      maxLength: largestPem,
      description: 'A certificate, and those that issued one another up from it; no private key',
    }),
    ...descriptionFields,
    ...ignoredFields,
  },
  { additionalProperties: false, description: 'TrustObjectData' },
)

const Details = Type.Object({ details: optional(Type.Boolean({ default: false, description: 'Also what it says' })) })
const certificateTypes = Object.values(inferred.certificateTypes)

const oneLine = (name: string) => name.trim().replaceAll('\n', ', ')
const commonName = (name: string) => /^CN=(.*)$/m.exec(name)?.[1] ?? ''

function wireDetails(certificate: X509Certificate, now: number) {
  const { subject = '', issuer = '', publicKey } = certificate
  const notBefore = certificate.validFromDate.getTime()
  const notAfter = certificate.validToDate.getTime()
  const { modulusLength } = publicKey.asymmetricKeyDetails ?? {}
  return {
    version: '3',
    serial_number: certificate.serialNumber,
    subject: oneLine(subject),
    subject_cn: commonName(subject),
    issuer: oneLine(issuer),
    issuer_cn: commonName(issuer),
    is_ca: certificate.ca,
    is_valid: notBefore <= now && now <= notAfter,
    not_before: notBefore,
    not_after: notAfter,
    public_key_algo: (publicKey.asymmetricKeyType ?? '').toUpperCase(),
    ...(modulusLength === undefined ? {} : { public_key_length: modulusLength }),
    signature_algorithm: certificate.signatureAlgorithm ?? certificate.signatureAlgorithmOid,
  }
}

/** @param detailsAt The time by which what the certificates say is told; absent: it is not. */
function wireCertificate(certificate: Certificate, detailsAt?: number) {
  const { id, chain, description, usedBy } = certificate
  return {
    resource_type: inferred.certificateTypes[kindOf(chain[0])],
    id,
    display_name: id,
    tags: [],
    ...description,
    pem_encoded: pemOf(chain),
    used_by: usedBy.map((node_id) => ({ node_id, service_types: [inferred.certificateService] })),
    leaf_certificate_sha_256_thumbprint: fingerprintOf(chain[0]),
    has_private_key: false,
    ...(detailsAt === undefined ? {} : { details: chain.map((one) => wireDetails(one, detailsAt)) }),
    ...wireManaged(certificate),
  }
}

/** `/trust-management/certificates` @see nsx-api.md 6.4 */
export const certificateRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { certificates, clock } = app.services
  const url = '/trust-management/certificates'
  const params = Type.Object({ certificateId: Type.String({ maxLength: 255 }) })
  const operation = (name: string) => ({ operation: { module: 'TrustManagement', name } })
  const reads = needs('trust_certificates', 'read')
  const changes = needs('trust_certificates', 'crud')

  app.get(
    url,
    {
      schema: {
        summary: 'List certificates',
        querystring: Type.Object({
          ...ListQuery.properties,
          ...Details.properties,
          type: optional(Type.Enum([...certificateTypes])),
          node_id: optional(
            Type.String({ maxLength: 255, description: 'Only those that this node or principal identity uses' }),
          ),
        }),
        response: { 200: listOf(CertificateItem, 'CertificateList'), ...errorAnswers },
      },
      config: { ...reads, ...operation('ListCertificates'), costly: true },
    },
    async ({ query }) => {
      const detailsAt = query.details ? clock() : undefined
      const all = (await certificates.list()).map((certificate) => wireCertificate(certificate, detailsAt))
      const wanted = all.filter(
        ({ resource_type, used_by }) =>
          (query.type === undefined || resource_type === query.type) &&
          (query.node_id === undefined || used_by.some(({ node_id }) => node_id === query.node_id)),
      )
      return pageOf(wanted, query, 'display_name')
    },
  )

  app.get(
    `${url}/:certificateId`,
    {
      schema: {
        summary: 'Read a certificate',
        params,
        querystring: Details,
        response: { 200: CertificateItem, ...errorAnswers },
      },
      config: { ...reads, ...operation('GetCertificate') },
    },
    async ({ params, query }) =>
      wireCertificate(await certificates.read(params.certificateId), query.details ? clock() : undefined),
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Import a certificate, with those that issued it',
        body: TrustObjectData,
        response: { 201: listOf(CertificateItem, 'CertificateList'), ...errorAnswers },
      },
      config: { ...changes, ...operation('ImportCertificate'), action: 'import' },
    },
    async (request, reply) => {
      const { body } = request
      return answerChange<Certificate>(
        request,
        reply,
        {
          status: 201,
          body: (certificate) => ({ results: [wireCertificate(certificate)] }),
          show: (certificate) => wireCertificate(certificate),
        },
        (call) => certificates.import(call, body.pem_encoded, descriptionOf(body)),
      )
    },
  )

  app.delete(
    `${url}/:certificateId`,
    {
      schema: { summary: 'Delete a certificate', params, response: { 200: Empty, ...errorAnswers } },
      config: { ...changes, ...operation('DeleteCertificate') },
    },
    async (request, reply) =>
      answerChange<Certificate>(request, reply, { show: (certificate) => wireCertificate(certificate) }, (call) =>
        certificates.remove(call, request.params.certificateId),
      ),
  )
}
