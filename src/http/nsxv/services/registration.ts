import { X509Certificate } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import { answer } from '../answer.ts'
import { document } from '../document.ts'
import { inferred } from '../inferred.ts'
import { reads, readsAnyRole } from '../requirement.ts'

/** To which vCenter the NSX Manager belongs: the one that is served beside it. @see nsxv-api.md 6 */
export const registrationRoutes: FastifyPluginAsync = async (app) => {
  const config = reads('vc_sso_configuration')
  const administrator = 'administrator@vsphere.local'

  app.get('/vcconfig', { config }, async (request, reply) => {
    const { addresses, apiService, clock } = app.services
    return answer(
      request,
      reply,
      document('vcInfo', {
        ipAddress: addresses.https(request.manager.id).ipAddress,
        userName: administrator,
        certificateThumbprint: new X509Certificate(apiService.certificate()).fingerprint,
        assignRoleToUser: true,
        vcInventoryLastUpdateTime: clock(),
      }),
    )
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
    return answer(
      request,
      reply,
      document('ssoConfig', {
        ssoLookupServiceUrl: `https://${ipAddress}:${port}/lookupservice/sdk`,
        ssoAdminUsername: administrator,
      }),
    )
  })

  app.get('/ssoconfig/status', { config }, async (request, reply) => answer(request, reply, document('boolean', true)))

  app.get('/vsmconfig', { config: readsAnyRole }, async (request, reply) =>
    answer(request, reply, document('vsmConfig', { version: inferred.versionText })),
  )
}
