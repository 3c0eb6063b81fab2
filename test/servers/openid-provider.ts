import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { certificateNames } from '../../src/gateway/certificate-names.ts'
import { ownCertificate } from '../../src/gateway/certificates.ts'
import { Client } from '../client.ts'

/** Somebody the provider knows. */
export interface Person {
  password: string
  sub: string
  preferred_username?: string
  groups?: string[]
}

/** A program that is a client of the provider and of nobody else's account. */
export interface Program {
  secret: string
  /** Claims beyond those that every token has. */
  claims?: Record<string, unknown>
}

export interface ProviderOptions {
  /** By the name they sign in with. */
  people: Record<string, Person>
  redirectUris: string[]
  /** By their client ids. */
  programs?: Record<string, Program>
  /** Path of the issuer; none unless said otherwise. */
  path?: string
  /** Whether claims come with the ID token, or only to who asks for them. */
  claimsInIdToken?: boolean
}

export const clientId = 'nsx'
export const clientSecret = 'Cl1ent-Secret-of-the-lab'

const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
type Algorithm = (typeof algorithms)[number]

async function signingKey(alg: Algorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, use: 'sig' }
}

/** One for each algorithm, and one that does not say for which it is. */
function signingKeys(): Promise<JWK[]> {
  return Promise.all([...algorithms, 'RS256' as const].map(signingKey))
}

/** Keys of providers that are gone. RSA keys take their time to make. */
const spare: JWK[][] = []

async function keysOf(generation: number): Promise<JWK[]> {
  const keys = spare.pop() ?? (await signingKeys())
  return keys.map(({ alg, ...key }, index) =>
    index < algorithms.length ? { ...key, alg, kid: `${alg}-${generation}` } : { ...key, kid: `any-${generation}` },
  )
}

export type TestProvider = Awaited<ReturnType<typeof startOpenIdProvider>>

/** A real OpenID provider on a free port over HTTPS, with a certificate and keys of its own. */
export async function startOpenIdProvider({
  people,
  redirectUris,
  programs = {},
  path = '',
  claimsInIdToken,
}: ProviderOptions) {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-provider-'))
  const { cert, key, caFile } = await ownCertificate(dir, certificateNames('127.0.0.1'), Date.now())
  const ca = readFileSync(caFile, 'utf8')
  rmSync(dir, { recursive: true, force: true })

  let generation = 1
  let keys = await keysOf(generation)
  const all = [keys]
  let provider: Provider
  let hanging = false
  const requests: string[] = []
  let nextLogin = Object.keys(people)[0] ?? ''

  const server = createServer({ cert, key }, (request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`)
    if (hanging) return
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `https://127.0.0.1:${port}`
  const issuer = `${origin}${path}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/interaction/')) return interact(request, response)
    if (!request.url?.startsWith(path)) {
      response.writeHead(404).end()
      return
    }
    // As a server mounts an application at a path.
    Object.assign(request, { originalUrl: request.url, url: request.url.slice(path.length) || '/' })
    await provider.callback()(request, response)
  }

  /** Whoever is sent here signs in as `nextLogin`. */
  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const person = people[nextLogin]
    await provider.interactionFinished(
      request,
      response,
      person
        ? { login: { accountId: person.sub } }
        : { error: 'access_denied', error_description: 'Nobody here is called so' },
    )
  }

  function accountOf(accountId: string) {
    const person = Object.values(people).find(({ sub }) => sub === accountId)
    if (!person) return undefined
    const { password, ...claims } = person
    return { accountId, claims: async () => ({ ...claims }) }
  }

  const configuration = (): Configuration => ({
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'password'],
        response_types: ['code'],
        redirect_uris: redirectUris,
      },
      ...Object.entries(programs).map(([id, { secret }]) => ({
        client_id: id,
        client_secret: secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      })),
    ],
    jwks: { keys: keys as never },
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    conformIdTokenClaims: claimsInIdToken === false,
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      // Tokens for somebody are JWTs, others are for the provider itself.
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, audience) => ({ scope: 'infra', audience, accessTokenFormat: 'jwt' }),
      },
    },
    extraTokenClaims: (_ctx, { clientId = '' }) => programs[clientId]?.claims,
    interactions: { url: (_ctx, interaction) => `${origin}/interaction/${interaction.uid}` },
    ttl: {
      ClientCredentials: 600,
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 3600,
      Interaction: 600,
      Session: 600,
    },
    findAccount: async (_ctx, accountId) => accountOf(accountId),
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
      grant.addOIDCScope('openid profile groups')
      await grant.save()
      return grant
    },
    renderError: (ctx, out) => {
      ctx.type = 'json'
      ctx.body = out
    },
  })

  /** RFC 6749 4.3, which the library leaves to its users. */
  async function grantPassword(ctx: KoaContextWithOIDC): Promise<void> {
    const { username, password, scope } = ctx.oidc.params as Record<string, string>
    const { client } = ctx.oidc
    const person = people[username ?? '']
    if (!client || !person || person.password !== password) throw new errors.InvalidGrant('wrong name or password')
    const accountId = person.sub
    const grant = new provider.Grant({ clientId: client.clientId, accountId })
    grant.addOIDCScope('openid profile groups')
    const grantId = await grant.save()
    const token = new provider.AccessToken({ accountId, client, grantId, gty: 'password', scope } as never)
    ctx.oidc.entity('AccessToken', token)
    const access_token = await token.save()
    const claims = (await accountOf(accountId)?.claims()) ?? { sub: accountId }
    const idToken = new provider.IdToken(claims, { ctx })
    Object.assign(idToken, { scope: claimsInIdToken === false ? 'openid' : scope })
    ctx.body = {
      access_token,
      id_token: await idToken.issue({ use: 'idtoken' }),
      token_type: 'Bearer',
      expires_in: token.expiration,
      scope,
    }
  }

  function make(): void {
    provider = new Provider(issuer, configuration())
    provider.proxy = false
    provider.registerGrantType('password', (ctx) => grantPassword(ctx as never), ['username', 'password', 'scope'])
  }
  make()

  return {
    issuer,
    origin,
    ca,
    /** As `host_name` has it. */
    hostName: issuer.slice('https://'.length),
    thumbprint: new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase(),
    /** Method and path of every request there was. */
    requests,
    count: (end: string) => requests.filter((request) => request.endsWith(end)).length,

    /** Who signs in when a browser comes next; a name nobody has is refused. */
    signsIn(name: string): void {
      nextLogin = name
    },
    /** Whether requests are taken and never answered. */
    hang(on: boolean): void {
      hanging = on
      if (!on) server.closeAllConnections()
    },
    /** New keys in place of the old ones. */
    async rotate(): Promise<void> {
      keys = await keysOf(++generation)
      all.push(keys)
      make()
    },
    publicKeys: () => keys.map(({ kty, n, e, crv, x, y, alg, kid }) => ({ kty, n, e, crv, x, y, alg, kid }) as JWK),
    /** A token with the provider's signature, as of a time in milliseconds. */
    async sign(claims: JWTPayload, { alg = 'RS256', header = {}, now = Date.now() } = {}): Promise<string> {
      const jwk = (keys.find((key) => key.alg === alg) ?? keys.find((key) => key.alg === undefined)) as JWK
      const seconds = Math.floor(now / 1000)
      const standard = { iss: issuer, aud: clientId, iat: seconds, exp: seconds + 300 }
      return new SignJWT({ ...standard, ...claims })
        .setProtectedHeader({ alg, kid: jwk.kid, ...header })
        .sign(await importJWK(jwk, alg))
    },
    /** What a program gets when it asks for a token for a server. @see RFC 6749 4.4, RFC 8707 */
    async programToken(id: string, resource: string): Promise<string> {
      const client = new Client(origin, ca).as(id, programs[id]?.secret ?? '')
      const form = new URLSearchParams({ grant_type: 'client_credentials', resource }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const { status, json, text } = await client.send('POST', `${path}/token`, form, headers)
      client.close()
      if (status !== 200) throw new Error(`the provider gives ${id} no token: ${text}`)
      return json.access_token
    },
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      spare.push(...all)
    },
  }
}
