import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Users and groups of vCenter's own domain, and the sessions of all of vCenter's faces. */
export const sso: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const table = (name: string) => db.schema.createTable(name)

    await table('sso_domain')
      .addColumn('name', 'text', (c) => c.notNull().primaryKey())
      .addColumn('policy', 'text', (c) => c.notNull())
      .execute()

    await table('sso_user')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('first_name', 'text', (c) => c.notNull())
      .addColumn('last_name', 'text', (c) => c.notNull())
      .addColumn('email', 'text', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('built_in', 'integer', (c) => c.notNull())
      .addColumn('disabled', 'integer', (c) => c.notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addColumn('password_version', 'integer', (c) => c.notNull())
      .addColumn('password_changed_at', 'bigint', (c) => c.notNull())
      .addColumn('password_must_change', 'integer', (c) => c.notNull())
      .execute()

    await table('sso_password_history')
      .addColumn('user_id', 'text', (c) => c.notNull().references('sso_user.id').onDelete('cascade'))
      .addColumn('password_version', 'integer', (c) => c.notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('sso_password_history_pk', ['user_id', 'password_version'])
      .execute()

    await table('sso_group')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('built_in', 'integer', (c) => c.notNull())
      .execute()

    // Members may be of other domains, whose users and groups are kept elsewhere: they are known by name.
    await table('sso_group_member')
      .addColumn('group_id', 'text', (c) => c.notNull().references('sso_group.id').onDelete('cascade'))
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('domain', 'text', (c) => c.notNull())
      .addColumn('principal_key', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('sso_group_member_pk', ['group_id', 'type', 'principal_key'])
      .execute()
    await db.schema
      .createIndex('sso_group_member_principal')
      .on('sso_group_member')
      .columns(['type', 'principal_key'])
      .execute()

    await table('vcenter_session')
      .addColumn('id_hash', 'text', (c) => c.notNull().primaryKey())
      .addColumn('key', 'text', (c) => c.notNull().unique())
      .addColumn('user_id', 'text', (c) => c.references('sso_user.id').onDelete('cascade'))
      .addColumn('person', 'text')
      .addColumn('authenticated_at', 'bigint', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint', (c) => c.notNull())
      .addColumn('call_count', 'bigint', (c) => c.notNull())
      .addColumn('locale', 'text', (c) => c.notNull())
      .addColumn('ip_address', 'text', (c) => c.notNull())
      .addColumn('user_agent', 'text', (c) => c.notNull())
      .addColumn('extension_session', 'integer', (c) => c.notNull())
      .execute()
  },
}
