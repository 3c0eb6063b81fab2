import nsx from './nsx-features.json' with { type: 'json' }

/**
 * What a route needs: a feature and one of these on it, each including those before it.
 * @see NSX REST API 4.2, FeaturePermission
 */
export const permissions = ['none', 'read', 'execute', 'crud'] as const
export type Permission = (typeof permissions)[number]

/** The vendor's id of a feature. @see NSX REST API 9.0 and 9.1, where each page names the feature of its call */
export type Feature = keyof typeof nsx.features

const table: Readonly<Record<string, { row?: string; internal?: boolean }>> = nsx.features

/** Names of features that no source prints one for; those of others are the rows of the role matrix. [inferred] */
const unprinted: Readonly<Record<string, string>> = {
  policy_grouping: 'Groups',
  policy_services: 'Services',
  policy_common_ids: 'IDS/IPS',
  system_log: 'Logs',
  trust_principal_identities: 'Principal Identities',
}

const words = (id: string) => id.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())

/** Every feature that is known, and its name. */
export const features: ReadonlyMap<string, string> = new Map(
  Object.entries(table).map(([id, { row }]) => [id, row ?? unprinted[id] ?? words(id)]),
)

export const isFeature = (id: string): id is Feature => features.has(id)

/**
 * Features that custom roles never have: what is sent for them is ignored, and they read back as `none`. They are those
 * whose calls are the manager's own (`/api/v1`) and no policy calls. Which features they are is inferred from that.
 *
 * @see knowledge.broadcom.com 390631 and 435871
 */
export const internalFeatures: ReadonlySet<string> = new Set([
  ...Object.keys(table).filter((id) => table[id]?.internal),
  // These have policy calls too, but the knowledge base names them.
  'system_administration',
  'nodes_transport_nodes',
  'policy_ep_transport_zone',
])

/**
 * A set of permissions; features that are not named are `none`. It may name features that a real manager has and that
 * are not known here: those are kept and shown, and nothing asks for them.
 */
export type FeaturePermissions = Readonly<Partial<Record<string, Permission>>>

/** What of a wanted set a custom role may have. */
export function withoutInternal(wanted: FeaturePermissions): FeaturePermissions {
  const entries = Object.entries(wanted)
  return Object.fromEntries(
    entries.filter(([feature, permission]) => permission !== 'none' && !internalFeatures.has(feature)),
  )
}
