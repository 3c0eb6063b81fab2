import { X509Certificate } from 'node:crypto'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { AccessError } from '../../../access/errors.ts'
import { answer, answerChange, nsxvOf } from '../answer.ts'
import { bodyFields, type Fields, flagOf, optionalTextOf, secretOf, textOf } from '../body.ts'
import { document } from '../document.ts'
import { inferred } from '../inferred.ts'
import { reads, readsAnyRole, writes } from '../requirement.ts'

const changes = { feature: 'vc_sso_configuration', permission: 'write' } as const

/** To which vCenter the NSX Manager belongs: the one that is served beside it, and no other. @see nsxv-api.md 6 */
export const registrationRoutes: FastifyPluginAsync = async (app) => {
  const config = reads('vc_sso_configuration')

  app.get('/vcconfig', { config }, async (request, reply) => {
    const { settings, users } = nsxvOf(request)
    const { vcenterUser } = settings.read()
    return answer(
      request,
      reply,
      document('vcInfo', {
        ipAddress: app.services.addresses.https(request.manager.id).ipAddress,
        userName: vcenterUser,
        certificateThumbprint: certificate(app).fingerprint,
        assignRoleToUser: users.has(vcenterUser),
        vcInventoryLastUpdateTime: app.services.clock(),
      }),
    )
  })

  app.put('/vcconfig', { config: writes(changes, 'SYSTEM', 'UPDATE', { takes: vcInfo }) }, async (request, reply) => {
    const { registration } = nsxvOf(request)
    const fields = bodyFields(request, 'vcInfo')
    requireOwnHost(app, 'ipAddress', textOf(fields, 'ipAddress'))
    requireOwnCertificate(app, fields)
    const assigns = optionalTextOf(fields, 'assignRoleToUser') !== undefined && flagOf(fields, 'assignRoleToUser')
    const registrar = registrarOf(request, fields, 'userName', 'password')
    return answerChange(request, reply, (call) => registration.withVcenter(call, registrar, assigns))
  })

  app.get('/vcconfig/status', { config }, async (request, reply) =>
    answer(
      request,
      reply,
      document('vcConfigStatus', { connected: true, lastInventorySyncTime: app.services.clock() }),
    ),
  )

  app.get('/ssoconfig', { config }, async (request, reply) => {
    const { ipAddress, port } = app.services.addresses.https(request.manager.id)
    const { ssoUser } = nsxvOf(request).settings.read()
    const registered = {
      ssoLookupServiceUrl: `https://${ipAddress}:${port}/lookupservice/sdk`,
      ssoAdminUsername: ssoUser ?? '',
    }
    return answer(request, reply, document('ssoConfig', ssoUser === null ? {} : registered))
  })

  app.post(
    '/ssoconfig',
    { config: writes(changes, 'SSO_CONFIG', 'CREATE', { takes: ssoConfig }) },
    async (request, reply) => {
      const { registration } = nsxvOf(request)
      const fields = bodyFields(request, 'ssoConfig')
      const url = textOf(fields, 'ssoLookupServiceUrl')
      requireOwnHost(app, 'ssoLookupServiceUrl', URL.parse(url)?.hostname ?? url)
      requireOwnCertificate(app, fields)
      const registrar = registrarOf(request, fields, 'ssoAdminUsername', 'ssoAdminUserpassword')
      return answerChange(request, reply, (call) => registration.withSso(call, registrar))
    },
  )

  app.delete('/ssoconfig', { config: writes(changes, 'SSO_CONFIG', 'DELETE') }, async (request, reply) => {
    const { registration } = nsxvOf(request)
    return answerChange(request, reply, (call) => registration.leaveSso(call))
  })

  app.get('/ssoconfig/status', { config }, async (request, reply) =>
    answer(request, reply, document('boolean', nsxvOf(request).settings.read().ssoUser !== null)),
  )

  app.get('/vsmconfig', { config: readsAnyRole }, async (request, reply) =>
    answer(request, reply, document('vsmConfig', { version: inferred.versionText })),
  )
}

// What of a body the audit log may show.
const vcInfo = ['vcInfo', 'ipAddress', 'userName', 'certificateThumbprint', 'assignRoleToUser', 'pluginDownloadServer']
const ssoConfig = ['ssoConfig', 'ssoLookupServiceUrl', 'ssoAdminUsername', 'certificateThumbprint']

const certificate = ({ services }: FastifyInstance) => new X509Certificate(services.apiService.certificate())

const registrarOf = ({ source }: FastifyRequest, fields: Fields, name: string, password: string) => ({
  name: textOf(fields, name),
  password: secretOf(fields, password),
  source,
})

/** @throws {AccessError} `invalid_field` */
function requireOwnHost({ services }: FastifyInstance, field: string, host: string): void {
  const own = services.appliances.managers.map(({ id }) => services.addresses.https(id).ipAddress)
  if (host === 'localhost' || own.includes(host)) return
  const served = `${own[0]}, where the one is that is served here`
  throw new AccessError('invalid_field', `There is no vCenter at ${field} ${host}; it is ${served}`, { field })
}

/** Where a thumbprint is given, it is that of the certificate. @throws {AccessError} `invalid_field` */
function requireOwnCertificate(app: FastifyInstance, fields: Fields): void {
  const field = 'certificateThumbprint'
  const given = optionalTextOf(fields, field)
  if (given === undefined) return
  const { fingerprint, fingerprint256 } = certificate(app)
  const plain = (thumbprint: string) => thumbprint.replaceAll(':', '').toUpperCase()
  if ([fingerprint, fingerprint256].some((own) => plain(own) === plain(given))) return
  throw new AccessError('invalid_field', `The certificate of vCenter has another ${field}: ${fingerprint}`, { field })
}
