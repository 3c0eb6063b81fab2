import { createPrivateKey, type webcrypto, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'

export interface ServerCertificate {
  /** PEM, the server's certificate first. */
  cert: string
  /** PEM. */
  key: string
  /** File of the certificate to trust. */
  caFile: string
}

const dayInMs = 24 * 60 * 60 * 1000
const caDays = 3650
const serverDays = 397
const renewBeforeDays = 30

/** A certificate and key brought by the administrator. @throws {ConfigError} when they cannot be used together. */
export function readCertificate({ certFile, keyFile }: { certFile: string; keyFile: string }): ServerCertificate {
  const cert = readFileSync(certFile, 'utf8')
  const key = readFileSync(keyFile, 'utf8')
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

/**
 * The server certificate of the data directory, ECDSA P-256, signed by the directory's own CA. Both are made when
 * there are none; the server's anew when it soon expires or does not cover the host.
 */
export async function ownCertificate(dataDir: string, host: string, now: number): Promise<ServerCertificate> {
  const dir = join(dataDir, 'tls')
  const file = (name: string) => join(dir, name)
  const read = (name: string) => readFileSync(file(name), 'utf8')
  const caFile = file('ca.pem')
  if (existsSync(file('server.pem')) && existsSync(file('server.key'))) {
    const served = new X509Certificate(read('server.pem'))
    const lasts = served.validToDate.getTime() - now > renewBeforeDays * dayInMs
    const covers = isIP(host) ? served.checkIP(host) : served.checkHost(host)
    if (lasts && (covers || isUnspecified(host))) return { cert: read('server.pem'), key: read('server.key'), caFile }
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  await makeCertificates(dir, host, now)
  return { cert: read('server.pem'), key: read('server.key'), caFile }
}

const isUnspecified = (host: string) => host === '0.0.0.0' || host === '::'

async function makeCertificates(dir: string, host: string, now: number): Promise<void> {
  // Loaded only here: later starts do without it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const makeKeys = () =>
    crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
  const pkcs8 = async (key: webcrypto.CryptoKey) =>
    x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), x509.PemConverter.PrivateKeyTag)
  const write = (name: string, text: string) => {
    const path = join(dir, name)
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  const validity = (days: number) => ({
    notBefore: new Date(now - dayInMs),
    notAfter: new Date(now + days * dayInMs),
  })

  const caPem = join(dir, 'ca.pem')
  const caKeyPem = join(dir, 'ca.key')
  let ca: InstanceType<typeof x509.X509Certificate>
  let caKey: webcrypto.CryptoKey
  if (existsSync(caPem) && existsSync(caKeyPem)) {
    ca = new x509.X509Certificate(readFileSync(caPem, 'utf8'))
    const der = x509.PemConverter.decodeFirst(readFileSync(caKeyPem, 'utf8'))
    caKey = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  } else {
    const keys = await makeKeys()
    ca = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Sallyport CA',
      keys,
      signingAlgorithm: algorithm,
      ...validity(caDays),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    caKey = keys.privateKey
    write('ca.key', await pkcs8(caKey))
    write('ca.pem', ca.toString('pem'))
  }

  const keys = await makeKeys()
  const names = ['localhost', '127.0.0.1', '::1', ...(isUnspecified(host) ? [] : [host])]
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${isUnspecified(host) ? 'localhost' : host}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKey,
    signingAlgorithm: algorithm,
    ...validity(serverDays),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        [...new Set(names)].map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  })
  write('server.key', await pkcs8(keys.privateKey))
  write('server.pem', `${certificate.toString('pem')}\n`)
}
