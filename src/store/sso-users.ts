import type { Updateable } from 'kysely'
import type { Database } from './database.ts'
import type { SsoUserTable } from './schema.ts'

const columns = [
  'id',
  'name',
  'firstName',
  'lastName',
  'email',
  'description',
  'builtIn',
  'disabled',
  'passwordVersion',
  'passwordChangedAt',
  'passwordMustChange',
] as const
export type SsoUserRow = Pick<SsoUserTable, (typeof columns)[number]>
export type SsoUserStore = ReturnType<typeof createSsoUserStore>

export function createSsoUserStore(db: Database) {
  return {
    list(): Promise<SsoUserRow[]> {
      return db.selectFrom('ssoUser').select(columns).orderBy('nameKey').execute()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('ssoUser')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    find(id: string): Promise<SsoUserRow | undefined> {
      return db.selectFrom('ssoUser').select(columns).where('id', '=', id).executeTakeFirst()
    },

    findByName(name: string): Promise<SsoUserRow | undefined> {
      return db.selectFrom('ssoUser').select(columns).where('nameKey', '=', name.toLowerCase()).executeTakeFirst()
    },

    async passwordHash(id: string): Promise<string | null> {
      const row = await db.selectFrom('ssoUser').select('passwordHash').where('id', '=', id).executeTakeFirst()
      return row?.passwordHash ?? null
    },

    insert(user: Omit<SsoUserTable, 'nameKey' | 'passwordVersion'>): Promise<SsoUserRow> {
      return db
        .insertInto('ssoUser')
        .values({ ...user, nameKey: user.name.toLowerCase(), passwordVersion: 0 })
        .returning(columns)
        .executeTakeFirstOrThrow()
    },

    /** A new hash makes a new version of the password. */
    update(
      id: string,
      change: Updateable<Omit<SsoUserTable, 'id' | 'name' | 'nameKey' | 'passwordVersion'>>,
    ): Promise<SsoUserRow> {
      return db
        .updateTable('ssoUser')
        .set((eb) => ({
          ...change,
          ...(change.passwordHash === undefined ? {} : { passwordVersion: eb('passwordVersion', '+', 1) }),
        }))
        .where('id', '=', id)
        .returning(columns)
        .executeTakeFirstOrThrow()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('ssoUser').where('id', '=', id).execute()
    },
  }
}
