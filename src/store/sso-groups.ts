import type { Database } from './database.ts'
import type { SsoGroupMemberTable, SsoGroupTable } from './schema.ts'

const columns = ['id', 'name', 'description', 'builtIn'] as const
export type SsoGroupRow = Pick<SsoGroupTable, (typeof columns)[number]>

const memberColumns = ['type', 'name', 'domain', 'principalKey'] as const
export type SsoMemberRow = Pick<SsoGroupMemberTable, (typeof memberColumns)[number]>

export function createSsoGroupStore(db: Database) {
  return {
    list(): Promise<SsoGroupRow[]> {
      return db.selectFrom('ssoGroup').select(columns).orderBy('nameKey').execute()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('ssoGroup')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    find(id: string): Promise<SsoGroupRow | undefined> {
      return db.selectFrom('ssoGroup').select(columns).where('id', '=', id).executeTakeFirst()
    },

    findByName(name: string): Promise<SsoGroupRow | undefined> {
      return db.selectFrom('ssoGroup').select(columns).where('nameKey', '=', name.toLowerCase()).executeTakeFirst()
    },

    async insert(group: SsoGroupRow): Promise<void> {
      await db
        .insertInto('ssoGroup')
        .values({ ...group, nameKey: group.name.toLowerCase() })
        .execute()
    },

    async setDescription(id: string, description: string): Promise<void> {
      await db.updateTable('ssoGroup').set({ description }).where('id', '=', id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('ssoGroup').where('id', '=', id).execute()
    },

    /** Every membership there is, by group. */
    allMembers(): Promise<SsoGroupMemberTable[]> {
      return db.selectFrom('ssoGroupMember').selectAll().orderBy('groupId').orderBy('principalKey').execute()
    },

    findMember(
      groupId: string,
      type: SsoGroupMemberTable['type'],
      principalKey: string,
    ): Promise<SsoMemberRow | undefined> {
      return db
        .selectFrom('ssoGroupMember')
        .select(memberColumns)
        .where('groupId', '=', groupId)
        .where('type', '=', type)
        .where('principalKey', '=', principalKey)
        .executeTakeFirst()
    },

    async countMembers(groupId: string): Promise<number> {
      const { count } = await db
        .selectFrom('ssoGroupMember')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('groupId', '=', groupId)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    /** Which groups are members of which. */
    nesting(): Promise<Pick<SsoGroupMemberTable, 'groupId' | 'principalKey'>[]> {
      return db.selectFrom('ssoGroupMember').select(['groupId', 'principalKey']).where('type', '=', 'group').execute()
    },

    async addMember(member: SsoGroupMemberTable): Promise<void> {
      await db.insertInto('ssoGroupMember').values(member).execute()
    },

    async removeMember(groupId: string, type: SsoGroupMemberTable['type'], principalKey: string): Promise<void> {
      await db
        .deleteFrom('ssoGroupMember')
        .where('groupId', '=', groupId)
        .where('type', '=', type)
        .where('principalKey', '=', principalKey)
        .execute()
    },

    /** Takes a principal out of every group. @returns the groups it was in. */
    async removeEverywhere(type: SsoGroupMemberTable['type'], principalKey: string): Promise<string[]> {
      const rows = await db
        .deleteFrom('ssoGroupMember')
        .where('type', '=', type)
        .where('principalKey', '=', principalKey)
        .returning('groupId')
        .execute()
      return rows.map(({ groupId }) => groupId)
    },
  }
}
