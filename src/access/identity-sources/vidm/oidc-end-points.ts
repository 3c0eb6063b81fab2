import { randomUUID } from 'node:crypto'
import type { OpenIdProvider, ProviderFacts } from '../../../providers/openid-provider.ts'
import { fingerprintBytes, ProviderError } from '../../../providers/pinned-fetch.ts'
import type { OidcEndPointRow } from '../../../store/oidc-end-points.ts'
import type { Stores } from '../../../store/stores.ts'
import type { Call } from '../../call.ts'
import type { Description } from '../../description.ts'
import { AccessError } from '../../errors.ts'
import { firstRevision, type Managed, nextRevision, requireRevision } from '../../managed.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { Vidm } from './vidm.ts'
import { urlOf, type VidmSettings } from './vidm-settings.ts'

/** An OpenID provider whose bearer tokens sign people in. @see NSX REST API 9.1, OidcEndPoint */
export interface OidcEndPoint extends OidcEndPointSettings, Managed {
  id: string
  /** What the provider said of itself when it was asked last. */
  facts: ProviderFacts
}

export interface OidcEndPointSettings {
  name: string
  type: 'vcenter' | 'ws_one'
  /** HTTPS URL of the issuer, or of its description. */
  uri: string
  /** SHA-256 of the provider's certificate in hex. */
  thumbprint: string
  /** Whom bearer tokens must be meant for. */
  clientId: string
  description: Description
}

/** Guess: no source says how many there may be. */
const mostEndPoints = 10

const wellKnown = /\/\.well-known\/openid-configuration$/

export const endPointOf = ({ id, revision, config }: OidcEndPointRow): OidcEndPoint => ({
  ...JSON.parse(config),
  id,
  revision,
})

/** As the settings of the one provider that there was before. */
export const settingsOfEndPoint = ({ uri, clientId, thumbprint }: OidcEndPointSettings): VidmSettings => ({
  enabled: true,
  loadBalancer: false,
  // With a path there is one place only where the description may be.
  hostName: uri
    .replace(wellKnown, '')
    .replace(/^https:\/\/([^/]*)$/, '$&/')
    .slice('https://'.length),
  clientId,
  thumbprint,
  nodeHostName: '',
})

const invalid = (text: string) => new AccessError('invalid_field', text)

/** @throws {AccessError} `invalid_field` */
function requireUsable(settings: OidcEndPointSettings): void {
  const { uri, thumbprint } = settings
  if (!uri.startsWith('https://') || !urlOf(settingsOfEndPoint(settings).hostName, 'path')) {
    throw invalid(`value ${uri} of property oidc_uri is not an HTTPS URL of a host and a path`)
  }
  if (!fingerprintBytes(thumbprint)) {
    throw invalid(`value ${thumbprint} of property thumbprint is not a SHA-256 hash in hexadecimal`)
  }
}

export type OidcEndPoints = ReturnType<typeof createOidcEndPoints>

/** The OpenID providers beside the one of `vidm.ts`: added, changed, and asked what they say of themselves. */
export function createOidcEndPoints({
  vidm,
  sessions,
  stores: outside,
}: {
  vidm: Pick<Vidm, 'connectTo' | 'placeEndPoint'>
  sessions: Pick<Sessions, 'endOfSource'>
  stores: Stores
}) {
  /** @throws {AccessError} `provider_unavailable` */
  async function factsOf(settings: OidcEndPointSettings): Promise<ProviderFacts> {
    const provider: OpenIdProvider = vidm.connectTo(settingsOfEndPoint(settings), '')
    try {
      return await provider.probe()
    } catch (error) {
      const why = error instanceof ProviderError ? error.message : 'it cannot be asked'
      throw new AccessError('provider_unavailable', `${settings.uri}: ${why}`, { cause: error })
    }
  }

  async function requireOwnIssuer(stores: Stores, id: string, { issuer }: ProviderFacts): Promise<void> {
    const other = (await stores.oidcEndPoints.list()).map(endPointOf).find((one) => one.facts.issuer === issuer)
    if (other && other.id !== id) {
      throw new AccessError('already_exists', `The OIDC end point ${other.id} has the issuer ${issuer} already`)
    }
  }

  const rowOf = ({ id, revision, ...config }: OidcEndPoint): OidcEndPointRow => ({
    id,
    revision,
    config: JSON.stringify(config),
  })

  async function read(id: string, stores = outside): Promise<OidcEndPoint> {
    const row = await stores.oidcEndPoints.find(id)
    if (!row) throw new AccessError('not_found', id)
    return endPointOf(row)
  }

  /** @param edit What becomes of the end point; it is asked before anything is stored. */
  async function change(
    call: Call,
    id: string,
    edit: (before: OidcEndPoint) => OidcEndPointSettings,
  ): Promise<OidcEndPoint> {
    const settings = edit(await read(id))
    requireUsable(settings)
    const facts = await factsOf(settings)
    return call.change(async (change) => {
      const { stores, values, onCommit } = change
      const before = await read(id, stores)
      const managed = nextRevision(before, call.caller.name, call.now)
      const after: OidcEndPoint = { ...edit(before), ...managed, id, facts }
      await requireOwnIssuer(stores, id, facts)
      await stores.oidcEndPoints.put(rowOf(after))
      const same = before.facts.issuer === facts.issuer && before.clientId === after.clientId
      if (!same || before.thumbprint !== after.thumbprint) await sessions.endOfSource(change, 'OIDC', id)
      values(id, before, after)
      onCommit(() => vidm.placeEndPoint(rowOf(after)))
      return after
    })
  }

  return {
    list: async (): Promise<OidcEndPoint[]> => (await outside.oidcEndPoints.list()).map(endPointOf),

    /** @throws {AccessError} `not_found` */
    read: (id: string): Promise<OidcEndPoint> => read(id),

    /** @throws {AccessError} `invalid_field`, `provider_unavailable`, `already_exists` or `limit_reached` */
    async add(call: Call, settings: OidcEndPointSettings): Promise<OidcEndPoint> {
      requireUsable(settings)
      const facts = await factsOf(settings)
      return call.change(async ({ stores, values, onCommit }) => {
        if ((await stores.oidcEndPoints.list()).length >= mostEndPoints) {
          throw new AccessError('limit_reached', `There are ${mostEndPoints} OIDC end points already`)
        }
        const added = { ...settings, ...firstRevision(call.caller.name, call.now), id: randomUUID(), facts }
        await requireOwnIssuer(stores, added.id, facts)
        await stores.oidcEndPoints.put(rowOf(added))
        values(added.id, undefined, added)
        onCommit(() => vidm.placeEndPoint(rowOf(added)))
        return added
      })
    },

    /**
     * Replaces the settings; sessions of its people end where it is another provider then.
     *
     * @throws {AccessError} `not_found`, `stale_revision`, `invalid_field`, `provider_unavailable` or `already_exists`
     */
    replace: (call: Call, id: string, settings: OidcEndPointSettings, revision: number | undefined) =>
      change(call, id, (before) => {
        requireRevision(before.revision, revision)
        return settings
      }),

    /** Asks it again what it is. @throws {AccessError} `not_found` or `provider_unavailable` */
    refresh: (call: Call, id: string) => change(call, id, (before) => before),

    /** @throws {AccessError} `not_found`, `invalid_field` or `provider_unavailable` */
    async setThumbprint(call: Call, uri: string, thumbprint: string): Promise<OidcEndPoint> {
      const found = (await outside.oidcEndPoints.list()).map(endPointOf).find((one) => one.uri === uri)
      if (!found) throw new AccessError('not_found', uri)
      return change(call, found.id, (before) => ({ ...before, thumbprint }))
    },

    /** Why it cannot be used now; undefined where it can. @throws {AccessError} `not_found` */
    async problem(id: string): Promise<string | undefined> {
      const endPoint = await read(id)
      try {
        await factsOf(endPoint)
        return undefined
      } catch (error) {
        return (error as Error).message
      }
    },
  }
}
