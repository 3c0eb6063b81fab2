import type { X509Certificate } from 'node:crypto'
import type { Change } from '../../audit/journal.ts'
import type { LdapIdentitySourceRow, LdapIdentitySourceStore } from '../../store/ldap-identity-sources.ts'
import type { Secrets } from '../../store/secrets.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'
import { firstRevision, nextRevision, requirePutRevision } from '../managed.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Door } from '../sign-in/door.ts'
import { type LdapProblem, unreachable } from './ldap/problem.ts'
import type { Found } from './ldap/search.ts'
import type { BindPasswords, LdapDirectories, LdapDirectory } from './ldap-directories.ts'
import {
  type LdapServer,
  type LdapSource,
  type LdapSourceConfig,
  mayKeepPassword,
  meansOthers,
  mostSources,
  requireLdapUrl,
  requireOwnDomains,
  requireUsableSource,
} from './ldap-source.ts'

export interface LdapProbeResult {
  url: string
  /** undefined: the server can be used. */
  problem: LdapProblem | undefined
}

/** A source and the bind passwords of its servers, in their order; undefined where none was given. */
export interface GivenLdapSource {
  config: LdapSourceConfig
  passwords: (string | undefined)[]
}

/** A way in that lets a source's users in. */
export interface ReliesOnSources {
  sessions: Pick<Sessions, 'endOfSource'>
  door: Pick<Door, 'forgetSource'>
}

/** A change of the sources, by a user of the product whose they are. */
export type SourceCall = Pick<Call, 'change' | 'now'> & { readonly caller: { readonly name: string } }

export type LdapIdentitySources = ReturnType<typeof createLdapIdentitySources>

const sourceOf = ({ config, ...row }: LdapIdentitySourceRow): LdapSource => ({ ...row, config: JSON.parse(config) })
const placeOf = (id: string, server: number) => `ldap_identity_source ${id} ${server}`

const passwordsOf =
  (secrets: Secrets, id: string, sealed: readonly (string | null)[]): BindPasswords =>
  (server) => {
    const kept = sealed[server]
    return kept ? secrets.open(kept, placeOf(id, server)) : undefined
  }

/** Opens what is stored. */
export async function loadLdapDirectories(
  directories: LdapDirectories,
  table: LdapIdentitySourceStore,
  secrets: Secrets,
) {
  for (const row of await table.list()) {
    const sealed = await table.bindPasswords(row.id)
    directories.put(sourceOf(row), passwordsOf(secrets, row.id, sealed))
  }
}

/**
 * The LDAP identity sources of a product, and what can be asked of them. @see nsx-api.md 6.5
 *
 * @param tableOf Where they are stored.
 * @param reliant The ways in that let their users in.
 */
export function createLdapIdentitySources(
  stores: Stores,
  tableOf: (stores: Stores) => LdapIdentitySourceStore,
  secrets: Secrets,
  directories: LdapDirectories,
  reliant: readonly ReliesOnSources[],
) {
  /** The sealed passwords of a source as it will be: those given, and those that may stay. */
  function sealPasswords(
    id: string,
    { config, passwords }: GivenLdapSource,
    before: LdapSourceConfig | undefined,
    sealedBefore: readonly (string | null)[],
  ): (string | null)[] {
    return config.servers.map((server, index) => {
      const property = `ldap_servers.${index}`
      const given = passwords[index]
      if (server.bindIdentity === '') {
        if (given === undefined) return null
        const field = `${property}.bind_identity`
        throw new AccessError('invalid_field', `required property ${field} is missing`, { field })
      }
      if (given !== undefined) return secrets.seal(given, placeOf(id, index))
      const old = before?.servers.findIndex((stored) => mayKeepPassword(stored, server)) ?? -1
      const kept = old < 0 ? undefined : passwordsOf(secrets, id, sealedBefore)(old)
      if (kept === undefined) {
        const field = `${property}.password`
        throw new AccessError(
          'invalid_field',
          `required property ${field} is missing: none is stored for this url and bind_identity`,
          { field },
        )
      }
      return secrets.seal(kept, placeOf(id, index))
    })
  }

  async function endSessions(change: Change, id: string): Promise<void> {
    for (const { sessions } of reliant) await sessions.endOfSource(change, 'LDAP', id)
  }

  /** @throws {AccessError} `not_found` */
  function directory(id: string): LdapDirectory {
    const found = directories.find(id)
    if (!found) throw new AccessError('not_found', id)
    return found
  }

  return {
    async list(): Promise<LdapSource[]> {
      return (await tableOf(stores).list()).map(sourceOf)
    },

    /** @throws {AccessError} `not_found` */
    async read(id: string): Promise<LdapSource> {
      const row = await tableOf(stores).find(id)
      if (!row) throw new AccessError('not_found', id)
      return sourceOf(row)
    },

    /**
     * Creates a source, or replaces one. Whoever signed in through it must show the password anew; where its names may
     * mean others from now on, their sessions end.
     *
     * @param revision The one the caller read; needed to replace, and to be left out to create.
     * @throws {AccessError} `invalid_field`, `already_exists`, `stale_revision`; `limit_reached` beyond three.
     */
    async put(call: SourceCall, id: string, given: GivenLdapSource, revision: number | undefined): Promise<LdapSource> {
      const { config } = given
      requireUsableSource(config)
      return call.change(async (change) => {
        const table = tableOf(change.stores)
        const all = (await table.list()).map(sourceOf)
        const before = all.find((source) => source.id === id)
        requirePutRevision(before?.revision, revision, `id=[${id}]`)
        if (!before && all.length >= mostSources) {
          throw new AccessError('limit_reached', `No more than ${mostSources} LDAP identity sources can be configured`)
        }
        requireOwnDomains(
          config,
          all.filter((source) => source.id !== id),
        )
        const sealed = sealPasswords(id, given, before?.config, before ? await table.bindPasswords(id) : [])
        const by = call.caller.name
        const managed = before ? nextRevision(before, by, call.now) : firstRevision(by, call.now)
        const row = { id, config: JSON.stringify(config), bindPasswords: JSON.stringify(sealed), ...managed }
        if (before) await table.update(row)
        else await table.insert(row)
        if (before && meansOthers(before.config, config)) await endSessions(change, id)
        const after = { id, config, ...managed }
        change.values(id, before, after)
        change.onCommit(() => {
          directories.put(after, passwordsOf(secrets, id, sealed))
          for (const { door } of reliant) door.forgetSource('LDAP', id)
        })
        return after
      })
    },

    /** Its users' sessions end with it. Their role bindings stay and give nothing. @throws {AccessError} `not_found` */
    async remove(call: SourceCall, id: string): Promise<undefined> {
      await call.change(async (change) => {
        const row = await tableOf(change.stores).find(id)
        if (!row) throw new AccessError('not_found', id)
        await tableOf(change.stores).remove(id)
        await endSessions(change, id)
        change.values(id, sourceOf(row), undefined)
        change.onCommit(() => {
          directories.remove(id)
          for (const { door } of reliant) door.forgetSource('LDAP', id)
        })
      })
    },

    /** @throws {AccessError} `not_found` */
    async probe(id: string): Promise<LdapProbeResult[]> {
      const { source, servers } = directory(id)
      return probeAll(source.config, servers())
    },

    /** Tries a source that is not stored. No stored password is used for it. @throws {AccessError} `invalid_field` for a URL. */
    async probeSource({ config, passwords }: GivenLdapSource): Promise<LdapProbeResult[]> {
      for (const [index, { url }] of config.servers.entries()) requireLdapUrl(url, `ldap_servers.${index}.url`)
      return probeAll(
        config,
        config.servers.map((server, index) => directories.asked(server, passwords[index])),
      )
    },

    /** @throws {AccessError} `invalid_field` for its URL. */
    async probeServer(server: LdapServer, password: string | undefined): Promise<LdapProbeResult> {
      requireLdapUrl(server.url, 'url')
      const { probe } = await import('./ldap/probe.ts')
      return { url: server.url, problem: await probe(directories.asked(server, password)) }
    },

    /**
     * The certificates that a server shows, its own first.
     *
     * @throws {AccessError} `invalid_field` for a URL without encryption; `directory_unreachable`
     */
    async fetchCertificates(url: string, starttls: boolean): Promise<X509Certificate[]> {
      const address = requireLdapUrl(url, 'url')
      if (!address.secure && !starttls) {
        throw new AccessError('invalid_field', `value ${url} of property url needs use_starttls to be encrypted`, {
          field: 'url',
        })
      }
      const { peerCertificates } = await import('./ldap/peer-certificates.ts')
      return peerCertificates(address, starttls && !address.secure, directories.timeout).catch(unreachable(url))
    },

    /**
     * Users and groups of a source that a text is part of the name of.
     *
     * @throws {AccessError} `not_found`; `directory_unreachable` when no server of it answers.
     */
    async search(id: string, text: string): Promise<Found[]> {
      const { source, ask } = directory(id)
      const { search } = await import('./ldap/search.ts')
      return ask((server) => search(server, source.config, text)).catch(unreachable(id))
    },
  }
}

async function probeAll(config: LdapSourceConfig, servers: ReturnType<LdapDirectory['servers']>) {
  const { probe } = await import('./ldap/probe.ts')
  return Promise.all(servers.map(async (asked) => ({ url: asked.server.url, problem: await probe(asked, config) })))
}
