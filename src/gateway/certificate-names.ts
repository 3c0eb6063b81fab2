import { isIP } from 'node:net'
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { isHostname } from '../access/nsxv/configuration.ts'

/** What a server certificate is for; DNS names are in lower case, addresses as `canonicalName` writes them. */
export interface CertificateNames {
  /** What settings ask for, and this machine's own loopback. */
  asked: readonly string[]
  /** What the machine is called at present, where all its addresses are served. */
  found: readonly string[]
}

/**
 * A DNS name or an IP address as certificates are compared by it.
 *
 * @returns undefined when it is neither: a wildcard, an address with a zone or a port, a name that is not ASCII.
 */
export function canonicalName(name: string): string | undefined {
  if (isIP(name) === 4) return name
  if (isIP(name) === 6) return name.includes('%') ? undefined : new URL(`https://[${name}]`).hostname.slice(1, -1)
  // What ends in digits is a mistyped address.
  return isHostname(name) && !/(^|\.)\d+$/.test(name) ? name.toLowerCase() : undefined
}

const isUnspecified = (host: string) => /^[0:.]+$/.test(host)

/**
 * Names for the certificate of a server that listens on a host.
 *
 * @param more Further ones, canonical.
 * @param machine What is asked of the operating system.
 */
export function certificateNames(
  host: string,
  more: readonly string[] = [],
  machine: { hostname: () => string; networkInterfaces: typeof networkInterfaces } = { hostname, networkInterfaces },
): CertificateNames {
  const named = isUnspecified(host) ? undefined : canonicalName(host)
  const asked = [...new Set(['localhost', '127.0.0.1', '::1', ...(named ? [named] : []), ...more])]
  if (!isUnspecified(host)) return { asked, found: [] }
  const reached = ({ internal, address, family }: NetworkInterfaceInfo) =>
    // Addresses of one link have a zone, which no URL can be written with.
    !internal && !/^fe[89ab]/i.test(address) && (family === 'IPv4' || host.includes(':'))
  const addresses = Object.values(machine.networkInterfaces()).flatMap((infos = []) => infos.filter(reached))
  const found = [machine.hostname(), ...addresses.map(({ address }) => address)].map(canonicalName)
  return { asked, found: [...new Set(found)].filter((name) => name !== undefined && !asked.includes(name)) as string[] }
}
