import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const nsxv: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('nsxv_manager')
      .addColumn('realm_id', 'text', (c) => c.notNull().primaryKey().references('realm.id'))
      .addColumn('uuid', 'text', (c) => c.notNull())
      .addColumn('node_id', 'text', (c) => c.notNull())
      .addColumn('next_user', 'integer', (c) => c.notNull())
      .addColumn('running', 'text', (c) => c.notNull())
      .addColumn('startup', 'text', (c) => c.notNull())
      .addColumn('enable_password_hash', 'text', (c) => c.notNull())
      .addColumn('startup_secrets', 'text', (c) => c.notNull())
      .addColumn('basic_disabled', 'integer', (c) => c.notNull())
      .addColumn('token_expiry', 'integer', (c) => c.notNull())
      .execute()

    await db.schema
      .createTable('nsxv_user')
      .addColumn('number', 'integer', (c) => c.notNull().primaryKey())
      .addColumn('realm_id', 'text', (c) => c.notNull())
      .addColumn('origin', 'text', (c) => c.notNull())
      .addColumn('userid', 'integer')
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('is_group', 'integer', (c) => c.notNull())
      .addColumn('full_name', 'text', (c) => c.notNull())
      .addColumn('email', 'text', (c) => c.notNull())
      .addColumn('enabled', 'integer', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addForeignKeyConstraint('nsxv_user_account', ['realm_id', 'userid'], 'account', ['realm_id', 'userid'], (key) =>
        key.onDelete('cascade'),
      )
      .execute()

    await db.schema
      .createTable('nsxv_web_interface')
      .addColumn('realm_id', 'text', (c) => c.notNull())
      .addColumn('userid', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('nsxv_web_interface_pk', ['realm_id', 'userid'])
      .addForeignKeyConstraint(
        'nsxv_web_interface_account',
        ['realm_id', 'userid'],
        'account',
        ['realm_id', 'userid'],
        (key) => key.onDelete('cascade'),
      )
      .execute()

    await db.schema
      .createTable('nsxv_token')
      .addColumn('token_hash', 'text', (c) => c.notNull().primaryKey())
      .addColumn('user_key', 'text', (c) => c.notNull())
      .addColumn('identity', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('grants', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute()

    await db.schema
      .createTable('nsxv_object')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .execute()
  },
}
