import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import type { ApiServer, ApiServiceConfig } from '../access/api-service.ts'
import { AccessError } from '../access/errors.ts'
import { identitiesOf, pairsOf, type ServerCertificate } from './certificates.ts'
import type { Listener, ListenerSettings } from './listener.ts'
import { type KeyType, tlsSettings } from './tls-settings.ts'

/** How listeners serve a configuration. @returns undefined when nobody could connect. */
export function listenerSettings(
  config: ApiServiceConfig,
  certificate: ServerCertificate,
): ListenerSettings | undefined {
  const tls = tlsSettings(config, keyTypesOf(certificate))
  return tls && { certificate, tls, connectionTimeout: config.connectionTimeout }
}

function keyTypesOf(certificate: ServerCertificate): KeyType[] {
  return pairsOf(certificate).map(({ cert }) => {
    const { asymmetricKeyType } = new X509Certificate(cert).publicKey
    return asymmetricKeyType === 'rsa' || asymmetricKeyType === 'ec' ? asymmetricKeyType : 'other'
  })
}

/** The listeners of all managers, as the API service sees them. @param served The certificate of now. */
export function createApiServer(
  served: () => ServerCertificate,
  listeners: readonly Listener[],
  log: Logger,
): ApiServer {
  return {
    get certificate() {
      return served().cert
    },

    requireReachable(config) {
      const certificate = served()
      const settings = listenerSettings(config, certificate)
      if (!settings) {
        throw new AccessError(
          'invalid_field',
          `properties protocol_versions and cipher_suites leave nothing that the server's certificate (its key is ${keyTypesOf(certificate).join(' or ').toUpperCase()}) can be served with, so nobody could connect`,
        )
      }
      if (settings.tls.maxVersion === 'TLSv1.1') {
        throw new AccessError(
          'invalid_field',
          'properties protocol_versions and cipher_suites leave TLSv1.1 alone, which clients of today do not speak, so nobody could change it back',
        )
      }
      // What OpenSSL does not take is to be found out before it is stored.
      createSecureContext({ ...identitiesOf(certificate), ...settings.tls })
    },

    apply(config) {
      const settings = listenerSettings(config, served())
      for (const listener of listeners) {
        try {
          if (settings) listener.apply(settings)
        } catch (error) {
          log.error(error, `${listener.manager.name} goes on with the settings it had`)
        }
      }
    },
  }
}
