import type { Entry } from 'ldapts'
import { normalDn, parseDn } from '../distinguished-name.ts'
import type { LdapSourceConfig } from '../ldap-source.ts'
import type { Conversation } from './conversation.ts'
import { all, any, commonName, type DirectorySchema, equals, type Member } from './schema.ts'

/** Groups of groups are followed so far. */
const deepest = 10
/** A user's further groups count for nothing. */
export const mostGroups = 500
/** Members or names that one question asks about. */
const atOnce = 50

/**
 * The groups of a user, by every name that a role binding may give them: `name@domain` and the distinguished name, as
 * the directory writes it and in its plain form. [inferred]
 *
 * Where two groups have one name, neither has it: otherwise whoever may make a group anywhere below the base could
 * give it the name of one that has a role.
 */
export async function groupsOf(
  conversation: Conversation,
  { baseDn }: LdapSourceConfig,
  schema: DirectorySchema,
  user: Member,
): Promise<string[]> {
  const found = new Map<string, Entry>()
  let level: Member[] = [user]
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: Member[] = []
    for (const members of chunks(level)) {
      const entries = await conversation.search(baseDn, {
        filter: schema.groupsOf(members),
        attributes: schema.groupAttributes,
        most: mostGroups,
      })
      for (const entry of entries) {
        const key = keyOf(entry.dn)
        if (found.has(key) || found.size >= mostGroups) continue
        found.set(key, entry)
        next.push({ dn: entry.dn, user: undefined })
      }
    }
    level = schema.findsNested ? [] : next
  }

  const entries = [...found.values()]
  const repeated = schema.namesRepeat ? await repeatedNames(conversation, baseDn, schema, entries) : new Set<string>()
  const names = entries
    .filter((entry) => !repeated.has(commonName(entry)?.toLowerCase() ?? ''))
    .map((entry) => schema.groupNameOf(entry))
    .filter((name) => name !== undefined)
  return [...new Set([...names, ...entries.flatMap(({ dn }) => formsOf(dn))])]
}

/** A distinguished name as it is, and in its plain form where only the case does not tell them apart. */
export function formsOf(dn: string): string[] {
  const plain = keyOf(dn)
  return dn.toLowerCase() === plain ? [dn] : [dn, plain]
}

function keyOf(dn: string): string {
  const parsed = parseDn(dn)
  return parsed ? normalDn(parsed) : dn.toLowerCase()
}

/** Names, in lower case, that more than one group below the base has. */
async function repeatedNames(
  conversation: Conversation,
  baseDn: string,
  schema: DirectorySchema,
  entries: readonly Entry[],
): Promise<Set<string>> {
  const names = [...new Set(entries.map(commonName).filter((name) => name !== undefined))]
  const holders = new Map<string, Set<string>>()
  const most = atOnce * 4
  const repeated = new Set<string>()
  for (const asked of chunks(names)) {
    const filter = all([schema.groups, any(asked.map((name) => equals('cn', name)))])
    const called = await conversation.search(baseDn, { filter, attributes: ['cn'], most })
    // Nobody can say of which of them there are more.
    if (called.length === most) for (const name of asked) repeated.add(name.toLowerCase())
    for (const entry of called) {
      const name = commonName(entry)?.toLowerCase() ?? ''
      holders.set(name, (holders.get(name) ?? new Set()).add(keyOf(entry.dn)))
    }
  }
  for (const [name, dns] of holders) if (dns.size > 1) repeated.add(name)
  return repeated
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += atOnce) yield items.slice(at, at + atOnce)
}
