import type { Migration } from 'kysely/migration'
import { ground } from './001-ground.ts'
import { inventory } from './002-inventory.ts'
import { vcenterAuthorization } from './003-vcenter-authorization.ts'
import { sso } from './004-sso.ts'
import { sessionEnd } from './005-session-end.ts'
import { nsxv } from './006-nsxv.ts'
import { nsxvSettings } from './007-nsxv-settings.ts'
import { auditChunks } from './008-audit-chunks.ts'
import { tokensOfNow } from './009-tokens-of-now.ts'
import { vcenterIdentitySources } from './010-vcenter-identity-sources.ts'
import { sealedExporterKeys } from './011-sealed-exporter-keys.ts'
import { descriptions } from './013-descriptions.ts'
import { vendorFeatures } from './014-vendor-features.ts'
import { vcenterTags } from './016-vcenter-tags.ts'
import { nodeSettings } from './018-node-settings.ts'
import { oidcEndPoints } from './018-oidc-end-points.ts'

/** Every migration there is, by the name it is remembered under. Names sort in the order they are applied. */
export const migrations: Record<string, Migration> = {
  '001-ground': ground,
  '002-inventory': inventory,
  '003-vcenter-authorization': vcenterAuthorization,
  '004-sso': sso,
  '005-session-end': sessionEnd,
  '006-nsxv': nsxv,
  '007-nsxv-settings': nsxvSettings,
  '008-audit-chunks': auditChunks,
  '009-tokens-of-now': tokensOfNow,
  '010-vcenter-identity-sources': vcenterIdentitySources,
  '011-sealed-exporter-keys': sealedExporterKeys,
  '013-descriptions': descriptions,
  '014-vendor-features': vendorFeatures,
  '016-vcenter-tags': vcenterTags,
  '018-node-settings': nodeSettings,
  '018-oidc-end-points': oidcEndPoints,
}
