import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { renamedFeatures } from '../../access/roles/renamed-features.ts'

interface Store {
  custom_role: { id: string; permissions: string }
}

/** Features of custom roles get the vendor's ids. No role gives more than it gave before. */
export const vendorFeatures: Migration = {
  async up(db: Kysely<Store>): Promise<void> {
    for (const { id, permissions } of await db.selectFrom('custom_role').select(['id', 'permissions']).execute()) {
      const renamed = Object.entries(JSON.parse(permissions) as Record<string, string>).flatMap(([feature, granted]) =>
        (renamedFeatures[feature] ?? [feature]).map((now) => [now, granted]),
      )
      const after = JSON.stringify(Object.fromEntries(renamed))
      await db.updateTable('custom_role').set({ permissions: after }).where('id', '=', id).execute()
    }
  },
}
