import type { LdapSourceConfig } from '../ldap-source.ts'
import { type Asked, converse } from './conversation.ts'
import { commonName, schemaOf } from './schema.ts'

export interface Found {
  type: 'USER' | 'GROUP'
  commonName: string
  dn: string
  /** What a role binding calls it. */
  principalName: string
}

/** Users, and as many groups, that one answer has. [inferred] */
export const mostFound = 100

/** Users and groups that a text is part of the name of. @throws {LdapError} */
export function search(asked: Asked, config: LdapSourceConfig, text: string): Promise<Found[]> {
  const schema = schemaOf(config)
  const { users, groups } = schema.matching(text)
  return converse(asked, async (conversation) => {
    const found: Found[] = []
    for (const [type, filter, attributes, nameOf] of [
      ['USER', users, schema.userAttributes, schema.nameOf],
      ['GROUP', groups, schema.groupAttributes, schema.groupNameOf],
    ] as const) {
      const entries = await conversation.search(config.baseDn, { filter, attributes: [...attributes], most: mostFound })
      for (const entry of entries) {
        const principalName = nameOf(entry)
        if (principalName) found.push({ type, commonName: commonName(entry) ?? '', dn: entry.dn, principalName })
      }
    }
    return found
  })
}

/** Whether one group is called so; a name that two have is nobody's. @throws {LdapError} */
export function hasGroup(asked: Asked, config: LdapSourceConfig, name: string): Promise<boolean> {
  const schema = schemaOf(config)
  return converse(asked, async (conversation) => {
    const { groupAttributes: attributes } = schema
    const entries = await conversation.search(config.baseDn, { filter: schema.groupNamed(name), attributes, most: 2 })
    return entries.length === 1
  })
}
