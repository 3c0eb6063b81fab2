/** A TLS version or cipher suite and whether it may be negotiated. */
export interface Switch {
  name: string
  enabled: boolean
}

/** How this browser is connected, as the server tells. */
export interface Connection {
  address: string
  protocol_version: string
  cipher_suite: string
  /** Kind of the server's key. */
  certificate_key: string
}

export const versionNames = ['TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** The versions that a suite is for. @see RFC 8446 B.4, RFC 5246 A.5 */
export function versionsOf(suite: string): string[] {
  if (!suite.includes('_WITH_')) return ['TLSv1.3']
  return suite.endsWith('_CBC_SHA') ? ['TLSv1.1', 'TLSv1.2'] : ['TLSv1.2']
}

/** The key that the server must have; undefined: any. */
export function keyOf(suite: string): 'rsa' | 'ec' | undefined {
  if (!suite.includes('_WITH_')) return undefined
  return suite.includes('ECDSA') ? 'ec' : 'rsa'
}

/** Browsers have left the CBC suites with SHA-256 and SHA-384 and the versions before TLS 1.2. */
const browserSpeaks = (version: string, suite: string) => version !== 'TLSv1.1' && !/_CBC_SHA(256|384)$/.test(suite)

const enabledOf = (switches: readonly Switch[]) => switches.filter(({ enabled }) => enabled).map(({ name }) => name)

/**
 * Why a choice of versions and suites would lock people out, and this browser first.
 *
 * @returns undefined when they can connect.
 * @see nsx-api.md 7.2, protocol_versions
 */
export function lockedOut(versions: readonly Switch[], suites: readonly Switch[], key: string): string | undefined {
  const served = enabledOf(versions)
  if (served.length === 0) return 'Keep at least one TLS version.'
  if (served.includes('TLSv1.1') && served.includes('TLSv1.3') && !served.includes('TLSv1.2')) {
    return 'Versions must not leave a gap: TLS 1.1 and 1.3 need TLS 1.2 between them.'
  }
  const enabled = enabledOf(suites)
  if (enabled.length === 0) return 'Keep at least one cipher suite.'
  const usable = enabled.filter((suite) => keyOf(suite) === undefined || keyOf(suite) === key)
  const pairs = usable.flatMap((suite) =>
    versionsOf(suite)
      .filter((version) => served.includes(version))
      .map((version) => [version, suite] as const),
  )
  if (pairs.length === 0) {
    return `Nobody could connect: none of the cipher suites goes with a TLS version above and with the server's certificate, whose key is ${key.toUpperCase()}.`
  }
  if (!pairs.some(([version, suite]) => browserSpeaks(version, suite))) {
    return 'You would lock yourself out: no browser speaks any more what is left. Keep TLS 1.2 or 1.3 with a suite that is neither CBC_SHA256 nor CBC_SHA384.'
  }
  return undefined
}

/** Versions that are enabled and have no suite: they are not served, whatever their tick says. */
export function withoutSuite(versions: readonly Switch[], suites: readonly Switch[], key: string): string[] {
  const usable = enabledOf(suites).filter((suite) => keyOf(suite) === undefined || keyOf(suite) === key)
  return enabledOf(versions).filter((version) => !usable.some((suite) => versionsOf(suite).includes(version)))
}
