import { randomUUID } from 'node:crypto'
import type { LdapSourceConfig } from '../ldap-source.ts'
import { type Asked, type Conversation, converse, textsOf } from './conversation.ts'
import { formsOf, groupsOf } from './groups.ts'
import { type DirectorySchema, schemaOf } from './schema.ts'

export interface SignedIn {
  name: string
  dn: string
  groups: string[]
}

/** The groups of a user that are still known, by its distinguished name. */
export interface GroupCache {
  find(dn: string): string[] | undefined
  put(dn: string, groups: string[]): void
}

/**
 * Asks a server whether a user has a password, and for the user's groups.
 *
 * @param password Never empty.
 * @returns undefined where no entry or several are called so, or the password is not that entry's.
 * @throws {LdapError} when the server cannot be asked.
 */
export function signIn(
  asked: Asked,
  config: LdapSourceConfig,
  given: { user: string; domain: string },
  password: string,
  cache: GroupCache,
): Promise<SignedIn | undefined> {
  const schema = schemaOf(config)
  return converse(asked, async (conversation) => {
    const user = await findUser(conversation, config, schema, given)
    if (!user) {
      // A name that nobody has costs what a wrong password does.
      await conversation.hasPassword(`cn=${randomUUID()},${config.baseDn}`, randomUUID())
      return undefined
    }
    if (!(await conversation.hasPassword(user.dn, password))) return undefined
    return withGroups(conversation, config, schema, user, cache)
  })
}

/**
 * The same user as whoever may search the directory sees it, without a password.
 *
 * @returns undefined where no entry or several are called so, or the directory has disabled it.
 * @throws {LdapError} when the server cannot be asked.
 */
export function lookUp(
  asked: Asked,
  config: LdapSourceConfig,
  given: { user: string; domain: string },
  cache: GroupCache,
): Promise<SignedIn | undefined> {
  const schema = schemaOf(config)
  return converse(asked, async (conversation) => {
    const user = await findUser(conversation, config, schema, given)
    return user && !user.isDisabled ? withGroups(conversation, config, schema, user, cache) : undefined
  })
}

type FoundUser = NonNullable<Awaited<ReturnType<typeof findUser>>>

async function withGroups(
  conversation: Conversation,
  config: LdapSourceConfig,
  schema: DirectorySchema,
  user: FoundUser,
  cache: GroupCache,
): Promise<SignedIn> {
  let groups = cache.find(user.dn)
  if (!groups) {
    const member = { dn: user.dn, user: user.uid }
    groups = [...new Set([...(await groupsOf(conversation, config, schema, member)), ...user.groups])]
    cache.put(user.dn, groups)
  }
  return { name: user.name, dn: user.dn, groups }
}

async function findUser(
  conversation: Conversation,
  { baseDn }: LdapSourceConfig,
  schema: DirectorySchema,
  given: { user: string; domain: string },
) {
  const entries = await conversation.search(baseDn, {
    filter: schema.named(given.user, given.domain),
    attributes: schema.userAttributes,
    most: 2,
  })
  const [entry] = entries
  const name = entry && schema.nameOf(entry, given)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name has
  if (entries.length !== 1 || !name || entry.dn === '' || /[\x00-\x1f\x7f]/.test(name)) return undefined
  const uid = textsOf(entry, 'uid').find((value) => value.toLowerCase() === given.user.toLowerCase())
  return {
    dn: entry.dn,
    name,
    uid: uid ?? given.user,
    groups: textsOf(entry, 'memberOf').flatMap(formsOf),
    isDisabled: schema.isDisabled(entry),
  }
}
