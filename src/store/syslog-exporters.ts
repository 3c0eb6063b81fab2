import type { Database } from './database.ts'
import type { SyslogExporterTable } from './schema.ts'

const columns = [
  'id',
  'applianceId',
  'name',
  'level',
  'facilities',
  'msgids',
  'structuredData',
  'protocol',
  'server',
  'port',
  'tlsCa',
  'tlsCert',
  'tlsClientCa',
] as const
/** An exporter without its private key. */
export type SyslogExporterRow = Pick<SyslogExporterTable, (typeof columns)[number]>
export type SyslogExporterStore = ReturnType<typeof createSyslogExporterStore>

export function createSyslogExporterStore(db: Database) {
  return {
    list(applianceId: string): Promise<SyslogExporterRow[]> {
      return db.selectFrom('syslogExporter').select(columns).where('applianceId', '=', applianceId).execute()
    },

    find(applianceId: string, name: string): Promise<SyslogExporterRow | undefined> {
      return db
        .selectFrom('syslogExporter')
        .select(columns)
        .where('applianceId', '=', applianceId)
        .where('name', '=', name)
        .executeTakeFirst()
    },

    async has(id: string): Promise<boolean> {
      return (await db.selectFrom('syslogExporter').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
    },

    /** Every appliance's, with their private keys, to connect with. */
    listWithKeys(): Promise<SyslogExporterTable[]> {
      return db.selectFrom('syslogExporter').selectAll().execute()
    },

    async insert(exporter: SyslogExporterTable): Promise<void> {
      await db.insertInto('syslogExporter').values(exporter).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('syslogExporter').where('id', '=', id).execute()
    },
  }
}
