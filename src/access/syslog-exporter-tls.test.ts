import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCa } from '../../test/certificates.ts'
import type { SyslogExporterWithKey } from '../audit/syslog-export/exporter.ts'
import { requireUsableTls } from './syslog-exporter-tls.ts'

const ca = await makeCa('ca')
const { cert, key } = await ca.issue(['a'])
const other = await ca.issue(['b'])
const exporter: SyslogExporterWithKey = {
  id: '',
  applianceId: '',
  name: '',
  level: 'INFO',
  facilities: [],
  msgids: [],
  structuredData: [],
  protocol: 'TLS',
  server: 'x',
  port: 6514,
}

test('certificates, alone or several, and a key with its certificate can be used', () => {
  for (const material of [
    {},
    { tlsCa: ca.cert },
    { tlsCa: `${ca.cert}\n${other.cert}\n` },
    { tlsCa: `# of the collectors\r\n${ca.cert.replaceAll('\n', '\r\n')}` },
    { tlsCert: cert, tlsKey: key },
    { tlsCert: `${cert}\n${ca.cert}`, tlsKey: key, tlsClientCa: ca.cert },
  ]) {
    requireUsableTls({ ...exporter, ...material })
  }
})

test('what no connection can be made with is refused by name, and no refusal quotes a key', () => {
  for (const [material, message] of [
    [{ tlsCa: '' }, /^property tls_ca_pem must hold certificates/],
    [{ tlsCa: 'x' }, /^property tls_ca_pem must hold certificates/],
    [{ tlsCa: cert.trimEnd() + ca.cert }, /^property tls_ca_pem must hold certificates/],
    [{ tlsCert: cert.trimEnd() + ca.cert, tlsKey: key }, /^property tls_cert_pem must hold certificates/],
    [{ tlsCa: key }, /^property tls_ca_pem must hold certificates/],
    [{ tlsCa: ca.cert.trimEnd() + key }, /^property tls_ca_pem must hold certificates/],
    [{ tlsCa: `${ca.cert}-----BEGIN PRIVATE KEY-----` }, /^property tls_ca_pem must hold certificates/],
    [
      { tlsCa: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      /^property tls_ca_pem .* cannot be read/,
    ],
    [{ tlsCert: cert }, /^property tls_cert_pem needs tls_key_pem/],
    [{ tlsKey: key }, /^property tls_key_pem needs tls_cert_pem/],
    [{ tlsClientCa: ca.cert }, /^property tls_client_ca_pem needs tls_cert_pem/],
    [{ tlsCert: cert, tlsKey: 'x' }, /^property tls_key_pem is not a private key/],
    [{ tlsCert: cert, tlsKey: cert }, /^property tls_key_pem is not a private key/],
    [{ tlsCert: cert, tlsKey: other.key }, /^property tls_key_pem is not the private key of tls_cert_pem/],
    [{ protocol: 'TCP', tlsCa: ca.cert }, /^property tls_ca_pem needs protocol TLS, not TCP/],
    [{ protocol: 'UDP', tlsCert: cert, tlsKey: key }, /^property tls_cert_pem needs protocol TLS, not UDP/],
  ] as [Partial<SyslogExporterWithKey>, RegExp][]) {
    assert.throws(
      () => requireUsableTls({ ...exporter, ...material }),
      (error: Error) => {
        assert.match(error.message, message)
        assert.ok(!error.message.includes('MI'))
        return true
      },
    )
  }
})
