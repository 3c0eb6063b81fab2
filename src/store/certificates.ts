import type { Database } from './database.ts'
import type { CertificateTable } from './schema.ts'

export function createCertificateStore(db: Database) {
  return {
    list(): Promise<CertificateTable[]> {
      return db.selectFrom('certificate').selectAll().orderBy('createdAt').orderBy('id').execute()
    },

    find(id: string): Promise<CertificateTable | undefined> {
      return db.selectFrom('certificate').selectAll().where('id', '=', id).executeTakeFirst()
    },

    findByFingerprint(fingerprint: string): Promise<CertificateTable | undefined> {
      return db.selectFrom('certificate').selectAll().where('fingerprint', '=', fingerprint).executeTakeFirst()
    },

    async insert(certificate: CertificateTable): Promise<void> {
      await db.insertInto('certificate').values(certificate).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('certificate').where('id', '=', id).execute()
    },
  }
}
