import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { LdapAddress } from '../ldap-source.ts'
import { dial } from './dial.ts'
import { LdapError } from './problem.ts'

/** More in one chain are not looked at. */
const longestChain = 10

/** The certificates that a server shows, its own first. Nothing is checked: whoever asks decides. @throws {LdapError} */
export async function peerCertificates(
  address: LdapAddress,
  starttls: boolean,
  timeout: number,
): Promise<X509Certificate[]> {
  const socket = (await dial({ ...address, starttls, trust: 'anyone' }, timeout)) as TLSSocket
  try {
    const chain: X509Certificate[] = []
    let next = socket.getPeerX509Certificate()
    while (next && chain.length < longestChain) {
      chain.push(next)
      const issuer: X509Certificate | undefined = next.issuerCertificate
      next = issuer?.fingerprint256 === next.fingerprint256 ? undefined : issuer
    }
    if (chain.length === 0) throw new LdapError('SSL_HANDSHAKE_ERROR', 'the server shows no certificate')
    return chain
  } finally {
    socket.destroy()
  }
}
