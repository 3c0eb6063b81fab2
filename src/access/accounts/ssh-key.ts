import { AccessError } from '../errors.ts'

export const sshKeyTypes = [
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-dss',
  'ssh-ed25519',
  'ssh-rsa',
] as const

/** Fields a public key has behind its type. @see RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4 */
const fieldsOfType: Record<(typeof sshKeyTypes)[number], number> = {
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-dss': 4,
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
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
  if (fields.length !== fieldsOfType[type] + 1) throw invalid(`is not a complete key of type ${type}`)
}
