import type { Updateable } from 'kysely'
import type { Database } from './database.ts'
import type { AccountTable } from './schema.ts'

const columns = [
  'realmId',
  'userid',
  'username',
  'fullName',
  'accountType',
  'active',
  'passwordVersion',
  'passwordChangedAt',
  'passwordChangeFrequency',
  'passwordChangeWarning',
  'passwordResetRequired',
] as const
export type AccountRow = Pick<AccountTable, (typeof columns)[number]>
export type AccountStore = ReturnType<typeof createAccountStore>

export function createAccountStore(db: Database) {
  return {
    list(): Promise<AccountRow[]> {
      return db.selectFrom('account').select(columns).orderBy('userid').execute()
    },

    find(realmId: string, userid: number): Promise<AccountRow | undefined> {
      return db
        .selectFrom('account')
        .select(columns)
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .executeTakeFirst()
    },

    findByName(realmId: string, username: string): Promise<AccountRow | undefined> {
      return db
        .selectFrom('account')
        .select(columns)
        .where('realmId', '=', realmId)
        .where('username', '=', username)
        .executeTakeFirst()
    },

    listOfRealm(realmId: string): Promise<AccountRow[]> {
      return db.selectFrom('account').select(columns).where('realmId', '=', realmId).orderBy('userid').execute()
    },

    async passwordHash(realmId: string, userid: number): Promise<string | null> {
      const row = await db
        .selectFrom('account')
        .select('passwordHash')
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .executeTakeFirst()
      return row?.passwordHash ?? null
    },

    insert(account: Omit<AccountTable, 'usernameKey' | 'passwordVersion'>): Promise<AccountRow> {
      return db
        .insertInto('account')
        .values({ ...account, usernameKey: account.username.toLowerCase(), passwordVersion: 0 })
        .returning(columns)
        .executeTakeFirstOrThrow()
    },

    update(
      realmId: string,
      userid: number,
      change: Updateable<Omit<AccountTable, 'realmId' | 'userid' | 'usernameKey' | 'passwordVersion'>>,
    ): Promise<AccountRow> {
      const { username, passwordHash } = change
      return db
        .updateTable('account')
        .set((eb) => ({
          ...change,
          ...(username === undefined ? {} : { usernameKey: username.toLowerCase() }),
          ...(passwordHash === undefined ? {} : { passwordVersion: eb('passwordVersion', '+', 1) }),
        }))
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .returning(columns)
        .executeTakeFirstOrThrow()
    },

    async remove(realmId: string, userid: number): Promise<void> {
      await db.deleteFrom('account').where('realmId', '=', realmId).where('userid', '=', userid).execute()
    },
  }
}
