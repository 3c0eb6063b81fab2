import { isIP } from 'node:net'
import { fingerprintBytes } from '../../../providers/pinned-fetch.ts'
import { AccessError } from '../../errors.ts'

/** The OpenID provider (vIDM, Workspace ONE Access) of a realm. @see NSX REST API 4.2, NodeAuthProviderVidmProperties */
export interface VidmSettings {
  enabled: boolean
  /** Whether the nodes are behind a load balancer, whose name `nodeHostName` is then. */
  loadBalancer: boolean
  /** Host, and port and path where they are not 443 and the usual one. */
  hostName: string
  clientId: string
  /** SHA-256 of the provider's certificate in hex. */
  thumbprint: string
  /** Host, and port where it is not 443, to which the provider sends people back. */
  nodeHostName: string
}

export const noVidm: Readonly<VidmSettings> = Object.freeze({
  enabled: false,
  loadBalancer: false,
  hostName: '',
  clientId: '',
  thumbprint: '',
  nodeHostName: '',
})

/** Where a vIDM has its OpenID description, below its host. */
const vidmPath = '/SAAS/auth'

const invalid = (text: string) => new AccessError('invalid_field', text)

/** The URL of a host that may have a port, and a path where that is allowed; undefined where it is anything else. */
export function urlOf(text: string, path: 'path' | 'no path'): URL | undefined {
  // What a URL parser forgives or reads differently is no host: spaces, user information, queries, backslashes.
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?(\/[\w.~/-]*)?$/i.test(text)) return undefined
  if (path === 'no path' && text.includes('/')) return undefined
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined
  // `1.2.3` and `0x7f.1` are other addresses in disguise.
  const host = text.replace(/[:/].*$/, '').toLowerCase()
  return url && (text.startsWith('[') || !isIP(url.hostname) || url.hostname === host) ? url : undefined
}

/**
 * Refuses settings with which nobody could sign in.
 *
 * @param hasSecret Whether there is a client secret, given now or before.
 * @throws {AccessError} `invalid_field`
 */
export function requireUsableVidm(settings: VidmSettings, hasSecret: boolean): void {
  const { hostName, nodeHostName, thumbprint, clientId, enabled } = settings
  if (!urlOf(hostName, 'path')) throw invalid(`value ${hostName} of property host_name is not a host name`)
  if (!urlOf(nodeHostName, 'no path')) {
    throw invalid(`value ${nodeHostName} of property node_host_name is not a host name`)
  }
  if (!fingerprintBytes(thumbprint)) {
    throw invalid(`value ${thumbprint} of property thumbprint is not a SHA-256 hash in hexadecimal`)
  }
  if (/[^!-~]/.test(clientId))
    throw invalid(`value ${clientId} of property client_id has other than visible characters`)
  if (enabled && !hasSecret) throw invalid('required property client_secret is missing')
}

/**
 * Whether a stored client secret may be used with new settings: it is sent to nobody but whom it was given for, so that
 * who may change the provider and does not know the secret cannot have it sent to a host of their own.
 */
export function maySecretStay(before: VidmSettings, after: VidmSettings): boolean {
  return (
    before.hostName === after.hostName && before.clientId === after.clientId && before.thumbprint === after.thumbprint
  )
}

/** Where the provider may have its description: at the path given; without one at vIDM's, or else at the host itself. */
export function issuersOf({ hostName }: VidmSettings): URL[] {
  const url = new URL(`https://${hostName}`)
  return hostName.includes('/') ? [url] : [new URL(vidmPath, url), url]
}

/** The host part of people's names where the provider gives them none. */
export function domainOf({ hostName }: VidmSettings): string {
  return new URL(`https://${hostName}`).hostname
}

export function nodeUrl({ nodeHostName }: VidmSettings): string {
  return `https://${nodeHostName}`
}
