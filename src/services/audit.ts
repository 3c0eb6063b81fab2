import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditLogReader, createAuditLogReader } from '../access/audit-log-reader.ts'
import { type AuditSearch, createAuditSearch } from '../access/audit-search.ts'
import { type AuditTrail, createAuditTrail } from '../access/audit-trail.ts'
import { createSyslogExporters, type SyslogExporters } from '../access/syslog-exporters.ts'
import { type ChainWatch, createChainWatch } from '../audit/chain-watch.ts'
import { type HeadKeeper, openHeadKeeper } from '../audit/head-keeper.ts'
import { type Journal, openJournal } from '../audit/journal.ts'
import { openRefusals, type Refusals } from '../audit/refusals.ts'
import { openSyslogExports } from '../audit/syslog-export/exports.ts'
import { resolves } from '../audit/syslog-export/resolve.ts'
import { createAuditIndex } from '../audit/trail/audit-index.ts'
import type { Ground } from './ground.ts'

/** The journal, and what reads it. */
export interface AuditServices {
  journal: Journal
  auditHead: HeadKeeper
  refusals: Refusals
  auditSearch: AuditSearch
  auditLogReader: AuditLogReader
  chainWatch: ChainWatch
  auditTrail: AuditTrail
  syslogExporters: SyslogExporters
}

export async function openAudit(ground: Ground, opened: AsyncDisposableStack): Promise<AuditServices> {
  const { config, clock, log, databases, stores, appliances, secrets, turns } = ground
  const { maxBytes, keep } = config.auditLog
  const files = { dir: config.dataDir, maxBytes, keep }
  const journal = await openJournal(databases, instanceName(config.dataDir), files, log)
  opened.defer(() => journal.close())
  const auditHead = await openHeadKeeper(
    config.auditHead,
    journal,
    stores.auditRecords,
    appliances.managers[0]?.name ?? config.nodeName,
    clock,
    log,
  )
  opened.defer(() => auditHead.close())
  const refusals = openRefusals(journal, clock)
  opened.defer(() => refusals.close())
  const nameOf = (id: string) =>
    [...appliances.managers, ...appliances.edges, ...(appliances.nsxv ? [appliances.nsxv] : [])].find(
      (appliance) => appliance.id === id,
    )?.name
  const chainWatch = createChainWatch(
    stores.auditRecords,
    () => ({ ...auditHead.said(), file: config.auditHead.file }),
    clock,
    (error) => log.error(error, 'the audit chain could not be verified'),
  )
  opened.defer(() => chainWatch.close())
  const exports = await openSyslogExports(stores, journal, nameOf, secrets, log)
  opened.defer(() => exports.close())
  const index = createAuditIndex(stores, journal, log)
  opened.defer(() => index.close())
  return {
    journal,
    auditHead,
    refusals,
    auditSearch: createAuditSearch(stores.auditRecords, clock, turns),
    auditLogReader: createAuditLogReader(stores.auditRecords, journal),
    chainWatch,
    auditTrail: createAuditTrail(index, stores.auditRecords, journal, clock, turns),
    syslogExporters: createSyslogExporters(stores, exports, resolves, secrets),
  }
}

/** The name of the data directory's chain of audit records; it stays with the directory. */
function instanceName(dataDir: string): string {
  const file = join(dataDir, 'instance')
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
