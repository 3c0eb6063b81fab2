import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Tokens of an NSX Manager for vSphere remember no roles any more: theirs are those that the user has now. A directory's
 * user is remembered as the directory told; tokens issued to one before are not good any more.
 */
export const tokensOfNow: Migration = {
  async up(db: Kysely<{ nsxv_token: { identity: string } }>): Promise<void> {
    await db.deleteFrom('nsxv_token').where('identity', 'like', 'remote %').execute()
    await db.schema.alterTable('nsxv_token').dropColumn('grants').execute()
    await db.schema.alterTable('nsxv_token').addColumn('person', 'text').execute()
  },
}
