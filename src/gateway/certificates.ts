import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { ConfigError } from '../config.ts'
import type { CertificateNames } from './certificate-names.ts'
import type { CertificatePair, ServerKey } from './own-ca.ts'

export interface ServerCertificate {
  /** PEM, the server's certificate first. */
  cert: string
  /** PEM. */
  key: string
  /** A second certificate, for clients that take RSA only. */
  rsa?: CertificatePair
  /** File of the certificate to trust. */
  caFile: string
}

/** A server's certificates with their keys, the preferred first. */
export const pairsOf = ({ cert, key, rsa }: ServerCertificate): CertificatePair[] => [
  { cert, key },
  ...(rsa ? [rsa] : []),
]

/** As `node:tls` takes them. */
export const identitiesOf = (certificate: ServerCertificate) => ({
  cert: pairsOf(certificate).map(({ cert }) => cert),
  key: pairsOf(certificate).map(({ key }) => key),
})

const dayInMs = 24 * 60 * 60 * 1000

/** So long before its end the server's certificate is made anew, and the end of the CA is warned of. */
const aheadInMs = 30 * dayInMs

/** A certificate and key brought by the administrator. @throws {ConfigError} when they cannot be used together. */
export function readCertificate({ certFile, keyFile }: { certFile: string; keyFile: string }): ServerCertificate {
  const cert = parse('tlsCert', certFile, () => readFileSync(certFile, 'utf8'))
  const key = parse('tlsKey', keyFile, () => readFileSync(keyFile, 'utf8'))
  const parsed = parse('tlsCert', certFile, () => new X509Certificate(cert))
  const privateKey = parse('tlsKey', keyFile, () => createPrivateKey(key))
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new ConfigError(`tlsKey: ${keyFile} is not the private key of the certificate ${certFile}`)
  }
  return { cert, key, caFile: certFile }
}

function parse<T>(setting: string, file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new ConfigError(`${setting}: cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** The server's certificates by the names of their files, the preferred first: ECDSA costs the least. */
const serverFiles = { server: 'ec', 'server-rsa': 'rsa' } as const
type ServerFile = keyof typeof serverFiles

/**
 * The server certificates of the data directory, one of ECDSA and one of RSA, signed by the directory's own CA. They
 * are made anew when they soon end or lack a name; the CA when there is none, when it has ended, and when it may not
 * sign for a name that is asked for. A name that was only found is left out then: the CA is what clients trust, and a
 * machine's names change. For the sake of the RSA certificate alone no other CA is made: it is left out.
 *
 * @param now Milliseconds since 1970.
 * @param log Is told what clients must know: that there is another CA, or soon has to be.
 * @see docs/decisions/036-own-ca.md
 */
export async function ownCertificate(
  dataDir: string,
  names: CertificateNames,
  now: number,
  log?: Logger,
): Promise<ServerCertificate> {
  const dir = join(dataDir, 'tls')
  const caFile = join(dir, 'ca.pem')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const known = readPair(dir, 'ca')
  const all = [...names.asked, ...names.found]
  const served = new Map<ServerFile, CertificatePair & { x509: X509Certificate }>()
  for (const file of Object.keys(serverFiles) as ServerFile[]) {
    const one = readPair(dir, file)
    if (known && one?.key && lasts(one.x509, known.x509, now)) served.set(file, { ...one, key: one.key })
  }
  const lacks = (file: ServerFile) => (name: string) => !isFor(served.get(file)?.x509, name)

  if ((Object.keys(serverFiles) as ServerFile[]).some((file) => all.some(lacks(file)))) {
    // Loaded only here: most starts do without it.
    const { makeCa, permittedBy, signServer } = await import('./own-ca.ts')
    const why = reasonForCa(known, names.asked, now, permittedBy)
    let ca = known?.key === undefined ? undefined : { cert: known.cert, key: known.key }
    const another = why !== undefined && names.asked.some(lacks('server'))
    if (another) {
      ca = await makeCa(all, now)
      write(dir, 'ca.key', ca.key)
      write(dir, 'ca.pem', ca.cert)
      served.clear()
      const until = new Date(endOf(new X509Certificate(ca.cert))).toISOString()
      if (known) log?.warn(`${why}: another CA was made, valid until ${until}. Clients must be given ${caFile} anew`)
      else log?.debug(`a CA was made, valid until ${until}, for ${all.join(', ')}: clients are to trust ${caFile}`)
    }
    const permits = ca ? permittedBy(ca.cert) : () => false
    const [permitted, leftOut] = [all.filter(permits), all.filter((name) => !permits(name))]
    if (!ca) log?.warn(`${why}: the server's certificates stay as they are, and what they lack is left out`)
    else if (leftOut.length > 0) {
      log?.warn(
        `the server's certificate is not for ${leftOut.join(', ')}, which its CA may not sign for: name them in tlsNames, and another CA is made, which clients must be given`,
      )
    }
    for (const [file, kind] of Object.entries(serverFiles) as [ServerFile, ServerKey][]) {
      if (!ca || !permitted.some(lacks(file))) continue
      const pair = await signServer(ca, permitted, now, kind)
      write(dir, `${file}.key`, pair.key)
      write(dir, `${file}.pem`, pair.cert)
      const x509 = new X509Certificate(pair.cert)
      served.set(file, { ...pair, x509 })
      const until = new Date(endOf(x509)).toISOString()
      log?.debug(
        `a server certificate was made, ${kind.toUpperCase()}, valid until ${until}, for ${permitted.join(', ')}`,
      )
    }
  }
  const [pair, rsa] = [served.get('server'), served.get('server-rsa')]
  if (!pair) throw new Error('a CA signs for what is asked for')
  letOthersRead(dir, caFile, log)
  warnOfCa(caFile, now, log)
  return { cert: pair.cert, key: pair.key, ...(rsa ? { rsa: { cert: rsa.cert, key: rsa.key } } : {}), caFile }
}

/** Whether a server's certificate is its CA's, and may be served for some time yet. */
function lasts(certificate: X509Certificate, ca: X509Certificate, now: number): boolean {
  return (
    certificate.verify(ca.publicKey) &&
    endOf(certificate) > now &&
    endOf(certificate) > Math.min(now + aheadInMs, endOf(ca) - 1)
  )
}

interface ReadPair {
  cert: string
  x509: X509Certificate
  /** Absent where there is no key, or another certificate's. */
  key: string | undefined
}

function readPair(dir: string, name: string): ReadPair | undefined {
  const [certFile, keyFile] = [join(dir, `${name}.pem`), join(dir, `${name}.key`)]
  if (!existsSync(certFile)) return undefined
  const cert = readFileSync(certFile, 'utf8')
  const x509 = parse('dataDir', certFile, () => new X509Certificate(cert))
  if (!existsSync(keyFile)) return { cert, x509, key: undefined }
  const key = readFileSync(keyFile, 'utf8')
  const belongs = x509.checkPrivateKey(parse('dataDir', keyFile, () => createPrivateKey(key)))
  return { cert, x509, key: belongs ? key : undefined }
}

/** Why a CA has to be made; undefined when there is one that does. */
function reasonForCa(
  known: ReadPair | undefined,
  asked: readonly string[],
  now: number,
  permittedBy: (cert: string) => (name: string) => boolean,
): string | undefined {
  if (!known) return 'there is no CA'
  if (!known.key) return 'the key of the CA is missing'
  if (endOf(known.x509) <= now) return `the CA ended on ${new Date(endOf(known.x509)).toISOString()}`
  const permits = permittedBy(known.cert)
  const refused = asked.filter((name) => !permits(name))
  return refused.length > 0 ? `the CA may not sign for ${refused.join(', ')}` : undefined
}

const endOf = (certificate: X509Certificate) => certificate.validToDate.getTime()

const isFor = (certificate: X509Certificate | undefined, name: string) =>
  (isIP(name) ? certificate?.checkIP(name) : certificate?.checkHost(name)) !== undefined

function write(dir: string, name: string, text: string): void {
  const path = join(dir, name)
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The CA's certificate is for everybody, whatever the umask; the keys beside it stay its owner's. */
function letOthersRead(dir: string, caFile: string, log: Logger | undefined): void {
  try {
    for (const [path, bits] of [
      [dir, 0o011],
      [caFile, 0o044],
    ] as const) {
      const { mode } = statSync(path)
      if ((mode & bits) !== bits) chmodSync(path, (mode & 0o777) | bits)
    }
  } catch (error) {
    log?.warn(error, `${caFile} cannot be made readable for others`)
  }
}

/** Of the DER of a certificate with name constraints, 2.5.29.30. */
const nameConstraints = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e])

function warnOfCa(caFile: string, now: number, log: Logger | undefined): void {
  const ca = new X509Certificate(readFileSync(caFile))
  const until = new Date(endOf(ca)).toISOString()
  const remedy = `remove ${caFile} and start again to have another made, which clients must be given`
  if (endOf(ca) - now <= aheadInMs)
    log?.warn(`the CA ends on ${until}, and no client trusts the server then: ${remedy}`)
  else if (!ca.raw.includes(nameConstraints)) {
    log?.info(`the CA, of an earlier version, may sign for any name until ${until}: ${remedy}`)
  }
}
