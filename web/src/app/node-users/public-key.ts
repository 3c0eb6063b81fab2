import type { SshKey } from './node-users.ts'

/** What an appliance takes. @see nsx-api.md 3 */
const types = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-dss', 'ssh-ed25519', 'ssh-rsa']

/**
 * Reads a public key as OpenSSH writes it into a `.pub` file: type, Base64, comment.
 *
 * @returns the key, its comment as the label; or what is wrong with it.
 * @see RFC 4253 6.6: the key says once more inside what its type is
 */
export function readPublicKey(line: string): SshKey | string {
  const text = line.trim()
  if (text.startsWith('-----BEGIN')) {
    return /PRIVATE/.test(text)
      ? 'This is a private key, which must stay with its owner. Paste what is in the file that ends in .pub.'
      : 'Paste the key as one line, as it is in the file that ends in .pub.'
  }
  if (/[\r\n]/.test(text)) return 'Paste one key: one line.'
  const [type = '', value = '', ...comment] = text.split(/ +/)
  if (!types.includes(type)) return `The line must begin with its type, one of ${types.join(', ')}.`
  const inner = innerType(value)
  if (inner === undefined) return 'Behind the type there must be the key in Base64.'
  if (inner !== type) return `The line says ${type}, the key in it says ${inner || 'nothing'}.`
  return { type, value, label: comment.join(' ') }
}

function innerType(value: string): string | undefined {
  let blob: string
  try {
    blob = atob(value)
  } catch {
    return undefined
  }
  if (blob.length < 4) return undefined
  const length = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + blob.charCodeAt(at), 0)
  return length > 64 ? '' : blob.slice(4, 4 + length).replace(/[^ -~]/g, '?')
}
