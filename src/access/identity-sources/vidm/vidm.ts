import { hash } from 'node:crypto'
import type { Change } from '../../../audit/journal.ts'
import {
  type Claims,
  clockTolerance,
  longestToken,
  type OpenIdProvider,
  ProofRefused,
  type ProviderSettings,
} from '../../../providers/openid-provider.ts'
import { ProviderError, type Unreachable } from '../../../providers/pinned-fetch.ts'
import type { OidcEndPointRow } from '../../../store/oidc-end-points.ts'
import type { Secrets } from '../../../store/secrets.ts'
import type { Stores } from '../../../store/stores.ts'
import type { VidmProviderRow } from '../../../store/vidm-providers.ts'
import type { Call } from '../../call.ts'
import type { Clocks } from '../../clock.ts'
import { AccessError } from '../../errors.ts'
import type { Principal, RemotePerson } from '../../principal.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { Door } from '../../sign-in/door.ts'
import type { PasswordSource } from '../../sign-in/password-source.ts'
import { type Machine, machineOf } from './machine-of-claims.ts'
import { endPointOf, settingsOfEndPoint } from './oidc-end-points.ts'
import { isRemoteName, personOf, vidmSource } from './person-of-claims.ts'
import { createSignInFlows, type SignInFlow } from './sign-in-flows.ts'
import {
  domainOf,
  issuersOf,
  maySecretStay,
  nodeUrl,
  noVidm,
  requireUsableVidm,
  type VidmSettings,
} from './vidm-settings.ts'

export type Vidm = ReturnType<typeof createVidm>

/** Whether people can sign in through the provider, as far as the provider itself can be asked. */
export type VidmState = 'ok' | 'disabled' | 'secret_unreadable' | Unreachable

export interface VidmParts extends Clocks {
  /** What is stored now. */
  rows: readonly VidmProviderRow[]
  endPoints: readonly OidcEndPointRow[]
  /** The clients' secrets by realm, sealed. */
  sealedSecrets: ReadonlyMap<string, string>
  secrets: Secrets
  connect(settings: ProviderSettings): OpenIdProvider
  /** Told what went wrong with a provider; never what it was asked. */
  log(error: unknown): void
}

/** A realm's provider as it is now; whatever changes in its settings puts another in its place. */
interface Live {
  /** What its people's identity source is. */
  source: Pick<RemotePerson, 'sourceType' | 'sourceId'>
  /** Of an OIDC end point: whose bearer tokens are for it. */
  issuer?: string
  revision: number
  settings: VidmSettings
  /** Absent where it is switched off, or its secret cannot be read. */
  provider: OpenIdProvider | undefined
}

/** Whom a bearer token is about. */
export type TokenSubject = PersonWithToken | Machine

export interface PersonWithToken {
  readonly kind: 'person'
  readonly person: RemotePerson
  /** Until when the token is good, in milliseconds since 1970. */
  readonly until: number
}

interface VerifiedToken {
  subject: TokenSubject
  until: number
}

/** How long a bearer token is good without a second look, in milliseconds; never longer than it says itself. */
const goodFor = 60_000
/** Tokens remembered at once; one that is pushed out is verified again. */
const mostTokens = 10_000

/** Among the realms' providers. */
const endPointKey = (id: string) => `oidc ${id}`

/** What a token says of who made it, before anything of it is checked. */
function issuerOf(token: string): string | undefined {
  const [, payload, ...rest] = token.length > longestToken ? [] : token.split('.')
  if (payload === undefined || rest.length !== 1) return undefined
  try {
    const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: unknown }
    return typeof iss === 'string' ? iss : undefined
  } catch {
    return undefined
  }
}

/** Where a realm's client secret is kept. */
const secretPlace = (realmId: string) => `vidm ${realmId}`

const refusal = (cause?: unknown) => new AccessError('unauthenticated', 'The token proves nobody', { cause })

/**
 * People of the OpenID provider of each realm, by password, by bearer token, and by signing in there with a browser; and
 * programs, by bearer token.
 */
export function createVidm({ rows, endPoints, sealedSecrets, secrets, connect, clock, steady, log }: VidmParts) {
  const realms = new Map<string, Live>()
  const tokens = new Map<string, VerifiedToken>()
  const flows = createSignInFlows(steady)
  // Which provider, at which revision of its settings, vouched for somebody.
  const vouched = new WeakMap<RemotePerson | Machine, { realmId: string; revision: number }>()

  for (const row of rows) place(row, sealedSecrets.get(row.realmId) ?? null)
  for (const row of endPoints) placeEndPoint(row)

  function place({ realmId, revision, config }: VidmProviderRow, sealedSecret: string | null): void {
    const settings: VidmSettings = JSON.parse(config)
    realms.set(realmId, {
      source: vidmSource,
      revision,
      settings,
      provider: providerOf(realmId, settings, sealedSecret),
    })
    flows.forgetRealm(realmId)
    tokens.clear()
  }

  function providerOf(
    realmId: string,
    settings: VidmSettings,
    sealedSecret: string | null,
  ): OpenIdProvider | undefined {
    if (!settings.enabled || sealedSecret === null) return undefined
    const clientSecret = secrets.open(sealedSecret, secretPlace(realmId))
    // One secret that cannot be read must not keep the local users out.
    if (clientSecret === undefined) {
      log(new Error('the client secret was sealed under another key than that in secrets.key'))
      return undefined
    }
    try {
      return connectTo(settings, clientSecret)
    } catch (error) {
      log(error)
      return undefined
    }
  }

  function connectTo(settings: VidmSettings, clientSecret: string): OpenIdProvider {
    const { clientId, thumbprint, nodeHostName } = settings
    const audiences = [clientId, ...(nodeHostName === '' ? [] : [nodeUrl(settings)])]
    return connect({ issuers: issuersOf(settings), thumbprint, clientId, clientSecret, audiences })
  }

  function placeEndPoint(row: OidcEndPointRow): void {
    const endPoint = endPointOf(row)
    const settings = settingsOfEndPoint(endPoint)
    realms.set(endPointKey(row.id), {
      source: { sourceType: 'OIDC', sourceId: row.id },
      issuer: endPoint.facts.issuer,
      revision: row.revision,
      settings,
      provider: connectTo(settings, ''),
    })
    tokens.clear()
  }

  /** The OIDC end point that a token is from, by what it says itself; its signature is checked behind it. */
  function endPointFor(token: string): string | undefined {
    const issuer = issuerOf(token)
    for (const [key, live] of realms) if (issuer !== undefined && live.issuer === issuer) return key
    return undefined
  }

  /** @throws {ProofRefused} where the claims name nobody, or the provider has been changed meanwhile. */
  function vouch<T extends RemotePerson | Machine>(realmId: string, live: Live, named: T | undefined): T {
    if (realms.get(realmId) !== live) throw new ProofRefused('the provider has been changed meanwhile')
    if (!named) throw new ProofRefused('it has no usable name')
    vouched.set(named, { realmId, revision: live.revision })
    return named
  }

  function vouchForPerson(realmId: string, live: Live, claims: Claims, given?: string): RemotePerson {
    return vouch(realmId, live, personOf(claims, domainOf(live.settings), given, live.source))
  }

  function subjectOf(realmId: string, live: Live, claims: Claims): TokenSubject {
    const until = (claims.exp + clockTolerance) * 1000
    const machine = machineOf(claims, live.settings.clientId, until)
    // Programs are known by their names alone, which only one provider can vouch for.
    if (machine && live.issuer !== undefined) throw new ProofRefused("it is a program's")
    if (machine) return vouch(realmId, live, machine)
    return { kind: 'person', person: vouchForPerson(realmId, live, claims), until }
  }

  async function verifyToken(realmId: string, live: Live, token: string, key: string): Promise<TokenSubject> {
    if (!live.provider) throw refusal()
    try {
      const claims = await live.provider.claimsOfToken(token)
      const subject = subjectOf(realmId, live, claims)
      tokens.delete(key)
      if (tokens.size >= mostTokens) tokens.delete(tokens.keys().next().value as string)
      tokens.set(key, { subject, until: steady() + Math.min(goodFor, claims.exp * 1000 - clock()) })
      return subject
    } catch (error) {
      if (!(error instanceof ProofRefused)) log(error)
      throw refusal(error)
    }
  }

  /** @throws {AccessError} `sign_in_not_completed` where there is no provider to sign in at. */
  function required(realmId: string): Live & { provider: OpenIdProvider } {
    const live = realms.get(realmId)
    if (!live?.provider) {
      throw new AccessError('sign_in_not_completed', 'Signing in with an OpenID provider is not enabled')
    }
    return live as Live & { provider: OpenIdProvider }
  }

  const redirectUri = (settings: VidmSettings, path: string) => `${nodeUrl(settings)}${path}`

  return {
    place,
    placeEndPoint,
    connectTo,

    read: (realmId: string): VidmSettings => realms.get(realmId)?.settings ?? noVidm,

    /** Asks the provider now, in a bounded time. */
    async state(realmId: string): Promise<VidmState> {
      const live = realms.get(realmId)
      if (!live?.settings.enabled) return 'disabled'
      if (!live.provider) return 'secret_unreadable'
      try {
        await live.provider.probe()
        return 'ok'
      } catch (error) {
        log(error)
        return error instanceof ProviderError ? error.reason : 'unreachable'
      }
    },

    /** What checks the password of a name at this provider; undefined for names that it is not asked about. */
    source(realmId: string, name: string): PasswordSource | undefined {
      const live = realms.get(realmId)
      const provider = live?.provider
      if (!provider || !isRemoteName(name)) return undefined
      return {
        type: vidmSource.sourceType,
        id: vidmSource.sourceId,
        countedAs: (given) => given.toLowerCase(),
        async verify(given, password) {
          const claims = await provider.claimsOfPassword(given, password)
          return claims && vouchForPerson(realmId, live, claims, given)
        },
      }
    },

    /**
     * Whom a bearer token is about; at once where it was verified a moment ago.
     *
     * @throws {AccessError} `unauthenticated`. A token that does not verify names nobody, so that no failure is counted.
     */
    subjectOfToken(ownRealm: string, token: string): TokenSubject | Promise<TokenSubject> {
      const realmId = endPointFor(token) ?? ownRealm
      const live = realms.get(realmId)
      if (!live?.provider) throw refusal()
      const key = `${realmId} ${hash('sha256', token, 'base64')}`
      const known = tokens.get(key)
      if (known) {
        if (steady() < known.until) return known.subject
        tokens.delete(key)
      }
      return verifyToken(realmId, live, token, key)
    },

    /** Whether there is a provider where a browser can sign in. */
    opens: (realmId: string): boolean => realms.get(realmId)?.provider !== undefined,

    /**
     * Begins a sign-in in a browser.
     *
     * @param callbackPath Where the provider sends the browser back to, below the node's host name.
     * @returns where the browser goes, and the secret that it must show with the answer.
     * @throws {AccessError} `sign_in_not_completed` or `provider_unavailable`
     */
    async begin(
      realmId: string,
      source: string,
      returnTo: string,
      callbackPath: string,
    ): Promise<{ url: URL; browser: string }> {
      const { provider, settings } = required(realmId)
      const { flow, browser } = flows.begin(realmId, source, returnTo)
      try {
        return { url: await provider.authorizationUrl(redirectUri(settings, callbackPath), flow), browser }
      } catch (error) {
        flows.take(realmId, flow.state, browser)
        log(error)
        throw new AccessError('provider_unavailable', 'The OpenID provider cannot be reached', { cause: error })
      }
    },

    /**
     * Ends a sign-in that `begin` began.
     *
     * @param query As the provider sent the browser back with.
     * @param browser The secret that the browser shows; empty where it shows none.
     * @throws {AccessError} `sign_in_not_completed` or `provider_unavailable`
     */
    async complete(
      realmId: string,
      query: URLSearchParams,
      browser: string,
      callbackPath: string,
    ): Promise<{ person: RemotePerson; flow: SignInFlow }> {
      const live = required(realmId)
      const [state = '', ...more] = query.getAll('state')
      const flow = more.length === 0 ? flows.take(realmId, state, browser) : undefined
      if (!flow) {
        throw new AccessError(
          'sign_in_not_completed',
          'The sign-in was begun in another browser, has been used already, or took longer than five minutes. Begin again.',
        )
      }
      const callback = new URL(redirectUri(live.settings, callbackPath))
      callback.search = query.toString()
      try {
        const claims = await live.provider.claimsOfCode(callback, flow)
        return { person: vouchForPerson(realmId, live, claims), flow }
      } catch (error) {
        if (error instanceof ProofRefused) {
          throw new AccessError('sign_in_not_completed', notCompleted(error.message), { cause: error })
        }
        log(error)
        throw new AccessError('provider_unavailable', 'The OpenID provider cannot be reached', { cause: error })
      }
    },

    /**
     * Refuses a session for somebody whose provider was changed or switched off since it vouched for them.
     *
     * @param machine What the provider vouched for, where it is no person.
     * @throws {AccessError} `unauthenticated`
     */
    async requireCurrent({ stores }: Change, principal: Principal, machine?: Machine): Promise<void> {
      const person = principal.kind === 'remote_user' ? principal.person : undefined
      const named = machine ?? (person && person.sourceType !== 'LDAP' ? person : undefined)
      if (!named) return
      const by = vouched.get(named)
      const row =
        by &&
        (person?.sourceType === 'OIDC'
          ? await stores.oidcEndPoints.find(person.sourceId)
          : await stores.vidmProviders.find(by.realmId))
      if (!row || row.revision !== by.revision) {
        throw new AccessError('unauthenticated', 'The identity source has been changed meanwhile')
      }
    },
  }
}

/** An error code of the provider's, as far as it is one; its text is anybody's. @see RFC 6749 4.1.2.1 */
function notCompleted(reason: string): string {
  const code = /^[a-z_]{1,40}$/.test(reason) ? ` (${reason})` : ''
  return `The OpenID provider did not sign anybody in${code}. Begin again.`
}

/** Changes the provider of a realm. */
export function createVidmSettings({
  vidm,
  sessions,
  door,
  secrets,
}: {
  vidm: Vidm
  sessions: Sessions
  door: Door
  secrets: Secrets
}) {
  async function secretFor(
    stores: Stores,
    realmId: string,
    before: VidmSettings,
    after: VidmSettings,
    given: string | undefined,
  ): Promise<string | null> {
    if (given !== undefined) return secrets.seal(given, secretPlace(realmId))
    // It is not kept for whom it may not be sent to.
    if (!after.enabled && !maySecretStay(before, after)) return null
    const stored = await stores.vidmProviders.sealedSecret(realmId)
    if (stored === null || maySecretStay(before, after)) return stored
    throw new AccessError(
      'invalid_field',
      'required property client_secret is missing; it must be given again with another host_name, client_id or thumbprint',
    )
  }

  return {
    /**
     * Replaces the settings. Sessions of the provider's people and programs end when it is switched off or is another one.
     *
     * @param secret The client secret; undefined leaves the stored one.
     * @throws {AccessError} `invalid_field`
     */
    update(call: Call, realmId: string, settings: VidmSettings, secret: string | undefined): Promise<VidmSettings> {
      requireUsableVidm(settings, true)
      return call.change(async (change) => {
        const { stores, values, onCommit } = change
        const stored = await stores.vidmProviders.find(realmId)
        const before: VidmSettings = stored ? JSON.parse(stored.config) : noVidm
        const sealedSecret = await secretFor(stores, realmId, before, settings, secret)
        requireUsableVidm(settings, sealedSecret !== null)
        const row = { realmId, revision: (stored?.revision ?? -1) + 1, config: JSON.stringify(settings) }
        await stores.vidmProviders.put({ ...row, sealedSecret })
        const { sourceType, sourceId } = vidmSource
        if (!settings.enabled || settings.hostName !== before.hostName) {
          await sessions.endOfSource(change, sourceType, sourceId)
          await sessions.endOfMachines(change)
        }
        values(realmId, before, settings)
        onCommit(() => {
          vidm.place(row, sealedSecret)
          door.forgetSource(sourceType, sourceId)
        })
        return settings
      })
    },
  }
}
export type VidmSettingsUse = ReturnType<typeof createVidmSettings>
