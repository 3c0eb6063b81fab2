import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface Tables {
  property: { name: string; value: string }
}

const before = 'cli_timeout '

/** The timeout of an appliance's consoles becomes one of its settings. */
export const nodeSettings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const tables = db as Kysely<Tables>
    const rows = await tables.selectFrom('property').selectAll().where('name', 'like', `${before}%`).execute()
    for (const { name, value } of rows) {
      const settings = JSON.stringify({ cliTimeout: Number(value) })
      await tables
        .insertInto('property')
        .values({ name: `node_settings ${name.slice(before.length)}`, value: settings })
        .execute()
      await tables.deleteFrom('property').where('name', '=', name).execute()
    }
  },
}
