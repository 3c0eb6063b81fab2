import type { Logger } from 'pino'
import type { SyslogExporterTable } from '../../store/schema.ts'
import { exporterKeyPlace } from '../../store/sealed-exporter-keys.ts'
import type { Secrets } from '../../store/secrets.ts'
import type { Stores } from '../../store/stores.ts'
import type { Journal } from '../journal.ts'
import { positionName, type SyslogExporter, type SyslogExporterWithKey } from './exporter.ts'
import { type ExportTiming, type Follower, type FollowerState, follow } from './follower.ts'
import { linkTiming } from './link.ts'
import type { Positions } from './window.ts'

export const exportTiming: ExportTiming = {
  ...linkTiming,
  gather: 20,
  save: 1_000,
  checkpoint: 60_000,
  lasting: 10_000,
  stop: 2_000,
}

export interface ExporterState extends FollowerState {
  name: string
}

export type SyslogExports = Awaited<ReturnType<typeof openSyslogExports>>

/**
 * All exporters at work. With none there is nothing here that a request or the journal would notice.
 *
 * @param stores What is committed.
 * @param hostOf Name of an appliance, as its records have it.
 */
export async function openSyslogExports(
  stores: Stores,
  journal: Journal,
  hostOf: (applianceId: string) => string | undefined,
  secrets: Secrets,
  log: Logger,
  timing: ExportTiming = exportTiming,
) {
  const running = new Map<string, { exporter: SyslogExporter; follower: Follower }>()
  const journals = {
    all: (await stores.auditRecords.journals()).map(({ id }) => id),
    current: journal.id,
    records: stores.auditRecords,
  }
  let unlisten: (() => void) | undefined

  /** An exporter that is gone has no position any more, whatever it still has to say. */
  function savePositions(exporter: SyslogExporter, positions: Positions): Promise<void> {
    return journal.change(
      async ({ stores: inside }) => {
        if (!(await inside.syslogExporters.has(exporter.id))) return
        for (const [id, seq] of positions) {
          await inside.auditRecords.putExport({ journal: id, file: positionName(exporter.id), seq, bytes: 0 })
        }
      },
      () => undefined,
    )
  }

  function begin(exporter: SyslogExporterWithKey, start: Positions): void {
    const host = hostOf(exporter.applianceId)
    if (host === undefined) return
    const follower = follow(
      exporter,
      host,
      journals,
      start,
      (positions) => savePositions(exporter, positions),
      timing,
      log,
    )
    running.set(exporter.id, { exporter, follower })
    unlisten ??= journal.onRecords(() => {
      for (const { follower } of running.values()) follower.wake()
    })
  }

  function withKey({ tlsKey: sealed, ...row }: SyslogExporterTable): SyslogExporterWithKey {
    const exporter = readExporter(row)
    if (sealed === null) return exporter
    const tlsKey = secrets.open(sealed, exporterKeyPlace(row.id))
    if (tlsKey !== undefined) return { ...exporter, tlsKey }
    log.error(`the private key of syslog exporter ${row.name} was sealed under another key than that in secrets.key`)
    return exporter
  }

  for (const row of await stores.syslogExporters.listWithKeys()) {
    const positions = await stores.auditRecords.exportsTo(positionName(row.id))
    begin(withKey(row), new Map(positions.map(({ journal: id, seq }) => [id, seq])))
  }

  const of = (applianceId: string) =>
    [...running.values()].filter(({ exporter }) => exporter.applianceId === applianceId)

  return {
    /** Takes up an exporter that was just stored. @param start Up to where it has nothing to send. */
    begin,

    /** Lets go of an exporter that was just removed. */
    end(id: string): void {
      running.get(id)?.follower.abandon()
      running.delete(id)
      if (running.size > 0) return
      unlisten?.()
      unlisten = undefined
    },

    states: (applianceId: string): ExporterState[] =>
      of(applianceId).map(({ exporter, follower }) => ({ name: exporter.name, ...follower.state() })),

    /** Those that wait for their next attempt do not wait any longer. */
    retry(applianceId: string): void {
      for (const { follower } of of(applianceId)) follower.retry()
    },

    /** Ends the appliance's connections and begins anew. */
    reconnect(applianceId: string): void {
      for (const { follower } of of(applianceId)) follower.reconnect()
    },

    async close(): Promise<void> {
      unlisten?.()
      await Promise.all([...running.values()].map(({ follower }) => follower.stop()))
    },
  }
}

/** An exporter as its row has it, without the key. */
export function readExporter(row: Omit<SyslogExporterTable, 'tlsKey'>): SyslogExporter {
  const { facilities, msgids, structuredData, tlsCa, tlsCert, tlsClientCa, ...plain } = row
  return {
    ...(plain as Pick<SyslogExporter, 'id' | 'applianceId' | 'name' | 'level' | 'protocol' | 'server' | 'port'>),
    facilities: JSON.parse(facilities),
    msgids: JSON.parse(msgids),
    structuredData: JSON.parse(structuredData),
    ...(tlsCa === null ? {} : { tlsCa }),
    ...(tlsCert === null ? {} : { tlsCert }),
    ...(tlsClientCa === null ? {} : { tlsClientCa }),
  }
}

export function writeExporter(exporter: SyslogExporterWithKey, secrets: Secrets): SyslogExporterTable {
  const { facilities, msgids, structuredData, tlsCa, tlsCert, tlsClientCa, tlsKey, ...plain } = exporter
  return {
    ...plain,
    facilities: JSON.stringify(facilities),
    msgids: JSON.stringify(msgids),
    structuredData: JSON.stringify(structuredData),
    tlsCa: tlsCa ?? null,
    tlsCert: tlsCert ?? null,
    tlsClientCa: tlsClientCa ?? null,
    tlsKey: tlsKey === undefined ? null : secrets.seal(tlsKey, exporterKeyPlace(exporter.id)),
  }
}
