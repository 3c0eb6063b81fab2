import type { CreateTableBuilder, Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

const managed = [
  ['revision', 'integer'],
  ['created_at', 'bigint'],
  ['created_by', 'text'],
  ['modified_at', 'bigint'],
  ['modified_by', 'text'],
] as const

export const ground: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const table = (name: string) => db.schema.createTable(name)
    const managedTable = (builder: CreateTableBuilder<string, string>): CreateTableBuilder<string, string> =>
      managed.reduce((b, [name, type]) => b.addColumn(name, type, (c) => c.notNull()), builder)

    await table('property')
      .addColumn('name', 'text', (c) => c.notNull().primaryKey())
      .addColumn('value', 'text', (c) => c.notNull())
      .execute()

    await table('realm')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('next_userid', 'integer', (c) => c.notNull())
      .addColumn('auth_policy', 'text', (c) => c.notNull())
      .execute()

    await table('appliance')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('realm_id', 'text', (c) => c.notNull().references('realm.id'))
      .addColumn('position', 'integer', (c) => c.notNull())
      .execute()

    await table('account')
      .addColumn('realm_id', 'text', (c) => c.notNull().references('realm.id'))
      .addColumn('userid', 'integer', (c) => c.notNull())
      .addColumn('username', 'text', (c) => c.notNull())
      .addColumn('username_key', 'text', (c) => c.notNull())
      .addColumn('full_name', 'text', (c) => c.notNull())
      .addColumn('account_type', 'text', (c) => c.notNull())
      .addColumn('active', 'integer', (c) => c.notNull())
      .addColumn('password_hash', 'text')
      .addColumn('password_version', 'integer', (c) => c.notNull())
      .addColumn('password_changed_at', 'bigint', (c) => c.notNull())
      .addColumn('password_change_frequency', 'integer', (c) => c.notNull())
      .addColumn('password_change_warning', 'integer', (c) => c.notNull())
      .addColumn('password_reset_required', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('account_pk', ['realm_id', 'userid'])
      .addUniqueConstraint('account_username', ['realm_id', 'username_key'])
      .execute()

    const ofAccount = (name: string, optional?: 'optional') =>
      table(name)
        .addColumn('realm_id', 'text', (c) => c.notNull())
        .addColumn('userid', 'integer', (c) => (optional ? c : c.notNull()))
        .addForeignKeyConstraint(
          `${name}_account`,
          ['realm_id', 'userid'],
          'account',
          ['realm_id', 'userid'],
          (constraint) => constraint.onDelete('cascade'),
        )

    await ofAccount('password_history')
      .addColumn('changed_at', 'bigint', (c) => c.notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('password_history_pk', ['realm_id', 'userid', 'password_hash'])
      .execute()

    await ofAccount('ssh_key')
      .addColumn('appliance_id', 'text', (c) => c.notNull().references('appliance.id'))
      .addColumn('label', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('ssh_key_pk', ['appliance_id', 'realm_id', 'userid', 'label'])
      .execute()

    await managedTable(table('certificate'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('fingerprint', 'text', (c) => c.notNull().unique())
      .addColumn('pem', 'text', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .execute()

    await managedTable(table('principal_identity'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('node_id', 'text', (c) => c.notNull())
      .addColumn('certificate_id', 'text', (c) => c.references('certificate.id').unique())
      .addColumn('is_protected', 'integer', (c) => c.notNull())
      .addColumn('roles_for_paths', 'text', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addUniqueConstraint('principal_identity_name', ['name', 'node_id'])
      .execute()

    await ofAccount('session', 'optional')
      .addColumn('person', 'text')
      .addColumn('principal_identity_id', 'text', (c) => c.references('principal_identity.id').onDelete('cascade'))
      .addColumn('id_hash', 'text', (c) => c.notNull().primaryKey())
      .addColumn('token_hash', 'text', (c) => c.notNull())
      .addColumn('appliance_id', 'text', (c) => c.notNull().references('appliance.id'))
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('used_at', 'bigint', (c) => c.notNull())
      .execute()

    await table('lockout')
      .addColumn('realm_id', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('appliance_id', 'text', (c) => c.notNull().references('appliance.id'))
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('failures', 'integer', (c) => c.notNull())
      .addColumn('window_started_at', 'bigint', (c) => c.notNull())
      .addColumn('locked_at', 'bigint')
      .addPrimaryKeyConstraint('lockout_pk', ['appliance_id', 'realm_id', 'subject', 'source'])
      .execute()

    await managedTable(ofAccount('role_binding', 'optional'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull())
      .addColumn('source_type', 'text', (c) => c.notNull())
      .addColumn('source_id', 'text', (c) => c.notNull())
      .addColumn('roles_for_paths', 'text', (c) => c.notNull())
      .addUniqueConstraint('role_binding_once', ['realm_id', 'type', 'source_type', 'source_id', 'name_key'])
      .execute()

    await managedTable(table('custom_role'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('display_name', 'text', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('permissions', 'text', (c) => c.notNull())
      .execute()

    await managedTable(table('ldap_identity_source'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('bind_passwords', 'text', (c) => c.notNull())
      .execute()

    await managedTable(table('api_service'))
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('config', 'text', (c) => c.notNull())
      .execute()

    await table('vidm_provider')
      .addColumn('realm_id', 'text', (c) => c.notNull().primaryKey().references('realm.id'))
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('sealed_secret', 'text')
      .execute()

    await managedTable(table('policy_object'))
      .addColumn('path', 'text', (c) => c.notNull().primaryKey())
      .addColumn('parent_path', 'text', (c) => c.notNull())
      .addColumn('collection', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('unique_id', 'text', (c) => c.notNull().unique())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('owner', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('policy_object_children')
      .on('policy_object')
      .columns(['parent_path', 'collection', 'id'])
      .execute()

    await table('audit_journal')
      .addColumn('id', 'integer', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .execute()

    await table('audit_group')
      .addColumn('journal', 'integer', (c) => c.notNull())
      .addColumn('first_seq', 'bigint', (c) => c.notNull())
      .addColumn('last_seq', 'bigint', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('records', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('audit_group_pk', ['journal', 'last_seq'])
      .execute()

    await table('audit_export')
      .addColumn('journal', 'integer', (c) => c.notNull())
      .addColumn('file', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('bytes', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('audit_export_pk', ['journal', 'file'])
      .execute()

    await table('syslog_exporter')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('appliance_id', 'text', (c) => c.notNull().references('appliance.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('facilities', 'text', (c) => c.notNull())
      .addColumn('msgids', 'text', (c) => c.notNull())
      .addColumn('structured_data', 'text', (c) => c.notNull())
      .addColumn('protocol', 'text', (c) => c.notNull())
      .addColumn('server', 'text', (c) => c.notNull())
      .addColumn('port', 'integer', (c) => c.notNull())
      .addColumn('tls_ca', 'text')
      .addColumn('tls_cert', 'text')
      .addColumn('tls_client_ca', 'text')
      .addColumn('tls_key', 'text')
      .addUniqueConstraint('syslog_exporter_name', ['appliance_id', 'name'])
      .execute()
  },
}
