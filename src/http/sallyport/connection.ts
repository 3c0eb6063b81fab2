import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { errorAnswers } from './errors.ts'
import { sallyportFace } from './face.ts'

const Connection = Type.Object({
  address: Type.String({ description: 'Of the client, as failed sign-ins count by it' }),
  protocol_version: Type.String({ description: 'As the API service names it' }),
  cipher_suite: Type.String({ description: 'As the API service names it' }),
  certificate_key: Type.String({
    description: "Kind of the server's key, such as `rsa` or `ec`: only some cipher suites work with it",
  }),
})

/** `/connection` */
export const connectionRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { apiService } = app.services

  app.get(
    '/connection',
    {
      schema: {
        summary: 'Read how the caller is connected, which no browser tells its pages',
        response: { 200: Connection, ...errorAnswers },
      },
      config: {
        face: sallyportFace,
        requires: 'sign-in',
        operation: { module: 'sallyport', name: 'connection.get' },
      },
    },
    async (request) => {
      const socket = request.raw.socket as TLSSocket
      return {
        address: request.source,
        protocol_version: socket.getProtocol() ?? '',
        // Of a connection that is gone there is none.
        cipher_suite: socket.getCipher()?.standardName ?? '',
        certificate_key: new X509Certificate(apiService.certificate()).publicKey.asymmetricKeyType ?? '',
      }
    },
  )
}
