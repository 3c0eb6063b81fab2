import { AccessError } from '../errors.ts'

export const sshKeyTypes = [
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-dss',
  'ssh-ed25519',
  'ssh-rsa',
] as const

/** Of an elliptic curve's point, uncompressed: a byte that says so, then its two coordinates. */
const isPoint = (bytes: Buffer, coordinate: number) => bytes.length === 1 + 2 * coordinate && bytes[0] === 4
const ecdsa = (curve: string, coordinate: number) => (fields: readonly Buffer[]) =>
  fields.length === 2 && fields[0]?.toString('latin1') === curve && isPoint(fields[1] as Buffer, coordinate)

/** Shortest RSA modulus that is still a key, in bytes. */
const shortestModulus = 128

/** What a public key has behind its type. @see RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4 */
const isComplete: Record<(typeof sshKeyTypes)[number], (fields: readonly Buffer[]) => boolean> = {
  'ecdsa-sha2-nistp256': ecdsa('nistp256', 32),
  'ecdsa-sha2-nistp384': ecdsa('nistp384', 48),
  'ecdsa-sha2-nistp521': ecdsa('nistp521', 66),
  'ssh-dss': (fields) => fields.length === 4 && fields.every((field) => field.length > 0),
  'ssh-ed25519': (fields) => fields.length === 1 && fields[0]?.length === 32,
  'ssh-rsa': ([exponent, modulus, ...more]) =>
    more.length === 0 && Boolean(exponent?.length) && (modulus?.length ?? 0) >= shortestModulus,
}

/**
 * Refuses a key blob that is not what its type says.
 *
 * @param value Base64 of the blob, without type and comment.
 * @throws {AccessError} `invalid_field`
 */
export function requireSshKey(type: (typeof sshKeyTypes)[number], value: string): void {
  const invalid = (why: string) => new AccessError('invalid_field', `value of property value ${why}`)
  const blob = Buffer.from(value, 'base64')
  if (value === '' || blob.toString('base64') !== value) throw invalid('is not base64')

  const fields: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) throw invalid('is not an SSH public key')
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) throw invalid('is not an SSH public key')
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  const inner = fields[0]?.toString('latin1')
  if (inner !== type) throw invalid(`is not a key of type ${type}`)
  if (!isComplete[type](fields.slice(1))) throw invalid(`is not a complete key of type ${type}`)
}
