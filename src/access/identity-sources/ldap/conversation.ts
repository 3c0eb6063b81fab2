import { Client, type Entry, type Filter, ResultCodeError } from 'ldapts'
import { type LdapServer, requireLdapUrl } from '../ldap-source.ts'
import { dial } from './dial.ts'
import { bindProblem, LdapError, resultCodes, searchProblem } from './problem.ts'

/** A server, and how to ask it. */
export interface Asked {
  server: LdapServer
  /** Of the server's bind identity; undefined where none is known. */
  password: string | undefined
  /** Milliseconds until the connection must stand; all that is asked takes twice as long at most. */
  timeout: number
}

/** What is asked of a server, as its bind identity. */
export interface Conversation {
  /** Entries at and below a base; no more than `most` of them. Referrals are not followed. @throws {LdapError} */
  search(base: string, query: Query): Promise<Entry[]>
  /**
   * Whether an entry has a password. Where it has, the bind identity asks again; where not, nobody should.
   *
   * @param password Not empty: an empty one asks for an anonymous bind, which succeeds.
   * @throws {LdapError} when the server does not say.
   */
  hasPassword(dn: string, password: string): Promise<boolean>
}

export interface Query {
  filter: Filter
  attributes: string[]
  /** The base only, and not what is below it. */
  baseOnly?: boolean
  most: number
}

/** Bytes that a server may send in one conversation. */
const mostBytes = 8 * 1024 * 1024

/** How a directory says no to a user's password, whatever its reason: wrong, expired, locked, none at all. */
const refusals = new Set<number>([
  resultCodes.invalidCredentials,
  resultCodes.inappropriateAuthentication,
  resultCodes.insufficientAccess,
  resultCodes.unwillingToPerform,
  resultCodes.noSuchObject,
  resultCodes.invalidDnSyntax,
])

/**
 * Connects to a server as its bind identity, has `work` ask it, and hangs up.
 *
 * @throws {LdapError} when the server cannot be asked, within a bounded time.
 */
export async function converse<T>(asked: Asked, work: (conversation: Conversation) => Promise<T>): Promise<T> {
  const { server, password, timeout } = asked
  const address = requireLdapUrl(server.url, 'url')
  const starttls = server.useStarttls && !address.secure
  const socket = await dial({ ...address, starttls, trust: server.certificates }, timeout)

  let overdue = false
  const cut = setTimeout(() => {
    overdue = true
    socket.destroy()
  }, timeout * 2)
  let bytes = 0
  const count = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostBytes) socket.destroy()
  }
  let taken = false
  const client = new Client({
    // The connection stands already; where it breaks it is not made again, for it would begin anonymous and in clear.
    url: 'ldap://opened',
    createConnection: (() => {
      if (taken) throw new LdapError('GENERAL_ERROR', 'the server hung up')
      taken = true
      return socket.on('data', count)
    }) as never,
  })

  try {
    const anonymous = server.bindIdentity === ''
    const introduce = () => (anonymous ? undefined : bindService(client, server.bindIdentity, password))
    await introduce()
    return await work({
      search: (base, query) => search(client, base, query, anonymous),
      async hasPassword(dn, secret) {
        if (secret === '' || dn === '') return false
        if (!(await bindUser(client, dn, secret))) return false
        await (anonymous ? client.bind('', '') : introduce())
        return true
      },
    })
  } catch (error) {
    if (overdue) throw new LdapError('CONNECTION_TIMEOUT', `no answer within ${timeout * 2} ms`, { cause: error })
    if (error instanceof LdapError) throw error
    throw new LdapError('GENERAL_ERROR', (error as Error).message, { cause: error })
  } finally {
    clearTimeout(cut)
    // Saying goodbye is a courtesy; nobody waits for it.
    client.unbind().catch(() => {})
    setTimeout(() => socket.destroy(), 1000).unref()
  }
}

async function bindService(client: Client, identity: string, password: string | undefined): Promise<void> {
  if (!password) throw new LdapError('BIND_DN_AND_PASSWORD_REQUIRED', 'the bind identity has no password')
  // The library takes these for the names of SASL mechanisms.
  if (/^[A-Z0-9-]+$/.test(identity)) throw new LdapError('BIND_DN_INVALID', `${identity} is no name`)
  try {
    await client.bind(identity, password)
  } catch (error) {
    if (!(error instanceof ResultCodeError)) throw error
    throw new LdapError(bindProblem(error.code), error.message, { cause: error })
  }
}

async function bindUser(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof ResultCodeError && refusals.has(error.code)) return false
    throw error
  }
}

async function search(client: Client, base: string, query: Query, anonymous: boolean): Promise<Entry[]> {
  const { filter, attributes, baseOnly = false, most } = query
  try {
    const { searchEntries } = await client.search(base, {
      scope: baseOnly ? 'base' : 'sub',
      derefAliases: 'never',
      sizeLimit: most,
      filter,
      attributes,
    })
    return searchEntries.slice(0, most)
  } catch (error) {
    if (!(error instanceof ResultCodeError)) throw error
    throw new LdapError(searchProblem(error.code, anonymous), error.message, { cause: error })
  }
}

/** The values of an attribute that are text; none where the entry lacks it. */
export function textsOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase())
  const values = key === undefined ? [] : [entry[key]].flat()
  return values.filter((value): value is string => typeof value === 'string')
}
