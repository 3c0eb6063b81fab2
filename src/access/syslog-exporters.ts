import { randomUUID } from 'node:crypto'
import { positionName, type SyslogExporter, type SyslogExporterWithKey } from '../audit/syslog-export/exporter.ts'
import { type ExporterState, readExporter, type SyslogExports, writeExporter } from '../audit/syslog-export/exports.ts'
import type { Secrets } from '../store/secrets.ts'
import type { Stores } from '../store/stores.ts'
import type { Call } from './call.ts'
import { AccessError } from './errors.ts'
import { requireUsableTls } from './syslog-exporter-tls.ts'

export type SyslogExporters = ReturnType<typeof createSyslogExporters>

/** Exporters an appliance may have; inferred. */
export const mostExporters = 16

/** Where the audit lines of each appliance go. */
export function createSyslogExporters(
  stores: Stores,
  exports: SyslogExports,
  resolves: (server: string) => Promise<boolean>,
  secrets: Secrets,
) {
  /** @throws {AccessError} `host_unknown` */
  async function requireAddress(server: string): Promise<void> {
    if (!(await resolves(server))) throw new AccessError('host_unknown', `The host name ${server} has no address`)
  }

  /** @returns up to where it has nothing to send: what was there before it. */
  async function insert(inside: Stores, exporter: SyslogExporterWithKey): Promise<Map<number, number>> {
    await inside.syslogExporters.insert(writeExporter(exporter, secrets))
    const start = new Map<number, number>()
    for (const { id: journal } of await inside.auditRecords.journals()) {
      const seq = (await inside.auditRecords.last(journal))?.seq ?? 0
      await inside.auditRecords.putExport({ journal, file: positionName(exporter.id), seq, bytes: 0 })
      start.set(journal, seq)
    }
    return start
  }

  type Row = Parameters<typeof readExporter>[0]

  async function removeThose(inside: Stores, rows: readonly Row[]): Promise<SyslogExporter[]> {
    for (const { id } of rows) {
      await inside.syslogExporters.remove(id)
      await inside.auditRecords.removeExportsTo(positionName(id))
    }
    return rows.map(readExporter)
  }

  return {
    /** By name. */
    async list(applianceId: string): Promise<SyslogExporter[]> {
      const exporters = (await stores.syslogExporters.list(applianceId)).map(readExporter)
      return exporters.sort((a, b) => (a.name < b.name ? -1 : 1))
    },

    /** @throws {AccessError} `not_found` */
    async read(applianceId: string, name: string): Promise<SyslogExporter> {
      const row = await stores.syslogExporters.find(applianceId, name)
      if (!row) throw new AccessError('not_found', name)
      return readExporter(row)
    },

    /**
     * Lines go out from the record of this very call on.
     *
     * @throws {AccessError} `invalid_field`, `exporter_exists`, `too_many_exporters`; `host_unknown` when the server's
     *   name has no address.
     */
    async add(call: Call, given: Omit<SyslogExporterWithKey, 'id'>): Promise<void> {
      requireUsableTls({ ...given, id: '' })
      await requireAddress(given.server)
      await call.change(async ({ stores: inside, values, onCommit }) => {
        const { applianceId, name } = given
        const others = await inside.syslogExporters.list(applianceId)
        if (others.some((other) => other.name === name)) {
          throw new AccessError('exporter_exists', `Syslog exporter ${name} already exists`)
        }
        if (others.length >= mostExporters) {
          throw new AccessError('too_many_exporters', `There can be no more than ${mostExporters} syslog exporters`)
        }
        const { tlsKey, ...shown } = { ...given, id: randomUUID() }
        const exporter: SyslogExporterWithKey = tlsKey === undefined ? shown : { ...shown, tlsKey }
        const start = await insert(inside, exporter)
        values(name, undefined, shown)
        onCommit(() => exports.begin(exporter, start))
        return shown
      })
    },

    /**
     * Puts one in the place of all that the appliance has.
     *
     * @throws {AccessError} `host_unknown` when the server's name has no address.
     */
    async put(call: Pick<Call, 'change'>, given: Omit<SyslogExporter, 'id'>): Promise<void> {
      await requireAddress(given.server)
      await call.change(async ({ stores: inside, values, onCommit }) => {
        const before = await removeThose(inside, await inside.syslogExporters.list(given.applianceId))
        const exporter: SyslogExporter = { ...given, id: randomUUID() }
        const start = await insert(inside, exporter)
        values(given.name, before[0], exporter)
        onCommit(() => {
          for (const { id } of before) exports.end(id)
          exports.begin(exporter, start)
        })
      })
    },

    /** @throws {AccessError} `not_found` */
    async remove(call: Call, applianceId: string, name: string): Promise<void> {
      await call.change(async ({ stores: inside, values, onCommit }) => {
        const row = await inside.syslogExporters.find(applianceId, name)
        if (!row) throw new AccessError('not_found', name)
        await removeThose(inside, [row])
        values(name, readExporter(row))
        onCommit(() => exports.end(row.id))
      })
    },

    async removeAll(call: Pick<Call, 'change'>, applianceId: string): Promise<void> {
      await call.change(async ({ stores: inside, values, onCommit }) => {
        const removed = await removeThose(inside, await inside.syslogExporters.list(applianceId))
        values(applianceId, removed)
        onCommit(() => {
          for (const { id } of removed) exports.end(id)
        })
      })
    },

    /** Whether each of the appliance's exporters gets its lines through, and why not. */
    states: (applianceId: string): ExporterState[] => exports.states(applianceId),

    /** Tries again now what waits for its next attempt. */
    verify: (applianceId: string): void => exports.retry(applianceId),

    /** Begins all connections anew. */
    restart: (applianceId: string): void => exports.reconnect(applianceId),
  }
}
