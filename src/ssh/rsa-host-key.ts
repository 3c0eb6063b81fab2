import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { hostKeyFiles, rsaHostKeyBits } from './host-keys.ts'

/** Makes an appliance's RSA key where it has none. It takes up to a second of work, and only old clients need it. */
export async function makeRsaHostKey(dataDir: string, applianceId: string): Promise<void> {
  const files = hostKeyFiles(dataDir, applianceId)
  if (files.read('host_rsa_key') !== undefined) return
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: rsaHostKeyBits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  files.keep('host_rsa_key', privateKey)
}
