import type { Timeouts } from './exchange.ts'

const strangeCa = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])

interface Failure extends Error {
  code?: string
  address?: string
  port?: number
  hostname?: string
  /** Of a certificate for other names. */
  host?: string
  cert?: { subjectaltname?: string }
  /** Of a name with several addresses: one failure for each. */
  errors?: readonly Failure[]
}

/**
 * Why an upstream gave no answer, for administrators: it can name addresses, and never a credential.
 *
 * @param failure What Node or the HTTP client said.
 */
export function whyOf(failure: Error, { connectTimeout, answerTimeout, bodyTimeout }: Timeouts): string {
  const { code = '', address, port, hostname, host, cert, errors = [], name, message } = failure as Failure
  const first = errors[0]
  const at = (place: Pick<Failure, 'address' | 'port'>) =>
    place.address === undefined ? '' : ` at ${place.address} port ${place.port}`
  const within = (ms: number) => `within ${ms / 1000} s`
  if (strangeCa.has(code)) {
    return `certificate: no CA that is trusted has issued it (${code}); the setting ca names a file with the CA's certificate`
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'certificate: it has expired'
    case 'CERT_NOT_YET_VALID':
      return 'certificate: it is not valid yet; one of the two clocks may be wrong'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `certificate: it is not for ${host}, but for ${cert?.subjectaltname?.slice(0, 300) || 'no name'}; the setting servername says which name to expect`
    case 'ECONNREFUSED':
      return `refused: nothing takes connections${at(first ?? { address, port })}`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `refused: there is no way${at(first ?? { address, port }).replace(' at ', ' to ')} (${code})`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `name: ${hostname} cannot be resolved (${code})`
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `time: there was no connection ${within(connectTimeout)} (connectTimeout)`
    case 'UND_ERR_HEADERS_TIMEOUT':
      return `time: there was no answer ${within(answerTimeout)} (answerTimeout)`
    case 'UND_ERR_BODY_TIMEOUT':
      return `time: the answer did not go on ${within(bodyTimeout)} (bodyTimeout)`
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'connection: it was closed before the answer was there'
  }
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)/.test(code)) {
    return `TLS: what listens there does not speak it (${code})`
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return `TLS: the handshake failed (${code}): ${reasonIn(message)}`
  if (name === 'HTTPParserError') return `HTTP: the answer cannot be read: ${/\((.+)\)$/.exec(message)?.[1] ?? code}`
  return code === '' ? message : `${message} (${code})`
}

/** OpenSSL's own words: `12345:error:0A000410:SSL routines:function:sslv3 alert handshake failure:file:line:` */
const reasonIn = (message: string) => /:error:[^:]*:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] ?? message
