import type { Claims } from '../../../providers/openid-provider.ts'

/** A program that the provider vouches for, by the name of the client that it is there. */
export interface Machine {
  readonly kind: 'machine'
  readonly name: string
  /** Which of several programs of the name; undefined where the token does not say. */
  readonly nodeId: string | undefined
  /** Until when the token is good, in milliseconds since 1970. */
  readonly until: number
}

// All of it is inferred: NSX says no more than that the name of a token-based principal identity is matched to the name
// in the token.

/** Which client a token was given to. @see RFC 9068 2.2; OpenID Connect Core 1.0, 2 (azp) */
const clientClaims = ['client_id', 'azp']

/** Which node of a cluster of programs it is. */
const nodeClaim = 'node_id'

/** What only somebody who signs in has. @see RFC 9068 2.2.1, 2.2.2; OpenID Connect Core 1.0, 2 and 5.1; RFC 8693 4.1 */
const personalClaims = [
  ...['auth_time', 'acr', 'amr', 'sid', 'nonce', 'at_hash', 'c_hash', 'act'],
  ...['preferred_username', 'name', 'given_name', 'family_name', 'nickname', 'email', 'phone_number'],
  ...['upn', 'unique_name'],
]

/**
 * Which program a token is about. A client that asks for a token of its own is its subject: who it was given to and who
 * it is about are one. Whatever points to a person makes it a person's.
 *
 * @param ownClient The client through which people sign in here: it is no program, whoever its tokens are about.
 * @param until When the token ends, in milliseconds since 1970.
 * @returns undefined where it is a person's, or cannot be told from one.
 * @see RFC 9068 2.2, `sub`; RFC 9700 4.15, a person whose identifier is that of a client
 */
export function machineOf(claims: Claims, ownClient: string, until: number): Machine | undefined {
  const { sub } = claims
  const clients = clientClaims.map((name) => claims[name]).filter((client) => client !== undefined)
  if (clients.length === 0 || clients.some((client) => client !== sub) || sub === ownClient) return undefined
  if (personalClaims.some((name) => claims[name] !== undefined) || scopesOf(claims).includes('openid')) return undefined
  const node = claims[nodeClaim]
  // A node that is none is nobody's.
  return { kind: 'machine', name: sub, nodeId: node === undefined || typeof node === 'string' ? node : '', until }
}

/** Only people can be asked who they are. @see OpenID Connect Core 1.0, 3.1.2.1 */
function scopesOf({ scope, scp }: Claims): unknown[] {
  return [scope, scp].flatMap((said) => (typeof said === 'string' ? said.split(' ') : (said ?? [])))
}
