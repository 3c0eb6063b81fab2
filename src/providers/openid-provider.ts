import type { JSONWebKeySet, LocalJWKSet } from 'jose'
import type { Configuration, ServerMetadata } from 'openid-client'
import type { Clocks } from '../access/clock.ts'
import { createPinnedFetch, type Fetch, ProviderError } from './pinned-fetch.ts'

/** The provider's word, its signature checked. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string; readonly exp: number }

/** A token, a code or a password that does not prove who somebody is. */
export class ProofRefused extends Error {
  override name = 'ProofRefused'
}

export interface ProviderSettings {
  /** Where the provider may be; the first that has a description is it. */
  issuers: readonly URL[]
  /** SHA-256 of its certificate. */
  thumbprint: string
  clientId: string
  clientSecret: string
  /** Whom a bearer token may be meant for. */
  audiences: readonly string[]
}

/** What a sign-in in the browser must come back with. */
export interface FlowChecks {
  state: string
  nonce: string
  /** @see RFC 7636 */
  verifier: string
}

/** What a provider says of itself in public. @see OpenID Connect Discovery 1.0, 3 */
export type ProviderFacts = { issuer: string } & Partial<
  Record<
    'jwks_uri' | 'authorization_endpoint' | 'token_endpoint' | 'userinfo_endpoint' | 'end_session_endpoint',
    string
  >
> & { claims_supported?: string[] }

function factsOf(server: ServerMetadata): ProviderFacts {
  const { issuer, jwks_uri, authorization_endpoint, token_endpoint, userinfo_endpoint, end_session_endpoint } = server
  const { claims_supported } = server
  return {
    issuer,
    ...(jwks_uri === undefined ? {} : { jwks_uri }),
    ...(authorization_endpoint === undefined ? {} : { authorization_endpoint }),
    ...(token_endpoint === undefined ? {} : { token_endpoint }),
    ...(userinfo_endpoint === undefined ? {} : { userinfo_endpoint }),
    ...(end_session_endpoint === undefined ? {} : { end_session_endpoint }),
    ...(Array.isArray(claims_supported) ? { claims_supported } : {}),
  }
}

export type OpenIdProvider = ReturnType<typeof createOpenIdProvider>

/** How long the provider's description and keys are good, in milliseconds; a key it withdrew counts no longer. */
const keepFor = 10 * 60_000
/** Keys that a token names and the provider did not have are asked for again so often at most. */
const refetchAfter = 30_000
/** After a failure nobody is asked for so long. */
const retryAfter = 5000
/** Clocks may differ by so many seconds. */
export const clockTolerance = 30
/** Longer tokens are not looked at. */
export const longestToken = 12 * 1024
/** Questions under way at once; a provider that hangs must not gather sockets without end. */
const mostAtOnce = 32

/** Signatures with a key pair only: whoever can verify must not be able to sign. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
/** Other types of tokens have the same issuer, audience and subject, and mean something else. @see RFC 8725 3.11 */
const tokenTypes = new Set(['jwt', 'at+jwt'])

interface Snapshot {
  server: ServerMetadata
  keys: LocalJWKSet
  at: number
}

/** An OpenID provider as its client: asked when it is first needed, never at start. Every question has a bounded wait. */
export function createOpenIdProvider(
  settings: ProviderSettings,
  { clock, steady }: Clocks,
  fetch: Fetch = createPinnedFetch(settings.thumbprint),
) {
  let snapshot: Snapshot | undefined
  let loading: Promise<Snapshot> | undefined
  let failed: { at: number; error: unknown } | undefined
  let atOnce = 0

  async function discover(): Promise<ServerMetadata> {
    const { discovery, customFetch, None } = await import('openid-client')
    let answered: unknown
    for (const issuer of settings.issuers) {
      try {
        const found = await discovery(issuer, settings.clientId, undefined, None(), { [customFetch]: fetch })
        return found.serverMetadata()
      } catch (error) {
        // Whoever answers without a description may have it elsewhere; whoever does not answer has nothing.
        const silent = providerError(error)
        if (silent) throw silent
        answered = error
      }
    }
    throw unreachable('it has no description that fits its address', answered)
  }

  async function load(): Promise<Snapshot> {
    const { createLocalJWKSet } = await import('jose')
    const server = await discover()
    if (server.jwks_uri === undefined) throw unreachable('it names no keys')
    const answer = await fetch(server.jwks_uri, { method: 'GET', headers: { accept: 'application/json' } })
    if (answer.status !== 200) throw unreachable(`its keys answer ${answer.status}`)
    const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet)
    return { server, keys, at: steady() }
  }

  function reload(): Promise<Snapshot> {
    if (failed && steady() - failed.at < retryAfter) {
      return Promise.reject(unreachable('it could not be asked a moment ago', failed.error))
    }
    return loadOnce()
  }

  function loadOnce(): Promise<Snapshot> {
    loading ??= load()
      .then((loaded) => {
        failed = undefined
        snapshot = loaded
        return loaded
      })
      .catch((error) => {
        failed = { at: steady(), error }
        throw unreachable('its description cannot be read', error)
      })
      .finally(() => {
        loading = undefined
      })
    return loading
  }

  async function current(): Promise<Snapshot> {
    const now = steady()
    if (snapshot && now - snapshot.at < keepFor) return snapshot
    return reload()
  }

  /** Runs a question to the provider unless too many are under way. */
  async function ask<T>(
    question: (oidc: typeof import('openid-client'), client: Configuration) => Promise<T>,
  ): Promise<T> {
    if (atOnce >= mostAtOnce) throw unreachable('too many questions wait for it')
    atOnce++
    try {
      const { server } = await current()
      const oidc = await import('openid-client')
      return await question(oidc, clientOf(oidc, server))
    } finally {
      atOnce--
    }
  }

  // The library takes the skew once, and the clock here may be moved.
  function clientOf(oidc: typeof import('openid-client'), server: ServerMetadata): Configuration {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const { clientId, clientSecret } = settings
    const authentication = methods.includes('client_secret_basic')
      ? oidc.ClientSecretBasic(clientSecret)
      : oidc.ClientSecretPost(clientSecret)
    const times = {
      [oidc.clockSkew]: Math.round((clock() - Date.now()) / 1000),
      [oidc.clockTolerance]: clockTolerance,
    }
    const client = new oidc.Configuration(server, clientId, times, authentication)
    client[oidc.customFetch] = fetch
    return client
  }

  /** @throws {ProofRefused | ProviderError} */
  async function verify(token: string, audience: readonly string[]): Promise<Claims> {
    if (token.length > longestToken) throw new ProofRefused(`the token is longer than ${longestToken} characters`)
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new ProofRefused('it is not a signed token')
    const { errors } = await import('jose')
    const known = await current()
    try {
      return await verifyWith(known, token, audience)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // The provider may have a new key. Whoever makes up key ids costs it a question in half a minute, no more.
      if (steady() - known.at < refetchAfter) throw unknownKey()
    }
    const next = await reload()
    return verifyWith(next, token, audience).catch((error) => {
      throw error instanceof errors.JWKSNoMatchingKey ? unknownKey() : error
    })
  }

  async function verifyWith({ server, keys }: Snapshot, token: string, audience: readonly string[]): Promise<Claims> {
    const { errors, jwtVerify } = await import('jose')
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms,
        issuer: server.issuer,
        audience: [...audience],
        clockTolerance,
        currentDate: new Date(clock()),
        requiredClaims: ['sub', 'exp'],
      })
      requireBearer(payload, protectedHeader.typ)
      return payload as Claims
    } catch (error) {
      if (error instanceof ProofRefused || error instanceof errors.JWKSNoMatchingKey) throw error
      throw new ProofRefused((error as Error).message)
    }
  }

  /** What the ID token says, and what the provider says only when it is asked with the access token. */
  async function claimsOf(
    oidc: typeof import('openid-client'),
    client: Configuration,
    tokens: { id_token?: string; access_token: string },
  ): Promise<Claims> {
    if (tokens.id_token === undefined) return verify(tokens.access_token, settings.audiences)
    const claims = await verify(tokens.id_token, [settings.clientId])
    const complete = claims.preferred_username !== undefined && claims.groups !== undefined
    if (complete || client.serverMetadata().userinfo_endpoint === undefined) return claims
    const told = await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)
    return { ...told, ...claims }
  }

  function scopeFor({ scopes_supported }: ServerMetadata): string {
    const wanted = ['profile', 'groups'].filter((scope) => scopes_supported?.includes(scope))
    return ['openid', ...wanted].join(' ')
  }

  return {
    /** Reads the provider's description and keys anew. @throws {ProviderError} */
    async probe(): Promise<ProviderFacts> {
      const { server } = await loadOnce()
      return factsOf(server)
    },

    /**
     * Whose bearer token it is.
     *
     * @throws {ProofRefused | ProviderError}
     */
    claimsOfToken: (token: string): Promise<Claims> => verify(token, settings.audiences),

    /**
     * Asks the provider whether a name and a password belong together.
     *
     * @returns undefined where they do not.
     * @throws when the provider cannot be asked or answers with anything else.
     * @see RFC 6749 4.3
     */
    claimsOfPassword: (username: string, password: string): Promise<Claims | undefined> =>
      ask(async (oidc, client) => {
        const scope = scopeFor(client.serverMetadata())
        try {
          const tokens = await oidc.genericGrantRequest(client, 'password', { username, password, scope })
          return await claimsOf(oidc, client, tokens)
        } catch (error) {
          if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return undefined
          throw unreachable('it cannot check passwords', error)
        }
      }),

    /** Where a browser goes to sign in. @throws {ProviderError} */
    authorizationUrl: (redirectUri: string, { state, nonce, verifier }: FlowChecks): Promise<URL> =>
      ask(async (oidc, client) =>
        oidc.buildAuthorizationUrl(client, {
          redirect_uri: redirectUri,
          response_type: 'code',
          scope: scopeFor(client.serverMetadata()),
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }),
      ),

    /**
     * Whom the provider sent back.
     *
     * @param callback The redirect URI with the query that the provider added.
     * @throws {ProofRefused} when it says that nobody signed in, or what it says does not fit; else when it cannot be asked.
     */
    claimsOfCode: (callback: URL, { state, nonce, verifier }: FlowChecks): Promise<Claims> =>
      ask(async (oidc, client) => {
        try {
          const tokens = await oidc.authorizationCodeGrant(client, callback, {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: verifier,
            idTokenExpected: true,
          })
          return await claimsOf(oidc, client, tokens)
        } catch (error) {
          if (error instanceof ProofRefused) throw error
          const silent = providerError(error)
          if (silent) throw silent
          const { ResponseBodyError, AuthorizationResponseError } = oidc
          const told = error instanceof ResponseBodyError || error instanceof AuthorizationResponseError
          throw new ProofRefused(told ? error.error : (error as Error).message)
        }
      }),
  }
}

/** @throws {ProofRefused} */
function requireBearer(payload: Record<string, unknown>, type: string | undefined): void {
  const plain = type?.toLowerCase().replace(/^application\//, '')
  if (plain !== undefined && !tokenTypes.has(plain)) throw new ProofRefused('it is another type of token')
  // Logout and other event tokens; tokens that are good only together with a key of the client's. @see RFC 7800
  for (const name of ['events', 'cnf']) {
    if (payload[name] !== undefined) throw new ProofRefused(`it has a claim ${name}`)
  }
}

function unknownKey(): ProofRefused {
  return new ProofRefused('the token names an unknown key')
}

/** Errors of the libraries hold answers with tokens in them, so that only their messages go on. */
function unreachable(message: string, because?: unknown): ProviderError {
  const known = providerError(because)
  if (known) return known
  const code = (because as { error?: unknown } | undefined)?.error
  const why = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : (because as Error | undefined)?.message
  return new ProviderError('unreachable', `The OpenID provider: ${message}${why === undefined ? '' : `: ${why}`}`)
}

/** The library wraps what its fetch throws. */
function providerError(error: unknown): ProviderError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ProviderError) return at
  return undefined
}
