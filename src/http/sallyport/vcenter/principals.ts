import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import { ssoDomain } from '../../../access/vcenter/principal.ts'
import { fullNameOf } from '../../../access/vcenter/sso/user.ts'
import { errorAnswers } from '../errors.ts'
import { readingCall, vcenterUsers } from './call.ts'
import { Principal } from './schemas.ts'

const Found = Type.Object({
  ...Principal.properties,
  description: Type.String({ description: 'The full name of a user, what a group is for' }),
})

/** `/principals`, for whoever sees the root folder, as vCenter's SDK shows them. @see RetrieveUserGroups */
export const principalRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { authorization, ssoDirectory } = app.services

  app.get(
    '/principals',
    {
      schema: {
        summary: 'Find users and groups of vsphere.local; directories elsewhere are not searched',
        querystring: Type.Object({
          name: Type.Optional(
            Type.String({ maxLength: 256, description: 'What names have in them, whatever the case' }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: {
          200: Type.Object({ principals: Type.Array(Found), all: Type.Boolean() }),
          ...errorAnswers,
        },
      },
      config: { ...vcenterUsers('principals.find'), costly: true },
    },
    async (request) => {
      authorization.require(readingCall(request), rootFolder, 'System.View')
      const { name = '', limit = 50 } = request.query
      const wanted = name.toLowerCase()
      const matches = ({ name }: { name: string }) => name.toLowerCase().includes(wanted)
      const domain = ssoDomain
      const found = [
        ...ssoDirectory
          .groups()
          .filter(matches)
          .map(({ name, description }) => ({ type: 'GROUP' as const, name, domain, description })),
        ...ssoDirectory
          .users()
          .filter(matches)
          .map((user) => ({ type: 'USER' as const, name: user.name, domain, description: fullNameOf(user) })),
      ]
      return { principals: found.slice(0, limit), all: found.length <= limit }
    },
  )
}
