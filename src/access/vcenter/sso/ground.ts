import { randomBytes, randomUUID } from 'node:crypto'
import type { Stores } from '../../../store/stores.ts'
import { principalKey, ssoDomain } from '../principal.ts'
import { defaultSsoPolicy } from './policy.ts'
import { administratorName } from './user.ts'

export const administratorsGroup = 'Administrators'
/** Every user of the domain is in it. [inferred] */
export const usersGroup = 'Users'

/** @see vcenter-api.md 8, "groups seen" */
export const defaultGroups: readonly { name: string; description: string }[] = [
  { name: administratorsGroup, description: 'May do everything, and manage users and groups' },
  { name: usersGroup, description: 'All users of the domain' },
  { name: 'SolutionUsers', description: 'Services' },
  { name: 'CAAdmins', description: 'May manage the certificate authority' },
  { name: 'DCAdmins', description: 'May manage the directory' },
  { name: 'DCClients', description: 'Domain controllers' },
  { name: 'SystemConfiguration.BashShellAdministrators', description: 'May open a shell' },
  { name: 'SystemConfiguration.Administrators', description: 'May manage the configuration of the system' },
  { name: 'ActAsUsers', description: 'May obtain tokens that act as others' },
  { name: 'ExternalIDPUsers', description: 'Users of identity providers elsewhere' },
  { name: 'ComponentManager.Administrators', description: 'May manage components' },
  { name: 'LicenseService.Administrators', description: 'May manage licences' },
]

/** 96 random bits, with a character of every class and no longer than the default policy allows. */
export function randomSsoPassword(): string {
  return `${randomBytes(12).toString('base64url')}-aA1`
}

/**
 * Fills a domain that is empty: its policy, its groups, the administrator and further users, all with one password.
 *
 * @param others Names of users beside the administrator.
 */
export async function laySsoGround(
  stores: Stores,
  { others, passwordHash, mustChange }: { others: readonly string[]; passwordHash: string; mustChange: boolean },
  now: number,
): Promise<void> {
  await stores.ssoDomains.insert({ name: ssoDomain, policy: JSON.stringify(defaultSsoPolicy) })
  const groupIds = new Map<string, string>()
  for (const { name, description } of defaultGroups) {
    const id = randomUUID()
    groupIds.set(name, id)
    await stores.ssoGroups.insert({ id, name, description, builtIn: 1 })
  }
  for (const name of [administratorName, ...others]) {
    const builtIn = name === administratorName
    const id = randomUUID()
    const { passwordVersion } = await stores.ssoUsers.insert({
      id,
      name,
      firstName: builtIn ? name : '',
      lastName: builtIn ? ssoDomain : '',
      email: '',
      description: '',
      builtIn: builtIn ? 1 : 0,
      disabled: 0,
      passwordHash,
      passwordChangedAt: now,
      passwordMustChange: mustChange ? 1 : 0,
    })
    await stores.ssoPasswordHistory.add({ userId: id, passwordVersion, passwordHash }, 1)
    for (const group of builtIn ? [administratorsGroup, usersGroup] : [usersGroup]) {
      await stores.ssoGroups.addMember({
        groupId: groupIds.get(group) as string,
        type: 'user',
        name,
        domain: ssoDomain,
        principalKey: principalKey(name, ssoDomain),
      })
    }
  }
}
