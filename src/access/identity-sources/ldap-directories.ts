import type { Clock } from '../clock.ts'
import type { RemotePerson } from '../principal.ts'
import type { PasswordSource } from '../sign-in/password-source.ts'
import type { Asked } from './ldap/conversation.ts'
import { LdapError } from './ldap/problem.ts'
import type { GroupCache } from './ldap/sign-in.ts'
import { defaultGroupCacheTtl, domainsOf, type LdapServer, type LdapSource, splitName } from './ldap-source.ts'

/** A directory's bind passwords, in the order of its servers; read when they are needed. */
export type BindPasswords = (server: number) => string | undefined

/** A directory as it can be asked. */
export interface LdapDirectory extends PasswordSource {
  readonly source: LdapSource
  /** Asks the first server that answers. @throws {LdapError} when none does. */
  ask<T>(question: (asked: Asked) => Promise<T>): Promise<T>
  /** A user as the directory has it, without a password. @throws {LdapError} when no server answers. */
  lookUp(name: string): Promise<RemotePerson | undefined>
  /** Whether a group of the directory is called so. @throws {LdapError} when no server answers. */
  hasGroup(name: string): Promise<boolean>
  /** Every server, whether it is enabled or not. */
  servers(): Asked[]
}

export type LdapDirectories = ReturnType<typeof createLdapDirectories>

/** A server that did not answer is not asked again for so long, in milliseconds, so that nobody waits for it. */
const restPeriod = 10_000
/** Conversations that one directory has at once; each is a connection. */
const mostConversations = 128
const mostCachedGroups = 10_000

/** Who is to blame when a server could not be asked: these say that asking it again is a waste of time for now. */
const unreachable = new Set(['CONNECTION_REFUSED', 'CONNECTION_TIMEOUT', 'UNKNOWN_HOST', 'NO_ROUTE_TO_HOST'])

/**
 * The directories whose users may sign in, in memory: a name finds its directory by its domain.
 *
 * @param timeout Milliseconds until a connection to a server must stand; all that is asked of it takes twice as long at most.
 */
export function createLdapDirectories(steady: Clock, timeout: number) {
  const byId = new Map<string, LdapDirectory>()
  const byDomain = new Map<string, LdapDirectory>()

  function remove(id: string): void {
    byId.delete(id)
    for (const [domain, { source }] of byDomain) if (source.id === id) byDomain.delete(domain)
  }

  function directoryOf(source: LdapSource, passwords: BindPasswords): LdapDirectory {
    const { id, config } = source
    const restsUntil = new Map<LdapServer, number>()
    const groups = createGroupCache(steady, config.type, config.groupCacheTtl)
    let conversations = 0

    const asked = (server: LdapServer): Asked => ({
      server,
      password: server.bindIdentity === '' ? undefined : passwords(config.servers.indexOf(server)),
      timeout,
    })

    async function ask<T>(question: (asked: Asked) => Promise<T>): Promise<T> {
      if (conversations >= mostConversations) throw new LdapError('GENERAL_ERROR', `too many ask ${id} at once`)
      const awake = config.servers.filter((server) => server.enabled && (restsUntil.get(server) ?? 0) <= steady())
      let failure = new LdapError('LDAP_SERVER_DISABLED', `no server of ${id} is enabled and has answered of late`)
      conversations++
      try {
        for (const server of awake) {
          try {
            return await question(asked(server))
          } catch (error) {
            if (!(error instanceof LdapError)) throw error
            failure = error
            if (unreachable.has(error.problem)) restsUntil.set(server, steady() + restPeriod)
          }
        }
        throw failure
      } finally {
        conversations--
      }
    }

    const directory: LdapDirectory = {
      type: 'LDAP',
      id,
      source,
      ask,
      countedAs(name) {
        const user = splitName(name)?.user ?? name
        return `${user}@${config.domainName}`.toLowerCase()
      },
      servers: () => config.servers.map(asked),

      async lookUp(name) {
        const given = splitName(name)
        if (!given) return undefined
        const { lookUp } = await import('./ldap/sign-in.ts')
        return personOf(await ask((server) => lookUp(server, config, given, groups)))
      },

      async hasGroup(name) {
        const { hasGroup } = await import('./ldap/search.ts')
        return ask((server) => hasGroup(server, config, name))
      },

      async verify(name: string, password: string): Promise<RemotePerson | undefined> {
        const given = splitName(name)
        if (!given || password === '') return undefined
        // Loaded at the first sign-in: most servers have no directory.
        const { signIn } = await import('./ldap/sign-in.ts')
        const person = await ask((server) => signIn(server, config, given, password, groups))
        // What the directory said counts for nothing once the source is another, or gone.
        if (byId.get(id) !== directory) throw new LdapError('GENERAL_ERROR', `the identity source ${id} was changed`)
        return personOf(person)
      },
    }
    return directory

    function personOf(found: { name: string; groups: string[] } | undefined): RemotePerson | undefined {
      return found && { sourceType: 'LDAP', sourceId: id, name: found.name, groups: found.groups }
    }
  }

  return {
    remove,

    put(source: LdapSource, passwords: BindPasswords): void {
      remove(source.id)
      const directory = directoryOf(source, passwords)
      byId.set(source.id, directory)
      for (const domain of domainsOf(source.config)) byDomain.set(domain, directory)
    },

    find: (id: string): LdapDirectory | undefined => byId.get(id),

    /** The directory that answers for `user@domain`. */
    sourceOf(name: string): LdapDirectory | undefined {
      if (byDomain.size === 0) return undefined
      const given = splitName(name)
      return given && byDomain.get(given.domain)
    },

    /** For servers of a source that is not stored. */
    asked: (server: LdapServer, password: string | undefined): Asked => ({ server, password, timeout }),
    timeout,
  }
}

/** @see nsx-api.md 6.5, `group_cache_ttl`; what it says is Active Directory's alone. */
function createGroupCache(steady: Clock, type: string, seconds = defaultGroupCacheTtl): GroupCache {
  const ttl = type === 'ActiveDirectoryIdentitySource' ? seconds * 1000 : 0
  const known = new Map<string, { groups: string[]; until: number }>()
  return {
    find(dn) {
      const cached = known.get(dn)
      return cached && steady() < cached.until ? cached.groups : undefined
    },
    put(dn, groups) {
      if (ttl === 0) return
      known.delete(dn)
      if (known.size >= mostCachedGroups) known.delete(known.keys().next().value as string)
      known.set(dn, { groups, until: steady() + ttl })
    },
  }
}
