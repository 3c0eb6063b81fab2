import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { VidmSettings } from '../../../../../access/identity-sources/vidm/vidm-settings.ts'
import { answerChange } from '../../../../answer-change.ts'
import { inferred } from '../../../inferred.ts'
import { changeProviders, readProviders } from '../../../permissions.ts'
import type { Scope } from '../../../scope.ts'
import { errorAnswers } from '../../../wire.ts'

const text = (description: string) => Type.String({ maxLength: 255, description })

const fields = {
  client_id: text('Identifier of this node at the provider'),
  host_name: text('Host of the provider; a port and a path may follow'),
  lb_enable: Type.Boolean({ default: false }),
  node_host_name: text('Host to which the provider sends people back; a port may follow'),
  thumbprint: text("SHA-256 of the provider's certificate in hexadecimal"),
  vidm_enable: Type.Boolean({ default: false }),
}

const Vidm = Type.Object(fields, { description: 'NodeAuthProviderVidmProperties' })

const VidmChange = Type.Object(
  {
    ...fields,
    lb_enable: Type.Optional(fields.lb_enable),
    vidm_enable: Type.Optional(fields.vidm_enable),
    client_secret: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description:
          'Never answered. Left out, the stored one stays, unless host_name, client_id or thumbprint become other ones',
      }),
    ),
  },
  { additionalProperties: false, description: 'NodeAuthProviderVidmProperties' },
)

const VidmStatus = Type.Object(
  { runtime_state: Type.Enum(Object.values(inferred.vidmStates)), vidm_enable: Type.Boolean() },
  { description: 'NodeAuthProviderVidmStatus' },
)

/** `/node/aaa/providers/vidm` @see nsx-api.md 6.6 */
export const vidmRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { vidm, vidmSettings } = app.services
  const params = Type.Object(scope.params)
  const url = '/node/aaa/providers/vidm'

  const wireVidm = (settings: VidmSettings) => ({
    client_id: settings.clientId,
    host_name: settings.hostName,
    lb_enable: settings.loadBalancer,
    node_host_name: settings.nodeHostName,
    thumbprint: settings.thumbprint,
    vidm_enable: settings.enabled,
  })

  app.get(
    url,
    {
      schema: { summary: 'Read the vIDM provider', params, response: { 200: Vidm, ...errorAnswers } },
      config: readProviders,
    },
    async (request) => wireVidm(vidm.read(scope.appliance(request).realmId)),
  )

  app.put(
    url,
    {
      schema: {
        summary: 'Replace the vIDM provider',
        params,
        body: VidmChange,
        response: { 202: Vidm, ...errorAnswers },
      },
      config: changeProviders,
    },
    async (request, reply) => {
      const { realmId } = scope.appliance(request)
      const { body } = request
      const settings: VidmSettings = {
        enabled: body.vidm_enable ?? false,
        loadBalancer: body.lb_enable ?? false,
        hostName: body.host_name,
        clientId: body.client_id,
        thumbprint: body.thumbprint,
        nodeHostName: body.node_host_name,
      }
      return answerChange<VidmSettings>(request, reply, { status: 202, body: wireVidm }, (call) =>
        vidmSettings.update(call, realmId, settings, body.client_secret),
      )
    },
  )

  app.get(
    `${url}/status`,
    {
      schema: {
        summary: 'Ask the vIDM provider whether it can be used',
        params,
        response: { 200: VidmStatus, ...errorAnswers },
      },
      config: readProviders,
    },
    async (request) => {
      const { realmId } = scope.appliance(request)
      const state = await vidm.state(realmId)
      return { runtime_state: inferred.vidmStates[state], vidm_enable: vidm.read(realmId).enabled }
    },
  )
}
