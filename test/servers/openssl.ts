import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { installPackage } from './programs.ts'

/** Makes sure of OpenSSL's command. @returns why it is missing, if it is. */
export function missingOpenssl(): string | undefined {
  return spawnSync('openssl', ['version']).status === 0 ? undefined : installPackage('openssl')
}

/** What a handshake came to. */
export interface Handshake {
  /** `TLSv1.2 ECDHE-RSA-AES128-SHA`; undefined when there was none. */
  agreed: string | undefined
  /** Whether an earlier session was resumed. */
  resumed: boolean
  text: string
}

/** A handshake of `openssl s_client`, which offers all it has at no security level. */
export async function handshake(url: string, ...args: string[]): Promise<Handshake> {
  const { hostname, port } = new URL(url)
  const offers = args.includes('-cipher') ? [] : ['-cipher', 'ALL:@SECLEVEL=0']
  const child = spawn('openssl', ['s_client', '-connect', `${hostname}:${port}`, ...offers, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const [, how, cipher] = /^(New|Reused), .*, Cipher is (\S+)$/m.exec(out) ?? []
  const version = /^\s*Protocol\s*: (\S+)$/m.exec(out)?.[1] ?? /^(?:New|Reused), (\S+),/m.exec(out)?.[1]
  return {
    agreed: cipher === undefined || cipher === '(NONE)' ? undefined : `${version} ${cipher}`,
    resumed: how === 'Reused',
    text: out + err,
  }
}

/** Makes a key and a certificate signed by itself. */
export function selfSigned(keyFile: string, certFile: string, ...newKey: string[]): void {
  const args = [
    'req',
    '-x509',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ]
  const { status, stderr } = spawnSync('openssl', [...args, ...newKey, '-keyout', keyFile, '-out', certFile])
  if (status !== 0) throw new Error(String(stderr))
}
